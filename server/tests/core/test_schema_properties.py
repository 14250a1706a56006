"""Every type schema takes whatever fits it and gives it back, and refuses one wrong value, saying where.

Payloads are made from the schema file by rules written here; of the server only the door is asked.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import brainstem
from brainstem.core.write.details import checked

from ..people import unique

pytestmark = pytest.mark.slow

FOLDER = Path(brainstem.__file__).parent / "type_schemas"
BODIES = {
    f"{path.parts[-3]}/{path.parts[-2]}": json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*/*/*.json"))
}
GROUPS = sorted({name.split("/")[0] for name in BODIES})
ROWS = 3
Schema = dict[str, Any]
Step = str | int


def repeatable(examples: int) -> settings:
    """The same payloads on every run and database; nothing is shrunk, the messages name what failed."""
    return settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


# -- what fits --------------------------------------------------------------------------------------------------------


def payloads(schema: Schema, *, whole: bool) -> st.SearchStrategy[Any]:
    """Values that fit a schema, in the form in which they are kept; ``whole`` ones have every property."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([payloads(option, whole=whole) for option in schema["anyOf"]])
    return _KINDS[schema["type"]](schema, whole)


def _objects(schema: Schema, whole: bool) -> st.SearchStrategy[Any]:
    properties = schema.get("properties")
    if not properties:  # Keys are not fixed.
        return st.dictionaries(
            _TEXTS.filter(bool), st.one_of(_TEXTS, st.booleans(), _numbers({}, whole)), max_size=ROWS
        )
    needed = set(properties) if whole or is_quantity(schema) else set(schema.get("required", ()))
    parts = {name: payloads(_bounded(schema, name), whole=whole) for name in properties}
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in needed},
        optional={name: part for name, part in parts.items() if name not in needed},
    )


def _bounded(schema: Schema, name: str) -> Schema:
    """A property with the bound that holds under a condition taken to hold always."""
    return schema["properties"][name] | schema.get("then", {}).get("properties", {}).get(name, {})


def _lists(schema: Schema, whole: bool) -> st.SearchStrategy[Any]:
    least = max(schema.get("minItems", 0), int(whole))
    items = payloads(schema["items"], whole=whole)
    return st.lists(items, min_size=least, max_size=ROWS, unique_by=json.dumps if schema.get("uniqueItems") else None)


def _integers(schema: Schema, whole: bool) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(10**9)), schema.get("maximum", 10**9))


def _numbers(schema: Schema, whole: bool) -> st.SearchStrategy[Any]:
    """Thousandths: both databases give them back as they came."""
    low, high = schema.get("minimum", -(10**6)), schema.get("maximum", 10**6)
    return st.one_of(st.integers(low, high), st.integers(low * 1000, high * 1000).map(lambda number: number / 1000))


_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_KINDS: dict[str, Callable[[Schema, bool], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": _lists,
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda *_: st.booleans(),
    "string": lambda *_: _TEXTS,
}


def is_quantity(schema: Schema) -> bool:
    return {"value", "unit"} <= schema.get("properties", {}).keys()


# -- what does not ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrong:
    """A payload with one wrong value, the place that the refusal has to name, and words that it has to hold."""

    why: str
    payload: Any
    place: tuple[Step, ...]
    words: str = ""

    def named_in(self, messages: list[str]) -> bool:
        place = ".".join(map(str, self.place))
        return any(one.startswith(f"{place}: " if place else "") and self.words in one for one in messages)


def mutations(schema: Schema, payload: Any) -> list[Wrong]:
    """The payload with each of its values made wrong in turn."""
    return [
        Wrong(why, _with(payload, path, value), place, words)
        for path, why, value, place, words in _wrong_values(schema, payload, ())
    ]


_Found = tuple[tuple[Step, ...], str, Any, tuple[Step, ...], str]
_GONE = object()
_OF_ANOTHER_TYPE = {
    "object": ["wrong"],
    "array": "wrong",
    "integer": 0.5,
    "number": "much",
    "boolean": "yes",
    "string": 7,
}


def _wrong_values(schema: Schema, value: Any, path: tuple[Step, ...]) -> Iterator[_Found]:
    if "anyOf" in schema:
        # None of the alternatives holds, so that the value as a whole is named.
        quantity = schema["anyOf"][1] if isinstance(value, dict) else {"type": "object"}
        found = _wrong_values(quantity, value, path)
        yield from ((inner, why, wrong, path, "") for inner, why, wrong, _, _ in found)
        return
    # Without named properties, the kind of the whole is all that can be wrong.
    if not _is_row(path) and (path or not schema.get("properties")):
        yield path, "wrong type", _OF_ANOTHER_TYPE[schema["type"]], path, ""
    yield from _wrong_leaves(schema, path)
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            yield (*path, name), "missing", _GONE, path, f'"{name}" is a required property'
        parts = {name: _part(schema, name, value) for name in schema.get("properties", ()) if name in value}
        for name, part in parts.items():
            yield from _wrong_values(part, value[name], (*path, name))
    if isinstance(value, list):
        if schema.get("uniqueItems") and value:
            yield path, "twice", [value[0], value[0]], path, ""
        for place, item in enumerate(value):
            yield from _wrong_values(schema["items"], item, (*path, place))


def _part(schema: Schema, name: str, value: Schema) -> Schema:
    """The schema of a property, with the bound of a condition where the value meets it."""
    wanted = schema.get("if", {}).get("properties", {})
    met = all(value.get(key) == condition["const"] for key, condition in wanted.items())
    return _bounded(schema, name) if met else schema["properties"][name]


def _is_row(path: tuple[Step, ...]) -> bool:
    """A row of a list of details is no field: without rows of objects there is nothing that a schema could say."""
    return len(path) == 1 and isinstance(path[0], int)


def _wrong_leaves(schema: Schema, path: tuple[Step, ...]) -> Iterator[_Found]:
    if "enum" in schema:
        outside = "furlong" if path[-1] == "unit" else "none of these"
        yield path, "outside the choices", outside if schema["type"] == "string" else 10**6, path, ""
    if "minimum" in schema:
        yield path, "below the minimum", schema["minimum"] - 1, path, ""
    if "maximum" in schema:
        yield path, "above the maximum", schema["maximum"] + 1, path, ""


def _with(payload: Any, path: tuple[Step, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(payload)
    at = changed
    for step in path[:-1]:
        at = at[step]
    if value is _GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


# -- the rules alone --------------------------------------------------------------------------------------------------


def test_as_many_schemas_as_there_are_types():
    assert len(BODIES) == 192


@pytest.mark.parametrize("name", BODIES)
def test_what_fits_is_accepted_and_comes_back_as_it_was(name):
    @repeatable(20)
    @given(payload=payloads(BODIES[name], whole=False))
    def tried(payload) -> None:
        assert checked(*name.split("/"), payload) == (payload, [])

    tried()


@pytest.mark.parametrize("name", BODIES)
def test_one_wrong_value_is_refused_where_it_stands(name):
    """Of a payload with every property, each value in each way."""

    @repeatable(3)
    @given(payload=payloads(BODIES[name], whole=True))
    def tried(payload) -> None:
        for wrong in mutations(BODIES[name], payload):
            _, messages = checked(*name.split("/"), wrong.payload)
            assert wrong.named_in(messages), (wrong, messages)

    tried()


@pytest.mark.parametrize("name", BODIES)
def test_a_bare_number_means_the_default_unit(name):
    body = BODIES[name]
    for key, schema in body.get("items", body).get("properties", {}).items():
        if is_quantity(schema) and "default" in schema:
            number = schema["properties"]["value"].get("minimum", 0) + 1
            given_, kept = {key: number}, {key: {"value": number, "unit": schema["default"]["unit"]}}
            is_list = body["type"] == "array"
            found, _ = checked(*name.split("/"), [given_] if is_list else given_)
            assert found == ([kept] if is_list else kept)


# -- through the API --------------------------------------------------------------------------------------------------

ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
RECORDS = {
    "Procedure": "procedure", "DataAcquisition": "dataacquisition", "Manipulation": "manipulation",
    "Equipment": "equipment", "ConsumableStock": "consumablestock",
}  # fmt: skip
Send = Callable[[str, Any], Any]


def _door(group: str, lab: Any) -> tuple[Send, Callable[[Any], Any]]:
    """How details of the group are sent, and where in the answer they come back."""
    if group == "Consumable":
        admin, common = lab.admin.through("super"), lab.payload("consumable")
        return (
            lambda name, details: admin.post(
                "resources/consumable", common | {"name": unique("Product"), "type": name, "details": details}
            ),
            lambda answer: answer.record["details"],
        )
    if group == "Coordinates":
        common = {"subject": lab["subject"], "type": "Craniotomy"}
        return (
            lambda name, details: lab.owner.post(
                "modules/procedure", common | {"coordinates_system": name, "coordinates_details": details}
            ),
            lambda answer: answer.record["coordinates_details"],
        )
    if group.endswith("Log"):
        return _log_door(group, lab)
    common = lab.payload(RECORDS[group])
    return (
        lambda name, details: lab.owner.post(f"modules/{RECORDS[group]}", common | {"type": name, "details": details}),
        lambda answer: answer.record["details"],
    )


def _log_door(group: str, lab: Any) -> tuple[Send, Callable[[Any], Any]]:
    logs: dict[str, str] = {}
    days = iter(range(1, 10_000))

    def send(name: str, details: Any) -> Any:
        if name not in logs:
            logs[name] = lab.add(group.lower(), type=name)["id"]
        year, day = divmod(next(days), 28)
        date = f"{2000 + year}-01-{day + 1:02}"
        keys = ("date_time",)
        if BODIES[f"{group}/{name}"].get("x-entry-kind") == "interval":
            keys = ("start_date_time", "end_date_time")
        times = {key: f"{date}T1{hour}:00:00Z" for hour, key in enumerate(keys)}
        return lab.owner.patch(f"modules/{group.lower()}/{logs[name]}/add_entry", times | {"details": details})

    return send, lambda answer: answer.record["entries"][-1]["details"]


@pytest.mark.parametrize("group", GROUPS)
def test_the_api_takes_what_fits_each_type_and_refuses_one_wrong_value(lab, group):
    send, kept = _door(group, lab)
    key = "coordinates_details" if group == "Coordinates" else "details"

    def try_type(name: str, body: Schema) -> None:
        @repeatable(3)
        @given(data=st.data())
        def tried(data) -> None:
            payload = data.draw(payloads(body, whole=True))
            answer = send(name, payload)
            assert answer.status in (200, 201), (name, payload, answer.body)
            assert kept(answer) == payload, name
            wrong = data.draw(st.sampled_from(mutations(body, payload)))
            answer = send(name, wrong.payload)
            assert (answer.status, list(answer.body)) == (400, [key]), (name, wrong, answer.body)
            assert wrong.named_in(answer.body[key]), (name, wrong, answer.body)

        tried()

    for place, body in BODIES.items():
        if place.startswith(f"{group}/"):
            try_type(place.split("/")[1], body)
