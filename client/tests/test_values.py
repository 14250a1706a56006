"""Values of NumPy, pandas and the standard library: sent where they mean something, otherwise refused with their place."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from brainstem_api_tools import BrainstemClient, BulkError, ValidationError
from brainstem_api_tools.durations import iso_duration
from brainstem_api_tools.frames.values import duration_of
from brainstem_api_tools.record import record_class
from brainstem_api_tools.sending import sendable
from brainstem_api_tools.tables import rows_of

SESSION = record_class("session")
NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Decimal("1.25"), 1.25),
        (Decimal("3.0"), 3),
        (Decimal("1E+2"), 100),
        (timedelta(days=1, minutes=90), "P1DT1H30M0S"),
        (timedelta(seconds=-1.5), "-P0DT0H0M1.5S"),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array([1, 2]), [1, 2]),
        (np.array([[1.5], [2.5]]), [[1.5], [2.5]]),
        (np.array(7), 7),
        (np.datetime64("2025-06-01"), "2025-06-01"),
        (np.datetime64("2025-06-01T09:00", "ns"), "2025-06-01T09:00:00"),
        (np.timedelta64(1_500_000_000, "ns"), "P0DT0H0M1.5S"),
        (np.array([np.timedelta64(1, "h")]), ["P0DT1H0M0S"]),
        (pd.Timestamp("2025-06-01T09:00Z"), "2025-06-01T09:00:00+00:00"),
        (pd.Timedelta("90min"), "P0DT1H30M0S"),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (date(2025, 6, 1), "2025-06-01"),
        (PurePosixPath("/data"), "/data"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"b", "a"}, ["a", "b"]),
        ({1, "a"}, [1, "a"]),
        ((1, 2), [1, 2]),
        ({1: {"x": Decimal(2)}}, {"1": {"x": 2}}),
        (SESSION({"id": "x"}), "x"),
    ],
    ids=lambda value: str(sorted(value, key=str) if isinstance(value, set) else value),  # a set has no order
)
def test_values_that_mean_something_are_sent(value, sent):
    found = sendable(value)

    assert found == sent
    assert type(found) is type(sent)
    json.dumps(found, allow_nan=False)


def circular() -> list:
    found: list = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    "value",
    [NAN, float("inf"), np.float64("nan"), Decimal("NaN"), Decimal("1e400"), 1j, np.complex128(1), b"x", object(),
     circular(), {b"k": 1}, np.array([1.0, np.nan])],
    ids=lambda value: type(value).__name__ if type(value) in (list, dict, object) else repr(value)[:30],
)  # fmt: skip
def test_values_that_mean_nothing_are_refused_with_their_place(scripted, value):
    with BrainstemClient(token="bst_x", url=scripted.url) as client:
        for call in (
            lambda: client.save("session", data={"extra_fields": {"weight": value}}),
            lambda: client.sessions.update("x", extra_fields={"weight": value}),
            lambda: client.sessions.create(name="n", projects=["x"], extra_fields={"weight": value}),
        ):
            with pytest.raises(ValidationError, match=r"extra_fields\.weight") as error:
                call()
            assert "Nothing was sent" in str(error.value)
    assert scripted.seen == []


@pytest.mark.parametrize("method", ["bulk_create", "upsert"])
def test_rows_with_such_a_value_are_named(client, method):
    rows = [{"name": uuid.uuid4().hex, "projects": ["x"]} for _ in range(3)]
    rows[2]["extra_fields"] = {"weights": [1.0, NAN]}

    with pytest.raises(BulkError) as error:
        getattr(client, method)("session", rows)
    assert list(error.value.rows) == [2]
    assert "extra_fields.weights[1]" in str(error.value)


@pytest.mark.parametrize(
    "span", [timedelta(0), timedelta(days=400, microseconds=5), timedelta(hours=-1), timedelta.min / 2]
)
def test_durations_go_round(span):
    assert duration_of(iso_duration(span)) == span


def test_record_is_written_with_all_of_them(client):
    project = client.projects.create(name=uuid.uuid4().hex)
    session = client.sessions.create(
        name=np.str_(uuid.uuid4().hex), projects=np.array([project.id]), date_time=pd.Timestamp("2025-06-01T09:00Z"),
        extra_fields={"weight": Decimal("21.5"), "trials": np.int64(3)},
    )  # fmt: skip
    epoch = client.epochs.create(
        session=session, name="run", start=np.timedelta64(90, "s"), end=timedelta(minutes=2, milliseconds=5)
    )

    assert session.extra_fields == {"weight": 21.5, "trials": 3}
    assert session.date_time == datetime(2025, 6, 1, 9, tzinfo=UTC)
    assert [duration_of(one) for one in (epoch.start, epoch.end)] == [timedelta(seconds=90), timedelta(seconds=120.005)]


# --- tables ---


@pytest.fixture
def lab(client, served):
    project = client.projects.create(name=uuid.uuid4().hex)
    species = served.one("taxonomies/species", "Mus musculus")
    strain = served.one("taxonomies/strain", "C57BL/6J", species=species)
    return {"project": project.id, "strain": strain, "name": uuid.uuid4().hex}


def frame_of(lab) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [f"{lab['name']} {at}" for at in range(3)],
            "projects": [[lab["project"]]] * 3,
            "strain": lab["strain"],
            "sex": pd.Categorical(["F", "M", "F"]),
            "birth_date": pd.to_datetime(["2025-01-01", None, "2025-01-03"]),
            "description": ["first", np.nan, None],
        }
    )


def test_data_frame_becomes_records(client, lab):
    ids = client.bulk_create("subject", frame_of(lab))
    found = [client.subjects.get(one) for one in ids]

    assert [one.name[-1] for one in found] == ["0", "1", "2"]
    assert [one.birth_date for one in found] == [date(2025, 1, 1), None, date(2025, 1, 3)]
    assert [one.description for one in found] == ["first", "", ""]
    assert [one.sex for one in found] == ["F", "M", "F"]


def test_empty_cells_leave_what_is_there(client, lab):
    client.bulk_create("subject", frame_of(lab))
    changed = frame_of(lab).assign(description=[np.nan, "second", pd.NA], birth_date=pd.NaT)
    written = client.upsert("subject", changed)
    found = [client.subjects.get(one) for one in written.updated]

    assert [one.description for one in found] == ["first", "second", ""]
    assert found[0].birth_date == date(2025, 1, 1)


@pytest.mark.parametrize("made", [pl.DataFrame, pa.table], ids=["polars", "Arrow"])
def test_other_tables_become_records_too(client, lab, made):
    table = made(
        {
            "name": [f"{lab['name']} x", f"{lab['name']} y"],
            "projects": [[lab["project"]]] * 2,
            "description": ["a", None],
        }
    )
    ids = client.bulk_create("session", table)

    assert [client.sessions.get(one).description for one in ids] == ["a", ""]


def test_whole_numbers_beside_empty_cells_stay_whole():
    assert rows_of(pd.DataFrame({"order": [1, None], "name": ["a", "b"]}), record_class("epoch")) == [
        {"order": 1, "name": "a"}, {"name": "b"},
    ]  # fmt: skip
    assert type(rows_of(pd.DataFrame({"order": [1, None]}), record_class("dataacquisition"))[0]["order"]) is int


def test_wrong_cell_of_a_table_is_named(client, lab):
    frame = frame_of(lab).assign(
        birth_date=pd.to_datetime(["2025-01-01T00:00", "2025-01-01T10:00", "2025-01-01T00:00"])
    )

    with pytest.raises(BulkError) as error:
        client.bulk_create("subject", frame)
    assert error.value.rows.keys() == {1}
    assert "birth_date" in error.value.rows[1]


def test_time_without_a_zone_in_a_table_is_named(client, lab):
    frame = pd.DataFrame(
        {"name": ["a"], "projects": [[lab["project"]]], "date_time": pd.to_datetime(["2025-06-01T09:00"])}
    )

    with pytest.raises(BulkError, match=r"row 0: date_time: .* has no time zone"):
        client.bulk_create("session", frame)


@pytest.mark.parametrize("given", [{"name": "x"}, "name", ["name"], [["name", "x"]]], ids=str)
def test_what_holds_no_rows_is_refused(client, given):
    with pytest.raises(ValidationError):
        client.bulk_create("session", given)


def test_columns_that_occur_twice_are_refused(client):
    with pytest.raises(ValidationError, match="Duplicate columns: name"):
        client.bulk_create("session", pd.DataFrame([["a", "b"]], columns=["name", "name"]))
