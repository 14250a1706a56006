"""Reading and checking rows before the transaction that saves them, so that others wait only for the saving.

SQLite has one writer: a transaction that also reads and checks thousands of rows would keep everybody else waiting.
What was staged is only saved if nobody has written anything since, or the database still answers every question as it
did (:mod:`brainstem.core.sql.ahead`); otherwise it is staged again, and at last within the transaction. PostgreSQL has
many writers, and its rules lock rows while they check, so nothing is staged there.

Rows see those that were staged before them as if these were written (:mod:`brainstem.core.sql.overlay`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from ..access.viewer import Viewer
from ..errors import BrainstemError
from ..history.recording import Line
from ..model.registry import Spec
from ..models import Event, ObjectRole
from ..sql.ahead import Prepared, prepare
from ..sql.overlay import Overlay
from ..write.batch import Drafted, Ready, draft_together, made_ready, save_together, store_audiences
from ..write.changing import DraftedChanges, draft_changes, lines_of, save_changes
from ..write.tags import refuse_too_many_new
from ..write.unsaved import show_changed, show_new
from .choosing import Chosen
from .progress import Tell
from .steps import Place, Step, Table, filled

TRIES = 3
Stamp = tuple[object, ...]
Moves = list[tuple[Table, Step, str]]
Outcomes = dict[Place, object | BrainstemError]


class Outdated(Exception):
    """Somebody has changed what the rows were staged for."""


@dataclass
class _New:
    drafted: Drafted
    ready: Ready | None = None

    def save(self, spec: Spec) -> dict[int, object | BrainstemError]:
        return save_together(spec, self.drafted, self.ready)


@dataclass
class _Changes:
    drafted: DraftedChanges
    lines: Mapping[int, Line]

    def save(self, spec: Spec) -> dict[int, object | BrainstemError]:
        return save_changes(spec, self.drafted, self.lines)


Checked = TypeVar("Checked", _New, _Changes)


@dataclass(frozen=True)
class Part:
    """Checked rows of a table that are saved together, and how much of the overlay they were checked with."""

    table: Table
    steps: Sequence[Step]
    height: int
    prepared: Prepared[_New] | Prepared[_Changes]

    def save(self) -> Outcomes:
        """Save the rows within the caller's transaction; those that are refused have their error."""
        saved = self.prepared.made.save(self.table.spec)
        return {self.steps[number].place: one for number, one in saved.items()}


@dataclass
class Staged:
    """Checked rows of tables, and the state of the history at the time; to be left as a context.

    ``moved`` are rows for which the plan no longer holds.
    """

    stamp: Stamp
    moved: Prepared[Moves]
    parts: list[Part] = field(default_factory=list)
    overlay: Overlay = field(default_factory=Overlay)

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *_: object) -> None:
        self.overlay.close()

    def refuse_outdated(self, viewer: Viewer) -> None:
        """Called within the transaction, before anything is written.

        Raises
        ------
        Outdated
            If it would be found out in another way now.
        """
        if self.stamp != _stamp(viewer) and not self._still_holds():
            raise Outdated

    def _still_holds(self) -> bool:
        return self.moved.still_holds() and all(self._holds(part) for part in self.parts)

    def _holds(self, part: Part) -> bool:
        with self.overlay.seen(part.height):
            return part.prepared.still_holds()

    def save(self, table: Table) -> Outcomes:
        """Save the rows of a table within the caller's transaction; those that are refused have their error."""
        return {place: one for part in self.parts if part.table is table for place, one in part.save().items()}


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
    """Read and check rows of tables, outside of a transaction; those that :class:`.Chosen` leaves are not staged."""
    staged = Staged(_stamp(viewer), prepare(moved))
    if staged.moved.made:
        return staged
    try:
        work = _Work(staged, Chosen(tables), viewer, tell)
        for table in tables:
            work.stage(table)
    except BaseException:
        staged.overlay.close()
        raise
    return staged


@dataclass
class _Work:
    """Staging one table after the other; knows the ids that new records will have."""

    staged: Staged
    chosen: Chosen
    viewer: Viewer
    tell: Tell
    made: dict[Place, str | int] = field(default_factory=dict)

    def stage(self, table: Table) -> None:
        new = self.chosen.new(table)
        if table.spec.has_tags:
            refuse_too_many_new([step.payload for step in new])
        if new:
            self._stage_new(table, new)
        if changed := self.chosen.changed(table):
            self._stage_changed(table, changed)

    def _stage_new(self, table: Table, steps: Sequence[Step]) -> None:
        # All at once: what one row takes, such as a name, the others cannot.
        payloads = {at: filled(step.payload, self.made) for at, step in enumerate(steps)}

        def make() -> _New:
            return _New(draft_together(table.spec, payloads, viewer=self.viewer, tell=self.tell))

        made = self._prepared(table, steps, make)
        # Not prepared: the first rows of a project have no audience, and its answer would be another once they have.
        made.ready = made_ready(table.spec, made.drafted)
        if made.ready is None:
            store_audiences(table.spec, made.drafted)
            made.ready = made_ready(table.spec, made.drafted)
        self.made |= {steps[at].place: str(draft.record.pk) for at, (draft, _) in made.drafted.new.items()}
        if self.chosen.others_follow(table, in_table=True):
            show_new(table.spec, made.drafted, self.staged.overlay)

    def _stage_changed(self, table: Table, steps: Sequence[Step]) -> None:
        rows: dict[int, tuple[object, Mapping[str, object]]] = {
            at: (table.spec.parse_id(str(step.record_id)), filled(step.payload, self.made))
            for at, step in enumerate(steps)
        }

        def make() -> _Changes:
            drafted = draft_changes(table.spec, rows, viewer=self.viewer, tell=self.tell)
            return _Changes(drafted, lines_of(table.spec, drafted))

        drafted = self._prepared(table, steps, make).drafted
        done = {*drafted.changes, *drafted.same, *drafted.wrong}
        self.chosen.leave(table, [step for at, step in enumerate(steps) if at not in done])
        if self.chosen.others_follow(table, in_table=False):
            show_changed(table.spec, drafted, self.staged.overlay)

    def _prepared(self, table: Table, steps: Sequence[Step], make: Callable[[], Checked]) -> Checked:
        """Check rows upon all that is in the overlay by now."""
        height = self.staged.overlay.height
        with self.staged.overlay.seen(height):
            prepared = prepare(make)
        self.staged.parts.append(Part(table, steps, height, prepared))
        return prepared.made


def _stamp(viewer: Viewer) -> Stamp:
    """What is different once anybody has written a record, or the writer's roles have changed."""
    roles = ObjectRole.objects.filter(user_id=viewer.actor.user_id or 0).order_by("object_id", "level")
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last, *roles.values_list("object_id", "level")


__all__ = ["TRIES", "Moves", "Outdated", "Part", "Staged", "has_one_writer", "stage"]
