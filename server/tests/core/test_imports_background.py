"""Many rows are planned and written by a worker: what it has got through is told, and what a killed one had goes on."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.apps.users import import_work
from brainstem.core.imports import progress
from brainstem.core.models import Change, TableImport, TaskWorker
from brainstem.core.tasks.worker import Worker, take_back_abandoned

from ..people import unique
from ..served import ADD_PEOPLE, PASSWORD, SERVER, Served, environment_of, free_port, manage, new_database, running

ROWS = 4


@pytest.fixture
def worker(transactional_db, settings, monkeypatch):
    """A worker was seen a moment ago; tasks wait for one."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(import_work, "MANY_ROWS", ROWS)
    TaskWorker.objects.create(name="w", seen_at=timezone.now())
    return Worker()


@pytest.fixture
def text(lab, alice):
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    return "name,projects\n" + "".join(f"{unique('Day')},{project}\n" for _ in range(ROWS))


def plan(person, text, query=""):
    return person.post(f"imports/?kind=table{query}", {"text": text, "model": "stem/session"})


def shown(person, one):
    return person.get(f"imports/{one['id']}/").body["import"]


def test_many_rows_are_planned_and_written_by_a_worker_once(worker, lab, alice, text):
    answer = plan(alice, text)
    one = answer.body["import"]
    assert (answer.status, one["state"], one["done"], one["total"], one["worker"]) == (202, "planning", 0, ROWS, True)
    assert (one["sheets"][0]["rows"], one["counts"]["created"]) == (ROWS, 0)
    assert alice.post(f"imports/{one['id']}/commit/").status == 409
    assert alice.patch(f"imports/{one['id']}/", {}).status == 409
    assert worker.work_off() == 1
    planned = shown(alice, one)
    assert (planned["state"], planned["total"], planned["counts"]["created"]) == ("planned", 0, ROWS)
    before = Change.objects.count()
    answers = [alice.post(f"imports/{one['id']}/commit/") for _ in range(2)]
    assert [(found.status, found.body["import"]["state"]) for found in answers] == [(202, "committing")] * 2
    assert Change.objects.count() == before
    assert worker.work_off() == 1
    done = shown(alice, one)
    assert (done["state"], done["refusal"], Change.objects.count() - before) == ("committed", None, ROWS)
    assert alice.post(f"imports/{one['id']}/commit/").headers["Brainstem-Event"] == done["event"]
    assert Change.objects.filter(event_id=done["event"]).count() == ROWS
    assert alice.post(f"history/{done['event']}/undo/", {}).status == 200
    assert DBTaskResult.objects.count() == 0


def test_who_wants_to_wait_waits_and_so_does_everybody_without_a_worker(worker, lab, alice, text):
    assert plan(alice, text, "&background=no").status == 201
    assert plan(alice, text, "&background=perhaps").body.keys() == {"background"}
    TaskWorker.objects.update(seen_at=timezone.now() - dt.timedelta(hours=1))
    one = plan(alice, text)
    assert (one.status, one.body["import"]["state"]) == (201, "planned")
    assert alice.post(f"imports/{one.body['import']['id']}/commit/").status == 200


def test_an_import_whose_worker_is_gone_can_be_done_in_the_request(worker, lab, alice, text):
    one = plan(alice, text, "&background=no").body["import"]
    assert alice.post(f"imports/{one['id']}/commit/").status == 202
    TaskWorker.objects.update(seen_at=timezone.now() - dt.timedelta(hours=1))
    assert shown(alice, one)["worker"] is False
    assert alice.post(f"imports/{one['id']}/commit/").status == 200
    before = Change.objects.count()
    assert worker.work_off() == 1  # the task is still there, and finds that it is done
    assert Change.objects.count() == before


def test_a_commit_that_no_longer_holds_says_what_moved(worker, lab, alice, text):
    one = plan(alice, text, "&background=no").body["import"]
    alice.post(f"imports/{one['id']}/commit/")
    name = text.splitlines()[2].split(",")[0]
    lab.add("session", name=name)
    assert worker.work_off() == 1
    refused = shown(alice, one)
    assert (refused["state"], refused["refusal"]["moved"][0]["row"]) == ("planned", 3)
    assert "of this name was added" in refused["refusal"]["detail"]
    assert refused["counts"]["same"] == 1
    assert alice.post(f"imports/{one['id']}/commit/").status in (200, 202)
    worker.work_off()
    assert (shown(alice, one)["state"], shown(alice, one)["refusal"]) == ("committed", None)


def test_rights_are_those_of_the_moment_in_which_the_worker_writes(worker, lab, alice, dana, text):
    one = plan(dana, text, "&background=no").body["import"]
    assert dana.post(f"imports/{one['id']}/commit/").status == 202
    dana.user.is_active = False
    dana.user.save()
    before = Change.objects.count()
    worker.work_off()
    assert Change.objects.count() == before
    assert "deactivated" in TableImport.objects.get(pk=one["id"]).refusal


def test_an_import_that_is_deleted_meanwhile_is_not_written(worker, lab, alice, text):
    one = plan(alice, text, "&background=no").body["import"]
    alice.post(f"imports/{one['id']}/commit/")
    assert alice.delete(f"imports/{one['id']}/").status == 204
    before = Change.objects.count()
    assert worker.work_off() == 1
    assert Change.objects.count() == before


def test_the_rows_done_are_told_while_it_goes_on(worker, lab, alice, text, monkeypatch):
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.02)
    one = plan(alice, text).body["import"]
    seen, make = [], import_work.make_plan

    def slowly(*arguments, tell, **named):
        tell(3)
        deadline = time.monotonic() + 20
        while not seen or (seen[-1] != 3 and time.monotonic() < deadline):
            time.sleep(0.05)
            seen.append(TableImport.objects.get(pk=one["id"]).done)
        row = DBTaskResult.objects.get()
        seen.append(row.started_at > timezone.now() - dt.timedelta(seconds=30))
        take_back_abandoned()
        return make(*arguments, tell=tell, **named)

    monkeypatch.setattr(import_work, "make_plan", slowly)
    worker.work_off()
    assert seen[-2:] == [3, True]
    assert shown(alice, one)["state"] == "planned"


# -- killed ---------------------------------------------------------------------------------------------------------------

MANY = 3000
ABANDON = """
import datetime as dt, django
django.setup()
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from brainstem.core.models import TableImport
long_ago = timezone.now() - dt.timedelta(minutes=5)
assert DBTaskResult.objects.update(started_at=long_ago) == 1
"""
SEEN = """
import django
django.setup()
from django.utils import timezone
from brainstem.core.models import TaskWorker
TaskWorker.objects.create(name=timezone.now().isoformat()[:20], seen_at=timezone.now())
"""
CHECK = """
import json, sys, django
django.setup()
from brainstem.apps.stem.models.session import Session
from brainstem.core.access import audit
from brainstem.core.models import Change, TableImport
one, = TableImport.objects.all()
told = json.load(sys.stdin)
assert Session.objects.count() == told["sessions"], Session.objects.count()
lines = Change.objects.filter(model="stem.Session")
assert lines.count() == told["sessions"], lines.count()
assert set(lines.values_list("event_id", flat=True)) == ({one.event} if told["sessions"] else set())
assert audit.findings() == [], audit.findings()
"""


# A worker that rests after each portion, so that whoever wants to kill it in the middle has the time.
RESTING = """
import contextlib, runpy, sys, time, django
django.setup()
from brainstem.apps.users import import_work
hurried = import_work.progress_of
@contextlib.contextmanager
def resting(one):
    with hurried(one) as tell:
        yield lambda rows: (tell(rows), time.sleep(1))
import_work.progress_of = resting
sys.argv = ["brainstem-server", "tasks"]
runpy.run_module("brainstem.config", run_name="__main__")
"""


@contextmanager
def real_worker(environment, *, resting=False):
    started = ["-c", RESTING] if resting else ["-m", "brainstem.config", "tasks"]
    process = subprocess.Popen([sys.executable, *started], env=environment, cwd=SERVER)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(served, one, wanted, seconds=240):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = served.send("GET", f"private/imports/{one}/", who="alice")[1]["import"]
        if wanted(found):
            return found
        time.sleep(0.1)
    return pytest.fail(f"{found['state']}, {found['done']} of {found['total']}, {found['refusal']}")


def kill_in_the_middle(served, environment, one, state):
    with real_worker(environment, resting=True) as process:
        wait_for(served, one, lambda found: found["state"] != state or found["done"] > 0)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    found = served.send("GET", f"private/imports/{one}/", who="alice")[1]["import"]
    assert found["state"] == state, "it was done before it could be killed"
    manage(environment, "-c", ABANDON)  # as if minutes had passed


@pytest.mark.slow
def test_what_a_killed_worker_had_is_planned_and_written_by_the_next_one(tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(tmp_path) as database:
        environment = environment_of(url, database, tmp_path) | {"BRAINSTEM_TASKS_BESIDE": "off"}
        served = Served(url, environment)
        manage(environment, "-c", ADD_PEOPLE, text=json.dumps({served.email("alice"): PASSWORD}))
        with running(environment, port=port, folder=tmp_path):
            served.send("POST", "private/stem/project/", {"name": "P"}, who="alice")
            manage(environment, "-c", SEEN)
            table = "name,projects\n" + "".join(f"Day {at},P\n" for at in range(MANY))
            asked = {"text": table, "model": "stem/session"}
            status, body = served.send("POST", "private/imports/?kind=table", asked, who="alice")
            assert (status, body["import"]["state"]) == (202, "planning")
            one = body["import"]["id"]
            kill_in_the_middle(served, environment, one, "planning")
            with real_worker(environment):
                planned = wait_for(served, one, lambda found: found["state"] != "planning")
            assert (planned["counts"]["created"], planned["refusal"]) == (MANY, None)
            manage(environment, "-c", CHECK, text=json.dumps({"sessions": 0}))
            manage(environment, "-c", SEEN)
            assert served.send("POST", f"private/imports/{one}/commit/", {}, who="alice")[0] == 202
            kill_in_the_middle(served, environment, one, "committing")
            manage(environment, "-c", CHECK, text=json.dumps({"sessions": 0}))
            with real_worker(environment):
                done = wait_for(served, one, lambda found: found["state"] != "committing")
            assert done["state"] == "committed", done["refusal"]
            manage(environment, "-c", CHECK, text=json.dumps({"sessions": MANY}))
