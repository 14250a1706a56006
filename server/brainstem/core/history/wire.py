"""Stored states of records in the form in which the API tells values: the keys and values of a detail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from ..model.ids import RecordId
from ..model.registry import Relation, Spec, specs
from ..text.times import kept_moment, span_of
from .recording import order_of

# Values that follow from others, or from the write itself.
NOT_TOLD = frozenset({"id", "created_at", "updated_at"})
ROLES = ("users", "groups")
_SECOND = 1_000_000
Ids = Mapping[str, set[Any]]


def state_key(spec: Spec, key: str) -> str:
    """The key of a state that holds the value of a key of the API; empty if none does."""
    relation = spec.relations.get(key)
    if relation is not None:
        if not relation.owned:
            return ""
        return relation.name if relation.many else str(relation.field.attname)
    if key in spec.computed:
        return key if key in ROLES and spec.tree.holds_roles else ""
    return key


@cache
def told_keys(spec: Spec) -> Mapping[str, str]:
    """Key of a stored state -> key of a detail, for those that a detail has."""
    return {state_key(spec, name): name for name in spec.keys if state_key(spec, name)}


def references(spec: Spec, values: Iterable[tuple[str, Any]]) -> dict[str, set[Any]]:
    """Label of a model -> ids that some values (key, value) refer to."""
    found: dict[str, set[Any]] = {}
    for name, value in values:
        relation = spec.relations.get(name)
        if relation is not None and value is not None:
            found.setdefault(relation.target, set()).update(_ids(relation, value))
    return found


def wire_value(spec: Spec, name: str, value: Any, *, seen: Ids) -> object:
    """A stored value of a key in wire form; without records that are not among the ``seen`` ones of their model.

    An uploaded file is told by its name, since an older one is no longer served.
    """
    relation = spec.relations.get(name)
    if relation is not None:
        return _reference(relation, value, seen.get(relation.target, set()))
    column = spec.columns.get(name)
    if column is None or (value is None and column.wire_type not in ("image", "file")):
        return value
    told = _TOLD.get(column.wire_type)
    return value if told is None else told(value)


def _reference(relation: Relation, value: object, seen: set[Any]) -> object:
    shown = [one for one in _ids(relation, value) if one in seen]
    if not relation.many:
        return _plain(shown[0]) if shown else None
    return [_plain(one) for one in (shown if order_of(relation.field) else sorted(shown))]


def _ids(relation: Relation, value: Any) -> Iterator[Any]:
    target = specs()[relation.target]
    for one in value or () if relation.many else () if value is None else (value,):
        try:
            yield target.parse_id(one)
        except ValueError:  # From before the ids of this model were what they are now.
            continue


def _plain(record_id: RecordId) -> int | str:
    return record_id if isinstance(record_id, int) else str(record_id)


# -- values of columns -------------------------------------------------------------------------------------------------


def wire_moment(moment: dt.datetime) -> str:
    """A time as the API tells it: in UTC, with microseconds if it has any."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"


def wire_span(value: object) -> str:
    """A stored duration as the API tells it: ``HH:MM:SS``, with microseconds if it has any."""
    span = dt.timedelta(microseconds=value) if isinstance(value, int) else span_of(value)
    if span is None:
        return str(value)
    whole = span // dt.timedelta(microseconds=1)
    seconds, rest = divmod(abs(whole), _SECOND)
    text = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return ("-" if whole < 0 else "") + text + (f".{rest:06d}" if rest else "")


_TOLD: Mapping[str, Any] = {
    "datetime": lambda value: wire_moment(kept_moment(value)),
    "duration": wire_span,
    "boolean": bool,
    "image": lambda value: PurePosixPath(value).name if value else None,
    "file": lambda value: PurePosixPath(value).name if value else None,
}

__all__ = [
    "NOT_TOLD",
    "ROLES",
    "references",
    "state_key",
    "told_keys",
    "wire_moment",
    "wire_span",
    "wire_value",
]
