"""A server that is killed in the middle of writing: what was answered is there, and nothing is half there."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import OperationalError

from brainstem.core.sql.retry import TRIES, again_after_deadlock

from ..served import (
    ADD_PEOPLE,
    PASSWORD,
    SERVER,
    Served,
    environment_of,
    free_port,
    manage,
    new_database,
    wait_until_healthy,
)

WRITERS = 6
KILLS = 5
# Run by the server's own Python after the last crash. Standard input: ids of answered additions and deletions.
CHECK = """
import json, sys
import django
django.setup()
from brainstem.apps.stem.models.session import Session, SessionDataStorage
from brainstem.core.access import audit
from brainstem.core.history.recording import snapshot
from brainstem.core.history.rewinding import rewound
from brainstem.core.models import Change, Deletion

added, deleted = map(set, json.load(sys.stdin))
assert audit.findings() == [], audit.findings()
sessions = {str(session.pk): session for session in Session.objects.all()}
lines = {}
for line in Change.objects.filter(model="stem.Session").order_by("id"):
    lines.setdefault(line.record_id, []).append(line)
events = [line.event_id for found in lines.values() for line in found]
assert len(events) == len(set(events)), "two changes of one event"
assert sessions.keys() <= lines.keys(), "a session without history"
for record_id, found in lines.items():
    actions = [line.action for line in found]
    assert actions[0] == "create" and "create" not in actions[1:], actions
    assert (actions[-1] == "delete") == (record_id not in sessions), (record_id, actions)
for record_id, session in sessions.items():
    found = lines[record_id]
    first = rewound("stem.Session", snapshot(session), found[1:])
    assert first == found[0].after, ("changes that history does not tell", record_id, first, found[0].after)
    assert session.projects.count() in (1, 2)
    assert {tag.name for tag in session.tags.all()} >= {"crash"}
    orders = list(session.sessiondatastorages.order_by("order").values_list("order", flat=True))
    assert orders == [0, 1], orders
    assert set(session.sessiondatastorages.values_list("audience_id", flat=True)) == {session.audience_id}
assert added - deleted <= lines.keys(), "an answered addition is lost"
assert not deleted & sessions.keys(), "an answered deletion is lost"
assert {one.record_id for one in Deletion.objects.all()} == lines.keys() - sessions.keys()
"""


@dataclass
class Traffic:
    """Writers that go on whatever happens to the server, and what it answered them."""

    served: Served
    projects: list[str]
    storages: list[str]
    stop: threading.Event = field(default_factory=threading.Event)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    cut_off: int = 0

    def send(self, method: str, path: str, data: object = None) -> object:
        """The body of a good answer, or None when the connection broke."""
        try:
            status, body = self.served.send(method, f"private/{path}", data, who="alice")
        except (OSError, http.client.HTTPException, ValueError):
            self.cut_off += 1
            time.sleep(0.02)
            return None
        if status >= 300:
            self.refused.append((status, body))
            return None
        return body or {}

    def write(self, number: int) -> None:
        """Add, change and now and then delete sessions, until told to stop."""
        pick = random.Random(number)
        for turn in itertools.count():
            if self.stop.is_set():
                return
            fields = {"projects": self.projects, "datastorage": self.storages, "tags": ["crash", "new", f"w{number}"]}
            answer = self.send("POST", "stem/session/", {"name": f"Session {number}-{turn}", **fields})
            if answer is None:
                continue
            session = answer["session"]["id"]
            self.added.append(session)
            fields = {"projects": pick.sample(self.projects, 1), "datastorage": self.storages[::-1]}
            fields["tags"] = ["crash", "moved"]
            if self.send("PATCH", f"stem/session/{session}/", fields) is not None:
                self.changed.append(session)
            if pick.random() < 0.2 and self.send("DELETE", f"stem/session/{session}/") is not None:
                self.deleted.append(session)


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Processes that the server started; multiprocessing's helpers among them answer no requests."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(one) for one in children if b"tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()]


@contextmanager
def serving(environment: dict[str, str], port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server with several threads; whatever is left of it is killed at the end."""
    command = [sys.executable, "-m", "brainstem.config", "serve", "--port", str(port), "--threads", "4"]
    log = folder / "served.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=SERVER, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def lab_on(served: Served) -> Traffic:
    """Two projects and two data storages of Alice."""
    made: dict[str, list[str]] = {"stem/project": [], "personal_attributes/datastorage": []}
    for path, ids in made.items():
        for number in (1, 2):
            status, body = served.send("POST", f"private/{path}/", {"name": f"One of two {number}"}, who="alice")
            assert status == 201, body
            ids.append(next(iter(body.values()))["id"])
    return Traffic(served, *made.values())


def crash_often(traffic: Traffic, environment: dict[str, str], port: int, folder: Path) -> None:
    """Kill a worker in mid write, and at last the whole server, again and again."""
    pick = random.Random(9)
    writers = [threading.Thread(target=traffic.write, args=(number,)) for number in range(WRITERS)]
    try:
        for kill in range(KILLS):
            with serving(environment, port, folder) as process:
                if kill == 0:
                    for writer in writers:
                        writer.start()
                before = len(traffic.added)
                while len(traffic.added) < before + 10:
                    assert not traffic.refused, traffic.refused[:3]
                    time.sleep(0.01)
                time.sleep(pick.uniform(0, 0.3))
                for worker in workers_of(process):
                    os.kill(worker, signal.SIGKILL)
    finally:
        traffic.stop.set()
        for writer in writers:
            writer.join()


@pytest.mark.slow
def test_a_kill_in_mid_write_leaves_no_half_written_record(tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(tmp_path) as database:
        environment = environment_of(url, database, tmp_path)
        served = Served(url, environment)
        manage(environment, "-c", ADD_PEOPLE, text=f'{{"{served.email("alice")}": "{PASSWORD}"}}')
        with serving(environment, port, tmp_path):
            traffic = lab_on(served)
        crash_often(traffic, environment, port, tmp_path)
        assert traffic.refused == []
        assert traffic.cut_off >= KILLS
        assert len(traffic.changed) > 10
        assert traffic.deleted
        with serving(environment, port, tmp_path):
            assert served.send("GET", "private/stem/session/", who="alice")[0] == 200
        answered = f"[{list(traffic.added)}, {list(traffic.deleted)}]".replace("'", '"')
        manage(environment, "-c", CHECK, text=answered)


class Deadlock(Exception):
    """As the driver tells it."""

    sqlstate = "40P01"


@pytest.mark.parametrize(
    ("failures", "cause", "runs"), [(0, Deadlock, 1), (2, Deadlock, 3), (TRIES, Deadlock, TRIES), (1, ValueError, 1)]
)
def test_a_write_that_lost_a_deadlock_is_done_again_a_few_times(failures, cause, runs):
    done = []

    @again_after_deadlock
    def write() -> str:
        done.append(1)
        if len(done) <= failures:
            raise OperationalError("deadlock detected") from cause()
        return "written"

    if runs > failures:
        assert write() == "written"
    else:
        with pytest.raises(OperationalError):
            write()
    assert len(done) == runs
