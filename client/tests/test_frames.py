"""Records as tables of pandas, polars and Arrow."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from brainstem_api_tools import frames
from brainstem_api_tools.models import DataAcquisition, Session

CLIENT = Path(__file__).resolve().parents[1]
NINE = "2025-06-01T09:00:00Z"
RECORDINGS = [
    {
        "id": "a", "type": "ExtracellularEphys", "notes": "", "session": {"id": "s", "name": "Day 1", "date_time": NINE},
        "equipment": ["e1", "e2"], "details": {"duration": {"value": 5, "unit": "min"}, "channels": 64},
        "order": 0, "created_at": "2025-06-01T09:00:00.250000Z", "created_by": 7,
    },
    {
        "id": "b", "type": "FiberPhotometry", "notes": None, "session": None,
        "equipment": [], "details": {"duration": {"value": 2.5, "unit": "min"}, "laser": "on"},
        "order": None, "created_at": "2025-06-01T09:00:00Z", "created_by": None,
    },
]  # fmt: skip
ANSWER = {"data_acquisitions": RECORDINGS, "count": 2, "next": None, "previous": None, "meta": {}}


# --- types ---


def test_arrow_has_the_types_of_the_declarations():
    table = frames.to_arrow(ANSWER)
    types = dict(zip(table.schema.names, table.schema.types, strict=True))

    assert types["id"] == pa.string()
    assert types["type"] == pa.dictionary(pa.int32(), pa.string())
    assert types["equipment"] == pa.list_(pa.string())
    assert types["order"] == types["created_by"] == pa.int64()
    assert types["created_at"] == pa.timestamp("us", tz="UTC")


def test_pandas_has_nullable_types():
    types = frames.to_pandas(ANSWER).dtypes

    assert types["id"] == "string"
    assert types["type"] == "category"
    assert types["order"] == types["created_by"] == "Int64"
    assert types["created_at"] == "datetime64[us, UTC]"


def test_polars_has_the_types_of_the_declarations():
    schema = frames.to_polars(ANSWER).schema

    assert schema["id"] == pl.String
    assert schema["type"] == pl.Categorical
    assert schema["equipment"] == pl.List(pl.String)
    assert schema["order"] == schema["created_by"] == pl.Int64
    assert schema["created_at"] == pl.Datetime("us", "UTC")


def test_values_come_through_arrow():
    first, second = frames.to_arrow(ANSWER).to_pylist()

    assert first["session"] == {"id": "s", "name": "Day 1", "date_time": datetime(2025, 6, 1, 9, tzinfo=UTC)}
    assert first["created_at"] == datetime(2025, 6, 1, 9, 0, 0, 250000, tzinfo=UTC)
    assert second["session"] is None
    assert second["details"] == {"duration": {"value": 2.5, "unit": "min"}, "channels": None, "laser": "on"}
    assert second["type"] == "FiberPhotometry"


def test_values_come_through_polars():
    first, second = frames.to_polars(ANSWER).to_dicts()

    assert first["session"] == {"id": "s", "name": "Day 1", "date_time": datetime(2025, 6, 1, 9, tzinfo=UTC)}
    assert first["equipment"] == ["e1", "e2"]
    assert second["session"] is None
    assert second["details"] == {"duration": {"value": 2.5, "unit": "min"}, "channels": None, "laser": "on"}


def test_values_come_through_pandas():
    frame = frames.to_pandas(ANSWER)

    assert frame["created_at"][0] == pd.Timestamp("2025-06-01 09:00:00.25", tz="UTC")
    assert frame["created_by"][1] is pd.NA
    assert frame["session"][0]["name"] == "Day 1"
    assert frame["details"][1] == RECORDINGS[1]["details"]


def test_categories_of_all_choices_are_known():
    known = frames.to_pandas(ANSWER)["type"].cat.categories

    assert {"ExtracellularEphys", "FiberPhotometry", "Miniscope"} <= set(known)


def test_type_that_this_client_does_not_know_joins_the_categories():
    rows = [{"type": "MindReading"}, {"type": "Miniscope"}]

    assert list(frames.to_pandas(rows, model="dataacquisition")["type"]) == ["MindReading", "Miniscope"]
    assert frames.to_arrow(rows, model="dataacquisition")["type"].to_pylist() == ["MindReading", "Miniscope"]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:30:00", timedelta(minutes=30)),
        ("26:00:01.500000", timedelta(hours=26, seconds=1.5)),
        ("-00:00:10", timedelta(seconds=-10)),
        ("2 01:00:00", timedelta(days=2, hours=1)),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("-PT90S", timedelta(seconds=-90)),
    ],
)
def test_durations_are_durations(text, span):
    rows = [{"id": "e", "start": text, "end": None}]

    assert frames.to_arrow(rows, model="epoch").to_pylist() == [{"id": "e", "start": span, "end": None}]
    assert frames.to_pandas(rows, model="epoch")["start"][0] == span
    assert frames.to_polars(rows, model="epoch")["start"][0] == span


def test_days_are_days():
    rows = [{"birth_date": "2025-01-31"}, {"birth_date": None}]

    assert frames.to_arrow(rows, model="subject")["birth_date"].to_pylist() == [date(2025, 1, 31), None]
    assert frames.to_polars(rows, model="subject")["birth_date"].to_list() == [date(2025, 1, 31), None]
    assert list(frames.to_pandas(rows, model="subject")["birth_date"]) == [pd.Timestamp("2025-01-31"), pd.NaT]


def test_time_before_and_after_all_that_nanoseconds_hold():
    rows = [{"date_time": "0999-01-01T00:00:00Z"}, {"date_time": "9999-12-31T23:59:59.999999Z"}]
    last = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

    assert frames.to_arrow(rows, model="session")["date_time"].to_pylist()[1] == last
    assert frames.to_polars(rows, model="session")["date_time"].to_list()[1] == last
    assert frames.to_pandas(rows, model="session")["date_time"][0].year == 999


@pytest.mark.parametrize("make", [frames.to_arrow, frames.to_pandas, frames.to_polars])
def test_text_that_is_no_time_leaves_the_column_as_texts(make):
    column = make([{"date_time": "yesterday"}, {"date_time": NINE}], model="session")["date_time"]

    assert [str(one) for one in column] == ["yesterday", NINE]


# --- columns ---


@pytest.mark.parametrize("make", [frames.to_arrow, frames.to_pandas, frames.to_polars])
def test_columns_stand_in_the_order_of_the_contract(make):
    mixed = [{"created_at": NINE, "new": 1, "name": "x", "id": "a"}, {"projects": [], "id": "b"}]
    table = make(mixed, model="session")

    assert list(table.column_names if make is frames.to_arrow else table.columns) == [
        "id", "name", "projects", "created_at", "new",
    ]  # fmt: skip


def test_without_records_all_columns_are_there_with_their_types():
    schema = frames.to_arrow([], model="session", include=["behaviors.setup"]).schema

    assert schema.names[:5] == ["id", "name", "description", "projects", "date_time"]
    assert schema.field("date_time").type == pa.timestamp("us", tz="UTC")
    assert pa.types.is_struct(schema.field("behaviors").type.value_type.field("setup").type)


def test_without_records_pandas_and_polars_agree_with_arrow():
    names = frames.to_arrow([], model="epoch").column_names

    assert list(frames.to_pandas([], model="epoch").columns) == names
    assert frames.to_polars([], model="epoch").columns == names
    assert frames.to_pandas([], model="epoch")["start"].dtype == "timedelta64[us]"


def test_included_lists_become_lists_of_structs():
    rows = [
        {"id": "s", "behaviors": [{"id": "b", "order": 1}, {"id": "c", "order": None}]},
        {"id": "t", "behaviors": []},
    ]

    kind = frames.to_arrow(rows, model="session").schema.field("behaviors").type
    assert kind == pa.list_(pa.struct([("id", pa.string()), ("order", pa.int64())]))
    assert frames.to_polars(rows, model="session")["behaviors"].to_list()[0][1] == {"id": "c", "order": None}


def test_id_left_in_the_place_of_a_hidden_record_is_kept():
    rows = [{"session": {"id": "s", "name": "x"}}, {"session": "hidden"}]

    assert frames.to_arrow(rows, model="epoch")["session"].to_pylist()[1] == {"id": "hidden", "name": None}
    assert frames.to_polars(rows, model="epoch")["session"].to_list()[1] == {"id": "hidden", "name": None}


def test_value_that_a_newer_server_may_give_changes_the_type_and_loses_nothing():
    rows = [{"order": "first"}, {"order": 2}]

    assert frames.to_arrow(rows, model="behavior")["order"].to_pylist() == ['"first"', "2"]


# --- details and units ---


def test_quantity_is_a_struct_whose_unit_is_in_the_metadata():
    table = frames.to_arrow(ANSWER)
    part = table.schema.field("details").type.field("duration")

    assert part.type == pa.struct([("value", pa.float64()), ("unit", pa.string())])
    assert part.metadata == {b"unit": b"min"}


def test_flat_quantity_is_a_number_and_a_unit():
    frame = frames.to_pandas(ANSWER, flatten=True)

    assert list(frame["details.duration"]) == [5.0, 2.5]
    assert frame["details.duration"].dtype == "float64"
    assert frame["details.duration.unit"].dtype == "category"
    assert frame.attrs["units"] == {"details.duration": "min"}


def test_flat_arrow_and_polars_have_the_same_columns_as_pandas():
    names = list(frames.to_pandas(ANSWER, flatten=True).columns)
    table = frames.to_arrow(ANSWER, flatten=True)

    assert names[:6] == ["id", "type", "notes", "session.id", "session.name", "session.date_time"]
    assert table.column_names == frames.to_polars(ANSWER, flatten=True).columns == names
    assert table.schema.field("details.duration").metadata == {b"unit": b"min"}


def test_units_that_differ_are_not_said_to_be_one():
    rows = [{"details": {"duration": {"value": 5, "unit": unit}}} for unit in ("min", "s")]
    frame = frames.to_pandas(rows, model="dataacquisition", flatten=True)

    assert frame.attrs["units"] == {}
    assert list(frame["details.duration.unit"]) == ["min", "s"]


def test_details_that_are_tables_and_such_that_are_objects_stand_beside_each_other():
    rows = [{"details": [{"power": {"value": 5, "unit": "mW"}}]}, {"details": {"depth": {"value": 2, "unit": "mm"}}}]
    table = frames.to_arrow(rows, model="manipulation", flatten=True)

    assert table["details"].to_pylist() == [[{"power": {"value": 5.0, "unit": "mW"}}], None]
    assert table["details.depth"].to_pylist() == [None, 2.0]


def test_mixed_values_are_json_when_not_flat():
    rows = [{"details": [1]}, {"details": {"a": 1}}]

    assert frames.to_arrow(rows, model="manipulation")["details"].to_pylist() == ["[1]", '{"a": 1}']


def test_booleans_whole_and_broken_numbers_are_told_apart():
    rows = [{"details": {"on": True, "n": 1, "x": 1}}, {"details": {"on": None, "n": 2, "x": 1.5}}]
    types = frames.to_pandas(rows, model="procedure", flatten=True).dtypes

    assert (types["details.on"], types["details.n"], types["details.x"]) == ("boolean", "Int64", "float64")


def test_table_without_any_details_can_be_kept_as_parquet(tmp_path):
    table = frames.to_arrow([{"id": "a", "details": {}, "tags": []}], model="dataacquisition")
    pq.write_table(table, tmp_path / "kept.parquet")

    assert pq.read_table(tmp_path / "kept.parquet")["id"].to_pylist() == ["a"]


# --- what may be given ---


def test_records_of_this_client_know_what_they_are():
    assert frames.to_arrow([DataAcquisition(one) for one in RECORDINGS]).equals(frames.to_arrow(ANSWER))


def test_answer_with_one_record_is_one_row():
    answer = {"data acquisition": RECORDINGS[0]}

    assert frames.to_arrow(answer).schema.field("type").type == pa.dictionary(pa.int32(), pa.string())
    assert frames.to_pandas(Session({"id": "a", "name": "x"})).shape == (1, 2)


def test_unknown_model_names_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'session'"):
        frames.to_pandas([], model="sesion")


def test_records_of_no_known_model_get_the_types_of_their_values():
    table = frames.to_arrow([{"when": NINE, "n": 1, "text": "2025"}, {"when": None, "n": None, "text": None}])

    assert table.schema.types == [pa.timestamp("us", tz="UTC"), pa.int64(), pa.string()]


@pytest.mark.parametrize(
    ("make", "missing"), [("to_pandas", "pandas"), ("to_polars", "polars"), ("to_arrow", "pyarrow")]
)
def test_what_is_missing_is_said_with_the_command_that_installs_it(make, missing):
    code = f"""
import sys
sys.modules["{missing}"] = None
from brainstem_api_tools import frames
try:
    frames.{make}([], model="session")
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(CLIENT)}, capture_output=True, text=True, check=True
    )
    assert f"pip install 'brainstem_python_api_tools[{missing.removeprefix('py')}]'" in done.stdout


def test_importing_frames_imports_no_library_of_frames():
    code = (
        "import sys, brainstem_api_tools.frames; print({'pandas', 'polars', 'pyarrow', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(CLIENT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


# --- from a server ---


@pytest.fixture
def project(client):
    """A project with two sessions, one of which has an epoch."""
    made = client.projects.create(name=uuid.uuid4().hex)
    moment = datetime(2026, 1, 1, 9, tzinfo=UTC)
    sessions = [
        client.sessions.create(name=f"{made.name} {at}", projects=[made], date_time=moment, tags=["pilot"])
        for at in (1, 2)
    ]
    client.epochs.create(name="sleep", session=sessions[0], start="00:30:00", end="01:00:00")
    yield made
    client.projects.delete(made.id)


def test_list_of_a_client_becomes_a_frame(client, project):
    frame = client.sessions.list(projects=project, sort="name", include=["epochs"]).to_pandas()

    assert list(frame["name"]) == [f"{project.name} 1", f"{project.name} 2"]
    assert frame["date_time"][0] == pd.Timestamp("2026-01-01 09:00", tz="UTC")
    assert frame["epochs"][0][0]["name"] == "sleep"
    assert frame["tags"][1] == ["pilot"]


def test_list_of_a_client_becomes_a_table(client, project):
    table = client.epochs.list(session__projects=project, include=["session"]).to_arrow(flatten=True)

    assert table["start"].to_pylist() == [timedelta(minutes=30)]
    assert table["session.name"].to_pylist() == [f"{project.name} 1"]
    assert table["created_at"].type == pa.timestamp("us", tz="UTC")


def test_list_of_a_client_becomes_a_frame_of_polars(client, project):
    frame = client.epochs.list(session__projects=project).to_polars()

    assert frame["end"].to_list() == [timedelta(hours=1)]


def test_list_without_records_has_the_columns_of_one_with_records(client, project):
    full = client.sessions.list(projects=project, include=["epochs"]).to_arrow()
    empty = client.sessions.list(name="there is none", include=["epochs"]).to_arrow()

    assert empty.column_names == full.column_names
    assert empty.schema.field("epochs").type.value_type.field("start").type == pa.duration("us")


def test_answer_of_a_released_call_becomes_a_frame(client, project):
    response = client.load("session", filters={"projects.id": project.id})

    assert len(frames.to_pandas(response)) == 2
    assert frames.to_pandas(response.json())["created_by"].dtype == "Int64"
