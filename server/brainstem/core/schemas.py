"""The type schemas: which types a model has, and which values each asks for.

Files below ``type_schemas/<Model>/<Type>/<version>.json`` are read once, when first asked for. A published file is
never edited: a change is a new version beside it, and older rows stay valid against the version that they name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .numbers import float_of, measured, plain
from .query.syntax import nearest
from .shown import shown
from .units import convert, dimension_of, spelled

FOLDER = Path(__file__).resolve().parent.parent / "type_schemas"
MAX_ERRORS = 20
LONGEST_ERROR = 300


@dataclass(frozen=True)
class TypeSchema:
    """One version of one type."""

    group: str
    name: str
    version: str
    body: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        """What people call the type."""
        return str(self.body.get("x-label") or self.body["title"])

    @property
    def is_list(self) -> bool:
        """Whether details are a list of rows."""
        return self.body.get("type") == "array"

    @cached_property
    def _validator(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415 - who only reads does without

        return jsonschema_rs.validator_for(dict(self.body))

    def errors(self, value: Any) -> list[str]:
        """What does not fit, each with its place, the value, the rule and this version."""
        found = list(islice(_wrong_quantities(value, self.body), MAX_ERRORS))
        told = [place for place, _ in found]
        for error in self._validator.iter_errors(value):
            if len(found) == MAX_ERRORS:
                break
            place = tuple(error.instance_path)
            if not any(place[: len(one)] == one for one in told):
                found.append((place, _within(error.message)))
        return [f"{_written(place)}{message} ({self.name} {self.version})" for place, message in found]

    def normalised(self, value: Any) -> Any:
        """The value with bare numbers in their default unit, and units and codes in their one spelling."""
        return _normalised(value, self.body)


@cache
def schemas() -> Mapping[str, dict[str, dict[str, TypeSchema]]]:
    """Group -> type -> version -> schema, versions in ascending order."""
    found: dict[str, dict[str, dict[str, TypeSchema]]] = {}
    files = (path for path in FOLDER.glob("*/*/*.json") if re.fullmatch(r"[\d.]+", path.stem))
    for path in sorted(files, key=lambda path: (path.parts[-3:-1], _order(path.stem))):
        group, name, version = path.parts[-3], path.parts[-2], path.stem
        body = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault(group, {}).setdefault(name, {})[version] = TypeSchema(group, name, version, body)
    return MappingProxyType(found)


def current(group: str, name: str) -> TypeSchema | None:
    """The newest version of a type, or None when there is no such type."""
    versions = schemas().get(group, {}).get(name)
    return versions[next(reversed(versions))] if versions else None


def types_of(group: str) -> list[tuple[str, str]]:
    """Types of a group with their labels."""
    return [(name, current(group, name).label) for name in schemas().get(group, {})]  # type: ignore[union-attr]


@dataclass(frozen=True)
class Quantity:
    """A number with a unit: the units that types know for it, and the one meant when none is given.

    ``default`` is empty where types mean different ones.
    """

    units: tuple[str, ...]
    default: str

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the units measure; one that converts to no other is a dimension of its own."""
        return tuple(dict.fromkeys(dimension_of(unit) for unit in self.units))


@cache
def quantity_of(group: str, keys: tuple[str, ...], settled: str = "") -> Quantity | None:
    """The quantity that a path of keys leads to in a type of the group, or None where it leads to none.

    ``settled`` is the one type that is meant; without it the types of the group are taken together.
    """
    names = [settled] if settled in schemas().get(group, {}) else list(schemas().get(group, {}))
    found = [schema for name in names for schema in _properties(group, name, keys)]
    units = dict.fromkeys(unit for schema in found for unit in schema["properties"]["unit"].get("enum", ()))
    defaults = {schema.get("default", {}).get("unit") or next(iter(units)) for schema in found}
    return Quantity(tuple(units), defaults.pop() if len(defaults) == 1 else "") if units else None


@cache
def units_of(group: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Key of a type's details -> the units that it is given in, for the keys that are quantities."""
    schema = current(group, name)
    body: Any = schema.body if schema else {}
    body = body.get("items", {}) if body.get("type") == "array" else body
    found = {key: quantity_of(group, (key,), name) for key in body.get("properties", {})}
    return {key: quantity.units for key, quantity in found.items() if quantity is not None}


def has_rows(group: str) -> bool:
    """Whether details of a group are lists of rows."""
    return any(versions[next(reversed(versions))].is_list for versions in schemas().get(group, {}).values())


def _properties(group: str, name: str, keys: tuple[str, ...]) -> list[Mapping[str, Any]]:
    schema = current(group, name)
    at: Any = schema.body if schema else {}
    at = at.get("items", {}) if at.get("type") == "array" else at
    for key in keys:
        at = at.get("properties", {}).get(key, {})
    options = [at, *({"default": at.get("default", {})} | option for option in at.get("anyOf", ()))]
    return [option for option in options if _is_quantity(option)]


def unknown_type(group: str, name: str) -> str:
    """What is said of a type that does not exist."""
    return f"{shown(name)} is not a type of {group}.{nearest(name, schemas().get(group, {}))}"


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


# -- one form of what people write -------------------------------------------------------------------------------------


def _normalised(value: Any, schema: Mapping[str, Any]) -> Any:
    for option in schema.get("anyOf", ()):
        if _is_quantity(option):
            return _quantity(value, option) if isinstance(value, dict) else value
    if _is_quantity(schema):
        return _quantity(value, schema)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {key: _normalised(item, properties[key]) if key in properties else item for key, item in value.items()}
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_normalised(item, schema["items"]) for item in value]
    if isinstance(value, str) and "enum" in schema:
        return spelled(value, [one for one in schema["enum"] if isinstance(one, str)]) or value
    return value


def _is_quantity(schema: Mapping[str, Any]) -> bool:
    return bool({"value", "unit"} <= schema.get("properties", {}).keys())


def _quantity(value: Any, schema: Mapping[str, Any]) -> Any:
    """``12``, ``"12 mm"`` or ``{"value": 12}`` as value and unit."""
    unit = schema["properties"]["unit"]
    allowed = [one for one in unit.get("enum", ()) if isinstance(one, str)]
    default = schema.get("default", {}).get("unit") or (allowed[0] if allowed else None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"value": value, "unit": default} if default else {"value": value}
    if isinstance(value, str):
        return _quantity_of_text(value, allowed, default)
    if isinstance(value, dict) and isinstance(value.get("unit"), str):
        return value | {"unit": spelled(value["unit"], allowed) or value["unit"]}
    if isinstance(value, dict) and value.get("unit") is None and value.get("value") is not None and default:
        return value | {"unit": default}
    return value


def _quantity_of_text(text: str, allowed: list[str], default: str | None) -> Any:
    number, word = measured(text) or (None, "")
    unit = spelled(word, allowed) if word else default
    return text if number is None or unit is None else {"value": plain(number), "unit": unit}


# -- quantities that do not fit ----------------------------------------------------------------------------------------

Place = tuple[str | int, ...]


def _wrong_quantities(value: Any, schema: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Place and fault of every quantity that is no number with a unit, or too large a one."""
    if _is_quantity(schema):
        if wrong := _wrong_quantity(value, schema):
            yield place, wrong
    elif isinstance(value, dict):
        options = [option for option in schema.get("anyOf", ()) if _is_quantity(option)]
        for option in options:
            yield from _wrong_quantities(value, option, place)
        for key, below in schema.get("properties", {}).items() if not options else ():
            if key in value:
                yield from _wrong_quantities(value[key], below, (*place, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, row in enumerate(value):
            yield from _wrong_quantities(row, schema["items"], (*place, at))


def _wrong_quantity(value: Any, schema: Mapping[str, Any]) -> str:
    unit = schema["properties"]["unit"]
    allowed = [one for one in unit.get("enum", ()) if isinstance(one, str)]
    if isinstance(value, str):
        units = f" Units: {', '.join(allowed)}." if allowed else ""
        return (
            f"Expected a number with a unit, such as 300 {allowed[0] if allowed else 'nL'}, got {shown(value)}.{units}"
        )
    number = value.get("value") if isinstance(value, dict) else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return ""  # What is no number the schema says itself.
    given = value.get("unit")
    exact = Decimal(number) if float_of(number) is not None else None
    if exact is None or convert(exact, given if isinstance(given, str) else "") is None:
        return (
            f"{_within(str(number), 40)} {given if given in allowed else ''}".rstrip() + " is too large or too small."
        )
    return ""


def _within(text: str, longest: int = LONGEST_ERROR) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _written(place: Place) -> str:
    return ".".join(map(str, place)) + ": " if place else ""
