"""Doing what a plan says: in one transaction, as one event of the history, and only if the plan still holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from ..access.viewer import Viewer
from ..errors import BrainstemError, Conflict
from ..history.events import IMPORT, one_event
from ..model.registry import Spec
from ..model.stored_files import discarded_with_the_write
from ..sql.retry import again_after_deadlock
from ..text.lines import composed
from .finding import Key, digests, existing, found_by
from .json_values import Json
from .progress import Counted, Tell
from .staging import TRIES, Moves, Outdated, Staged, has_one_writer, stage
from .steps import CHANGED, CREATED, SAME, Plan, Step, Table, in_order
from .trying import AT_ONCE_IN_EARNEST, Writer, note_refusal, prepared


class Moved(Conflict):
    """Others have changed since what the plan was made for; it has to be made again.

    ``steps`` are the rows concerned, each with what happened.
    """

    def __init__(self, steps: Sequence[tuple[Table, Step, str]]) -> None:
        self.steps = list(steps)
        table, step, what = self.steps[0]
        more = f" {len(self.steps) - 1} more rows are concerned." if len(self.steps) > 1 else ""
        where = f"row {step.line.number}{f' of {table.sheet.name}' if table.sheet.name else ''}"
        super().__init__(f"Nothing was written, since the plan no longer holds: {where}: {what}{more}")


@dataclass(frozen=True)
class Done:
    """What was written: the event under which it is in the history, and action -> number of rows."""

    event: uuid.UUID | None
    counts: Mapping[str, int]


def commit(
    plan: Plan,
    *,
    viewer: Viewer,
    base: str = "",
    first: Callable[[], object] = lambda: None,
    then: Callable[[Done], object] = lambda done: None,  # noqa: ARG005
    tell: Tell = lambda rows: None,  # noqa: ARG005
) -> Done:
    """Write what a plan says, all of it or nothing.

    Parameters
    ----------
    first, then
        Called within the transaction, before anything is read and after everything is written.
    tell
        Called outside of it, with the number of rows that were got through since.

    Raises
    ------
    Moved
        If records of the plan have been changed, deleted or added since, or a row is refused by now.
    Conflict
        If something is wrong with a row, or nothing is to be done.
    """
    if not plan.ready:
        raise Conflict(_why_not(plan))
    tables = in_order(plan.tables)
    with prepared([(table.spec, _to_write(table)) for table in tables]):
        for _ in range(TRIES if has_one_writer() else 0):
            got_through = Counted(tell)
            moved = partial(_all_moved, tables, viewer)
            with suppress(Outdated), stage(tables, moved, viewer=viewer, tell=got_through) as ahead:
                return _in_one(tables, plan.counts, first, then, ahead, viewer=viewer, base=base, tell=got_through)
            got_through.begin_again()
        return _in_one(tables, plan.counts, first, then, None, viewer=viewer, base=base, tell=tell)


@again_after_deadlock
def _in_one(
    tables: Sequence[Table],
    counts: Mapping[str, int],
    first: Callable[[], object],
    then: Callable[[Done], object],
    ahead: Staged | None,
    *,
    viewer: Viewer,
    base: str,
    tell: Tell,
) -> Done:
    with discarded_with_the_write(), transaction.atomic(), one_event(IMPORT) as event:
        if ahead is not None:
            ahead.refuse_outdated(viewer)
        first()
        if moved := _all_moved(tables, viewer) if ahead is None else ahead.moved.made:
            raise Moved(moved)
        writer = Writer(viewer=viewer, base=base)
        refused = [one for table in tables for one in _written(table, writer, ahead, tell)]
        if refused:
            raise Moved(refused)
        done = Done(event.id if event.wrote else None, counts)
        then(done)
        return done


def _all_moved(tables: Sequence[Table], viewer: Viewer) -> Moves:
    """The rows of all tables for which the plan no longer holds."""
    return [one for table in tables for one in _moved(table, viewer=viewer)]


def _written(table: Table, writer: Writer, ahead: Staged | None, tell: Tell) -> list[tuple[Table, Step, str]]:
    """Write the rows of a table; those that are refused, with the reason."""
    outcomes = {} if ahead is None else ahead.save(table)
    writer.note_made(outcomes)
    todo = [step for step in _to_write(table) if step.place not in outcomes]
    for start in range(0, len(todo), AT_ONCE_IN_EARNEST):
        some = todo[start : start + AT_ONCE_IN_EARNEST]
        outcomes |= {step.place: one for step, one in zip(some, writer.write(table.spec, some), strict=True)}
        tell(len(some))
    refused = []
    for step in _to_write(table):
        outcome = outcomes[step.place]
        if isinstance(outcome, BrainstemError):
            note_refusal(table, step, outcome)
            refused.append((table, step, " ".join(one.message for one in step.troubles)))
    return refused


def _to_write(table: Table) -> list[Step]:
    return [step for step in table.steps if step.action in (CREATED, CHANGED)]


def _moved(table: Table, *, viewer: Viewer) -> list[tuple[Table, Step, str]]:
    """The rows for which the plan no longer holds, and why."""
    held = {step.record_id: step for step in table.steps if step.action in (CHANGED, SAME)}
    _lock(table.spec, [step.record_id for step in held.values() if step.action == CHANGED])
    now = digests(table.spec, list(held), viewer=viewer)
    found = [
        (table, step, "The record was changed." if str(record_id) in now else "The record was deleted or hidden.")
        for record_id, step in held.items()
        if now.get(str(record_id)) != step.was
    ]
    names = found_by(table.spec, table.matched.keys)
    new = [step for step in table.steps if step.action == CREATED and step.log is None]
    keys = {step.place: key for step in new if (key := _key(names, step))}
    taken = existing(table.spec, names, keys.values(), viewer=viewer) if keys else {}
    what = f"A {table.spec.singular_name} of this name was added."
    return found + [(table, step, what) for step in table.steps if keys.get(step.place) in taken]


def _lock(spec: Spec, ids: Sequence[Json]) -> None:
    """Lock the rows that will be changed, in one order, so that what is compared is what is changed."""
    for start in range(0, len(ids), AT_ONCE_IN_EARNEST // 2):
        some = ids[start : start + AT_ONCE_IN_EARNEST // 2]
        rows = spec.model._default_manager.filter(pk__in=some).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _key(names: Sequence[str], step: Step) -> Key | None:
    key = tuple(step.payload.get(name) for name in names)
    return (*key[:-1], composed(str(key[-1]))) if names and all(isinstance(one, str | int) for one in key) else None


def _why_not(plan: Plan) -> str:
    wrong = plan.counts["wrong"]
    if wrong:
        what = (
            "1 row is wrong. Correct it, or leave it out"
            if wrong == 1
            else f"{wrong} rows are wrong. Correct them, or leave them out"
        )
        return f"{what}, first."
    if any(table.matched.problems for table in plan.tables):
        return "Some columns are not known. Choose their fields, or leave them out, first."
    return "There is nothing to write: every row is as its record already."


__all__ = ["Done", "Moved", "commit"]
