"""Stored states of records in the form in which the API tells values: the keys and values of a detail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from ..access.viewer import Viewer
from ..model.ids import RecordId
from ..model.registry import Relation, Spec, specs
from ..text.times import kept_moment, span_of
from .permission import Past
from .recording import State, order_of

# Values that follow from others, or from the write itself.
NOT_TOLD = frozenset({"id", "created_at", "updated_at"})
_ROLES = frozenset({"users", "groups"})
_SECOND = 1_000_000
Ids = Mapping[str, set[Any]]


def wire_state(spec: Spec, state: State, *, viewer: Viewer, base: str) -> dict[str, Any]:
    """A stored state as a detail would show it to the viewer today; two queries per model that it refers to.

    Keys that are not stored, such as lists of other records, are missing. Who holds which role is told as history
    keeps it: email address or name of a group -> role.
    """
    told = {key: (name, state[key]) for key, name in told_keys(spec).items() if key in state}
    referred = references(spec, told.values())
    seen = {label: Past(viewer).seen(specs()[label], ids) for label, ids in referred.items()}
    found = {name: wire_value(spec, name, value, seen=seen) for name, value in told.values()}
    for name, value in found.items():
        if not viewer.shows(spec, name):
            found[name] = None
        elif value and name in spec.columns and spec.columns[name].wire_type in ("image", "file"):
            found[name] = f"{base}/api/{viewer.portal}/{spec.app}/{spec.segment}/{state['id']}/{name}/"
    return {key: found[key] for key in spec.keys if key in found}


@cache
def told_keys(spec: Spec) -> Mapping[str, str]:
    """Key of a stored state -> key of a detail, for those that a detail has."""
    stored: dict[str, str] = {}
    for field in (*spec.model._meta.concrete_fields, *spec.model._meta.many_to_many):
        if field.name in spec.keys:
            stored[getattr(field, "attname", field.name)] = field.name
    roles = {name: name for name in _ROLES if name in spec.computed and spec.computed[name].kind == name}
    return stored | roles


def references(spec: Spec, values: Iterable[tuple[str, Any]]) -> dict[str, set[Any]]:
    """Label of a model -> ids that some values (key, value) refer to."""
    found: dict[str, set[Any]] = {}
    for name, value in values:
        relation = spec.relations.get(name)
        if relation is not None and value is not None:
            found.setdefault(relation.target, set()).update(_ids(relation, value))
    return found


def wire_value(spec: Spec, name: str, value: Any, *, seen: Ids) -> Any:
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


def _reference(relation: Relation, value: Any, seen: set[Any]) -> Any:
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

__all__ = ["NOT_TOLD", "references", "told_keys", "wire_moment", "wire_span", "wire_state", "wire_value"]
