"""Histories by event: each write once, with what it did by model, and its first entries.

A page takes a number of queries that depends neither on how many changes an event has nor on how many are shown. What
the viewer may not see is passed over as in :mod:`.reading`: it is neither counted, nor does a page tell of it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from ..access.viewer import Viewer
from ..model.registry import Spec
from ..models import Change, Event
from ..sql.setwise import among_values
from .asking import KINDS, Asked
from .cursors import cursor_of, place_of
from .reading import across, entries_at, narrowed, of_kind, open_changes, within_budget
from .sifting import BY_ID, MOST_AT_ONCE, Place, Source, parted, visible_places
from .summaries import path_of

SHOWN = 3  # entries of an event of which the names are told
SPARE = 5  # events read beyond those of a page, in case some are passed over
# Events looked at for one page; nearly all may be of changes that the viewer must not know of.
MOST_READ = 20_000
_SEALED = "~"  # begins cursors that stand behind events which the viewer must not know of
_KIND = Case(*[When(of_kind(kind), then=Value(kind)) for kind in KINDS], output_field=CharField())


@dataclass(frozen=True)
class Part:
    """How many changes of a kind an event made to records of a model."""

    model: str
    kind: str
    count: int


@dataclass(frozen=True)
class Group:
    """One write: what it did in numbers, and its first entries; there is at least one."""

    parts: tuple[Part, ...]
    entries: list[dict[str, object]]

    @property
    def count(self) -> int:
        """How many changes it made."""
        return sum(part.count for part in self.parts)


@dataclass(frozen=True)
class Groups:
    """A page of a history, newest first."""

    groups: list[Group]
    next_cursor: str | None


class At(NamedTuple):
    """Where an event is in a history."""

    at: dt.datetime
    event: uuid.UUID


@dataclass
class Tally:
    """What some events did."""

    parts: dict[uuid.UUID, list[Part]] = field(default_factory=lambda: defaultdict(list))
    # Changes that show something because of what they refer to.
    referring: dict[uuid.UUID, list[int]] = field(default_factory=lambda: defaultdict(list))


Events = Callable[[At | None, int], list[At]]
Changes = Callable[[Iterable[uuid.UUID]], Source]


# -- histories ---------------------------------------------------------------------------------------------------------


def of_list(spec: Spec, asked: Asked, *, viewer: Viewer) -> Groups:
    """The writes that changed records of a model whose history the viewer may read; only what they did to these."""
    rows = narrowed(open_changes(spec, viewer=viewer), spec, asked)

    def events(after: At | None, most: int) -> list[At]:
        found = rows if after is None else rows.filter(_after(after, "event_id"))
        places = found.order_by("-at", "-event_id").values_list("at", "event_id").distinct()[:most]
        return [At(*one) for one in places]

    def changes(ids: Iterable[uuid.UUID]) -> Source:
        return Source(spec.label, rows.filter(event__in=list(ids)), BY_ID, (spec,), asked.field)

    return _page(f"events of {spec.label} {asked.narrowing}", events, changes, asked, viewer)


def of_person(asked: Asked, *, viewer: Viewer, spec: Spec | None = None) -> Groups:
    """The writes of a person, or of everybody, over all models or in one; as far as the viewer may read of them."""
    wanted = Q() if spec is None else Q(model=spec.label)
    wanted &= of_kind(asked.kind) if asked.kind else Q()
    rows = Event.objects.filter(Exists(Change.objects.filter(wanted, event=OuterRef("pk"))))
    rows = rows if asked.by is None else rows.filter(actor_id=asked.by)
    rows = rows if asked.since is None else rows.filter(at__gte=asked.since)
    rows = rows if asked.until is None else rows.filter(at__lte=asked.until)

    def events(after: At | None, most: int) -> list[At]:
        found = rows if after is None else rows.filter(_after(after, "pk"))
        return [At(*one) for one in found.order_by("-at", "-pk").values_list("at", "pk")[:most]]

    def changes(ids: Iterable[uuid.UUID]) -> Source:
        return across("", Change.objects.filter(wanted, event__in=list(ids)), viewer=viewer)

    name = f"events of a person {spec.label if spec else ''} {asked.narrowing}"
    return _page(name, events, changes, asked, viewer)


def parts_of(event: Event, *, viewer: Viewer) -> list[Part]:
    """What one write did, in numbers."""
    source = across("", Change.objects.filter(event=event), viewer=viewer)
    return _tallied(source, viewer).parts[event.pk]


def _after(place: At, name: str) -> Q:
    return Q(at__lte=place.at) & (Q(at__lt=place.at) | Q(**{f"{name}__lt": place.event}))


# -- pages -------------------------------------------------------------------------------------------------------------


def _page(name: str, events: Events, changes: Changes, asked: Asked, viewer: Viewer) -> Groups:
    after, found, tally, read = _start(asked.cursor, name), [], Tally(), 0
    most, cursor, sources = asked.limit + SPARE, None, list[Source]()
    while True:
        some = events(after, most)
        if some:
            sources.append(changes([one.event for one in some]))
            _add(tally, more := _tallied(sources[-1], viewer))
            if not more.parts:
                sources.pop()  # nothing of it is shown
        found += [one for one in some if one.event in tally.parts]
        read += len(some)
        if len(found) > asked.limit or len(some) < most:
            break
        after, most = some[-1], min(2 * most, MOST_AT_ONCE)
        if read >= MOST_READ:
            cursor = _SEALED + cursor_of(name, after.at.isoformat(), str(after.event), sealed=True)
            break
    shown, groups = _groups(found[: asked.limit], tally, sources, asked, viewer)
    if len(shown) < len(found):
        cursor = cursor_of(name, shown[-1].at.isoformat(), str(shown[-1].event))
    return Groups(groups, cursor)


def _start(cursor: str, name: str) -> At | None:
    if not cursor:
        return None
    sealed = cursor.startswith(_SEALED)
    at, event = place_of(cursor.removeprefix(_SEALED), name, sealed=sealed)
    return At(dt.datetime.fromisoformat(at), uuid.UUID(event))


def _add(tally: Tally, more: Tally) -> None:
    tally.parts |= more.parts
    tally.referring |= more.referring


def _groups(
    wanted: Sequence[At], tally: Tally, sources: Sequence[Source], asked: Asked, viewer: Viewer
) -> tuple[Sequence[At], list[Group]]:
    """As many of the events as can be read at once, at least one, and what is told of them with their first entries."""
    if not wanted:
        return wanted, []
    firsts = _firsts([one.event for one in wanted], tally, sources, viewer)
    places = [Place(at, pk) for at, event in wanted for pk in firsts[event]]
    within = [place.pk for place in within_budget(places)]
    told: dict[str, list[dict[str, object]]] = defaultdict(list)
    for wire in entries_at(within, viewer=viewer, field=asked.field):
        told[str(wire["event"])].append(wire)
    shown = [one for one in wanted if firsts[one.event][0] in within]
    groups = [Group(tuple(tally.parts[one.event]), told[str(one.event)]) for one in shown]
    return shown, [group for group in groups if group.entries]


def _firsts(
    wanted: Sequence[uuid.UUID], tally: Tally, sources: Iterable[Source], viewer: Viewer
) -> Mapping[uuid.UUID, list[int]]:
    """The first changes of each event that show something; one query for each of the sources that were tallied."""
    nth = Window(RowNumber(), partition_by=[F("event_id")], order_by=F("id").asc())
    found: dict[uuid.UUID, list[int]] = defaultdict(list)
    for source in sources:
        plain, _ = parted(source, viewer=viewer)
        rows = plain.filter(event__in=wanted).order_by().annotate(nth=nth).filter(nth__lte=SHOWN)
        for event, pk in rows.values_list("event_id", "pk"):
            found[event].append(pk)
    for event in wanted:
        found[event] += tally.referring[event]
    return defaultdict(list, {event: sorted(pks)[:SHOWN] for event, pks in found.items()})


# -- numbers -----------------------------------------------------------------------------------------------------------


def _tallied(source: Source, viewer: Viewer) -> Tally:
    """What events did in numbers, in the order in which they did it; without those of which the viewer sees nothing."""
    plain, referring = parted(source, viewer=viewer)
    told: dict[tuple[uuid.UUID, str, str], list[int]] = {}
    rows = plain.order_by().annotate(kind=_KIND).values_list("event_id", "model", "kind")
    for event, model, kind, count, first in rows.annotate(count=Count("pk"), first=Min("pk")):
        told[event, model, kind] = [first, count]
    found = Tally()
    for pk, event, model, kind in _referring(source, referring, viewer):
        found.referring[event].append(pk)
        one = told.setdefault((event, model, kind), [pk, 0])
        one[:] = min(one[0], pk), one[1] + 1
    for (event, model, kind), (_, count) in sorted(told.items(), key=lambda one: one[1][0]):
        found.parts[event].append(Part(path_of(model), kind, count))
    return found


def _referring(source: Source, rows: QuerySet[Change], viewer: Viewer) -> list[tuple[int, uuid.UUID, str, str]]:
    """Of changes of references, those that lead to something that the viewer sees."""
    some = Source(source.name, rows, BY_ID, source.models, source.field)
    pks = [place.pk for place in visible_places(some, viewer=viewer, at_once=MOST_AT_ONCE)]
    if not pks:
        return []
    there: Any = Change.objects.filter(pk__in=among_values(Change._meta.pk, pks)).annotate(kind=_KIND)
    return list(there.values_list("pk", "event_id", "model", "kind"))


__all__ = ["Group", "Groups", "Part", "of_list", "of_person", "parts_of"]
