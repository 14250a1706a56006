"""Entries of logs: added, changed and removed by their time, whatever time zone it is written in."""

import pytest

from brainstem.apps.modules.log_entries import (
    INSTANT,
    INTERVAL,
    INTERVAL_TYPES,
    add_entry,
    change_entry,
    kind_of,
    remove_entry,
)
from brainstem.core.errors import Invalid

from ..contract import documented

NOON = "2026-01-31T12:00:00Z"
ONE = "2026-01-31T13:00:00Z"
TWO = "2026-01-31T14:00:00Z"


def entry(time=NOON, **more):
    return {"date_time": time, "notes": None, "details": {}} | more


def stay(start=NOON, end=ONE, **more):
    return {"start_date_time": start, "end_date_time": end, "notes": None, "details": {}} | more


@pytest.mark.parametrize(
    ("model", "log_type", "kind"),
    [
        ("SubjectLog", "Weighing", INSTANT),
        ("SubjectLog", "WaterDeprivation", INTERVAL),
        ("SubjectLog", "Housing", INTERVAL),
        ("ProcedureLog", "Impedances", INSTANT),
        ("ProcedureLog", "Housing", INSTANT),
    ],
)
def test_the_type_says_whether_entries_last(model, log_type, kind):
    assert kind_of(model, log_type) is kind


def test_interval_types_are_those_of_the_contract():
    models = documented.read("models")["models"]
    assert set(models["subjectlog"]["interval_types"]) == INTERVAL_TYPES


def test_entries_stand_in_order_of_time():
    entries = add_entry(INSTANT, [], {"date_time": ONE, "details": {"weight": {"value": 21, "unit": "g"}}})
    entries = add_entry(INSTANT, entries, {"date_time": NOON, "notes": "before feeding"})
    assert entries == [
        entry(NOON, notes="before feeding"),
        entry(ONE, details={"weight": {"value": 21, "unit": "g"}}),
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("2026-01-31T13:00:00+01:00", NOON, id="another zone"),
        pytest.param("2026-01-31 12:00:00", NOON, id="no zone is UTC"),
        pytest.param("2026-01-31", "2026-01-31T00:00:00Z", id="a day"),
        pytest.param("2026-01-31T12:00:00.250Z", "2026-01-31T12:00:00.250000Z", id="a fraction of a second"),
    ],
)
def test_times_are_kept_in_utc(sent, kept):
    assert add_entry(INSTANT, [], {"date_time": sent})[0]["date_time"] == kept


def test_an_interval_has_start_and_end():
    assert add_entry(INTERVAL, [], {"start_date_time": NOON, "end_date_time": ONE}) == [stay()]


def test_a_change_keeps_what_is_not_sent():
    before = [entry(NOON, notes="old", details={"a": 1}), entry(ONE)]
    changed = change_entry(INSTANT, before, {"date_time": "2026-01-31T07:00:00-05:00", "notes": "new"})
    assert changed == [entry(NOON, notes="new", details={"a": 1}), entry(ONE)]
    assert before[0]["notes"] == "old"


def test_a_change_of_an_interval_may_move_its_end():
    assert change_entry(INTERVAL, [stay()], {"start_date_time": NOON, "end_date_time": TWO}) == [stay(end=TWO)]


def test_an_entry_is_removed_by_its_time():
    assert remove_entry(INSTANT, [entry(NOON), entry(ONE)], {"date_time": "2026-01-31T13:00:00+01:00"}) == [entry(ONE)]


def test_keys_that_no_entry_has_are_left_out():
    assert add_entry(INSTANT, [], {"date_time": NOON, "id": 7}) == [entry()]


@pytest.mark.parametrize(
    ("kind", "body", "field", "says"),
    [
        pytest.param(INSTANT, {}, "date_time", "required", id="no time"),
        pytest.param(INSTANT, {"date_time": "soon"}, "date_time", "2026-01-31T12:00:00Z", id="no time at all"),
        pytest.param(INSTANT, {"date_time": 5}, "date_time", "Expected a time", id="a number"),
        pytest.param(INSTANT, {"date_time": "2026-01-31T13:00:00+01:00"}, "date_time", "already", id="taken"),
        pytest.param(INSTANT, {"date_time": ONE, "notes": "x" * 501}, "notes", "500", id="long notes"),
        pytest.param(INSTANT, {"date_time": ONE, "notes": 5}, "notes", "string", id="notes are a number"),
        pytest.param(INSTANT, {"date_time": ONE, "notes": "a\x00"}, "notes", "NUL", id="NUL in notes"),
        pytest.param(INSTANT, {"date_time": ONE, "details": [1]}, "details", "object", id="details are a list"),
        pytest.param(INSTANT, {"date_time": ONE, "details": {"a": "\x00"}}, "details", "NUL", id="NUL in details"),
        pytest.param(INTERVAL, {"start_date_time": NOON}, "end_date_time", "required", id="no end"),
        pytest.param(INTERVAL, {"date_time": NOON, "end_date_time": ONE}, "start_date_time", "required", id="no start"),
        pytest.param(
            INTERVAL, {"start_date_time": NOON, "end_date_time": NOON}, "end_date_time", "later", id="ends as it starts"
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(kind, body, field, says):
    entries = [entry()] if kind is INSTANT else []
    with pytest.raises(Invalid) as error:
        add_entry(kind, entries, body)
    assert list(error.value.errors) == [field]
    assert says in error.value.errors[field][0]


@pytest.mark.parametrize("act", [change_entry, remove_entry])
def test_a_time_without_an_entry_is_refused(act):
    with pytest.raises(Invalid) as error:
        act(INSTANT, [entry(NOON)], {"date_time": ONE})
    assert error.value.errors == {"date_time": [f"The log has no entry at {ONE}."]}
