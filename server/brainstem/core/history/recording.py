"""Recording history: every write stores the values before and after it, as far as they differ."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ..access.viewer import Viewer
from ..model.fields import TagsField, keeps_entries
from ..models import Change, Deletion
from ..sql.collecting import Row, columns_of
from ..sql.deadlines import charge
from ..sql.setwise import JsonText, insert_columns
from ..steps import staged
from .events import Joined, one_event

State = Mapping[str, Any]
About = tuple[str, Any]  # label of a model, and id

LINES_AT_ONCE = 1000  # Each may hold a complete record.
# Lists that are compared element by element are stored whole up to this length; of longer ones, what differs.
WHOLE = 50
# Key of ``after`` with the names of the lists of which only the removed and added elements are stored.
IN_PART = "~"
# Keys that follow from a write, of which only the previous value is kept: there is none after to tell.
DERIVED = frozenset({"updated_at"})


@dataclass(frozen=True)
class Line:
    """A change of one record: its complete state or its differing values, before and after.

    ``before`` is None if the record appeared, ``after`` is None if it went. ``in_part`` names lists given as what was
    removed (before) and added (after).
    """

    action: str
    about: About
    before: State | None
    after: State | None
    in_part: tuple[str, ...] = ()


# -- states ------------------------------------------------------------------------------------------------------------


def snapshot(
    record: models.Model, links: Mapping[str, Iterable[Any]] | None = None, *, kept: State = MappingProxyType({})
) -> dict[str, Any]:
    """The values of a record's columns and own links, as JSON; one query per link.

    ``links`` gives them for a newly added record (ids, and words of its tags), so that no query is needed; ``kept``
    holds those that have not changed since an earlier snapshot.
    """
    values = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
    for link in record._meta.many_to_many:
        if link.name in kept:
            values[link.name] = kept[link.name]
        elif links is not None:
            told = list(links.get(link.name, ()))
            told = told if order_of(link) else sorted(told)
            values[link.name] = told if isinstance(link, TagsField) else [str(pk) for pk in told]
        elif record.pk is not None:
            values[link.name] = linked(record, link)
    values.pop("password", None)
    found: dict[str, Any] = plain(values)
    return found


def linked(record: models.Model, link: Any) -> list[str]:
    """The ids that a record links to, in order, or the words of its tags; one query."""
    if isinstance(link, TagsField):
        return sorted(getattr(record, link.name).values_list("name", flat=True))
    return linked_ids(link, record.pk)


def linked_ids(link: Any, pk: object) -> list[str]:
    """The ids that a link leads to from a record, in order; one query."""
    near, far = link.m2m_field_name(), link.m2m_reverse_field_name()
    rows = link.remote_field.through._default_manager.filter(**{f"{near}_id": pk})
    # As the API shows them.
    sort = (order_of(link), f"{far}_id") if order_of(link) else (f"{far}_id",)
    return [str(one) for one in rows.order_by(*sort).values_list(f"{far}_id", flat=True)]


def order_of(link: Any) -> str:
    """The column of a link table that holds the order of the links; empty if they have none."""
    resource = getattr(link.model, "resource", None)
    return "" if resource is None else str(resource.ordered.get(link.name, ""))


@cache
def element_keys(label: str) -> frozenset[str]:
    """Keys of a model's state that are lists without an order of their own: links, tags, and entries of logs."""
    model = apps.get_model(label)
    entries = {one.name for one in model._meta.concrete_fields if keeps_entries(one)}
    return frozenset(entries | {link.name for link in model._meta.many_to_many if not order_of(link)})


def difference(line: Line) -> Line | None:
    """The line with only the values that differ; None if none does.

    A record may have been saved although nothing but its time differs: links that other records hold were written
    through it. That is kept too, so that the record can be shown as it was.

    A line about a record that appeared or went keeps its complete state.
    """
    before, after = line.before, line.after
    if before is None or after is None:
        return line
    old, new, in_part = {}, {}, set(line.in_part)
    elements = element_keys(line.about[0])
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        if key in elements and key not in in_part and _goes_in_part(was, now):
            was, now = removed_and_added(was or [], now or [])
            in_part.add(key)
        old[key] = was
        if key not in DERIVED:
            new[key] = now
    if not old:
        return None
    return Line(line.action, line.about, old, new, tuple(sorted(in_part)))


def _goes_in_part(was: Any, now: Any) -> bool:
    either = [*(was or ())[:1], *(now or ())[:1]]
    # Entries of logs are objects, and there may be a hundred thousand of them.
    return max(len(was or ()), len(now or ())) > WHOLE or any(isinstance(one, dict) for one in either)


def removed_and_added(before: Sequence[object], after: Sequence[object]) -> tuple[list[object], list[object]]:
    """The elements that are only in one of two lists, each in order."""
    was, now = {as_json(one) for one in before}, {as_json(one) for one in after}
    return [one for one in before if as_json(one) not in now], [one for one in after if as_json(one) not in was]


def plain(values: object) -> Any:
    """The values in JSON types."""
    try:
        return orjson.loads(orjson.dumps(values, default=_ENCODER.default))
    except TypeError:  # Integers beyond 64 bits, which only the standard library supports.
        return json.loads(json.dumps(values, cls=_Encoder))


def as_json(values: object) -> bytes:
    """The text of what :func:`plain` gives."""
    try:
        return orjson.dumps(values, default=_ENCODER.default)
    except TypeError:
        return json.dumps(values, cls=_Encoder).encode()


class _Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, dt.datetime):  # Django's own encoder drops microseconds.
            return o.isoformat()
        return o.name if isinstance(o, models.fields.files.FieldFile) else super().default(o)


_ENCODER = _Encoder()


# -- recording ---------------------------------------------------------------------------------------------------------


def note(action: str, record: models.Model, *, viewer: Viewer, before: State | None, after: State | None) -> None:
    """Record one change, in the transaction of the write itself."""
    note_all([Line(action, (record._meta.label, record.pk), before, after)], viewer=viewer)


@staged("history")
def note_all(lines: Iterable[Line], *, viewer: Viewer) -> None:
    """Record changes, in the transaction of the write itself; one statement per thousand."""
    told = [one for one in map(difference, lines) if one is not None]
    if told:
        with one_event() as writing:
            _insert(told, [one.before for one in told], writing.joined_by(viewer))


@staged("history")
def note_deleted(before: Mapping[About, JsonText], *, viewer: Viewer) -> None:
    """Record the deletion of records with their previous values; one statement per thousand."""
    lines = [Line("delete", about, {}, None) for about in before]
    with one_event() as writing:
        _insert(lines, [*before.values()], writing.joined_by(viewer))


@staged("history")
def note_created(after: Mapping[About, JsonText], *, viewer: Viewer) -> None:
    """Record that records were added, with their values; one statement per thousand."""
    lines = [Line("create", about, None, {}) for about in after]
    with one_event() as writing:
        _insert(lines, [None] * len(lines), writing.joined_by(viewer), after=[*after.values()])


@staged("history")
def note_restored(after: Mapping[About, JsonText], *, viewer: Viewer) -> None:
    """Record that deleted records are back, with their values; one statement per thousand."""
    lines = [Line("undelete", about, None, {}) for about in after]
    with one_event() as writing:
        _insert(lines, [None] * len(lines), writing.joined_by(viewer), after=[*after.values()])


def _insert(
    lines: Sequence[Line], before: Sequence[object], joined: Joined, *, after: Sequence[JsonText] | None = None
) -> None:
    number = len(lines)
    charge(number)
    columns: dict[str, Sequence[object]] = {
        "event_id": [joined.event] * number,
        "at": [joined.at] * number,
        "action": [line.action for line in lines],
        "model": [line.about[0] for line in lines],
        "record_id": [line.about[1] for line in lines],
        "life": [_life(line) for line in lines],
        "before": _texts(before),
        "after": _texts([_stored(line) for line in lines] if after is None else after),
    }
    for start in range(0, number, LINES_AT_ONCE):
        some = [(one, columns[one.attname][start : start + LINES_AT_ONCE]) for one in _COLUMNS]
        insert_columns(Change._meta.db_table, some)


def _texts(states: Sequence[object]) -> Sequence[object]:
    """The states as compact JSON, where all of them are there."""
    if None in states or all(isinstance(one, JsonText) for one in states):
        return states
    return [JsonText(as_json(one), "utf-8") for one in states]


def _life(line: Line) -> int:
    return 1 if line.before is None else -1 if line.after is None else 0


def _stored(line: Line) -> State | None:
    return line.after if not line.in_part or line.after is None else {**line.after, IN_PART: [*line.in_part]}


_COLUMNS: tuple[Any, ...] = tuple(one for one in Change._meta.concrete_fields if not one.primary_key)


# -- deletions ---------------------------------------------------------------------------------------------------------


def values_text(row: Row) -> bytes:
    """The values of a row's columns, as JSON."""
    return as_json(dict(zip(columns_of(row.model), row.values, strict=True)))


def keep_deletions(deletions: Iterable[Deletion]) -> None:
    """Keep what deletions took away, given as :class:`.JsonText`; one statement."""
    kept, fields = list(deletions), list[Any](Deletion._meta.concrete_fields)
    insert_columns(Deletion._meta.db_table, [(one, [getattr(row, one.attname) for row in kept]) for one in fields])
