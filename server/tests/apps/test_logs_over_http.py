"""Log records over HTTP: entries come and go one by one; nothing else changes them."""

from __future__ import annotations

import pytest


@pytest.fixture
def weighing(lab):
    return f"modules/subjectlog/{lab.add('subjectlog')['id']}"


def test_entries_are_added_changed_and_removed(alice, weighing):
    first = alice.patch(f"{weighing}/add_entry/", {"date_time": "2026-01-02T10:00:00Z", "details": {"weight": 31}})
    assert first.status == 200, first.body
    alice.patch(f"{weighing}/add_entry", {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}})
    entries = alice.get(weighing).record["entries"]
    assert [entry["date_time"] for entry in entries] == ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"]
    changed = alice.patch(f"{weighing}/change_entry", {"date_time": "2026-01-01T11:00:00+01:00", "notes": "tail wet"})
    assert changed.record["entries"][0]["notes"] == "tail wet"
    assert changed.record["entries"][0]["details"]["weight"] in (30, {"value": 30, "unit": "g"})
    removed = alice.patch(f"{weighing}/remove_entry", {"date_time": "2026-01-01T10:00:00Z"})
    assert [entry["date_time"] for entry in removed.record["entries"]] == ["2026-01-02T10:00:00Z"]


def test_an_interval_has_a_start_and_an_end(lab, alice):
    address = f"modules/subjectlog/{lab.add('subjectlog', type='Housing')['id']}"
    start = {"start_date_time": "2026-01-01T10:00:00Z"}
    assert alice.patch(f"{address}/add_entry", start).status == 400
    assert alice.patch(f"{address}/add_entry", start | {"end_date_time": "2026-01-01T09:00:00Z"}).status == 400
    assert alice.patch(f"{address}/add_entry", start | {"end_date_time": "2026-01-03T10:00:00Z"}).status == 200


def test_wrong_entries_are_refused_by_name(alice, weighing):
    assert alice.patch(f"{weighing}/add_entry", {}).status == 400
    assert alice.patch(f"{weighing}/add_entry", {"date_time": "noon"}).status == 400
    assert alice.patch(f"{weighing}/remove_entry", {"date_time": "2020-01-01T00:00:00Z"}).status == 400
    long = {"date_time": "2026-01-01T10:00:00Z", "notes": "x" * 501}
    assert alice.patch(f"{weighing}/add_entry", long).status == 400
    assert alice.get(weighing).record["entries"] == []


def test_a_record_s_own_change_does_not_touch_entries_or_type(alice, weighing):
    alice.patch(f"{weighing}/add_entry", {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}})
    answer = alice.patch(weighing, {"entries": [], "description": "x"})
    assert (answer.status, len(answer.record["entries"])) == (200, 1)
    refused = alice.patch(weighing, {"type": "Housing"})
    assert (refused.status, list(refused.body)) == (400, ["type"])


def test_members_and_strangers_add_no_entries(bob, charlie, weighing):
    entry = {"date_time": "2026-01-01T10:00:00Z"}
    assert bob.patch(f"{weighing}/add_entry", entry).status == 403
    assert charlie.patch(f"{weighing}/add_entry", entry).status == 404


def test_the_author_of_a_log_is_kept(lab, alice, dana):
    assert lab.add("subjectlog")["user"] == alice.user.pk
    log = dana.make("modules/subjectlog", subject=lab["subject"], type="Weighing", user=alice.user.pk)
    assert log["user"] == dana.user.pk


def test_an_action_is_not_run_by_get_or_options(alice, weighing):
    assert alice.get(f"{weighing}/add_entry").status == 405
    assert alice.options(f"{weighing}/add_entry").status == 200
    assert alice.get(weighing).record["entries"] == []
