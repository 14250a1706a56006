"""Details follow the schema of their type: checked on every write, kept in one form, stamped with the version."""

from __future__ import annotations

import pytest

from brainstem.core.types.schemas import current, schemas
from brainstem.core.types.units import convert, spelled

ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}


def procedure(lab, **fields):
    return {"subject": lab["subject"], "type": "VirusInjection", **ANYWHERE} | fields


def test_a_payload_is_checked_and_stamped(lab, alice):
    details = {"injectionVolume": {"value": 200, "unit": "nL"}, "injectionProfile": "Bolus Injection"}
    made = alice.make("modules/procedure", **procedure(lab, details=details))
    assert made["details"] == details
    assert made["type_schema_version"] == current("Procedure", "VirusInjection").version
    assert made["coordinates_schema_version"] == current("Coordinates", "External_XYZ_Absolute").version


def test_a_wrong_value_is_named_with_its_path_rule_and_version(lab, alice):
    details = {"injectionVolume": {"value": -1, "unit": "nL"}}
    answer = alice.post("modules/procedure", procedure(lab, details=details))
    version = current("Procedure", "VirusInjection").version
    assert (answer.status, answer.body) == (
        400,
        {"details": [f"injectionVolume.value: -1 is less than the minimum of 0 (VirusInjection {version})"]},
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (200, {"value": 200, "unit": "nL"}),
        (0.5, {"value": 0.5, "unit": "nL"}),
        ("2 µL", {"value": 2, "unit": "µL"}),
        ({"value": 3}, {"value": 3, "unit": "nL"}),
        ({"value": 3, "unit": "uL"}, {"value": 3, "unit": "µL"}),
        ({"value": 3, "unit": "\u03bcL"}, {"value": 3, "unit": "\u00b5L"}),
        ({"value": 3, "unit": "microliters"}, {"value": 3, "unit": "µL"}),
    ],
)
def test_quantities_are_kept_in_one_form(lab, alice, given, kept):
    made = alice.make("modules/procedure", **procedure(lab, details={"injectionVolume": given}))
    assert made["details"]["injectionVolume"] == kept


def test_an_unknown_type_names_the_nearest(lab, alice):
    answer = alice.post("modules/procedure", procedure(lab, type="VirusInjektion"))
    assert (answer.status, "Did you mean 'VirusInjection'" in answer.body["type"][0]) == (400, True)
    answer = alice.post("modules/procedure", procedure(lab, coordinates_system="Nowhere"))
    assert (answer.status, list(answer.body)) == (400, ["coordinates_system"])


def test_unknown_keys_of_details_are_kept(lab, alice):
    made = alice.make("modules/procedure", **procedure(lab, details={"ownKey": [1, {"a": 2}]}))
    assert made["details"] == {"ownKey": [1, {"a": 2}]}


def test_a_new_type_has_to_fit_the_details_that_are_there(lab, alice):
    made = alice.make("modules/procedure", **procedure(lab, details={"injectionVolume": 200}))
    answer = alice.patch(f"modules/procedure/{made['id']}", {"type": "Anesthesia"})
    assert (answer.status, list(answer.body)) == (400, ["details"])


def test_details_left_out_can_be_filled_in_later_but_not_sent_empty(lab, alice):
    made = alice.make("modules/procedure", **procedure(lab, type="Anesthesia"))
    assert made["details"] == {}
    address = f"modules/procedure/{made['id']}"
    assert alice.patch(address, {"notes": "x", "details": {}}).status == 200
    assert alice.post("modules/procedure", procedure(lab, type="Anesthesia", details={})).status == 400


def test_rows_of_a_manipulation_are_checked_each(lab, alice):
    rows = [{"power": 5}, {"power": {"value": "much", "unit": "mW"}}]
    answer = alice.post("modules/manipulation", lab.payload("manipulation") | {"details": rows})
    assert (answer.status, answer.body["details"][0].startswith("1.power.value")) == (400, True)
    made = alice.make("modules/manipulation", **lab.payload("manipulation") | {"details": rows[:1]})
    assert made["details"] == [{"power": {"value": 5, "unit": "mW"}}]


def test_entries_of_a_log_are_checked(lab, alice):
    address = f"modules/subjectlog/{lab.add('subjectlog')['id']}"
    noon = {"date_time": "2026-01-01T12:00:00Z"}
    answer = alice.patch(f"{address}/add_entry", noon | {"details": {"weight": {"value": 20, "unit": "stone"}}})
    assert (answer.status, list(answer.body)) == (400, ["details"])
    answer = alice.patch(f"{address}/add_entry", noon | {"details": {"weight": "21.5 grams"}})
    assert answer.record["entries"][0]["details"] == {"weight": {"value": 21.5, "unit": "g"}}


EVERY = [schema for types in schemas().values() for versions in types.values() for schema in versions.values()]
PAGES = {
    "Procedure": "procedure", "DataAcquisition": "dataacquisition", "Manipulation": "manipulation",
    "Equipment": "equipment", "ConsumableStock": "consumablestock",
}  # fmt: skip


@pytest.mark.parametrize("group", sorted(PAGES))
def test_every_type_takes_its_examples_and_refuses_what_is_invalid(lab, alice, group):
    """Through the API, for each type of the group."""
    name = PAGES[group]
    for schema in (one for one in EVERY if one.group == group):
        for example in schema.body["examples"]:
            answer = alice.post(f"modules/{name}", lab.payload(name) | {"type": schema.name, "details": example})
            assert answer.status == 201, (schema.name, answer.body)
            assert answer.record["details"] == example or not example
        for wrong in schema.body.get("x-invalid", ()):
            answer = alice.post(
                f"modules/{name}", lab.payload(name) | {"type": schema.name, "details": wrong["payload"]}
            )
            assert (answer.status, list(answer.body)) == (400, ["details"]), (schema.name, wrong)


def test_schemas_are_served_with_a_tag_and_for_long(nobody):
    index = nobody.get("/api/public/schemas/")
    assert index.body["Procedure"]["VirusInjection"]["label"] == "Virus injection"
    served = nobody.get("/api/public/schemas/Procedure/VirusInjection/")
    assert served.body == current("Procedure", "VirusInjection").body
    version = nobody.get(f"/api/public/schemas/Procedure/VirusInjection/{served.body['x-version']}/")
    assert "immutable" in version.headers["Cache-Control"]
    again = nobody.client.get("/api/public/schemas/", headers={"If-None-Match": index.headers["ETag"]})
    assert again.status_code == 304


def test_a_schema_that_is_not_there_names_the_nearest(nobody):
    for path, hint in (("Procedur/VirusInjection", "'Procedure'"), ("Procedure/VirusInjektion", "'VirusInjection'"),
                       ("Procedure/VirusInjection/9.9.9", "Valid names")):  # fmt: skip
        answer = nobody.get(f"/api/public/schemas/{path}/")
        assert (answer.status, hint in answer.body["detail"]) == (404, True)
    assert nobody.post("/api/public/schemas/").status == 405


def test_options_list_the_types(alice):
    choices = alice.options("modules/procedure").body["fields"]["type"]["choices"]
    assert {"value": "VirusInjection", "label": "Virus injection"} in choices


@pytest.mark.parametrize(
    ("text", "allowed", "meant"),
    [
        ("us", ["s", "ms", "µs"], "µs"), ("microseconds", ["µs"], "µs"), ("\u03bcs", ["\u00b5s"], "\u00b5s"),
        ("Minutes", ["min", "s"], "min"), ("degC", ["°C", "K"], "°C"), ("kOhm", ["Ω", "kΩ"], "kΩ"),
        ("mM", ["M", "mM"], "mM"), ("furlong", ["m"], None), ("bolus injection", ["Bolus Injection"], "Bolus Injection"),
        ("m", ["mm", "M"], "M"),
    ],
)  # fmt: skip
def test_other_spellings_mean_one_code(text, allowed, meant):
    assert spelled(text, allowed) == meant


@pytest.mark.parametrize(
    ("value", "unit", "dimension", "base"),
    [(2, "min", "length of time", 120), (180, "s", "length of time", 180), (25, "°C", "temperature", 298.15),
     (77, "°F", "temperature", 298.15), (1, "mL/min", "flow", 1.6666666e-5), (30, "kHz", "frequency", 30000)],
)  # fmt: skip
def test_units_of_one_dimension_compare(value, unit, dimension, base):
    from decimal import Decimal

    found = convert(Decimal(value), unit)
    assert found[0] == dimension
    assert float(found[1]) == pytest.approx(base)
