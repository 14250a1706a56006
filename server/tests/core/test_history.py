"""Every write leaves a line in the same transaction: who, when, through what, which record, before and after."""

from __future__ import annotations

import pytest
from django.db import connection

from brainstem.core.model.registry import specs
from brainstem.core.models import Change

from ..people import unique


def lines(record_id):
    return list(Change.objects.filter(record_id=record_id).select_related("event").order_by("id"))


def test_a_record_s_life_is_told_from_its_making_to_its_end(lab, alice):
    session = lab.add("session", description="one", tags=["a"])
    address = f"stem/session/{session['id']}"
    alice.patch(address, {"description": "two", "tags": ["b"]})
    alice.delete(address)
    made, changed, deleted = lines(session["id"])
    assert [made.action, changed.action, deleted.action] == ["create", "change", "delete"]
    assert made.before is None
    assert deleted.after is None
    assert changed.before.keys() - {"updated_at"} == changed.after.keys() == {"description", "tags"}
    assert (changed.before["description"], changed.after["description"]) == ("one", "two")
    assert (changed.before["tags"], changed.after["tags"]) == (["a"], ["b"])
    assert deleted.before["description"] == "two"
    for line in (made, changed, deleted):
        event = line.event
        by = (event.actor_id, event.actor_email, event.via, event.portal)
        assert by == (alice.user.pk, alice.email, "token", "private")
        assert event.token_id
        assert event.at == line.at
        assert line.model == "stem.Session"


def test_the_trail_names_the_request(lab, alice):
    session = lab.add("session")
    answer = alice.patch(f"stem/session/{session['id']}", {"description": "x"})
    assert lines(session["id"])[-1].event.request_id == answer.headers["X-Request-ID"]


def test_a_write_that_is_refused_leaves_no_line(lab, alice, bob):
    session = lab.add("session")
    alice.patch(f"stem/session/{session['id']}", {"name": ""})
    bob.patch(f"stem/session/{session['id']}", {"name": "x"})
    assert len(lines(session["id"])) == 1


def test_a_write_that_changes_nothing_leaves_no_line(lab, alice):
    session = lab.add("session", description="same")
    alice.patch(f"stem/session/{session['id']}", {"description": "same", "projects": session["projects"]})
    assert len(lines(session["id"])) == 1


def test_changed_roles_are_told(lab, alice, bob):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"is_manager": True}}})
    line = lines(lab["project"])[-1]
    assert (line.before["users"][bob.email], line.after["users"][bob.email]) == ("member", "manager")


def test_what_goes_with_a_record_is_told_under_the_same_event(lab, alice):
    behavior = lab.add("behavior")
    alice.delete(f"stem/session/{lab['session']}")
    whole, part = lines(lab["session"])[-1], lines(behavior["id"])[-1]
    assert (whole.action, part.action, whole.event_id) == ("delete", "delete", part.event_id)


def test_a_write_that_fails_at_its_end_leaves_nothing(lab, alice, monkeypatch):
    from brainstem.core.write import rules

    def fail(draft):
        raise RuntimeError("power cut")

    session_class = specs()["stem.Session"].model
    monkeypatch.setitem(rules._follows, session_class, [fail])
    name = unique("Session")
    alice.client.raise_request_exception = False
    answer = alice.post("stem/session", {"name": name, "projects": [lab["project"]]})
    assert answer.status == 500
    assert alice.get("stem/session", f"filter{{name}}={name}").body["count"] == 0
    assert not Change.objects.filter(after__name=name).exists()


@pytest.mark.parametrize("action", ["add_entry", "change_entry", "remove_entry"])
def test_entries_of_a_log_are_told(lab, alice, action):
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}}
    log = lab.add("subjectlog")
    address = f"modules/subjectlog/{log['id']}"
    alice.patch(f"{address}/add_entry", entry)
    if action != "add_entry":
        alice.patch(f"{address}/{action}", entry | {"notes": "n"})
    assert lines(log["id"])[-1].action == action


def test_an_event_takes_16_bytes_in_each_of_its_changes(lab, alice):
    event = alice.patch(f"stem/session/{lab['session']}", {"description": "new"}).headers["Brainstem-Event"]
    line = Change.objects.order_by("-id").first()
    assert (str(line.event_id), line.event.pk) == (event, line.event_id)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT typeof(event_id), length(event_id) FROM core_change WHERE id = %s", [line.pk])
            assert cursor.fetchone() == ("blob", 16)
