"""Which of many changes a viewer may see something of, without reading the values that they hold.

Most changes have a key whose values everybody sees who sees the record. Only of those that change nothing but
references to other records are the values needed, which are short.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, F, IntegerField, JSONField, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Left, Length

from ..access.viewer import Viewer
from ..model.registry import Spec
from ..models import Change
from .differences import fields_told, stored_key, told_of
from .permission import Past
from .recording import IN_PART

# Changes read at once; twice as many each time that more are needed.
MOST_AT_ONCE = 2000
BY_ID, BY_TIME = ("-id",), ("-at", "-id")
_EMPTY: frozenset[str | None] = frozenset({None, ""})
_EMPTY_JSON = _EMPTY | {"[]", "{}"}
_LONGER = 3  # characters: one more than the longest empty value has


# Characters of the values of a change.
SIZE = Coalesce(Length(Cast("before", TextField())), 0) + Coalesce(Length(Cast("after", TextField())), 0)


class Place(NamedTuple):
    """Where a change is in a history, and the size of its values if that was asked for."""

    at: dt.datetime
    pk: int
    size: int | None = None


@dataclass(frozen=True)
class Source:
    """Changes of some models in an order; ``name`` says which history they are."""

    name: str
    rows: QuerySet[Change]
    order: tuple[str, ...]
    models: tuple[Spec, ...]
    field: str = ""

    def after(self, place: Place | None) -> QuerySet[Change]:
        """The changes after a place, or all."""
        rows = self.rows.order_by(*self.order)
        if place is None:
            return rows
        if self.order == BY_ID:
            return rows.filter(id__lt=place.pk)
        return rows.filter(Q(at__lte=place.at) & (Q(at__lt=place.at) | Q(id__lt=place.pk)))


class Row(NamedTuple):
    """What was read of a change: whether it ``shows`` something, None where its references decide."""

    pk: int
    at: dt.datetime
    model: str
    life: int
    shows: bool | None
    before: Any = None
    after: Any = None
    size: int | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.at, self.pk, self.size)


def visible_places(
    source: Source, *, viewer: Viewer, after: Place | None = None, at_once: int, sized: bool = False
) -> Iterator[Place]:
    """The places of changes of which the viewer may see something, in order; with sizes where no field is asked for."""
    while True:
        rows = _rows(source, source.after(after), at_once, viewer, sized=sized)
        seen = _references_seen([row for row in rows if row.shows is None], viewer, source.field)
        yield from (row.place for row in rows if row.shows or row.pk in seen)
        if len(rows) < at_once:
            return
        after, at_once = rows[-1].place, min(2 * at_once, MOST_AT_ONCE)


def visible_among(pks: Sequence[int], models: Iterable[Spec], *, viewer: Viewer) -> set[int]:
    """Those of some changes of these models of which the viewer may see something."""
    source = Source("", Change.objects.filter(pk__in=pks), BY_ID, tuple(models))
    return {place.pk for place in visible_places(source, viewer=viewer, at_once=len(pks) + 1)}


def parted(source: Source, *, viewer: Viewer) -> tuple[QuerySet[Change], QuerySet[Change]]:
    """The changes that certainly show something, as the database can tell, and those of which references decide."""
    rows = source.rows
    if not source.field:
        shows = _shows(source, viewer)
        return rows.filter(shows), rows.filter(~shows)
    if source.field in source.models[0].relations:
        return rows.none(), rows
    key = stored_key(source.models[0], source.field)
    told = Q(begins__isnull=False) & ~Q(begins__in=[one for one in _empty(source) if one is not None])
    return rows.annotate(begins=_begins(key)).filter(Q(life=0) | told), rows.none()


def _empty(source: Source) -> frozenset[str | None]:
    column = source.models[0].columns.get(source.field)
    return _EMPTY if column is not None and column.wire_type != "json" else _EMPTY_JSON


def _rows(source: Source, rows: QuerySet[Change], at_once: int, viewer: Viewer, *, sized: bool) -> list[Row]:
    if not source.field:
        return _by_keys(source, rows, at_once, viewer, sized=sized)
    spec = source.models[0]
    key = stored_key(spec, source.field)
    if source.field in spec.relations:
        return _by_reference(key, rows, at_once)
    return _by_value(key, _empty(source), rows, at_once)


def _references_seen(rows: Sequence[Row], viewer: Viewer, field: str) -> set[int]:
    changes = [Change(pk=one.pk, model=one.model, life=one.life, before=one.before, after=one.after) for one in rows]
    told = told_of(changes, Past(viewer), field=field)
    return {change.pk for change, found in zip(changes, told, strict=True) if found is not None}


def _by_keys(source: Source, rows: QuerySet[Change], at_once: int, viewer: Viewer, *, sized: bool) -> list[Row]:
    """Changes of any key, with values only of those that change nothing but references, or what is not told."""
    shows = _shows(source, viewer)
    said = Case(When(shows, then=Value(True)), output_field=BooleanField())
    needed = [Case(When(~shows, then=F(name)), output_field=JSONField()) for name in ("before", "after")]
    size = SIZE if sized else Value(None, output_field=IntegerField(null=True))
    found = rows.annotate(shows=said, was=needed[0], now=needed[1], size=size)[:at_once]
    return [Row(*row) for row in found.values_list("pk", "at", "model", "life", "shows", "was", "now", "size")]


def _shows(source: Source, viewer: Viewer) -> Q:
    shows = ~Q(life=0)
    for spec in source.models:
        shows |= Q(model=spec.label, before__has_any_keys=_plain_keys(spec, viewer))
    return shows


def _plain_keys(spec: Spec, viewer: Viewer) -> list[str]:
    return [stored_key(spec, name) for name in fields_told(spec, viewer.shows) if name not in spec.relations]


def _by_reference(key: str, rows: QuerySet[Change], at_once: int) -> list[Row]:
    """Changes of one key that refers to records, with only its values."""
    columns = (("before", key), ("after", key), ("after", IN_PART))
    values = {f"v{at}": KeyTransform(name, column) for at, (column, name) in enumerate(columns)}
    found = []
    for pk, at, model, life, was, now, in_part in rows.annotate(**values)[:at_once].values_list(
        "pk", "at", "model", "life", *values
    ):
        after = {key: now} | ({IN_PART: in_part} if in_part else {})
        found.append(Row(pk, at, model, life, None, None if life > 0 else {key: was}, None if life < 0 else after))
    return found


def _by_value(key: str, empty: Container[str | None], rows: QuerySet[Change], at_once: int) -> list[Row]:
    """Changes of one value; of records that appeared or went, those with a value that is not empty."""
    found = rows.annotate(begins=_begins(key))[:at_once].values_list("pk", "at", "model", "life", "begins")
    return [Row(pk, at, model, life, not life or begins not in empty) for pk, at, model, life, begins in found]


def _begins(key: str) -> Case:
    """The first characters of a value, of records that appeared or went."""
    return Case(
        When(life__gt=0, then=Left(KeyTextTransform(key, "after"), _LONGER)),
        When(life__lt=0, then=Left(KeyTextTransform(key, "before"), _LONGER)),
        output_field=TextField(),
    )


__all__ = ["BY_ID", "BY_TIME", "SIZE", "Place", "Source", "parted", "visible_among", "visible_places"]
