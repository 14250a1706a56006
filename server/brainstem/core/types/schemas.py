"""The type schemas: which types a model has, and which values each defines.

Files below ``type_schemas/<Model>/<Type>/<version>.json`` are read once, on first use. A published file is never
edited: a change is a new version next to it, and older rows stay valid against the version that they name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..text.shown import shown
from ..text.words import nearest
from .quantities import is_quantity, normalised, within, written, wrong_quantities
from .units import dimension_of

FOLDER = Path(__file__).resolve().parents[2] / "type_schemas"
MAX_ERRORS = 20


@dataclass(frozen=True)
class TypeSchema:
    """One version of one type."""

    group: str
    name: str
    version: str
    body: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        """Display name of the type."""
        return str(self.body.get("x-label") or self.body["title"])

    @property
    def is_list(self) -> bool:
        """Whether details are a list of rows."""
        return self.body.get("type") == "array"

    @cached_property
    def _validator(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415 - who only reads does without

        return jsonschema_rs.validator_for(dict(self.body))

    def errors(self, value: object) -> list[str]:
        """All errors, each with its path, the value, the rule and this version."""
        found = list(islice(wrong_quantities(value, self.body), MAX_ERRORS))
        told = [place for place, _ in found]
        for error in self._validator.iter_errors(value):
            if len(found) == MAX_ERRORS:
                break
            place = tuple(error.instance_path)
            if not any(place[: len(one)] == one for one in told):
                found.append((place, within(error.message)))
        return [f"{written(place)}{message} ({self.name} {self.version})" for place, message in found]

    def normalised(self, value: object) -> object:
        """The value with bare numbers in their default unit, and units and codes in canonical spelling."""
        return normalised(value, self.body)


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
    """The newest version of a type, or None if there is no such type."""
    versions = schemas().get(group, {}).get(name)
    return versions[next(reversed(versions))] if versions else None


def types_of(group: str) -> list[tuple[str, str]]:
    """Types of a group with their labels."""
    return [(name, current(group, name).label) for name in schemas().get(group, {})]  # type: ignore[union-attr]


@dataclass(frozen=True)
class Quantity:
    """A number with a unit: the units that types allow for it, and the default.

    ``default`` is empty if types have different ones.
    """

    units: tuple[str, ...]
    default: str

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions of the units; a unit that converts to no other is its own dimension."""
        return tuple(dict.fromkeys(dimension_of(unit) for unit in self.units))


@cache
def quantity_of(group: str, keys: tuple[str, ...], settled: str = "") -> Quantity | None:
    """The quantity at a path of keys in the types of a group, or None if there is none.

    ``settled`` restricts it to one type; otherwise all types of the group are combined.
    """
    names = [settled] if settled in schemas().get(group, {}) else list(schemas().get(group, {}))
    found = [schema for name in names for schema in _properties(group, name, keys)]
    units = dict.fromkeys(unit for schema in found for unit in schema["properties"]["unit"].get("enum", ()))
    defaults = {schema.get("default", {}).get("unit") or next(iter(units)) for schema in found}
    return Quantity(tuple(units), defaults.pop() if len(defaults) == 1 else "") if units else None


@cache
def units_of(group: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Key of a type's details -> its units, for keys that are quantities."""
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
    return [option for option in options if is_quantity(option)]


def unknown_type(group: str, name: str) -> str:
    """Error message for a type that does not exist."""
    return f"{shown(name)} is not a type of {group}.{nearest(name, schemas().get(group, {}))}"


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
