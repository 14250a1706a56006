"""The feed of changes: each change of what one may change, once, in order; and nothing of anything else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max

from brainstem.core.history import feed
from brainstem.core.models import Change, Event

from ..people import Person, unique

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]


@pytest.fixture(autouse=True)
def ended(monkeypatch) -> None:
    """Nothing is being written; whoever tests beside us writes to other databases of the same server."""

    def horizon() -> int:
        last = Event.objects.aggregate(last=Max("transaction"))["last"] or 0
        return last + 1 if connection.vendor == "postgresql" else 0

    monkeypatch.setattr(feed, "_horizon", horizon)


def fed(person: Person, since: str = "start", query: str = "") -> tuple[list[dict[str, Any]], str]:
    answer = person.get("changes", f"since={since}&{query}")
    assert answer.status == 200, answer.body
    assert list(answer.body) == ["changes", "cursor"]
    return answer.body["changes"], answer.body["cursor"]


def now(person: Person) -> str:
    answer = person.get("changes")
    assert answer.body["changes"] == []
    return str(answer.body["cursor"])


def test_it_says_whether_there_is_more_to_read(session, alice, charlie, monkeypatch):
    for number in range(3):
        assert alice.patch(session, {"description": f"{number}"}).status == 200
    number = len(fed(alice, "start", "limit=1000")[0])

    def more(person: Person, since: str = "start", limit: int = 1000) -> bool:
        return {"true": True, "false": False}[
            person.get("changes", f"since={since}&limit={limit}").headers["Brainstem-More"]
        ]

    assert (more(alice), more(alice, limit=number - 1)) == (False, True)
    assert not more(alice, since=now(alice))
    monkeypatch.setattr(feed, "AT_ONCE", 2)
    monkeypatch.setattr(feed, "MOST_READ", 2)
    answer = charlie.get("changes", "since=start")
    assert (answer.body["changes"], answer.headers["Brainstem-More"]) == ([], "true")


@pytest.fixture
def session(lab):
    return f"stem/session/{lab.add('session')['id']}"


def test_it_begins_now_and_tells_what_comes_after(session, alice):
    cursor = now(alice)
    answer = alice.patch(session, {"description": "new"})
    changes, after = fed(alice, cursor)
    entry = alice.get(f"{session}/history/").body["history"][0]
    assert changes == [
        {
            "model": "stem/session",
            "id": session.rpartition("/")[2],
            "action": "change",
            "version": entry["id"],
            "event": answer.headers["Brainstem-Event"],
            "date_time": entry["date_time"],
        }
    ]
    assert fed(alice, after)[0] == []
    assert fed(alice, cursor)[0] == changes


def test_it_tells_everything_from_the_start_oldest_first(session, lab, alice):
    alice.patch(session, {"description": "new"})
    alice.delete(session)
    record = session.rpartition("/")[2]
    changes, _ = fed(alice, query="limit=1000")
    assert [one["action"] for one in changes if one["id"] == record] == ["create", "change", "delete"]
    versions = [int(one["version"]) for one in changes]
    assert versions == sorted(versions)
    assert {lab["project"], lab["session"]} - {one["id"] for one in changes} == {lab["session"]}


def test_it_is_read_piece_by_piece(lab, alice):
    for _ in range(7):
        lab.add("session")
    whole, _ = fed(alice, query="limit=1000")
    found, cursor = [], "start"
    while True:
        some, cursor = fed(alice, cursor, "limit=3")
        assert len(some) <= 3
        found += some
        if not some:
            break
    assert found == whole
    assert len(whole) > 8


def test_it_tells_only_of_what_one_may_change(session, lab, alice, bob, charlie, dana, admin):
    alice.patch(session, {"description": "new"})
    record = session.rpartition("/")[2]
    seen = {
        person: [one for one in fed(person)[0] if one["id"] == record] for person in (alice, bob, charlie, dana, admin)
    }
    assert [len(seen[one]) for one in (alice, bob, charlie, dana, admin)] == [2, 0, 0, 2, 0]
    lab["strain"]
    boss = admin.through("super")
    assert len([one for one in fed(boss, query="limit=1000")[0] if one["id"] == record]) == 2
    assert {one["model"] for one in fed(boss, query="limit=1000")[0]} > {"stem/session", "taxonomies/strain"}


def test_what_was_deleted_is_told_to_those_who_could_change_it(session, lab, alice, bob, dana):
    cursor = now(alice)
    alice.delete(f"stem/project/{lab['project']}")
    gone = {one["id"]: one["action"] for one in fed(alice, cursor)[0]}
    assert gone[session.rpartition("/")[2]] == gone[lab["project"]] == "delete"
    for person in (bob, dana):
        assert fed(person, cursor)[0] == []


def test_it_passes_over_what_is_not_told_in_bounded_steps(lab, alice, charlie, monkeypatch):
    cursor = now(charlie)
    for _ in range(9):
        lab.add("session")
    mine = charlie.make("stem/project", name=unique("Mine"))["id"]
    monkeypatch.setattr(feed, "AT_ONCE", 2)
    monkeypatch.setattr(feed, "MOST_READ", 4)
    found, steps = [], 0
    while not found:
        found, following = fed(charlie, cursor)
        assert following != cursor
        cursor, steps = following, steps + 1
    assert [one["id"] for one in found] == [mine]
    assert steps > 2


def test_a_model_narrows(session, lab, alice):
    subject = lab.add("subject")["id"]
    changes, cursor = fed(alice, query="model=stem/subject")
    assert [one["id"] for one in changes] == [subject]
    assert fed(alice, cursor)[0] == []


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("since=yesterday", "since", "does not belong to this list"),
        ("since=WyJjaGFuZ2VzIiwwLDBd", "since", "does not belong to this list"),
        ("since=%C3%A9", "since", "does not belong to this list"),
        ("model=stem/sesion", "model", "Did you mean 'stem/session'"),
        ("model=session", "model", "There is no model 'session'"),
        ("limit=0", "limit", "1 or more"),
        ("limit=-3", "limit", "1 or more"),
        ("cursor=x", "cursor", "There is no parameter 'cursor'"),
        ("since=a&since=b", "since", "only once"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_would_be_right(alice, query, name, words):
    answer = alice.get("changes", query)
    assert (answer.status, list(answer.body)) == (400, [name])
    assert words in answer.body[name][0]


def test_a_cursor_tells_nothing_of_what_it_passed(lab, alice, charlie):
    before = now(charlie)
    lab.add("session")
    after = fed(charlie, before)[1]
    assert len(before) == len(after)
    for one in (before, after):
        assert Event.objects.first().pk.hex[:8] not in one
        assert one.startswith("gAAAA")  # an encrypted text


def test_a_cursor_of_somebody_else_opens_nothing(session, alice, charlie):
    cursor = now(alice)
    alice.patch(session, {"description": "new"})
    assert fed(charlie, cursor)[0] == []


# -- restored databases ------------------------------------------------------------------------------------------------


def test_a_cursor_from_before_a_restored_backup_is_refused(session, alice):
    Event.objects.update(transaction=50)
    cursor = str(alice.get("changes").body["cursor"])
    Event.objects.update(transaction=0)
    answer = alice.get("changes", f"since={cursor}")
    assert (answer.status, "begin with since=start" in answer.text) == (400, True)


def test_a_cursor_after_changes_that_are_gone_is_refused(session, alice):
    cursor = now(alice)
    newest = Change.objects.latest("pk")
    Change.objects.filter(pk=newest.pk).delete()
    answer = alice.get("changes", f"since={cursor}")
    assert answer.status == 200  # a replica that is behind
    assert answer.body["changes"] == []
    alice.patch(session, {"description": "new"})
    answer = alice.get("changes", f"since={cursor}")
    assert (answer.status, "begin with since=start" in answer.text) == (400, True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no transactions by number")
def test_changes_from_before_a_restored_backup_come_first(session, alice, monkeypatch):
    monkeypatch.setattr(feed, "_horizon", lambda: 1000)
    for text in ("one", "two", "three", "four"):
        alice.patch(session, {"description": text})
    events = [one["event"] for one in alice.get(f"{session}/history/").body["history"]]
    order = dict(zip(events, (7, 9, 8, 0, 0), strict=True))  # newest first
    Event.objects.update(transaction=0)
    for event, transaction in order.items():
        Event.objects.filter(pk=event).update(transaction=transaction)
    record = session.rpartition("/")[2]
    for at_once in (2000, 2, 1):
        monkeypatch.setattr(feed, "AT_ONCE", at_once)
        found, cursor = [], "start"
        for _ in range(100):
            answer = alice.get("changes", f"since={cursor}&limit=2").body
            found += [one["event"] for one in answer["changes"] if one["id"] == record]
            cursor = answer["cursor"]
        assert found == [events[4], events[3], events[0], events[2], events[1]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no transactions by number")
def test_nothing_is_told_of_transactions_that_an_earlier_one_may_still_precede(session, alice, monkeypatch):
    Event.objects.update(transaction=20)
    for horizon, told in ((20, False), (21, True)):
        monkeypatch.setattr(feed, "_horizon", lambda horizon=horizon: horizon)
        assert bool(alice.get("changes", "since=start").body["changes"]) is told


def test_versions_are_of_records_that_exist(session, alice):
    changes, _ = fed(alice, query="limit=1000")
    for one in changes:
        assert uuid.UUID(one["event"])
        assert Change.objects.get(pk=one["version"]).event_id == uuid.UUID(one["event"])
