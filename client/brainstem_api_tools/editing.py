"""What was changed of a record since it was read, as it is sent, and how versions are told apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .checks import as_sent, checked_fields
from .record import Record, fields_of
from .sending import sendable

LISTS = frozenset({"m2m", "reverse_m2m", "tags"})
VERSION = "version"
# "<version>-<digest>": the ETag of a server that compares versions. Others are made by proxies, and compared by nobody.
_TAG = re.compile(r'(?:W/)?("[^"-]+-[^"]*")')


def tag_in(headers: Mapping[str, str]) -> str:
    """The ETag by which the server tells versions of a record apart; empty if there is none."""
    found = _TAG.fullmatch(headers.get("etag", "").strip())
    return found[1] if found else ""


def tag_of(record: Record) -> str:
    """What says at which version a record was read; empty if that is not known."""
    version = record.data.get(VERSION)
    return record._tag or (f'"{version}"' if isinstance(version, (str, int)) else "")


def changes_of(record: Record) -> dict[str, Any]:
    """Fields that have another value than the one that was read, as they are sent.

    Raises
    ------
    ValidationError
        If a value cannot be sent, or if a field is set by the server.
    """
    kind, known = type(record), fields_of(type(record))
    changed = {name: value for name, value in record._edits.items() if not _same(record, name, value)}
    found = checked_fields(kind, {name: value for name, value in changed.items() if name in known}, creating=False)
    # Keys of a newer server, which only that can check.
    return {**found, **{name: sendable(value, name) for name, value in changed.items() if name not in known}}


def differences(record: Record, changes: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of the fields that were changed here, those that others changed too: with the three values."""
    found = {}
    for name, yours in changes.items():
        base, theirs = (_with_ids(record, name, data.get(name)) for data in (record.data, current))
        if _key(record, name, theirs) not in (_key(record, name, base), _key(record, name, yours)):
            found[name] = {"base": base, "theirs": theirs, "yours": yours}
    return found


def _same(record: Record, name: str, value: Any) -> bool:
    """Whether an edited value is the one that was read; one that cannot be compared is not."""
    try:
        sent = as_sent(type(record), {name: value})[name]
        return bool(sent == _with_ids(record, name, record.data.get(name)) or value == record._read(name))
    except (ValueError, TypeError):
        return False


def _with_ids(record: Record, name: str, value: Any) -> Any:
    """A value as it was read, with ids instead of included records, as it would be sent."""
    field = fields_of(type(record)).get(name)
    if field is None or not field.related:
        return value
    if isinstance(value, list):
        return [_with_ids(record, name, one) for one in value]
    return value.get("id") if isinstance(value, Mapping) else value


def _key(record: Record, name: str, value: Any) -> Any:
    """What is equal for equal values: the order of related records and tags is up to the server."""
    field = fields_of(type(record)).get(name)
    if field is not None and field.kind in LISTS and isinstance(value, list):
        return sorted(map(str, value))
    return value
