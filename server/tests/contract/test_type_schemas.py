"""The type schemas: sound in themselves, written for people, and the facts of the data contract."""

import json
import re
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest

import brainstem

from . import documented

FOLDER = Path(brainstem.__file__).parent / "type_schemas"
COUNTS = {
    "Procedure": 43,
    "DataAcquisition": 23,
    "Manipulation": 18,
    "Equipment": 58,
    "ConsumableStock": 13,
    "Consumable": 13,
    "SubjectLog": 14,
    "ProcedureLog": 4,
    "Coordinates": 6,
}

# (model, type) of types that go beyond the contract, and why each is there.
OUR_OWN: dict[tuple[str, str], str] = {}

# What a payload may be, keyword by keyword; held against the contract in both directions.
RULES = (
    "type",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minItems",
    "uniqueItems",
    "required",
    "default",
    "format",
    "examples",
    "x-known-values",
    "x-columns",
    "x-minItems-table",
)
# The contract gives no version for the types of a consumable; ours begin here.
FIRST_VERSION = "1.0.0"

checked: Counter[str] = Counter()


@pytest.fixture(scope="module")
def schemas():
    """Every file by its place below the folder, without the ending."""
    return {place(path): json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*/*/*.json"))}


def place(path):
    # The version has dots of its own, which with_suffix would take for an ending.
    return path.relative_to(FOLDER).as_posix().removesuffix(".json")


@pytest.fixture(scope="module")
def contract():
    """Every schema of the contract by (model, type), with its entry in the index."""
    found = documented.read("schemas")
    return {(model, code): (entry["schema"], entry) for model in COUNTS for code, entry in found[model].items()}


@pytest.fixture(scope="module", autouse=True)
def report(request):
    """Say how many facts were held against the contract."""
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\ntype schemas: {sum(checked.values())} facts checked ({dict(sorted(checked.items()))})")  # noqa: T201


def properties(schema, path=""):
    """(path, property) of every named value, also of rows and of value and unit."""
    for name, prop in schema.get("properties", {}).items():
        yield f"{path}{name}", prop
        yield from properties(prop, f"{path}{name}.")
    if "items" in schema:
        yield from properties(schema["items"], f"{path.removesuffix('.')}[].")
    for choice in schema.get("anyOf", ()):
        yield from properties(choice, path)


def nodes(schema, path=""):
    """(path, schema) of every part that a validator visits."""
    yield path, schema
    for name, prop in schema.get("properties", {}).items():
        yield from nodes(prop, f"{path}/{name}")
    for keyword in ("items", "if", "then"):
        if keyword in schema:
            yield from nodes(schema[keyword], f"{path}/({keyword})")
    for number, choice in enumerate(schema.get("anyOf", ())):
        yield from nodes(choice, f"{path}/({number})")


def facts(schema):
    """{(path, keyword): value} of everything that decides about a payload or tells a form what to offer."""
    found = {}
    for path, node in nodes(schema):
        found[path, "properties"] = sorted(node.get("properties", {}))
        for keyword in RULES:
            if keyword in node and not (keyword == "examples" and path == ""):
                value = node[keyword]
                found[path, keyword] = sorted(value) if keyword == "required" else value
        if found.get((path, "required")) == []:
            del found[path, "required"]
    return found


def variants(schema, aspect):
    """(property, disagreement between the documented pages) of one aspect."""
    for name, prop in schema.get("properties", {}).items():
        for variant in prop.get("x-variants", ()):
            if variant["aspect"] == aspect:
                yield name, variant


# ---- sound in themselves


def test_as_many_types_as_the_documentation_lists(schemas):
    types = {tuple(name.split("/")[:2]) for name in schemas}
    assert Counter(model for model, _ in types - OUR_OWN.keys()) == COUNTS


def test_each_file_lies_where_its_names_say(schemas):
    assert {name: schema["$id"] for name, schema in schemas.items()} == {name: name for name in schemas}
    assert [
        name
        for name, schema in schemas.items()
        if name != "{x-model}/{x-type}/{x-version}".format_map(schema) or not re.search(r"/\d+\.\d+\.\d+$", name)
    ] == []


def test_each_file_is_written_the_same_way():
    """Two spaces, letters as they are, one line end: a change shows as the lines that changed."""
    untidy = []
    for path in FOLDER.glob("*/*/*.json"):
        text = path.read_text(encoding="utf-8")
        if text != json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n":
            untidy.append(place(path))
    assert untidy == []


def test_each_is_a_schema_of_draft_2020_12(schemas):
    assert {schema["$schema"] for schema in schemas.values()} == {"https://json-schema.org/draft/2020-12/schema"}
    assert [name for name, schema in schemas.items() if not jsonschema_rs.meta.is_valid(schema)] == []


def test_examples_pass(schemas):
    refused = []
    for name, schema in schemas.items():
        validator = jsonschema_rs.Draft202012Validator(schema)
        assert schema["examples"], f"{name} has no example"
        refused += [f"{name}: {error}" for one in schema["examples"] for error in validator.iter_errors(one)]
    assert refused == []


def test_examples_use_documented_keys_only(schemas):
    """Unknown keys would pass, so that a misspelt one would go unseen."""
    unknown = []
    for name, schema in schemas.items():
        rows = [row for one in schema["examples"] for row in (one if isinstance(one, list) else [one])]
        known = set(schema.get("items", schema)["properties"])
        unknown += [f"{name}: {sorted(set(row) - known)}" for row in rows if set(row) - known]
    assert unknown == []


def test_what_must_fail_fails(schemas):
    accepted = []
    for name, schema in schemas.items():
        validator = jsonschema_rs.Draft202012Validator(schema)
        assert schema["x-invalid"], f"{name} has no payload that must fail"
        accepted += [f"{name}: {one['why']}" for one in schema["x-invalid"] if validator.is_valid(one["payload"])]
    assert accepted == []


def test_defaults_pass_where_they_are_complete(schemas):
    refused = []
    for name, schema in schemas.items():
        for path, prop in properties(schema):
            given = [prop[keyword] for keyword in ("default", "x-form-default") if keyword in prop]
            complete = [one for one in given if not isinstance(one, dict) or "value" in one]
            refused += [f"{name} {path}: {one}" for one in complete if not jsonschema_rs.is_valid(prop, one)]
    assert refused == []


def test_each_unit_is_spelt_one_way(schemas):
    units = {unit for schema in schemas.values() for path, prop in properties(schema) for unit in prop.get("enum", ())}
    assert [unit for unit in units if "\N{GREEK SMALL LETTER MU}" in str(unit)] == []
    assert {"µm", "µL", "µV"} <= units


# ---- written for people


def test_each_type_and_property_says_what_it_is(schemas):
    silent = []
    for name, schema in schemas.items():
        for path, part in [("", schema), *properties(schema)]:
            if not part.get("title") or len(part.get("description", "")) < 20:
                silent.append(f"{name} {path}")
    assert silent == []


def test_each_reason_and_label_is_a_sentence_or_name(schemas):
    assert [name for name, schema in schemas.items() if not schema["x-label"] or schema.get("x-group") == ""] == []
    reasons = [(name, one["why"]) for name, schema in schemas.items() for one in schema["x-invalid"]]
    assert [pair for pair in reasons if len(pair[1]) < 20 or not pair[1].endswith(".")] == []


def test_no_description_repeats_a_title(schemas):
    repeated = []
    for name, schema in schemas.items():
        parts = [("", schema), *properties(schema)]
        titles = {documented.plain(part["title"]) for _, part in parts}
        repeated += [f"{name} {path}" for path, part in parts if documented.plain(part["description"]) in titles]
    assert repeated == []


def test_no_two_properties_of_a_type_share_a_description(schemas):
    shared = []
    for name, schema in schemas.items():
        counted = Counter(part["description"] for path, part in properties(schema) if not path.endswith(".unit"))
        shared += [f"{name}: {text}" for text, times in counted.items() if times > 1]
    assert shared == []


def test_no_description_is_the_documentation_s(schemas):
    theirs = set(documented.read("descriptions"))
    ours = {
        (name, documented.digest(text))
        for name, schema in schemas.items()
        for _, node in nodes(schema)
        for text in [node.get("description", ""), *node.get("x-enum-labels", {}).values()]
        if text
    }
    checked["descriptions"] += len(ours)
    assert [pair for pair in ours if pair[1] in theirs] == []


# ---- held against the contract


def ours_for(schemas, key, theirs):
    return schemas["{}/{}/{}".format(*key, theirs["x-version"] or FIRST_VERSION)]


def test_every_type_is_there_in_the_documented_version(schemas, contract):
    expected = {
        "{}/{}/{}".format(*key, entry["version"] or FIRST_VERSION): theirs for key, (theirs, entry) in contract.items()
    }
    checked["types"] += len(contract)
    checked["versions"] += len(expected)
    assert expected.keys() <= schemas.keys()
    assert {tuple(name.split("/")[:2]) for name in schemas} == contract.keys() | OUR_OWN.keys()


def test_every_rule_is_the_documented_one(schemas, contract):
    wrong = []
    for key, (theirs, _) in contract.items():
        mine, documented = facts(ours_for(schemas, key, theirs)), facts(theirs)
        checked.update(keyword for _, keyword in documented)
        wrong += [
            f"{'/'.join(key)}{path} {keyword}: {mine.get((path, keyword))}, not {documented.get((path, keyword))}"
            for path, keyword in sorted(mine.keys() | documented.keys())
            if mine.get((path, keyword)) != documented.get((path, keyword))
        ]
    assert wrong == []


def test_every_title_label_and_group_is_the_documented_one(schemas, contract):
    wrong = []
    for key, (theirs, entry) in contract.items():
        mine = ours_for(schemas, key, theirs)
        names = dict(nodes(mine))
        pairs = [(f"{path} title", names[path].get("title"), node.get("title")) for path, node in nodes(theirs)]
        pairs += [(word, mine.get(word), theirs.get(word)) for word in ("x-label", "x-group", "x-datamodel-only")]
        pairs.append(("entry kind", mine.get("x-entry-kind"), entry.get("entry_kind")))
        known = [pair for pair in pairs if pair[2] is not None]
        checked["names"] += len(known)
        wrong += [f"{'/'.join(key)} {what}: {ours!r}, not {other!r}" for what, ours, other in known if ours != other]
    assert wrong == []


def test_labels_of_choices_cover_the_documented_ones(schemas, contract):
    for key, (theirs, _) in contract.items():
        names = dict(nodes(ours_for(schemas, key, theirs)))
        for path, node in nodes(theirs):
            if "x-enum-labels" in node:
                assert names[path]["x-enum-labels"].keys() == node["x-enum-labels"].keys()
                checked["labels of choices"] += len(node["x-enum-labels"])


def test_what_only_the_form_asks_for_or_offers_is_kept_apart(schemas, contract):
    """Pages that disagree: the schema's word is the rule, the other one a hint for the form."""
    for key, (theirs, _) in contract.items():
        mine = ours_for(schemas, key, theirs)
        asked = {name for name, variant in variants(theirs, "required") if variant["datamodel"]}
        asked |= set(theirs.get("x-required-datamodel", ())) - set(theirs.get("required", ()))
        assert set(mine.get("x-required-in-form", ())) == asked, key
        offered = {name: variant["datamodel"] for name, variant in variants(theirs, "default")}
        hints = {
            name: prop["x-form-default"]
            for name, prop in mine.get("properties", {}).items()
            if "x-form-default" in prop
        }
        assert {name: hint["value"] for name, hint in hints.items()} == offered, key
        checked["form hints"] += len(asked) + len(offered)


def test_older_payloads_pass_or_fail_as_documented(schemas, contract):
    """Printed with bare numbers; the server reads these before it validates, the files stay strict."""
    older = documented.read("older_payloads")
    entries = [(model_of(one["model"]), one["type"], one) for one in older["payloads"]]
    entries += [("Coordinates", one["system"], one) for one in older["coordinates"]]
    entries += [(one["log"], one["type"], one) for one in older["log_entries"]]
    for model, code, one in entries:
        schema = ours_for(schemas, (model, code), contract[model, code][0])
        assert jsonschema_rs.is_valid(schema, one["payload"]) == one["matches_current_schema"], (model, code)
    checked["older payloads"] += len(entries)


def model_of(segment):
    return next(model for model in COUNTS if model.casefold() == segment)
