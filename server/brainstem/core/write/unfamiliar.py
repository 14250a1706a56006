"""Unknown keys of a payload: next to the fields, in details, in rows, in maps of roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..model.registry import Spec
from ..query.projection import VERSION
from ..remarks import unknown_keys
from ..types.schemas import TypeSchema
from .wrapped import ENVELOPE

# Keys of the holder of a role, in responses and in changes.
ROLE_KEYS = ("can_change", "is_manager", "is_owner", "remove", "message")
Errors = dict[str, list[str]]


def in_payload(spec: Spec, payload: Mapping[str, object]) -> Errors:
    """Report unknown fields of a model, see :func:`brainstem.core.remarks.unknown_keys`."""
    known = _known(spec)
    if known >= payload.keys():
        return {}
    return unknown_keys(
        (key for key in payload if key not in known), _writable_first(spec), of=spec.singular_name.capitalize()
    )


def in_roles(name: str, value: object) -> Errors:
    """Report unknown keys in a map from holders to their roles."""
    wrong: Errors = {}
    for holder, flags in value.items() if isinstance(value, dict) else ():
        if isinstance(flags, dict):
            wrong |= unknown_keys(flags, ROLE_KEYS, of="A role", within=f"{name}.{holder}")
    return wrong


def in_rows(name: str, given: object, kept: object) -> Errors:
    """Report keys of a structured value that were dropped when it was read."""
    wrong: Errors = {}
    if not isinstance(given, list) or not isinstance(kept, list) or len(given) != len(kept):
        return wrong
    for at, (row, after) in enumerate(zip(given, kept, strict=True)):
        if isinstance(row, dict) and isinstance(after, dict) and row.keys() != after.keys():
            known = {key.lower() for key in after}
            lost = [key for key, value in row.items() if key.lower() not in known and value not in (None, "")]
            wrong |= unknown_keys(lost, tuple(after), of="This row", within=f"{name}.{at}")
    return wrong


def in_details(schema: TypeSchema, name: str, value: object, before: object = None) -> Errors:
    """Report keys that the schema of a type does not have, except for those that were stored before."""
    old = {place: keys for place, keys, _ in _beyond(before, schema.body, ())}
    wrong: Errors = {}
    for place, keys, known in _beyond(value, schema.body, ()):
        new, within = sorted(keys - old.get(place, set())), ".".join([name, *map(str, place)])
        wrong |= unknown_keys(new, known, of=f"{schema.label} {schema.version}", within=within, kept=True)
    return wrong


Place = tuple[str | int, ...]


def _beyond(
    value: object, schema: Mapping[str, Any], place: Place
) -> Iterator[tuple[Place, set[str], tuple[str, ...]]]:
    """(path, unknown keys, known keys) of every object in a value that has keys beyond its schema."""
    properties = schema.get("properties")
    if isinstance(value, dict) and properties:
        if not value.keys() <= properties.keys():
            yield place, value.keys() - properties.keys(), tuple(properties)
        for key, below in properties.items():
            if key in value:
                yield from _beyond(value[key], below, (*place, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, row in enumerate(value):
            yield from _beyond(row, schema["items"], (*place, at))


@cache
def _known(spec: Spec) -> frozenset[str]:
    """Every key that a payload may have, whether it is writable or only sent back."""
    return frozenset({*spec.keys, *spec.resource.form_keys, *ENVELOPE, VERSION})


@cache
def _writable_first(spec: Spec) -> tuple[str, ...]:
    """The keys among which a suggestion is looked for."""
    return tuple(key for key in spec.keys if spec.writable(key))
