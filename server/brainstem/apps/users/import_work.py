"""Planning and committing imports: in the request, or by a worker, which takes it up again if it is killed.

An import that a worker has is in the state ``planning`` or ``committing``, with the rows that are done of all rows.
Whoever does the work, it is done once: a commit is one transaction, which begins by looking whether the import still
is as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Conflict, Missing
from brainstem.core.imports.committing import Done, Moved, commit
from brainstem.core.imports.json_values import Json
from brainstem.core.imports.kept import plan_of, plan_text, sheets_of, sheets_text
from brainstem.core.imports.planning import make_plan, unplanned
from brainstem.core.imports.progress import Tell, progress_of
from brainstem.core.imports.steps import CHANGED, CREATED, Plan
from brainstem.core.imports.telling import summary_of
from brainstem.core.models import TableImport
from brainstem.core.tables.sheets import Sheet
from brainstem.core.tasks.queue import SOON, background, queue
from brainstem.core.tasks.sight import worker_in_sight

from . import imports
from .import_options import Options

WORKING = (TableImport.PLANNING, TableImport.COMMITTING)
MANY_ROWS = 1_000  # from which a worker does it, if there is one
SILENT = dt.timedelta(minutes=2)  # after which nobody works on an import any more
MOST_MOVED = 1_000
NO_PLAN = "[]"


@dataclass(frozen=True)
class Work:
    """Who imports, and how the server is addressed in what they read."""

    actor: Actor
    base: str

    @property
    def viewer(self) -> Viewer:
        """The person in the one portal that has imports."""
        return Viewer(self.actor, "private")


# -- planning ----------------------------------------------------------------------------------------------------------


def plan(one: TableImport, sheets: Sequence[Sheet], options: Options, *, work: Work, wait: bool) -> bool:
    """Plan an import and keep it; False if a worker will do it.

    Parameters
    ----------
    wait : bool
        Whether to do it now however long it takes.
    """
    rows = sum(len(sheets[number].lines) for number in options.models)
    if wait or rows < MANY_ROWS or not worker_in_sight():
        _plan_now(one, sheets, options, work, lambda rows: None)  # noqa: ARG005
        return True
    with transaction.atomic():
        _begin(one, TableImport.PLANNING, rows)
        _set_source(one, sheets, options)
        one.plan = NO_PLAN
        one.summary = orjson.dumps(summary_of(unplanned(sheets, options.models, options.asked))).decode()
        imports.keep(one)
        _queue(one, work)
    return False


def _plan_now(one: TableImport, sheets: Sequence[Sheet], options: Options, work: Work, tell: Tell) -> None:
    found = make_plan(sheets, options.models, options.asked, viewer=work.viewer, base=work.base, tell=tell)
    _set_source(one, sheets, options)
    one.plan, one.summary = plan_text(found), orjson.dumps(summary_of(found)).decode()
    one.state, one.done, one.total, one.refusal = TableImport.PLANNED, 0, 0, ""
    imports.keep(one)


def _set_source(one: TableImport, sheets: Sequence[Sheet], options: Options) -> None:
    one.asked, one.source = orjson.dumps(options.options).decode(), sheets_text(sheets)


def kept(one: TableImport) -> tuple[Plan, list[Sheet], Options]:
    """The plan of an import, its tables, and how they are read."""
    sheets = sheets_of(one.source)
    options = Options.kept(one.asked, sheets)
    return plan_of(one.plan, sheets, options.models, options.asked), sheets, options


# -- committing --------------------------------------------------------------------------------------------------------


def commit_import(one: TableImport, *, work: Work, wait: bool) -> bool:
    """Write what the plan of an import says; False if a worker will do it.

    Raises
    ------
    Moved
        If the plan no longer holds; it has been made again.
    Conflict
        If something is wrong with a row, nothing is to be done, or somebody else does it.
    """
    summary = orjson.loads(one.summary)
    rows = summary["counts"][CREATED] + summary["counts"][CHANGED]
    if wait or rows < MANY_ROWS or not summary["ready"] or not worker_in_sight():
        _commit_now(one, work, lambda rows: None)  # noqa: ARG005
        return True
    with transaction.atomic():
        now = imports.find(one.user_id, str(one.pk), lock=True)
        if now.state != one.state or now.updated_at != one.updated_at:
            raise Conflict("This import was changed or committed in the meantime. Look at it again.")
        _begin(one, TableImport.COMMITTING, rows)
        one.save(update_fields=["state", "done", "total", "alive_at", "refusal"])
        _queue(one, work)
    return False


def _commit_now(one: TableImport, work: Work, tell: Tell) -> None:
    found, sheets, options = kept(one)
    state, seen = one.state, one.updated_at

    def first() -> None:
        # Others that commit the same plan wait here, and then find that it is done.
        now = imports.find(one.user_id, str(one.pk), lock=True)
        if now.state != state or now.updated_at != seen:
            raise Conflict("This import was changed or committed in the meantime. Look at it again.")

    def then(done: Done) -> None:
        imports.note_committed(one, done.event)

    try:
        commit(found, viewer=work.viewer, base=work.base, first=first, then=then, tell=tell)
    except Moved:
        one.state, one.event = TableImport.PLANNED, None
        _plan_now(one, sheets, options, work, lambda rows: None)  # noqa: ARG005
        raise


def moved_rows(moved: Moved) -> list[dict[str, Json]]:
    """The rows for which a plan no longer holds, as they are told."""
    return [
        {"sheet": table.sheet.name, "row": step.line.number, "id": step.record_id, "message": what}
        for table, step, what in moved.steps[:MOST_MOVED]
    ]


# -- by a worker -------------------------------------------------------------------------------------------------------


def is_at_work(one: TableImport) -> bool:
    """Whether a worker has an import, or is about to take it; otherwise anybody may do the work."""
    if one.state not in WORKING:
        return False
    if one.alive_at is not None and one.alive_at > timezone.now() - SILENT:
        return True
    return one.alive_at is None and worker_in_sight()


def _begin(one: TableImport, state: str, rows: int) -> None:
    one.state, one.done, one.total, one.alive_at, one.refusal = state, 0, rows, None, ""


def _queue(one: TableImport, work: Work) -> None:
    actor = work.actor
    told = {name: getattr(actor, name) for name in ("via", "token_id", "token_name", "client", "request_id")}
    queue(do_import, priority=SOON, user_id=one.user_id, import_id=str(one.pk), told=told, base=work.base)


# A worker that is alive says so every few seconds, so that what a killed one had is taken up within minutes.
@background(attempts=5, first_pause=dt.timedelta(seconds=1), takes_at_most=dt.timedelta(minutes=1))
def do_import(*, user_id: int, import_id: str, told: Mapping[str, Any], base: str) -> None:
    """Plan or commit an import, as its state says; nothing if that is done already."""
    try:
        one = imports.find(user_id, import_id)
    except Missing:  # deleted in the meantime
        return
    if one.state not in WORKING:
        return
    user = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
    if user is None:
        _refuse(one, "The account of this import is deactivated.")
        return
    actor = Actor(user_id=user.pk, email=user.email, is_admin=bool(user.is_superuser), **told)
    work = Work(actor, base)
    try:
        with progress_of(one) as tell:
            if one.state == TableImport.PLANNING:
                _, sheets, options = kept(one)
                _plan_now(one, sheets, options, work, tell)
            else:
                _commit_now(one, work, tell)
    except Moved as moved:
        _refuse(one, moved.message, moved=moved_rows(moved))
    except BrainstemError as error:
        _refuse(one, error.message)


def _refuse(one: TableImport, detail: str, *, moved: Sequence[Json] = ()) -> None:
    """Note why nothing was written; a plan that could not be made is empty."""
    refusal = orjson.dumps({"detail": detail, "moved": list(moved)}).decode()
    with transaction.atomic():
        rows = TableImport.objects.filter(pk=one.pk).exclude(state=TableImport.COMMITTED)
        rows.update(state=TableImport.PLANNED, done=0, total=0, refusal=refusal)


__all__ = ["WORKING", "Work", "commit_import", "do_import", "is_at_work", "kept", "moved_rows", "plan"]
