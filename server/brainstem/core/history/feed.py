"""The feed of changes: every change of the records that a viewer may change, once, in an order that grows at its end.

On PostgreSQL changes are ordered by the transaction that made them, and given out once no earlier transaction can
still commit: whoever has read up to a place has missed nothing, in whatever order transactions end. On SQLite writers
follow each other, and the id of a change suffices. Changes of before a database was restored have transaction 0, and
lower ids than all others.

Only reads, so a replica can answer too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from ..access.viewer import Viewer
from ..errors import QueryError
from ..model.registry import Spec, specs
from ..models import Change
from ..sql import database
from .cursors import cursor_of, place_of
from .permission import Past
from .sifting import visible_among
from .summaries import path_of
from .telling import action_of, record_of
from .wire import wire_moment

START = "start"
USUAL, MOST = 100, 1000
# Changes looked at for one answer; nearly all may be of records that the viewer may not change.
AT_ONCE, MOST_READ = 2000, 20_000
_NAME = "changes"
_STALE = f"This cursor is from before the database was restored or its history shortened; begin with since={START}."


@dataclass(frozen=True)
class Feed:
    """Changes in order, the cursor after them, and whether there are others to look at behind it already."""

    changes: list[dict[str, object]]
    cursor: str
    more: bool = False


class Passed(NamedTuple):
    """A change that is looked at. The first two say where it is in the order."""

    transaction: int
    pk: int
    model: str = ""
    record: str = ""


def read_feed(since: str, *, limit: int, viewer: Viewer, model: Spec | None = None) -> Feed:
    """Changes since a cursor, or from the ``start``; without either none, and the cursor of now.

    The cursor passes over changes that the viewer may not know of. A number of queries that depends on that of the
    changes looked at, which is limited.

    Raises
    ------
    QueryError
        If the cursor was not given out by this feed, or has become useless.
    """
    horizon = _horizon()
    if not since:
        return Feed([], _cursor(_now(horizon), _last()))
    place, witness = (Passed(0, 0), None) if since == START else _place(since)
    found: list[int] = []
    more = True
    for _ in range(MOST_READ // AT_ONCE):
        passed = _passed(place, horizon)
        visible = _visible(passed, viewer, model)
        shown = [one for one in passed if one.pk in visible][: limit - len(found)]
        found += [one.pk for one in shown]
        if passed:
            place = witness = shown[-1] if len(found) == limit else passed[-1]
        more = len(passed) == AT_ONCE or place != passed[-1] if passed else False
        if len(found) == limit or not more:
            break
    return Feed(_entries(found), _cursor(place, witness), more)


def _visible(passed: Sequence[Passed], viewer: Viewer, model: Spec | None) -> set[int]:
    """Those of the changes that the viewer may know of."""
    past, grouped = Past(viewer.only_asking), defaultdict(list)
    for one in passed:
        if model is None or one.model == model.label:
            grouped[one.model].append(one)
    open_ones: list[int] = []
    models = []
    for label in sorted(grouped.keys() & specs().keys()):
        spec = specs()[label]
        if viewer.is_super or viewer.portal in spec.resource.portals:
            ids: dict[str, Any] = {one.record: spec.parse_id(one.record) for one in grouped[label]}
            allowed = past.open(spec, ids.values())
            open_ones += [one.pk for one in grouped[label] if ids[one.record] in allowed]
            models.append(spec)
    return visible_among(open_ones, models, viewer=viewer) if open_ones else set()


def _entries(pks: Sequence[int]) -> list[dict[str, object]]:
    found = Change.objects.select_related("event").defer("before", "after").in_bulk(pks)
    return [_entry(found[pk]) for pk in pks]


def _entry(change: Change) -> dict[str, object]:
    return {
        "model": path_of(change.model),
        "id": record_of(change),
        "action": action_of(change),
        "version": str(change.pk),
        "event": str(change.event.pk),
        "date_time": wire_moment(change.event.at),
    }


# -- the order ---------------------------------------------------------------------------------------------------------


def _horizon() -> int:
    """The first transaction that may still be running in this database; all before it have ended. 0 on SQLite."""
    if connection.vendor != "postgresql":
        return 0
    return int(database.rows(_FIRST_RUNNING, [])[0][0])


# Transactions are numbered for all databases of a server together, and one of another database may run for hours. It is
# left out once its lock shows where it runs; a transaction has its number a moment before it has the lock.
_FIRST_RUNNING = """
SELECT coalesce(min(running.xid), pg_snapshot_xmax(pg_current_snapshot()))::text::bigint
FROM pg_snapshot_xip(pg_current_snapshot()) AS running (xid)
WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks JOIN pg_stat_activity ON pg_stat_activity.pid = pg_locks.pid
    WHERE pg_locks.locktype = 'transactionid' AND pg_locks.mode = 'ExclusiveLock' AND pg_locks.granted
    AND pg_locks.transactionid = running.xid::xid AND pg_stat_activity.datname <> current_database()
)
"""


def _passed(place: Passed, horizon: int) -> list[Passed]:
    """The next changes after a place, whoever may know of them."""
    found: list[Passed] = []
    if place.transaction == 0:
        later = Q(pk__gt=place.pk)
        found = list(takewhile(lambda one: one.transaction == 0, _read(later, "pk", AT_ONCE)))
        if len(found) == AT_ONCE or not horizon:
            return found
        place = Passed(1, 0)
    ended = Q(event__transaction__gte=place.transaction, event__transaction__lt=horizon)
    later = Q(event__transaction__gt=place.transaction) | Q(pk__gt=place.pk)
    return found + _read(ended & later, "event__transaction", AT_ONCE - len(found))


def _read(where: Q, order: str, most: int) -> list[Passed]:
    names = ("event__transaction", "pk", "model", "record_id")
    rows = Change.objects.filter(where).order_by(order, *(() if order.endswith("pk") else ("pk",))).values_list(*names)
    return [Passed(*row) for row in rows[:most]]


# -- cursors -----------------------------------------------------------------------------------------------------------


def _now(horizon: int) -> Passed:
    """The place before which everything has been told."""
    last = _last()
    return Passed(horizon, 0) if horizon or last is None else last


def _last() -> Passed | None:
    """The newest change."""
    return next(iter(_read(Q(), "-pk", 1)), None)


def _cursor(place: Passed, witness: Passed | None) -> str:
    """A place, and a change by which it is known later whether the database still has the same order."""
    known = (witness.pk, witness.transaction, witness.record) if witness else (0, 0, "")
    return cursor_of(_NAME, place.transaction, place.pk, *known, sealed=True)


def _place(since: str) -> tuple[Passed, Passed | None]:
    transaction, pk, known_pk, known_transaction, record = place_of(since, _NAME, sealed=True, parameter="since")
    place = Passed(transaction, pk)
    if not known_pk:
        return place, None
    witness = Passed(known_transaction, known_pk, "", record)
    rows = _read(Q(pk=known_pk), "pk", 1)
    if rows and (rows[0].transaction, rows[0].record) != (known_transaction, record):
        raise QueryError.at("since", _STALE)
    # A replica may not have it yet.
    if not rows and Change.objects.filter(pk__gt=known_pk).exists():
        raise QueryError.at("since", _STALE)
    return place, witness


__all__ = ["MOST", "START", "USUAL", "Feed", "read_feed"]
