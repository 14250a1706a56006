"""Small writes on the way of a read: done if the database is free at once, else left to the next request.

When a token or a browser was last used is worth a note, but not that a reader waits for somebody's long write, or is
refused because of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models import QuerySet

PATIENCE_MS = 10
_impatient: ContextVar[bool] = ContextVar("impatient", default=False)
log = logging.getLogger(__name__)


def update_if_free(rows: QuerySet[Any], **changes: Any) -> bool:
    """Update rows that nobody holds just now, in one statement that waits for no other writer; whether any were.

    What is not done may as well be done by the next request, and no request fails because of it.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        free = rows.select_for_update(skip_locked=True, no_key=True).values("pk")
        rows = rows.model._base_manager.filter(pk__in=free)
    try:
        with _impatiently(connection), _transaction(connection):
            return bool(rows.update(**changes))
    except DatabaseError as error:
        if connection.in_atomic_block:  # The caller's transaction is lost, which only the caller can mend.
            raise
        log.debug("Left to the next request: %s", error)
        return False


def note_if_free(write: Callable[[], Any]) -> bool:
    """As :func:`update_if_free`, for a write of several statements: a small transaction, or a part of the caller's."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    try:
        with _impatiently(connection), transaction.atomic(), _short_wait(connection):
            write()
    except DatabaseError as error:
        log.debug("Left to the next request: %s", error)
        return False
    return True


def is_impatient() -> bool:
    """Whether this thread writes what must not wait for a lock."""
    return _impatient.get()


@contextmanager
def _impatiently(connection: Any) -> Iterator[None]:
    """Let no statement of this connection wait for the lock of SQLite."""
    if connection.vendor != "sqlite":
        yield
        return
    token, driver = _impatient.set(True), connection.connection
    usual = float(connection.settings_dict["OPTIONS"].get("timeout", 5.0))
    driver.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(usual * 1000)}")
        _impatient.reset(token)


def _transaction(connection: Any) -> AbstractContextManager[Any]:
    """What passing over locked rows takes on PostgreSQL, where the caller has none."""
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    return transaction.atomic() if alone else nullcontext()


@contextmanager
def _short_wait(connection: Any) -> Iterator[None]:
    """Within a transaction on PostgreSQL: let statements wait for a lock for a moment only."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout TO {PATIENCE_MS}")
        yield
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


__all__ = ["is_impatient", "note_if_free", "update_if_free"]
