"""Lists of the past count and page as they did, whatever has come and gone since, and through which indexes."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import note, snapshot
from brainstem.core.model.registry import specs
from brainstem.core.undo import restoring

pytestmark = [pytest.mark.django_db, pytest.mark.databases]
NOTED = Viewer(Actor(via="command"), "")
ASKED = (
    "limit=2", "limit=2&offset=1", "limit=2&cursor=", "limit=2&sort[]=-created_at", "limit=2&sort[]=date_time&cursor=",
    "filter{description.icontains}=was&sort[]=name", "filter{tags}=red", "include[]=behaviors&include[]=projects",
)  # fmt: skip


@pytest.fixture
def told(clock, lab, alice):
    """What lists of sessions said at a time."""
    for number in range(4):
        session = lab.add("session", description="was", tags=["red"], date_time=f"2026-01-0{4 - number}T10:00:00Z")
        lab.add("behavior", session=session["id"])
        clock.tick()
    answers = {one: _told(alice, one) for one in ASKED}
    at = clock.tick()
    return answers, at


def _told(who: Any, question: str, at: str = "") -> Any:
    answer = who.get("stem/session", f"{question}&as_of={at}" if at else question)
    assert answer.status == 200, answer.body
    return json.loads(answer.text.replace(f"&as_of={at.replace(':', '%3A')}", "") if at else answer.text)


def _compare(alice: Any, told: Any) -> None:
    answers, at = told
    for question, answer in answers.items():
        assert _told(alice, question, at) == answer, question


def _ids(alice: Any) -> list[str]:
    return list(alice.get("stem/session", "limit=100").ids)


def test_what_has_come_since_is_left_out(told, lab, alice):
    for _ in range(3):
        lab.add("session", description="was", tags=["red"])
    _compare(alice, told)


def test_what_has_come_with_a_low_id_is_left_out(told, alice):
    record = specs()["stem.Session"].model._base_manager.get(pk=_ids(alice)[0])
    record.pk, record.name, record._state.adding = uuid.UUID(int=5), "Low", True
    record.save(force_insert=True)
    note("create", record, viewer=NOTED, before=None, after=snapshot(record))
    assert str(record.pk) in _ids(alice)
    _compare(alice, told)


def test_what_has_gone_since_is_there(told, lab, alice):
    lab.add("session")
    assert alice.delete(f"stem/session/{_ids(alice)[1]}").status == 204
    _compare(alice, told)


def test_what_has_come_and_gone_since_is_left_out(told, lab, alice):
    made = [lab.add("session", description="was")["id"] for _ in range(3)]
    assert alice.delete(f"stem/session/{made[1]}").status == 204
    _compare(alice, told)


@pytest.mark.parametrize("others", [0, 2])
def test_what_has_gone_and_come_back_is_there_once(told, lab, alice, others):
    gone = uuid.UUID(_ids(alice)[1])
    assert alice.delete(f"stem/session/{gone}").status == 204
    _compare(alice, told)
    restoring.undelete(specs()["stem.Session"], gone, viewer=NOTED)
    for _ in range(others):
        lab.add("session", description="was")
    assert str(gone) in _ids(alice)
    _compare(alice, told)


def test_what_has_changed_since_is_found_and_sorted_as_it_was(told, alice):
    first, second, *_ = _ids(alice)
    change = {"description": "is", "tags": ["blue"], "name": "~", "date_time": "2026-02-01T10:00:00Z"}
    assert alice.patch(f"stem/session/{first}", change).status == 200
    assert alice.patch(f"stem/session/{second}", {"date_time": None, "tags": []}).status == 200
    _compare(alice, told)


@pytest.mark.parametrize("index", ["change_of_life", "change_of_reference", "change_by_record"])
def test_the_past_is_read_through_its_indexes(told, alice, index):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole.")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        _told(alice, "limit=2", told[1])
    [statement] = [one["sql"] for one in asked.captured_queries if "core_change" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}".replace("%", "%%"), [])
        plan = [row[3] for row in cursor.fetchall()]
    assert any(index in line for line in plan), plan
