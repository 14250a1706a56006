"""Typed details: the values that a record's type defines, checked and normalised on every write."""

from __future__ import annotations

from contextlib import suppress

from ..model.declare import Record
from ..model.fields import DetailsField, TypeField
from ..model.limits import check_json_size
from ..model.values import Bad
from ..types.schemas import TypeSchema, current, unknown_type
from .rules import Draft, Unreadable
from .unfamiliar import in_details

VERSION_OF = {"details": "type_schema_version", "coordinates_details": "coordinates_schema_version"}


def details_fit_their_type(draft: Draft) -> None:
    """Check details against the schema of their type, and set the version that they follow."""
    types_are_known(draft)
    for column in draft.record._meta.concrete_fields:
        if isinstance(column, DetailsField):
            with suppress(Unreadable):  # If one is wrong, the other one is still checked.
                _check_details(draft, column)


def types_are_known(draft: Draft) -> None:
    """Refuse a type without a schema."""
    for column in draft.record._meta.concrete_fields:
        if isinstance(column, TypeField) and column.schema_group:
            with suppress(Unreadable):
                _check_type(draft, column)


def checked(group: str, name: str, value: object) -> tuple[object, list[str]]:
    """Details in normalised form, and what is wrong with them; an unknown type has no rules."""
    schema = current(group, name)
    if schema is None:
        return value, []
    normalised = schema.normalised(value)
    return normalised, schema.errors(normalised)


def _check_type(draft: Draft, column: TypeField) -> None:
    value = getattr(draft.record, column.name)
    if draft.changed(column.name) and value and current(column.schema_group, value) is None:
        draft.error(column.name, unknown_type(column.schema_group, value))


def _check_details(draft: Draft, column: DetailsField) -> None:
    record = draft.record
    selector = record._meta.get_field(column.selector) if _has(record, column.selector) else None
    value, nothing = getattr(record, column.name), column.get_default()
    if value in ({}, [], None):
        value = nothing
    setattr(record, column.name, value)
    if not draft.changed(column.name, column.selector):
        return
    group = selector.schema_group if isinstance(selector, TypeField) else ""
    schema = current(group, getattr(record, column.selector)) if group else None
    if schema is None or not _shaped(value, nothing):
        _check_shape(draft, column, value, nothing)
        return
    if value == nothing and column.name not in draft.given:
        return  # Left out, to be filled in later.
    _apply(draft, column, schema, value)


def _apply(draft: Draft, column: DetailsField, schema: TypeSchema, value: object) -> None:
    normalised = schema.normalised(value)
    for message in schema.errors(normalised):
        draft.error(column.name, message)
    for place, messages in in_details(schema, column.name, normalised, draft.old.get(column.name)).items():
        draft.errors[place] += messages
    if draft.changed(column.name):  # Missing units have been filled in by now, which makes it longer.
        try:
            check_json_size(normalised)
        except Bad as error:
            draft.error(column.name, str(error))
    setattr(draft.record, column.name, normalised)
    setattr(draft.record, VERSION_OF[column.name], schema.version)


def _shaped(value: object, nothing: object) -> bool:
    """Whether the value has the shape that the model stores: an object, or rows."""
    if isinstance(nothing, dict):
        return isinstance(value, dict)
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _check_shape(draft: Draft, column: DetailsField, value: object, nothing: object) -> None:
    """Refuse a value of the wrong shape; without a schema, nothing else can be checked."""
    if not _shaped(value, nothing):
        rows = isinstance(nothing, list)
        draft.error(
            column.name, "Expected a list of objects, one for each row." if rows else "Expected an object, not a list."
        )


def _has(record: Record, name: str) -> bool:
    return any(field.name == name for field in record._meta.concrete_fields)
