"""Details in the OpenAPI description: by type, for what is sent and for what is answered."""

from __future__ import annotations

from functools import cache

import jsonschema_rs
import pytest

from brainstem.api.openapi.document import document
from brainstem.core.types.schemas import schemas

EVERY = {
    f"{group}/{name}": versions[next(reversed(versions))]
    for group, types in schemas().items()
    for name, versions in types.items()
}
MODELS = {
    "Procedure": ("Procedure", "ProcedureWrite"),
    "DataAcquisition": ("DataAcquisition", "DataAcquisitionWrite"),
    "Manipulation": ("Manipulation", "ManipulationWrite"),
    "Equipment": ("Equipment", "EquipmentWrite"),
    "ConsumableStock": ("ConsumableStock", "ConsumableStockWrite"),
    "Consumable": ("Consumable", "ConsumableWrite", "ConsumableApproval", "ConsumableApprovalWrite"),
    "Coordinates": ("Procedure", "ProcedureWrite", "Equipment", "EquipmentWrite"),
    "SubjectLog": ("SubjectLog",),
    "ProcedureLog": ("ProcedureLog",),
}


@cache
def validator(component: str) -> jsonschema_rs.Draft202012Validator:
    components = {"schemas": document()["components"]["schemas"]}
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{component}", "components": components}, validate_formats=True
    )


def record(group: str, name: str, details: object) -> dict[str, object]:
    """The part of a record of this type that holds its details."""
    if group == "Coordinates":
        return {"coordinates_system": name, "coordinates_details": details}
    if group.endswith("Log"):
        return {"type": name, "entries": [{"date_time": "2026-01-01T12:00:00Z", "details": details}]}
    return {"type": name, "details": details}


@pytest.mark.parametrize("place", EVERY)
def test_each_type_is_described_by_what_it_takes_and_refuses(place):
    schema = EVERY[place]
    for model in MODELS[schema.group]:
        is_valid = validator(model).is_valid
        for example in schema.body["examples"]:
            assert is_valid(record(schema.group, schema.name, example)), (model, example)
        for wrong in (one["payload"] for one in schema.body["x-invalid"] if one["payload"]):
            assert not is_valid(record(schema.group, schema.name, wrong)), (model, wrong)
        assert is_valid(record(schema.group, schema.name, [] if schema.is_list else {})), model


@pytest.mark.parametrize("group", MODELS)
def test_details_are_described_also_where_the_type_is_left_out_but_not_of_a_type_that_is_none(group):
    details = [{"ownKey": 1}] if group == "Manipulation" else {"ownKey": 1}
    nameless = record(group, "", details)
    nameless.pop("coordinates_system" if group == "Coordinates" else "type")
    for model in MODELS[group]:
        assert validator(model).is_valid(nameless)
        assert not validator(model).is_valid(record(group, "Nonsense", details))


def test_each_type_is_a_component_with_its_words_but_without_what_is_for_tests():
    found = document()["components"]["schemas"]["Details_Procedure_VirusInjection"]
    served = EVERY["Procedure/VirusInjection"].body
    volume, served_volume = (one["properties"]["injectionVolume"] for one in (found, served))
    for key in ("title", "description", "properties", "default"):
        assert volume[key] == served_volume[key]
    assert found["description"] == served["description"]
    assert not {"$id", "$schema", "examples", "x-invalid"} & found.keys()
    assert {f"Details_{place.replace('/', '_')}" for place in EVERY} <= document()["components"]["schemas"].keys()
