"""Reading and checking rows before the transaction that saves them, so that others wait only for the saving.

SQLite has one writer: a transaction that also reads and checks thousands of rows would keep everybody else waiting.
What was staged is only saved if nobody has written anything since, or the database still answers every question as it
did (:mod:`brainstem.core.sql.ahead`); otherwise it is staged again, and at last within the transaction. PostgreSQL has
many writers, and its rules lock rows while they check, so nothing is staged there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from ..access.viewer import Viewer
from ..errors import BrainstemError
from ..history.recording import Line
from ..models import Event, ObjectRole
from ..sql.ahead import Prepared, prepare
from ..write.batch import Drafted, Ready, draft_together, goes_together, made_ready, save_together, store_audiences
from ..write.changing import DraftedChanges, draft_changes, lines_of, save_changes
from ..write.tags import refuse_too_many_new
from .progress import Tell
from .steps import CHANGED, CREATED, Place, Step, Table

TRIES = 3
Stamp = tuple[object, ...]
Moves = list[tuple[Table, Step, str]]


class Outdated(Exception):
    """Somebody has changed what the rows were staged for."""


@dataclass
class _New:
    drafted: Drafted
    places: Mapping[int, Place]
    ready: Ready | None


@dataclass
class _Changes:
    drafted: DraftedChanges
    places: Mapping[int, Place]
    lines: Mapping[int, Line]


@dataclass
class _Rows:
    """Checked rows of one table."""

    new: list[_New] = field(default_factory=list)
    changes: list[_Changes] = field(default_factory=list)


@dataclass(frozen=True)
class Staged:
    """Checked rows of tables, by the number of the table, and the state of the history at the time.

    ``moved`` are rows for which the plan no longer holds.
    """

    stamp: Stamp
    prepared: Prepared[Mapping[int, _Rows]]
    moved: Moves

    def refuse_outdated(self, viewer: Viewer) -> None:
        """Called within the transaction, before anything is written.

        Raises
        ------
        Outdated
            If it would be found out in another way now.
        """
        if self.stamp != _stamp(viewer) and not self.prepared.still_holds():
            raise Outdated

    def save(self, table: Table) -> dict[Place, object | BrainstemError]:
        """Save the rows of a table within the caller's transaction; those that are refused have their error."""
        found: dict[Place, object | BrainstemError] = {}
        rows = self.prepared.made.get(table.number, _Rows())
        for new in rows.new:
            saved = save_together(table.spec, new.drafted, new.ready)
            found |= {new.places[number]: one for number, one in saved.items()}
        for changes in rows.changes:
            saved = save_changes(table.spec, changes.drafted, changes.lines)
            found |= {changes.places[number]: one for number, one in saved.items()}
        return found


def has_one_writer() -> bool:
    """Whether everybody else waits while one writes."""
    return connection.vendor == "sqlite"


def stage(
    tables: Sequence[Table],
    moved: Callable[[], Moves],
    *,
    viewer: Viewer,
    tell: Tell = lambda rows: None,  # noqa: ARG005
) -> Staged:
    """Read and check rows of tables, outside of a transaction.

    Rows that refer to rows of other tables are left for the transaction, where those exist, and so are those that are
    written one by one.
    """
    stamp = _stamp(viewer)
    for table in tables:
        if table.spec.has_tags:
            refuse_too_many_new([step.payload for step in table.steps if is_staged(table, step)])
    moves: Moves = []

    def make() -> Mapping[int, _Rows]:
        moves[:] = moved()
        return {} if moves else {table.number: _staged(table, viewer, tell) for table in tables}

    prepared = prepare(make)
    for table in tables:
        for new in prepared.made.get(table.number, _Rows()).new:
            if new.ready is None:  # the first rows of a project have no audience yet
                store_audiences(table.spec, new.drafted)
                new.ready = made_ready(table.spec, new.drafted)
    return Staged(stamp, prepared, moves)


def _staged(table: Table, viewer: Viewer, tell: Tell) -> _Rows:
    found = _Rows()
    new = [step for step in table.steps if is_staged(table, step)]
    if new:
        # All at once: what one row takes, such as a name, the others cannot.
        payloads = {at: step.payload for at, step in enumerate(new)}
        drafted = draft_together(table.spec, payloads, viewer=viewer, tell=tell)
        places = {at: step.place for at, step in enumerate(new)}
        found.new.append(_New(drafted, places, made_ready(table.spec, drafted)))
    changed = [step for step in table.steps if step.action == CHANGED and step.payload and not step.refs]
    changed = [step for step in changed if not step.entry]
    if changed:
        rows: dict[int, tuple[object, Mapping[str, object]]] = {
            at: (table.spec.parse_id(str(step.record_id)), step.payload) for at, step in enumerate(changed)
        }
        drafts = draft_changes(table.spec, rows, viewer=viewer, tell=tell)
        places = {at: step.place for at, step in enumerate(changed)}
        found.changes.append(_Changes(drafts, places, lines_of(table.spec, drafts)))
    return found


def is_staged(table: Table, step: Step) -> bool:
    """Whether a new record can be checked before the transaction."""
    return step.action == CREATED and not step.refs and not step.entry and goes_together(table.spec)


def _stamp(viewer: Viewer) -> Stamp:
    """What is different once anybody has written a record, or the writer's roles have changed."""
    roles = ObjectRole.objects.filter(user_id=viewer.actor.user_id or 0).order_by("object_id", "level")
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last, *roles.values_list("object_id", "level")


__all__ = ["TRIES", "Moves", "Outdated", "Staged", "has_one_writer", "is_staged", "stage"]
