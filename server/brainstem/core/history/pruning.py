"""Removing old history by policy.

Of each record, its latest changes stay without gaps: the last one is the record's version, and whoever has read an
earlier version that is still there can be told everything that changed since. What is needed to restore deleted records
stays too, and what the catalogue loaded, since loading it again depends on that.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ..models import Change, Deletion, Event, Pruning

# Rows read by one statement.
PAGE = 5000
# Rows removed by one statement: on SQLite, other writers wait no longer than for these.
STEP = 500
# Each may hold a whole project.
DELETIONS_AT_ONCE = 20
CATALOGUE = "catalogue"


@dataclass(frozen=True)
class Policy:
    """What to remove: changes from before a moment, except for the last ones of each record."""

    before: dt.datetime
    keep_last: int


@dataclass
class Pruned:
    """Numbers of removed rows: changes, and deletions that were undone."""

    changes: int = 0
    deletions: int = 0


def prune(policy: Policy) -> Pruned:
    """Remove old history, in steps that commit separately."""
    done, started, ids = Pruned(), None, _removable(policy)
    while some := list(islice(ids, STEP)):
        # Committed before anything is gone, see `.horizon`.
        started = started or Pruning.objects.create(before=policy.before, keep_last=policy.keep_last)
        number = _removed(Change.objects.filter(pk__in=some))
        Pruning.objects.filter(pk=started.pk).update(changes=F("changes") + number)
        done.changes += number
    while deletions := list(_undone(policy).values_list("pk", flat=True)[:DELETIONS_AT_ONCE]):
        done.deletions += _removed(Deletion.objects.filter(pk__in=deletions))
    _remove_empty_events(policy)
    return done


def rehearse(policy: Policy) -> Pruned:
    """What :func:`prune` would remove."""
    return Pruned(sum(1 for _ in _removable(policy)), _undone(policy).count())


def _removable(policy: Policy) -> Iterator[int]:
    """Ids of the changes that may be removed; one query per :data:`PAGE` of all changes, however many there are."""
    for _, changes in groupby(_all_changes(policy), key=itemgetter(0, 1)):
        waiting: deque[tuple[int, int]] = deque()
        stays = False
        for place, (*_, pk, is_needed) in enumerate(changes):
            # Whatever follows on something that stays would leave a gap.
            stays = stays or is_needed
            if not stays:
                waiting.append((place, pk))
            if waiting and place - waiting[0][0] >= policy.keep_last:
                yield waiting.popleft()[1]


def _all_changes(policy: Policy) -> Iterator[tuple[str, str, int, bool]]:
    """(model, record, id, whether it stays in any case) of all changes: record by record, oldest first."""
    changes = Change.objects.annotate(is_needed=_is_needed(policy)).order_by("record_id", "pk")
    for model in _models():
        rest = changes.filter(model=model)
        page: list[Any] = list(rest.values_list("model", "record_id", "pk", "is_needed")[:PAGE])
        while page:
            yield from page
            _, record_id, last, _ = page[-1]
            further = rest.filter(Q(record_id__gt=record_id) | Q(pk__gt=last), record_id__gte=record_id)
            page = list(further.values_list("model", "record_id", "pk", "is_needed")[:PAGE])


def _models() -> Iterator[str]:
    """The models that have changes; one query each, which reads little of the index."""
    name = ""
    while found := Change.objects.filter(model__gt=name).order_by("model").values_list("model", flat=True).first():
        yield found
        name = found


def _is_needed(policy: Policy) -> Q:
    loaded = Event.objects.filter(pk=OuterRef("event_id"), via=CATALOGUE)
    return Q(at__gte=policy.before) | Q(Exists(loaded)) | Q(Exists(_restorable("event_id")))


def _restorable(event: str) -> QuerySet[Deletion]:
    """Deletions of an event that can still be undone."""
    return Deletion.objects.filter(event=OuterRef(event), undone_at=None)


def _undone(policy: Policy) -> QuerySet[Deletion]:
    return Deletion.objects.filter(undone_at__lt=policy.before)


def _remove_empty_events(policy: Policy) -> None:
    """Remove old events of which no change is left."""
    old = Event.objects.filter(at__lt=policy.before).order_by("pk")
    changes = Change.objects.filter(event_id=OuterRef("pk"))
    some = list(old.values_list("pk", flat=True)[:STEP])
    while some:
        _removed(Event.objects.filter(~Exists(changes), ~Exists(_restorable("pk")), pk__in=some))
        some = list(old.filter(pk__gt=some[-1]).values_list("pk", flat=True)[:STEP])


def _removed(rows: QuerySet[Change] | QuerySet[Event] | QuerySet[Deletion]) -> int:
    return rows.delete()[0]


__all__ = ["Policy", "Pruned", "prune", "rehearse"]
