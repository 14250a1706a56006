"""The feed under concurrent writes: every change comes exactly once, in whatever order transactions end."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.utils import timezone

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history import feed
from brainstem.core.models import Change, Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
WRITERS, EACH = 5, 25


def write(seed: int, written: list[int], failed: list[BaseException]) -> None:
    """Transactions of a few changes, which end later than they begin, or are taken back."""
    pick = random.Random(seed)
    try:
        for _ in range(EACH):
            kept: list[int] = []
            with transaction.atomic():
                event = Event.objects.create(at=timezone.now(), via="command")
                for _ in range(pick.randint(1, 4)):
                    change = Change.objects.create(
                        event=event, at=event.at, action="create", model="stem.Session", record_id=uuid.uuid4(),
                        life=1, after={},
                    )  # fmt: skip
                    kept.append(change.pk)
                    if connection.vendor == "postgresql":  # on SQLite others would wait
                        time.sleep(pick.random() / 100)
                if pick.random() < 0.15:
                    transaction.set_rollback(True)
                    kept = []
            written += kept
    except BaseException as error:  # noqa: BLE001 - told by the test
        failed.append(error)
    finally:
        connections.close_all()


@pytest.fixture
def boss(db) -> Viewer:
    user = get_user_model().objects.create_superuser(email="boss@lab.example", password="x")
    return Viewer(Actor(user_id=user.pk, email=user.email, is_admin=True, via="token"), "super")


def polled(boss: Viewer, cursor: str, *, limit: int) -> Iterator[feed.Feed]:
    """Answers until one is empty."""
    while True:
        found = feed.read_feed(cursor, limit=limit, viewer=boss)
        cursor = found.cursor
        yield found
        if not found.changes:
            return


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("begin", ["start", "now"])
def test_every_change_comes_exactly_once(boss, monkeypatch, seed, begin):
    monkeypatch.setattr(feed, "AT_ONCE", 7)
    cursor = "start" if begin == "start" else feed.read_feed("", limit=10, viewer=boss).cursor
    written: list[int] = []
    failed: list[BaseException] = []
    writers = [threading.Thread(target=write, args=(100 * seed + number, written, failed)) for number in range(WRITERS)]
    for one in writers:
        one.start()
    seen: list[int] = []
    rounds = 0
    while any(one.is_alive() for one in writers) or rounds == 0:
        for found in polled(boss, cursor, limit=5):
            cursor = found.cursor
            seen += [int(one["version"]) for one in found.changes]
        rounds += 1
    for one in writers:
        one.join()
    assert not failed
    until = time.monotonic() + 60  # a transaction of another database may be so new that it cannot be told apart
    while len(seen) < len(written) and time.monotonic() < until:
        for found in polled(boss, cursor, limit=5):
            cursor = found.cursor
            seen += [int(one["version"]) for one in found.changes]
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(written)
    assert len(written) > WRITERS * EACH
    again = [int(one["version"]) for found in polled(boss, "start", limit=1000) for one in found.changes]
    assert again == seen


@pytest.mark.skipif(connection.vendor != "postgresql", reason="On SQLite writers follow each other.")
def test_what_ends_first_waits_for_what_began_before(boss):
    """Without waiting, a reader would pass the place of the earlier transaction, and miss it."""
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            event = Event.objects.create(at=timezone.now(), via="command")
            began.set()
            may_end.wait(10)
            Change.objects.create(event=event, at=event.at, action="slow", model="stem.Session",
                                  record_id=uuid.uuid4(), life=1, after={})  # fmt: skip
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert began.wait(10)
    event = Event.objects.create(at=timezone.now(), via="command")
    Change.objects.create(event=event, at=event.at, action="quick", model="stem.Session", record_id=uuid.uuid4(),
                          life=1, after={})  # fmt: skip
    first = feed.read_feed("start", limit=10, viewer=boss)
    may_end.set()
    thread.join()
    assert first.changes == []
    until, told, cursor = time.monotonic() + 60, [], first.cursor
    while len(told) < 2 and time.monotonic() < until:
        found = feed.read_feed(cursor, limit=10, viewer=boss)
        told, cursor = told + [one["action"] for one in found.changes], found.cursor
    assert told == ["slow", "quick"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="An SQLite file knows of no other.")
def test_a_transaction_of_another_database_holds_up_nobody(boss):
    """Its number counts for all databases of the server, and it may run for hours."""
    other = connection.copy("elsewhere")
    other.settings_dict["NAME"] = "postgres"
    try:
        with transaction_of(other):
            event = Event.objects.create(at=timezone.now(), via="command")
            Change.objects.create(event=event, at=event.at, action="later", model="stem.Session",
                                  record_id=uuid.uuid4(), life=1, after={})  # fmt: skip
            found = feed.read_feed("start", limit=10, viewer=boss)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                (first,) = cursor.fetchone()
            assert first < Event.objects.get(pk=event.pk).transaction
            assert [one["action"] for one in found.changes] == ["later"]
    finally:
        other.close()


@contextmanager
def transaction_of(other) -> Iterator[None]:
    """A transaction with a number."""
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    yield
    other.rollback()
