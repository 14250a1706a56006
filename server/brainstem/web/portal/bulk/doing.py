"""One step of a change: its records are written together or not at all, as one event of the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.bulk.writing import write_rows
from brainstem.core.errors import BrainstemError, Conflict, Invalid, RowsRefused
from brainstem.core.history.events import one_event
from brainstem.core.query.syntax import Query

from ..selection import still_there
from ..where import Where
from .change import Portion
from .kept import STEP, Kept, Step, found, read, stored
from .looking import reason


@dataclass(frozen=True)
class Done:
    """What became of a step: how the change stands now, and whether this request did it."""

    kept: Kept
    did: bool


class Overtaken(Conflict):
    """The same step was done by another request."""


def step(where: Where, kept: Kept, at: int) -> Done:
    """Do the step that begins at record number ``at``; nothing if that is done already.

    Rows that are refused stop it before anything is written; they are kept with the change, each with its reason.

    Raises
    ------
    Stopped
        Before the first step, if there are more or fewer records than were selected.
    BrainstemError
        If it is refused as a whole.
    """
    if kept.is_over or kept.done != at:
        return Done(kept, did=False)
    if not kept.has_begun:
        still_there(where, kept.selection(where))
    change = kept.change(where)
    rows = kept.next_rows
    records = read(where, rows, change)
    portion = change.portion(records, kept.versions)
    after: Kept | None = None

    def act() -> HttpResponse:
        nonlocal after
        after = _written(where, kept, portion, len(rows) - len(records), len(records) - len(portion.ids))
        return HttpResponse(status=204)

    call = Call(where.request, where.spec, where.viewer)
    try:
        written(call, act, payloads=portion.rows.update, query=Query())
    except Overtaken:
        return Done(found(where, str(kept.one.pk)), did=False)
    except RowsRefused as refused:
        return Done(_refused(kept, portion, refused, len(records)), did=False)
    return Done(after or kept, did=True)


def _written(where: Where, kept: Kept, portion: Portion, gone: int, same: int) -> Kept:
    # Others that press the same button wait here, and then find that it is done.
    now = found(where, str(kept.one.pk), lock=True)
    if now.done != kept.done or now.left_out != kept.left_out:
        raise Overtaken("This step is done already.")
    with one_event("bulk") as event:
        if portion.ids:
            write_rows(portion.spec, portion.rows, viewer=where.viewer, base_url=where.base)
        told = Step(str(event.id) if event.wrote else "", len(portion.ids), same, gone)
    done = min(now.done + STEP, len(now.rows))
    return stored(replace(now, done=done, steps=(*now.steps, told), refused=(), problem=""))


def _refused(kept: Kept, portion: Portion, refused: RowsRefused, number: int) -> Kept:
    """The change with the records that stopped a step."""
    if portion.is_one:
        return stored(replace(kept, problem=reason(refused.rows[0].error)))
    wrong = [(portion.ids[row.index], reason(row.error)) for row in refused.rows]
    looked = (number, len(portion.ids) - len(wrong), number - len(portion.ids))
    return stored(replace(kept, refused=tuple(wrong), looked=looked))


def without(kept: Kept) -> Kept:
    """The same change without the records that are refused."""
    return stored(replace(kept, left_out=kept.left_out | {key for key, _ in kept.refused}, refused=()))


def texts_of(error: BrainstemError) -> Sequence[str]:
    """What is wrong with a change as a whole."""
    return [reason(error)] if isinstance(error, Invalid) else [error.message]


__all__ = ["Done", "step", "texts_of", "without"]
