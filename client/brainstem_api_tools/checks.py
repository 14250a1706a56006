"""What is refused before anything is sent: unknown names, and values that cannot be sent. Pure.

Which choices a field takes is up to the server: it may know types that this version of the client does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from ._operators import OPERATORS, operators_of
from .errors import ValidationError
from .names import nearest
from .record import Field, Record, fields_of, record_class
from .sending import NotSendable, plain_of, sendable

OPEN = frozenset({"json"})  # below these, names are the lab's own
# What servers work out for each answer: it can be read, and asked for by nothing.
COMPUTED = frozenset(
    ("authenticated_groups", "contributors", "groups", "groups_own_json", "links", "rrid_url", "users")
)
Messages = dict[str, list[str]]


def checked_fields(record: type[Record], given: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
    """The fields as sent.

    Raises
    ------
    ValidationError
        With a message for every field that is wrong, or missing from a new record.
    """
    _raise(record, wrong_fields(record, given, creating=creating))
    return as_sent(record, given)


def wrong_fields(record: type[Record], given: Mapping[str, Any], *, creating: bool) -> Messages:
    """Field -> what is wrong with it, including missing fields."""
    fields, errors = fields_of(record), {}
    for name, value in given.items():
        if found := _wrong(record, fields, name, value):
            errors[name] = [found]
    if creating:
        for name, field in fields.items():
            if field.required and name not in given:
                errors[name] = ["This field is required."]
    return errors


def as_sent(record: type[Record], given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as JSON, with ids instead of records."""
    return {name: sendable(_fitted(record, name, value), name) for name, value in given.items()}


def _wrong(record: type[Record], fields: Mapping[str, Field], name: str, value: object) -> str:
    """What is wrong with one field, or an empty string."""
    if name not in fields:
        return _unknown(record, name, [key for key, field in fields.items() if not field.read_only])
    field = fields[name]
    if field.read_only:
        return "This field is set by the server."
    plain = _fitted(record, name, value)
    try:
        sendable(plain, name)
    except NotSendable as error:
        return error.what if error.where == name else str(error.message)
    if isinstance(plain, datetime) and plain.tzinfo is None:
        return f"{plain} has no time zone. Add one, for example with .astimezone() for the zone of this computer."
    return ""


def _unknown(record: type[Record], name: str, valid: Iterable[str]) -> str:
    known = sorted(valid)
    return f"{record.__name__} has no field '{name}'. {nearest(name, known)}Its fields are: {', '.join(known)}."


def _fitted(record: type[Record], name: str, value: object) -> Any:
    """A value as a Python one; for a field of dates, a time at midnight is its date."""
    plain = plain_of(value, name)
    field = fields_of(record).get(name)
    if field and field.kind == "date" and isinstance(plain, datetime) and plain.tzinfo is None:
        return plain.date() if plain.time() == time(0) else plain
    return plain


def checked_filters(record: type[Record], where: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """``name__icontains="rat"`` as the filter ``name.icontains``.

    Raises
    ------
    ValidationError
        If a name on the path does not exist.
    """
    errors: Messages = {}
    for name in where:
        if found := _wrong_path(record, name.split("__")):
            errors[name] = [found]
    _raise(record, errors)
    return [(name.replace("__", "."), value) for name, value in where.items()]


def _wrong_path(record: type[Record], path: list[str], kind: str = "filter") -> str:
    """What is wrong with a path to a field, or an empty string."""
    here = record
    for at, name in enumerate(path):
        fields = fields_of(here)
        if name in OPERATORS and at == len(path) - 1 and at:
            return ""
        if name in here.aliases:
            return ""
        if name not in fields:
            return _unknown(here, name, _names(here, kind))
        if fields[name].kind in OPEN:
            return ""
        if fields[name].related:
            here = record_class(fields[name].related)
        elif path[at + 1 :] and (len(path) > at + 2 or path[at + 1] not in OPERATORS):
            known = ", ".join(operators_of(fields[name].kind))
            return f"'{name}' has no operator '{'__'.join(path[at + 1 :])}'. Valid operators: {known}."
    return ""


def _names(record: type[Record], kind: str) -> list[str]:
    """The names that can be filtered by, sorted by or included, for hints."""
    fields = fields_of(record)
    if kind == "include":
        return [name for name, field in fields.items() if field.related]
    if kind == "sort":
        return [name for name, field in fields.items() if field.kind not in OPEN]
    asked = [name for name, field in fields.items() if field.kind not in OPEN or name not in COMPUTED]
    return [*asked, *record.aliases]


def checked_names(record: type[Record], names: Iterable[str], *, kind: str) -> list[str]:
    """Names to sort by or to include, as sent; relations may be followed with dots or ``__``."""
    listed = [names] if isinstance(names, str) else list(names)
    wire = [name.replace("__", ".") for name in listed]
    errors = {}
    for name in wire:
        path = name.lstrip("-").removesuffix(".*")
        if found := _wrong_path(record, path.split("."), kind):
            errors[f"{kind}: {name}"] = [found]
    _raise(record, errors)
    return wire


def _raise(record: type[Record], errors: Messages) -> None:
    if errors:
        lines = "; ".join(f"{name}: {' '.join(found)}" for name, found in errors.items())
        raise ValidationError(f"{record.__name__} {lines}", errors=errors, advice="Nothing was sent.")
