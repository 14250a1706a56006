"""Arrow streams: the records of JSON in columns, with types that follow from the declarations."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from dataclasses import replace

import pytest

from brainstem.api.streams import BROKEN
from brainstem.core.model.registry import specs
from brainstem.core.query import stream as streams

from ..people import Person

pa = pytest.importorskip("pyarrow", reason="pyarrow is in requirements/dev.txt")

ARROW = "application/vnd.apache.arrow.stream"


def table(person: Person, path: str, query: str = "", portal: str = ""):
    headers = {"Authorization": f"Bearer {person.token}"} if person.token else {}
    response = person.client.get(f"/api/{portal or person.portal}/{path}/?{query}", headers=headers | {"Accept": ARROW})
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == ARROW
    found = pa.ipc.open_stream(b"".join(response.streaming_content)).read_all()
    found.validate(full=True)
    assert response.headers["X-Total-Count"] == str(found.num_rows)
    return found


@pytest.fixture
def recordings(lab, alice):
    """Three data acquisitions of one session."""
    return [lab.add("dataacquisition", details={"fileName": f"{n}.dat"})["id"] for n in range(3)]


def test_the_rows_are_those_of_json(recordings, alice):
    found = table(alice, "modules/dataacquisition").to_pylist()
    expected = alice.get("modules/dataacquisition", "limit=100").records
    assert [one["id"] for one in found] == [one["id"] for one in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert list(ours) == list(theirs)
        assert json.loads(ours["details"]) == theirs["details"]
        assert (ours["type"], ours["session"]) == (theirs["type"], theirs["session"])
        assert ours["created_at"] == dt.datetime.fromisoformat(theirs["created_at"])


def test_types_follow_from_the_declarations(lab, alice):
    lab["subject"], lab["epoch"], lab["behavior"]
    subject, epoch = table(alice, "stem/subject").schema, table(alice, "stem/epoch").schema
    behavior = table(alice, "modules/behavior").schema
    words = pa.dictionary(pa.int32(), pa.string())
    assert {name: subject.field(name).type for name in ("id", "name", "sex", "birth_date", "created_at", "tags")} == {
        "id": pa.string(),
        "name": pa.string(),
        "sex": words,
        "birth_date": pa.date32(),
        "created_at": pa.timestamp("us", "UTC"),
        "tags": pa.list_(pa.string()),
    }
    assert subject.field("created_by").type == pa.int64()
    assert (subject.field("projects").type, subject.field("strain").type) == (pa.list_(pa.string()), pa.string())
    assert epoch.field("start").type == pa.duration("us")
    assert behavior.field("subjects").type == pa.list_(pa.string())
    assert subject.metadata == {b"model": b"stem.Subject"}


def test_lists_arrive_as_lists(lab, alice):
    lab.add("session", tags=["b", "a"])
    found, expected = table(alice, "stem/session").to_pylist(), alice.get("stem/session").records
    assert [(one["tags"], one["projects"]) for one in found] == [(one["tags"], one["projects"]) for one in expected]


def test_values_arrive_as_what_they_are(lab, alice):
    lab.add("epoch", start="00:01:00.5", end="01:00:00")
    subject = lab.add("subject", birth_date="2026-01-31")
    assert table(alice, "stem/epoch").to_pylist()[0]["start"] == dt.timedelta(seconds=60.5)
    rows = table(alice, "stem/subject", f"filter{{id}}={subject['id']}").to_pylist()
    assert (rows[0]["birth_date"], rows[0]["death_date"], rows[0]["sex"]) == (dt.date(2026, 1, 31), None, "M")


def test_included_records_are_structs(recordings, lab, alice):
    query = "include[]=projects.*&include[]=dataacquisition.*&include[]=epochs.*"
    found = table(alice, "stem/session", query)
    row = next(one for one in found.to_pylist() if one["id"] == lab["session"])
    assert [one["name"] for one in row["projects"]] == [lab.made["project"]["name"]]
    assert [one["id"] for one in row["dataacquisition"]] == recordings
    assert row["epochs"] == []
    single = table(alice, "modules/dataacquisition", "include[]=session").to_pylist()[0]
    assert single["session"]["name"] == lab.made["session"]["name"]
    assert isinstance(single["session"]["created_at"], dt.datetime)


def test_details_are_json_and_name_the_units_of_their_quantities(recordings, lab, alice):
    details = table(alice, "modules/dataacquisition").schema.field("details")
    assert (details.type, details.metadata[b"format"]) == (pa.string(), b"json")
    lab["subjectlog"], lab["consumablestock"]
    units = json.loads(table(alice, "modules/consumablestock").schema.field("details").metadata[b"units"])
    assert "nl" in units["VirusSolution"]["volume"] or units


def test_what_is_left_out_is_no_column_and_what_is_withheld_is_null(lab, alice, nobody):
    assert "description" not in table(alice, "stem/session", "exclude[]=description").column_names
    lab["session"]
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    shown = table(nobody, "stem/session")
    assert shown.num_rows >= 1
    assert set(shown["created_by"].to_pylist()) == {None}


def test_nothing_is_a_table_without_rows(alice):
    found = table(alice, "stem/session")
    assert (found.num_rows, found.column_names[0]) == (0, "id")


def test_batches_share_a_dictionary_that_grows(recordings, lab, alice, monkeypatch):
    monkeypatch.setattr(streams, "BATCH", 1)
    model = specs()["modules.DataAcquisition"].model
    model.objects.filter(pk=recordings[1]).update(type="Gone")  # of an older catalogue of types
    assert table(alice, "modules/dataacquisition")["type"].to_pylist() == [
        "ExtracellularEphys",
        "Gone",
        "ExtracellularEphys",
    ]


@pytest.mark.parametrize("label", sorted(specs()))
def test_every_model_has_a_schema(label, lab, alice, admin):
    spec = specs()[label]
    if "list" in spec.resource.verbs:
        includes = "&".join(f"include[]={name}" for name in spec.relations if name in spec.keys)
        table(admin, f"{spec.app}/{spec.segment}", includes, portal="super")


def test_without_pyarrow_arrow_is_refused_and_the_others_are_named(alice, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = alice.get("stem/session", HTTP_ACCEPT=ARROW)
    assert answer.status == 406
    assert "application/x-ndjson" in answer.body["detail"]
    assert alice.get("stem/session", "format=ndjson").status == 200


def test_a_stream_that_breaks_is_not_read_as_a_whole_one():
    schema = pa.schema([("id", pa.string())])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch([["1"]], schema=schema))
        begun = sink.getvalue()
    assert pa.ipc.open_stream(begun + b"\xff\xff\xff\xff\x00\x00\x00\x00").read_all().num_rows == 1
    with pytest.raises(OSError, match="Invalid IPC message"):
        pa.ipc.open_stream(begun + BROKEN["arrow"]).read_all()


def test_a_reader_that_stops_makes_the_server_read_no_further(recordings, alice, monkeypatch):
    """Batches are made when they are asked for: whoever reads slowly holds the query and one batch, not the list."""
    opened = streams.open_stream
    taken = []

    def counted(*arguments, **named):
        stream = opened(*arguments, **named)
        (texts,) = list(stream.batches)

        def batches():
            for number in range(1000):
                taken.append(number)
                yield texts * 100

        return replace(stream, batches=batches())

    monkeypatch.setattr("brainstem.api.views.open_stream", counted)
    headers = {"Authorization": f"Bearer {alice.token}", "Accept": ARROW}
    response = alice.client.get("/api/private/modules/dataacquisition/", headers=headers)
    pieces = response.streaming_content
    assert max(len(next(pieces)) for _ in range(3)) <= 64 * 1024
    assert len(taken) <= 3
    response.close()
    assert len(taken) <= 3
