"""Two versions of a type side by side: what follows which, what no longer validates, and how it is converted."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from brainstem.core.types import conversions
from brainstem.core.types import schemas as catalogue
from brainstem.core.types.conversions import Converter, converted, converters, parse_converter
from brainstem.core.write.details_report import convert, report


@pytest.fixture
def two_versions(tmp_path, monkeypatch):
    """Weighing in a second version that calls the weight something else, with a converter beside it."""
    old = catalogue.current("DataAcquisition", "Audio").body
    folder = tmp_path / "DataAcquisition" / "Audio"
    folder.mkdir(parents=True)
    (folder / "1.1.0.json").write_text(json.dumps(old))
    newer = json.loads(json.dumps(old)) | {"x-version": "2.0.0", "required": ["recordingName"]}
    newer["properties"]["recordingName"] = {"type": "string", "title": "Name", "description": "Name of the recording."}
    (folder / "2.0.0.json").write_text(json.dumps(newer))
    step = {"from": "1.1.0", "rename": {"fileName": "recordingName"}, "drop": ["unused"], "set": {"origin.kind": "old"}}
    (folder / "2.0.0.converter.json").write_text(json.dumps(step))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setattr(conversions, "FOLDER", tmp_path)
    for cached in (catalogue.schemas, catalogue.quantity_of, converters):
        cached.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for cached in (catalogue.schemas, catalogue.quantity_of, converters):
        cached.cache_clear()


@pytest.fixture
def older(lab, alice, two_versions):
    """Two acquisitions that were written while 1.1.0 was the newest."""
    made = []
    for details in ({"fileName": "a.wav", "unused": 1}, {"format": "wav"}):
        record = alice.make("modules/dataacquisition", session=lab["session"], type="Audio")
        model = catalogue_model()
        model.objects.filter(pk=record["id"]).update(details=details, type_schema_version="1.1.0")
        made.append(record["id"])
    return made


def catalogue_model():
    from brainstem.core.model.registry import specs

    return specs()["modules.DataAcquisition"].model


def test_the_newest_version_counts_for_new_records(lab, alice, two_versions):
    wrong = alice.post(
        "modules/dataacquisition", {"session": lab["session"], "type": "Audio", "details": {"format": "x"}}
    )
    assert (wrong.status, "Audio 2.0.0" in wrong.body["details"][0]) == (400, True)
    made = alice.make("modules/dataacquisition", session=lab["session"], type="Audio", details={"recordingName": "a"})
    assert made["type_schema_version"] == "2.0.0"


def test_older_rows_stay_as_they_are_until_their_details_change(older, alice):
    answer = alice.patch(f"modules/dataacquisition/{older[1]}", {"notes": "x"})
    assert (answer.status, answer.record["type_schema_version"]) == (200, "1.1.0")


def test_the_report_tells_versions_and_what_does_not_validate(older):
    (line,) = [one for one in report() if one.type == "Audio"]
    assert (line.version, line.rows, line.wrong, line.convertible) == ("1.1.0", 2, 1, 1)
    assert line.examples[0].startswith(older[1])
    out = io.StringIO()
    call_command("details", "report", stdout=out)
    assert "modules.DataAcquisition Audio 1.1.0: 2 rows, 1 are invalid" in out.getvalue()


def test_what_can_be_converted_is_and_the_rest_stays(older, alice):
    assert convert(write=False) == {"converted": 1, "left": 1}
    assert alice.get(f"modules/dataacquisition/{older[0]}").record["type_schema_version"] == "1.1.0"
    call_command("details", "convert", stdout=io.StringIO())
    record = alice.get(f"modules/dataacquisition/{older[0]}").record
    assert record["details"] == {"recordingName": "a.wav", "origin": {"kind": "old"}}
    assert record["type_schema_version"] == "2.0.0"
    assert alice.get(f"modules/dataacquisition/{older[1]}").record["details"] == {"format": "wav"}


def test_a_converter_works_in_depth_and_on_rows():
    step = Converter("1", "2", rename={"probe.surfaceDepth": "probe.depth"}, fill={"side": "left"}, drop=("old",))
    assert step.apply([{"probe": {"surfaceDepth": 3}, "old": 1}]) == [{"probe": {"depth": 3}, "side": "left"}]
    assert step.apply({"probe": {"surfaceDepth": 3, "depth": 4}}) == {
        "probe": {"surfaceDepth": 3, "depth": 4}, "side": "left",
    }  # fmt: skip


def test_a_wrong_converter_names_its_file(tmp_path):
    path = tmp_path / "2.0.0.converter.json"
    path.write_text('{"renam": {}}')
    with pytest.raises(ValueError, match=r"2\.0\.0\.converter\.json"):
        parse_converter(path)


def test_every_converter_that_is_shipped_can_be_read():
    for path in catalogue.FOLDER.glob("*/*/*.converter.json"):
        assert parse_converter(path)


def test_details_of_an_unknown_type_are_told():
    assert converted("Procedure", "Nothing", "1.0.0", {}).errors
