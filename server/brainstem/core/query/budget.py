"""How large an answer may be, and that nothing grows beyond it while the answer is made.

The database ends a statement whose answer outgrows its budget: on PostgreSQL running sums in the statement see to that
(:mod:`.dialect`), on SQLite the longest text that a connection may make; rows are taken from it one after the other.

A page or record is first asked for within a small budget, which nearly all fit into. What does not fit is counted
before it is asked for again: the rows that would be included, at the least that each of them takes. That is refused
when it cannot fit into the whole budget, and otherwise made, within that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DataError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import Code, QueryError, Throttled
from ..sql import compiled, database, deadlines
from ..sql.dialect import OVER_BUDGET
from ..sql.fragment import Slot
from .projection import PAGE, RECORD
from .sql import Statement

# Nearly every answer is smaller: 100 sessions with all that is in them have half a megabyte. Each thread may make one,
# and on SQLite a record with a long list in it takes several times its size while it is made.
SMALL = 1024 * 1024
BOUNDLESS = 2**62
WAIT_SECONDS, WAITING = 5.0, 2
_turn, _waiting = BoundedSemaphore(1), BoundedSemaphore(WAITING)
BUSY = "Other large answers are being made. Try again in a moment, or read the list as a stream."
ADVICE = (
    "Ask for fewer records (a smaller limit) or for less of each (fewer include[], or exclude[] for keys that you do"
    " not need), or read the list as a stream (Accept: application/x-ndjson)."
)


class TooLarge(QueryError):
    """The answer would be larger than an answer may be."""

    code = Code.ANSWER_TOO_LARGE


def too_large() -> TooLarge:
    """What is said of an answer that would be too large."""
    megabytes = settings.BRAINSTEM_MAX_ANSWER_BYTES / (1024 * 1024)
    return TooLarge({"non_field_errors": [f"The answer would be larger than {megabytes:g} MB. {ADVICE}"]})


def rows_within_budget(
    ask: Callable[..., list[database.Row]],
    statement: Statement,
    values: Sequence[object],
    *,
    least_size: Callable[[], int],
    count_first: bool = False,
) -> list[database.Row]:
    """The rows of a statement, when they fit into an answer.

    Parameters
    ----------
    ask : callable
        How the database is asked: a function of :mod:`brainstem.core.sql.database`.
    least_size : callable
        A lower bound of the answer's size in bytes; only asked of answers that are no small ones.
    count_first : bool
        Lists within lists are included, whose sizes multiply: trying would take long where it is of no use.

    Raises
    ------
    TooLarge
        Before more than a small part is made, where the lower bound tells; else as soon as the budget is used up.
    """
    whole = int(settings.BRAINSTEM_MAX_ANSWER_BYTES)
    least = least_size() if count_first else 0
    if least > whole:
        raise too_large()
    if least <= SMALL < whole:
        try:
            return _rows_within(SMALL, ask, statement, values)
        except TooLarge:
            if (least or least_size()) > whole:
                raise
    with _large_answer():
        return _rows_within(whole, ask, statement, values)


@contextmanager
def _large_answer() -> Iterator[None]:
    """Make large answers one after the other: each takes several times its size while it is made.

    A turn ends with the request, when the answer has left the memory that it was made in. A few may wait for one, and
    for a moment only, since those who wait hold threads that others need.
    """
    ticket = deadlines.current()
    if ticket is not None and ticket.keeps(_turn):
        yield
        return
    if not _waiting.acquire(blocking=False):
        raise Throttled(BUSY, seconds=2)
    try:
        has_turn = _turn.acquire(timeout=WAIT_SECONDS)
    finally:
        _waiting.release()
    if not has_turn:
        raise Throttled(BUSY, seconds=2)
    if ticket is not None:
        ticket.keep(_turn)
        yield
        return
    try:
        yield
    finally:
        _turn.release()


def _rows_within(
    budget: int, ask: Callable[..., list[database.Row]], statement: Statement, values: Sequence[object]
) -> list[database.Row]:
    connection: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
    # PostgreSQL gives a transaction up with its first error; a caller who is in one goes on with it.
    apart = connection.vendor == "postgresql" and connection.in_atomic_block
    filled = given(statement.slots, values, budget)
    # First, as it may open the connection anew: the budget belongs to the connection that is there then.
    compiled.make_room(connection, statement.text)
    with held_to(budget), transaction.atomic() if apart else nullcontext():
        return ask(statement.text, filled, take=partial(taken, budget=budget))


def given(slots: Sequence[Slot], values: Sequence[object], record: int, page: int | None = None) -> list[Any]:
    """The values of a statement with budgets in their places; that of a page is that of a record unless given."""
    budgets = {(RECORD,): record, (PAGE,): record if page is None else page}
    return [budgets.get(slot, value) for slot, value in zip(slots, values, strict=True)]


def taken(rows: Iterator[database.Row], *, budget: int) -> list[database.Row]:
    """All rows, one after the other, until their texts are larger than the budget."""
    found, size = [], 0
    for row in rows:
        size += size_of(row)
        if size > budget:
            raise too_large()
        found.append(row)
    return found


def size_of(row: database.Row) -> int:
    """Bytes of the JSON in a row of a page (which begins with a count), or in the row of a record."""
    text: str | None = row[1] if len(row) > 1 else row[0]
    if text is None:
        return 0
    return len(text) if text.isascii() else len(text.encode())


@contextmanager
def held_to(budget: int) -> Iterator[None]:
    """Let the database make no text that is longer, and say so as callers are told."""
    connection: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
    driver, before = None, 0
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        driver = connection.connection
        before = driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, budget)
    try:
        yield
    except DataError as error:
        if OVER_BUDGET in str(error) or "too big" in str(error):
            raise too_large() from None
        raise
    finally:
        if driver is not None:
            driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


__all__ = [
    "BOUNDLESS",
    "SMALL",
    "TooLarge",
    "given",
    "held_to",
    "rows_within_budget",
    "size_of",
    "too_large",
]
