"""Histories as pages of entries, newest first: of a record, of a model, and of an event.

Entries of which the viewer may see nothing are passed over as if they did not exist: neither a count nor a cursor
tells of them. A page takes a number of queries that does not depend on the number of entries.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from ..access.viewer import Viewer
from ..model.ids import RecordId
from ..model.registry import Spec, specs
from ..models import Change, Event
from ..query.budget import SMALL
from ..sql.fragment import TRUE, Sql
from .asking import Asked
from .cursors import cursor_of, place_of
from .differences import stored_key
from .permission import Past
from .sifting import BY_ID, BY_TIME, SIZE, Place, Source, visible_places
from .telling import entries, visible_ones, with_people

# More entries are not counted.
MOST_COUNTED = 1000
# Of a model of which the viewer may change no more records than this, their changes are looked up by record.
FEW = 200
SPARE = 10  # changes read beyond those of a page, in case some are passed over


@dataclass(frozen=True)
class Page:
    """Entries of a history; ``count`` of all of them is None if there are more than are counted, or nobody asked."""

    entries: list[dict[str, object]]
    count: int | None
    next_cursor: str | None


# -- histories ---------------------------------------------------------------------------------------------------------


def of_record(spec: Spec, record_id: RecordId, asked: Asked, *, viewer: Viewer, counted: bool = True) -> Page:
    """The history of one record, which the viewer may read (:func:`.permission.require_open_history`)."""
    rows = Change.objects.filter(model=spec.label, record_id=str(record_id))
    source = Source(f"{spec.label} {record_id}", narrowed(rows, spec, asked), BY_ID, (spec,), asked.field)
    return _page(source, asked, viewer, counted=counted)


def of_model(spec: Spec, asked: Asked, *, viewer: Viewer) -> Page:
    """The history of all records of a model that the viewer may change, or could if they had not been deleted."""
    rows = narrowed(open_changes(spec, viewer=viewer), spec, asked)
    return _page(Source(spec.label, rows, BY_TIME, (spec,), asked.field), asked, viewer)


def of_event(event: Event, asked: Asked, *, viewer: Viewer, counted: bool = True) -> Page:
    """What one write changed, as far as the viewer may read the history of what it changed."""
    source = across(f"event {event.pk}", Change.objects.filter(event=event), viewer=viewer)
    return _page(source, asked, viewer, counted=counted)


def open_changes(spec: Spec, *, viewer: Viewer) -> QuerySet[Change]:
    """The changes of all records of a model of which the viewer may read the history; two queries at once."""
    past = Past(viewer.only_asking)
    rows = Change.objects.filter(model=spec.label)
    few = past.few_open(spec, FEW)
    return rows.filter(_condition(past, past.of_changes(spec))) if few is None else rows.filter(record_id__in=few)


def across(name: str, changes: QuerySet[Change], *, viewer: Viewer) -> Source:
    """Those of some changes, over models, of which the viewer may read the history; one query at once."""
    past = Past(viewer.only_asking)
    labels = set(changes.values_list("model", flat=True).distinct())
    models = [specs()[label] for label in sorted(labels & specs().keys())]
    shown = tuple(spec for spec in models if viewer.is_super or viewer.portal in spec.resource.portals)
    where = Q(pk__in=())
    for spec in shown:
        where |= Q(model=spec.label) & _condition(past, past.of_changes(spec))
    return Source(name, changes.filter(where), BY_ID, shown)


def _condition(past: Past, scope: Sql) -> Q:
    if scope == TRUE:
        return Q()
    return Q(RawSQL(scope.text, past.bound(scope), output_field=BooleanField()))  # noqa: S611 - from declarations


def narrowed(rows: QuerySet[Change], spec: Spec, asked: Asked) -> QuerySet[Change]:
    """Those of some changes of a model that are asked for."""
    if asked.field:
        key = stored_key(spec, asked.field)
        rows = rows.filter(Q(before__has_key=key) | Q(after__has_key=key))
    if asked.since is not None:
        rows = rows.filter(at__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(at__lte=asked.until)
    if asked.kind:
        rows = rows.filter(of_kind(asked.kind))
    return rows if asked.by is None else rows.filter(event__actor_id=asked.by)


def of_kind(kind: str) -> Q:
    """The changes of a kind: what appeared by being restored was not created."""
    restored = Q(action="undelete")
    found = {"create": Q(life__gt=0) & ~restored, "restore": restored, "delete": Q(life__lt=0)}
    return found.get(kind, Q(life=0) & ~restored)


# -- pages -------------------------------------------------------------------------------------------------------------


def _page(source: Source, asked: Asked, viewer: Viewer, *, counted: bool = True) -> Page:
    name = f"{source.name} {asked.narrowing}"
    start = _start(asked.cursor, name) if asked.cursor else None
    found = visible_places(source, viewer=viewer, after=start, at_once=asked.limit + SPARE, sized=True)
    places = list(islice(found, asked.limit + 1))
    shown = within_budget(places[: asked.limit])
    more = len(shown) < len(places)
    following = cursor_of(name, shown[-1].at.isoformat(), shown[-1].pk) if more else None
    whole = start is None and len(places) <= asked.limit
    count = len(places) if whole else _count(source, viewer) if counted else None
    return Page(_entries(shown, source, viewer), count, following)


def _start(cursor: str, name: str) -> Place:
    at, pk = place_of(cursor, name)
    return Place(dt.datetime.fromisoformat(at), pk)


def _count(source: Source, viewer: Viewer) -> int | None:
    found = visible_places(source, viewer=viewer, at_once=MOST_COUNTED + SPARE)
    number = sum(1 for _ in islice(found, MOST_COUNTED + 1))
    return number if number <= MOST_COUNTED else None


def within_budget(places: list[Place]) -> list[Place]:
    """The first places whose changes are together of a size to read at once; at least one."""
    unsized = [one.pk for one in places if one.size is None]
    rows = Change.objects.filter(pk__in=unsized).annotate(size=SIZE)
    sizes, total = dict(rows.values_list("pk", "size")) if unsized else {}, 0
    for number, one in enumerate(places):
        total += one.size if one.size is not None else sizes.get(one.pk, 0)
        if total > SMALL and number:
            return places[:number]
    return places


def _entries(places: list[Place], source: Source, viewer: Viewer) -> list[dict[str, object]]:
    return entries_at([one.pk for one in places], viewer=viewer, field=source.field)


def entries_at(pks: list[int], *, viewer: Viewer, field: str = "") -> list[dict[str, object]]:
    """The entries for some changes, without those of which the viewer sees nothing."""
    found = with_people(Change.objects.all()).in_bulk(pks)
    changes = [found[pk] for pk in pks if pk in found]
    return entries(visible_ones(changes, viewer=viewer, field=field), viewer=viewer)


__all__ = [
    "MOST_COUNTED", "Page", "across", "entries_at", "narrowed", "of_event", "of_kind", "of_model", "of_record",
    "open_changes", "within_budget",
]  # fmt: skip
