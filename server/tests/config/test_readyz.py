"""``/readyz``: whether a server can do its work."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from brainstem.config import readiness
from brainstem.config.front.lanes import Lane, lane_of
from brainstem.core.models import TaskWorker

pytestmark = pytest.mark.django_db

LONG, SHORT = dt.timedelta(seconds=90), dt.timedelta(seconds=30)


@pytest.fixture(autouse=True)
def new_process(monkeypatch, settings, tmp_path):
    """A process that has not looked at the migrations yet, and a folder for its files."""
    monkeypatch.setattr(readiness, "_complete", False)
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def ask(client):
    """Status and names of what is wrong; None if nothing is."""

    def send():
        answer = client.get("/readyz")
        return answer.status_code, answer.json().get("wrong")

    return send


FINE = (200, None)


def wrong(*names):
    return 503, list(names)


@pytest.mark.parametrize("address", ["/readyz", "/readyz/"])
def test_a_server_that_can_work_says_so(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert answer["Cache-Control"] == "no-store"


def test_readiness_is_only_read(client):
    assert client.post("/readyz").status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/readyz/", "/metrics"])
def test_monitoring_has_a_thread_however_busy_the_server_is(path):
    assert lane_of({"PATH_INFO": path, "REQUEST_METHOD": "GET", "QUERY_STRING": ""}) is Lane.HEALTH


def test_a_page_has_none_of_it():
    assert lane_of({"PATH_INFO": "/metrics/x", "REQUEST_METHOD": "GET", "QUERY_STRING": ""}) is Lane.ORDINARY


def test_without_its_database_it_is_not_ready_and_keeps_the_reason_to_itself(client, monkeypatch, caplog):
    def refuse():
        raise OperationalError("connection to 10.1.2.3 refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "wrong": ["database"]})
    assert answer["Cache-Control"] == "no-store"
    assert "10.1.2.3" in caplog.text


# -- migrations ----------------------------------------------------------------------------------------------------------


def test_a_migration_that_was_not_applied_makes_it_unready_until_it_is(ask, client):
    recorder = MigrationRecorder(connection)
    missing = max(name for app, name in recorder.applied_migrations() if app == "core")
    recorder.record_unapplied("core", missing)
    assert ask() == wrong("migrations")
    assert client.get("/readyz").json()["missing"] == [f"core.{missing}"]
    recorder.record_applied("core", missing)
    assert ask() == FINE


def test_migrations_of_a_newer_version_are_no_reason_to_stop(ask):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("core", "9999_of_a_newer_version")
    recorder.record_applied("an_app_of_a_newer_version", "0001_initial")
    assert ask() == FINE


def test_migrations_are_looked_up_until_they_were_complete_once(ask):
    assert ask() == FINE
    with CaptureQueriesContext(connection) as captured:
        assert ask() == FINE
    assert not [one["sql"] for one in captured if "django_migrations" in one["sql"]]
    assert len(captured) <= 4


# -- files ---------------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_makes_it_unready(client, settings, tmp_path, caplog):
    (tmp_path / "file").write_text("not a folder")
    settings.MEDIA_ROOT = tmp_path / "file" / "uploads"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["storage"])
    assert str(tmp_path) not in answer.content.decode()
    assert str(tmp_path) in caplog.text


def test_looking_leaves_no_file(ask, settings):
    assert ask() == FINE
    assert list(settings.MEDIA_ROOT.iterdir()) == []


# -- tasks ---------------------------------------------------------------------------------------------------------------


def task(**values):
    made = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="x.y", backend_name="default", run_after=None
    )
    DBTaskResult.objects.filter(pk=made.pk).update(**values)


def worker(*, seen=dt.timedelta(0)):
    TaskWorker.objects.create(name="worker", seen_at=timezone.now() - seen)


def ago(time):
    return timezone.now() - time


def test_a_task_that_waits_without_a_worker_makes_it_unready(ask):
    task(enqueued_at=ago(LONG))
    assert ask() == wrong("tasks")
    worker()
    assert ask() == FINE


def test_a_worker_that_was_seen_long_ago_is_none(ask):
    task(enqueued_at=ago(LONG))
    worker(seen=dt.timedelta(minutes=30))
    assert ask() == wrong("tasks")


def test_a_worker_is_missed_only_after_a_minute(ask):
    task(enqueued_at=ago(SHORT))
    assert ask() == FINE


def test_nobody_misses_a_worker_while_there_is_nothing_to_do(ask):
    task(enqueued_at=ago(LONG), run_after=timezone.now() + LONG)  # is tried again later
    task(enqueued_at=ago(LONG), run_after=ago(SHORT))  # only just due
    task(enqueued_at=ago(LONG), status=TaskResultStatus.FAILED)
    assert ask() == FINE


def test_a_worker_in_the_middle_of_a_long_task_is_in_sight(ask):
    task(enqueued_at=ago(LONG))
    task(enqueued_at=ago(LONG), status=TaskResultStatus.RUNNING, started_at=ago(LONG), worker_ids=["busy"])
    assert ask() == FINE
    DBTaskResult.objects.running().update(started_at=ago(dt.timedelta(hours=1)))
    assert ask() == wrong("tasks")


def test_the_metrics_say_what_waits(client):
    task(enqueued_at=ago(LONG))
    task(enqueued_at=ago(SHORT))
    task(enqueued_at=ago(LONG), run_after=timezone.now() + LONG)
    worker()
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").content.decode().splitlines())
    assert (lines["brainstem_tasks_waiting"], lines["brainstem_task_workers"]) == ("2", "1")
    assert 90 <= float(lines["brainstem_tasks_oldest_waiting_seconds"]) < 3600
