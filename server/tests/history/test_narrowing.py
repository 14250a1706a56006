"""A history tells nothing of what its reader does not see: no hidden reference, and no entry about nothing else."""

from __future__ import annotations

import pytest

from brainstem.core.history import reading
from brainstem.core.models import Event

from ..people import unique

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(charlie, alice, lab):
    """Charlie's project, in which Alice contributes."""
    made = charlie.make("stem/project", name=unique("Secret"))["id"]
    assert charlie.patch(f"stem/project/{made}", {"users": {alice.email: {"can_change": True}}}).status == 200
    return made


@pytest.fixture
def shared(lab, alice, secret):
    """Path of a session of Alice's project that she put into Charlie's too, and then described."""
    path = f"stem/session/{lab.add('session')['id']}"
    assert alice.patch(path, {"projects": [lab["project"], secret]}).status == 200
    assert alice.patch(path, {"description": "new"}).status == 200
    return path


def told(person, path, query=""):
    answer = person.get(f"{path}/history/", query)
    assert answer.status == 200, answer.body
    return answer.body


def test_an_entry_of_which_nothing_is_seen_does_not_exist(shared, lab, alice, dana, secret):
    assert len(told(alice, shared)["history"]) == 3
    seen = told(dana, shared)
    assert [one["action"] for one in seen["history"]] == ["change", "create"]
    assert (seen["count"], seen["next"]) == (2, None)
    assert secret not in dana.get(f"{shared}/history/").text


def test_neither_count_nor_cursor_tell_of_it(shared, dana, alice, monkeypatch):
    first = told(dana, shared, "limit=1")
    assert first["count"] == 2
    second = dana.get(first["next"].partition("8000")[2])
    assert ([one["action"] for one in second.body["history"]], second.body["next"]) == (["create"], None)
    monkeypatch.setattr(reading, "MOST_COUNTED", 2)
    assert (told(dana, shared, "limit=1")["count"], told(alice, shared, "limit=1")["count"]) == (2, None)


def test_the_event_of_it_does_not_exist_either(shared, alice, dana):
    event = told(alice, shared)["history"][1]["event"]
    assert [one["changes"].keys() for one in alice.get(f"history/{event}").body["history"]] == [{"projects"}]
    nowhere = "0198c5a2-0000-7000-8000-000000000000"
    hidden, unknown = dana.get(f"history/{event}"), dana.get(f"history/{nowhere}")
    assert (hidden.status, unknown.status) == (404, 404)
    assert hidden.text.replace(event, nowhere) == unknown.text


def test_it_is_not_in_the_feed(shared, alice, dana):
    record = shared.rpartition("/")[2]
    Event.objects.update(transaction=0)  # a test is one transaction, which goes on
    for person, number in ((alice, 3), (dana, 2)):
        found = person.get("changes", "since=start&limit=1000").body["changes"]
        assert len([one for one in found if one["id"] == record]) == number


def test_many_hidden_entries_are_passed_over(lab, alice, dana, secret):
    path = f"stem/session/{lab.add('session')['id']}"
    for _ in range(9):
        alice.patch(path, {"projects": [lab["project"], secret]})
        alice.patch(path, {"projects": [lab["project"]]})
    alice.patch(path, {"description": "new"})
    assert [one["action"] for one in told(dana, path, "limit=2")["history"]] == ["change", "create"]
    assert told(dana, path, "field=projects")["count"] == 1
    assert told(alice, path, "field=projects")["count"] == 19


def test_a_hidden_reference_is_left_out_of_lists_and_null_alone(lab, alice, dana):
    behavior = lab.add("behavior")["id"]
    path = f"modules/behavior/{behavior}"
    other = lab.add("setup")["id"]
    assert dana.get(path).record["setup"] is None
    alice.patch(path, {"setup": other, "notes": "moved"})
    assert told(alice, path)["history"][0]["changes"]["setup"] == {"from": lab["setup"], "to": other}
    changed, created = told(dana, path)["history"]
    assert changed["changes"] == {"notes": {"from": "", "to": "moved"}}
    assert "setup" not in created["changes"]
    assert told(dana, path, "field=setup")["history"] == []
    alice.patch(f"personal_attributes/setup/{other}", {"is_public": True})
    assert told(dana, path)["history"][0]["changes"]["setup"] == {"from": None, "to": other}


def test_a_parent_of_the_past_that_is_hidden_stays_hidden(lab, alice, charlie, dana, secret):
    session = charlie.make("stem/session", name=unique("Secret session"), projects=[secret])["id"]
    epoch = alice.make("stem/epoch", session=session, name=unique("Epoch"))["id"]
    path = f"stem/epoch/{epoch}"
    assert alice.patch(path, {"session": lab["session"]}).status == 200
    assert told(alice, path)["history"][0]["changes"]["session"] == {"from": session, "to": lab["session"]}
    assert told(dana, path)["history"][0]["changes"] == {"session": {"from": None, "to": lab["session"]}}
    assert session not in dana.get(f"{path}/history/").text


def test_what_was_deleted_since_is_told_to_those_who_could_see_it(lab, alice, dana):
    path = f"stem/epoch/{lab.add('epoch')['id']}"
    behavior = lab.add("behavior")["id"]
    alice.patch(path, {"behavior": [behavior]})
    setup = lab.add("setup")["id"]
    alice.patch(f"modules/behavior/{behavior}", {"setup": setup})
    alice.patch(f"modules/behavior/{behavior}", {"setup": lab["setup"]})
    assert alice.delete(f"personal_attributes/setup/{setup}").status == 204
    moved = told(alice, f"modules/behavior/{behavior}")["history"][1]
    assert moved["changes"] == {"setup": {"from": lab["setup"], "to": setup}}
    assert len(told(dana, f"modules/behavior/{behavior}")["history"]) == 1
    alice.patch(path, {"behavior": []})
    assert alice.delete(f"modules/behavior/{behavior}").status == 204
    for person in (alice, dana):
        entries = told(person, path)["history"]
        assert entries[-2]["changes"] == {"behavior": {"from": [], "to": [behavior]}}


def test_a_record_taken_into_a_project_shows_its_whole_past_without_what_is_hidden(lab, alice, dana, charlie, secret):
    path = f"stem/session/{alice.make('stem/session', name=unique('Late'), projects=[secret])['id']}"
    alice.patch(path, {"description": "before"})
    assert alice.patch(path, {"projects": [secret, lab["project"]]}).status == 200
    entries = told(dana, path)["history"]
    assert entries[0]["changes"] == {"projects": {"from": [], "to": [lab["project"]]}}
    assert [one["action"] for one in entries] == ["change", "change", "create"]
    assert "projects" not in entries[-1]["changes"]
    assert secret not in dana.get(f"{path}/history/").text


@pytest.mark.parametrize(
    "event", ["nonsense", "1", "0198c5a2", "00000000-0000-0000-0000-00000000000g", "%00", "x" * 500]
)
def test_a_malformed_event_is_not_there(lab, alice, event):
    answer = alice.get(f"history/{event}/")
    assert answer.status == 404
    assert answer.body["detail"].startswith("No event has the id")


def test_of_a_write_to_several_projects_everybody_reads_their_part(lab, alice, dana, charlie, secret):
    rows = [{"name": unique("Here"), "projects": [lab["project"]]}, {"name": unique("There"), "projects": [secret]}]
    made = alice.post("stem/session/bulk/", {"create": rows}).body["created"]
    event = Event.objects.latest("at").pk
    seen = {
        name: person.get(f"history/{event}")
        for name, person in (("alice", alice), ("dana", dana), ("charlie", charlie))
    }
    records = {name: {one["record"] for one in answer.body["history"]} for name, answer in seen.items()}
    assert records == {"alice": set(made), "dana": {made[0]}, "charlie": {made[1]}}
    assert [seen[name].body["count"] for name in ("alice", "dana", "charlie")] == [2, 1, 1]


def test_an_event_is_read_page_by_page(lab, alice):
    rows = [{"name": unique("Session"), "projects": [lab["project"]]} for _ in range(5)]
    answer = alice.post("stem/session/bulk/", {"create": rows})
    path, found = f"/api/private/history/{answer.headers['Brainstem-Event']}/?limit=2", []
    while path:
        page = alice.get(path)
        found += [one["record"] for one in page.body["history"]]
        assert page.body["count"] == 5
        path = (page.body["next"] or "").partition("8000")[2]
    assert sorted(found) == sorted(answer.body["created"])
    assert alice.get(f"history/{answer.headers['Brainstem-Event']}", "field=name").status == 400
