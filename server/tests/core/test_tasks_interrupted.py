"""Tasks whose worker was killed, or lost its database, in the middle of them."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.core.tasks.queue import background, later
from brainstem.core.tasks.worker import Worker, take_back_abandoned

pytestmark = pytest.mark.django_db(transaction=True)

calls: list = []


@background(attempts=3, first_pause=dt.timedelta(seconds=30))
def remember(*, what):
    calls.append(what)


@pytest.fixture(autouse=True)
def queued(settings):
    """Tasks wait in the database for a worker, as they do on a server."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    calls.clear()


def rows():
    return list(DBTaskResult.objects.all())


def test_a_worker_that_takes_the_place_of_a_killed_one_does_at_once_what_that_left():
    later(remember, what="x")
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now(), worker_ids=["first"])
    Worker(name="another")._do_chores()
    assert rows()[0].status == "RUNNING"
    successor = Worker(name="first")
    successor._do_chores()
    assert successor.work_off() == 1
    assert (calls, rows()) == (["x"], [])


def test_a_task_that_kills_its_worker_again_and_again_is_put_off_then_given_up():
    later(remember, what="x")
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now(), worker_ids=["first", "first"])
    take_back_abandoned(by="first")
    [row] = rows()
    assert 20 < (row.run_after - timezone.now()).total_seconds() <= 30
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["first"] * 3)
    take_back_abandoned(by="first")
    assert rows()[0].status == "FAILED"


def test_a_task_that_was_done_while_the_database_went_away_is_not_left_running(monkeypatch):
    worker = Worker()
    delete = DBTaskResult.delete
    away = [OperationalError("server closed the connection unexpectedly")]
    monkeypatch.setattr(
        DBTaskResult, "delete", lambda row: delete(row) if not away else (_ for _ in ()).throw(away.pop())
    )
    monkeypatch.setattr(worker, "_stopped", Waits(lambda: len(calls) == 2 and not rows()))
    later(remember, what="x")
    worker.run()
    assert calls == ["x", "x"]


class Waits:
    """Stands in for the event of a worker: set when something is true, and never waits."""

    def __init__(self, true):
        self.is_set, self.wait = true, lambda seconds: None
