"""Wraps every statement: measures it, enforces the time limit of its request, ends it when the caller has left.

On SQLite a progress handler checks the ticket every few thousand steps. On PostgreSQL the statement carries its limit
(``SET LOCAL`` in the same message, for this transaction only, so that a pooler may be used), and a thread of this
process cancels the rest: statements that cannot carry a limit, and those of callers who have left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from . import timing
from .deadlines import Ticket, current, start_watching
from .noting import is_impatient

T = TypeVar("T")
STEPS = 10_000  # of SQLite's virtual machine between two checks of the time: a fraction of a millisecond
LOCK_SLICE = 0.25  # seconds that SQLite waits for a lock before the ticket is checked again
_CANCELLED = "57014"
_ENDING = ("SAVEPOINT", "ROLLBACK", "RELEASE")


def guarded(connection: BaseDatabaseWrapper, send: Callable[[], T]) -> T:
    """Run database work that is not a statement, such as fetching more rows from a cursor."""
    ticket = current()
    if ticket is None:
        return send()
    ticket.check()
    try:
        return ticket.run(connection.connection, send) if connection.vendor == "postgresql" else send()
    except OperationalError as error:
        if _was_ended(ticket, error):
            raise ticket.reason() from error
        raise


# -- around every statement --------------------------------------------------------------------------------------------

Execute = Callable[..., Any]


def around(execute: Execute, sql: object, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Wrapper of every statement of Django's connections."""
    ticket = current()
    if ticket is None:
        return execute(sql, params, many, context)
    ending = isinstance(sql, str) and sql.startswith(_ENDING)
    if not ending:
        ticket.check()
    connection = context["connection"]
    try:
        if connection.vendor == "postgresql":
            return _on_postgresql(ticket, execute, sql, params, many, context, ending=ending)
        if not ending and not connection.in_atomic_block and not _only_reads(sql):
            return _patiently(ticket, connection, lambda: execute(sql, params, many, context))
        return execute(sql, params, many, context)
    except OperationalError as error:
        if _was_ended(ticket, error):
            raise ticket.reason() from error
        raise


def _was_ended(ticket: Ticket, error: OperationalError) -> bool:
    """Whether a statement failed because of its ticket, or of the limit that it carried."""
    stopped = getattr(error.__cause__, "sqlstate", None) == _CANCELLED or str(error) == "interrupted"
    return stopped and (ticket.left or ticket.ends is not None)


def _on_postgresql(
    ticket: Ticket,
    execute: Execute,
    sql: object,
    params: object,
    many: bool,
    context: dict[str, Any],
    *,
    ending: bool,
) -> object:
    driver, cursor = context["connection"].connection, context["cursor"].cursor
    if ending:
        ticket.forget_limit()
    if ending or many or not isinstance(sql, str) or not _sends_text(cursor):
        return ticket.run(driver, lambda: execute(sql, params, many, context))
    preamble = ticket.preamble(driver.pgconn.transaction_status)
    found = ticket.run(driver, lambda: execute(preamble + sql, params, many, context))
    for _ in range(preamble.count(";")):
        cursor.nextset()
    return found


def _sends_text(cursor: object) -> bool:
    """Whether a cursor sends values within the text, so that it can contain more than one statement."""
    from psycopg import ClientCursor  # noqa: PLC0415 - not needed on SQLite

    return isinstance(cursor, ClientCursor) and not getattr(cursor, "name", "")


# -- SQLite ------------------------------------------------------------------------------------------------------------


def _asked_by_sqlite() -> int:
    """Progress handler: anything but 0 interrupts the statement running in this thread."""
    ticket = current()
    return 1 if ticket is not None and ticket.over else 0


def _only_reads(sql: object) -> bool:
    return not isinstance(sql, str) or sql.lstrip().startswith(("SELECT", "WITH", "PRAGMA"))


def _patiently(ticket: Ticket, connection: BaseDatabaseWrapper, send: Callable[[], T]) -> T:
    """Wait for SQLite's write lock, as long as configured, but no longer than the request may take.

    In slices, because SQLite checks neither the time nor the caller while it waits.
    """
    driver = connection.connection
    if driver is None or is_impatient():
        return send()
    usual = float(connection.settings_dict["OPTIONS"].get("timeout", 5.0))
    given_up = time.monotonic() + usual
    driver.execute(f"PRAGMA busy_timeout={int(LOCK_SLICE * 1000)}")
    try:
        while True:
            try:
                return send()
            except OperationalError as error:
                if "database is locked" not in str(error) or time.monotonic() > given_up:
                    raise
                ticket.check()
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(usual * 1000)}")


# -- installation ------------------------------------------------------------------------------------------------------


def watch(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Wrap every statement of a new connection."""
    if around not in connection.execute_wrappers:
        # The first is the outermost one: waiting for a lock is part of a statement.
        connection.execute_wrappers[:0] = [timing.around, around]
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(_asked_by_sqlite, STEPS)
    else:
        start_watching()


def install() -> None:
    """Wrap the statements of all new connections."""
    connection_created.connect(watch, dispatch_uid="brainstem.core.sql.statements")


__all__ = ["around", "guarded", "install", "watch"]
