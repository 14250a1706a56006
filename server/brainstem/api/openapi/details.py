"""Typed details in the description: a component for each version of each type, and which of them a record follows.

Knows type schemas and columns; knows no address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brainstem.core.model.fields import DetailsField, TypeField
from brainstem.core.model.registry import Column, Spec, specs
from brainstem.core.types.schemas import TypeSchema, schemas

from ..shapes import Schema, ref

ABOUT_WRITING = (
    " A quantity may also be sent as a bare number, in its default unit, or as a text such as `2 µL`, and units and"
    " codes in other spellings; they are kept and answered as described here. Further keys are kept."
)
# The URL of a schema would change what references mean, and its formats name widgets: a `time` there is a time of day,
# without the zone that clients would require. The rest is for forms and tests, and served with the schema itself.
_LEFT_OUT = frozenset({"$schema", "$id", "format", "x-model", "x-type", "x-invalid", "examples"})


def details_schemas() -> dict[str, Schema]:
    """A component for each version of each type, and one for each group that distinguishes them by type."""
    found = {
        _name(schema): _shortened(schema.body)
        for types in schemas().values()
        for versions in types.values()
        for schema in versions.values()
    }
    for spec in specs().values():
        for column in spec.columns.values():
            if isinstance(column.field, TypeField) and column.field.schema_group:
                found[f"Details_{column.field.schema_group}"] = _choice(spec, column)
    return found


def typed(spec: Spec, keys: Mapping[str, object]) -> dict[str, list[Schema]]:
    """What the types of a record require of its details; nothing if ``keys`` contain no details."""
    choices = [
        ref(f"Details_{column.field.schema_group}")
        for column in spec.columns.values()
        if isinstance(column.field, TypeField) and column.field.schema_group and _payload(spec, column) in keys
    ]
    return {"allOf": choices} if choices else {}


def shape(column: Column) -> Schema:
    """The shape of a model's details regardless of type: an object, or rows."""
    return {"type": "array", "items": {"type": "object"}} if column.field.default is list else {"type": "object"}


def _payload(spec: Spec, selector: Column) -> str:
    """The key whose values follow the type: details, or the entries of a log."""
    details = (one for one in spec.columns.values() if isinstance(one.field, DetailsField))
    return next((one.name for one in details if one.field.selector == selector.name), "entries")


def _choice(spec: Spec, selector: Column) -> Schema:
    """Exactly one branch applies: that of the type, or the last one if a response or a change names no type."""
    group, key = selector.field.schema_group, _payload(spec, selector)
    branches = [
        {
            "title": next(reversed(versions.values())).label,
            "required": [selector.name],
            "properties": {selector.name: {"const": name}, key: _followed(list(versions.values()), key)},
        }
        for name, versions in schemas()[group].items()
    ]
    nameless = {"title": "No type is named", "properties": {selector.name: {"enum": ["", None]}}}
    return {"description": f"Contents of `{key}`, by `{selector.name}`.", "oneOf": [*branches, nameless]}


def _followed(versions: list[TypeSchema], key: str) -> Schema:
    """Any version, the newest first: rows keep theirs. Details that were left out are empty."""
    options: list[Schema] = [ref(_name(one)) for one in reversed(versions)]
    if any(one.body.get("required") or one.body.get("minItems") for one in versions):
        options.append({"maxItems" if versions[-1].is_list else "maxProperties": 0})
    details = options[0] if len(options) == 1 else {"anyOf": options}
    return {"items": {"properties": {"details": details}}} if key == "entries" else details


def _name(schema: TypeSchema) -> str:
    """The newest version has the type's name alone, which keeps names stable in clients generated from this."""
    versions = schemas()[schema.group][schema.name]
    newest = next(reversed(versions)) == schema.version
    return f"Details_{schema.group}_{schema.name}" + ("" if newest else f"_{schema.version}")


def _shortened(schema: object) -> Any:
    if isinstance(schema, list):
        return [_shortened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in _LEFT_OUT}
    return {
        key: {name: _shortened(one) for name, one in value.items()} if key == "properties" else _shortened(value)
        for key, value in kept.items()
    }
