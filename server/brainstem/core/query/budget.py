"""Limits the size of a response, and of the memory that building it takes.

The database stops a statement whose result outgrows its budget: on PostgreSQL running sums in the statement do this
(:mod:`.dialect`), on SQLite the limit on the length of a text in a connection. Rows are fetched one by one.

A page or record is first requested within a small budget, which is nearly always enough. If it is not, the included
rows are counted, each at its minimum size, before the second attempt. The request is refused if these cannot fit into
the full budget; otherwise the response is built within it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DataError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import Code, QueryError, Throttled
from ..sql import compiled, database, deadlines
from ..sql.dialect import OVER_BUDGET
from ..sql.fragment import Slot
from ..turns import Turn
from .projection import PAGE, RECORD
from .sql import Statement

# Nearly every response is smaller: 100 sessions with everything in them are half a megabyte. Each thread may build one,
# and on SQLite a record with a long list in it takes several times its size while it is made.
SMALL = 1024 * 1024
BOUNDLESS = 2**62
WAIT_SECONDS, WAITING = 5.0, 2
_turn = Turn(waiting=WAITING)
BUSY = "Other large responses are being prepared. Try again in a moment, or read the list as a stream."
ADVICE = (
    "Ask for fewer records (a smaller limit) or for less of each (fewer include[], or exclude[] for keys that you do"
    " not need), or read the list as a stream (Accept: application/x-ndjson)."
)


class TooLarge(QueryError):
    """The response would be larger than is allowed."""

    code = Code.ANSWER_TOO_LARGE


def too_large() -> TooLarge:
    """The error for a response that would be too large."""
    megabytes = settings.BRAINSTEM_MAX_ANSWER_BYTES / (1024 * 1024)
    return TooLarge({"non_field_errors": [f"The response would be larger than {megabytes:g} MB. {ADVICE}"]})


def rows_within_budget(
    ask: Callable[..., list[database.Row]],
    statement: Statement,
    values: Sequence[object],
    *,
    least_size: Callable[[], int],
    count_first: bool = False,
) -> list[database.Row]:
    """The rows of a statement, if they fit into a response.

    Parameters
    ----------
    ask : callable
        Runs the statement: a function of :mod:`brainstem.core.sql.database`.
    least_size : callable
        A lower bound of the response's size in bytes; only called if the response is not small.
    count_first : bool
        Lists within lists are included, whose sizes multiply: a useless attempt would take long.

    Raises
    ------
    TooLarge
        Before more than a small part is built, if the lower bound shows it; otherwise once the budget is used up.
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
    """Build large responses one at a time: each takes several times its size while it is built.

    A turn ends with the request, when the memory has been released. Only a few requests may wait for a turn, and only
    briefly, since each of them occupies a thread that others need.
    """
    ticket = deadlines.current()
    if ticket is not None and ticket.keeps(_turn):
        yield
        return
    if not _turn.take(WAIT_SECONDS):
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
    # On PostgreSQL an error aborts the transaction, but a caller who is in one has to continue.
    apart = connection.vendor == "postgresql" and connection.in_atomic_block
    filled = given(statement.slots, values, budget)
    # First, because it may reconnect: the budget has to be set on the new connection.
    compiled.make_room(connection, statement.text)
    with held_to(budget), transaction.atomic() if apart else nullcontext():
        return ask(statement.text, filled, take=partial(taken, budget=budget))


def given(slots: Sequence[Slot], values: Sequence[object], record: int, page: int | None = None) -> list[Any]:
    """The values of a statement with the budgets filled in; that of a page defaults to that of a record."""
    budgets = {(RECORD,): record, (PAGE,): record if page is None else page}
    return [budgets.get(slot, value) for slot, value in zip(slots, values, strict=True)]


def taken(rows: Iterator[database.Row], *, budget: int) -> list[database.Row]:
    """All rows, fetched one by one until their texts exceed the budget."""
    found, size = [], 0
    for row in rows:
        size += size_of(row)
        if size > budget:
            raise too_large()
        found.append(row)
    return found


def size_of(row: database.Row) -> int:
    """Bytes of the JSON in a row of a page (which begins with a count), or in that of a record (with its version)."""
    text: str | None = row[1]
    if text is None:
        return 0
    return len(text) if text.isascii() else len(text.encode())


@contextmanager
def held_to(budget: int) -> Iterator[None]:
    """Keep the database from building longer texts; exceeding the limit raises the error that callers get."""
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
