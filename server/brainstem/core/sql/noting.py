"""Small writes during a read: done if the database is free at once, else left to the next request.

The last use of a token or browser is worth recording, but a reader must not wait for someone's long write, or fail
because of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

PATIENCE_MS = 10
_impatient: ContextVar[bool] = ContextVar("impatient", default=False)
log = logging.getLogger(__name__)


def update_if_free(rows: QuerySet[Model], **changes: object) -> bool:
    """Update rows that are not locked, in one statement that waits for no other writer; returns whether any were.

    If it is not done now, the next request can do it, and no request fails because of it.
    """
    connection: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        free = rows.select_for_update(skip_locked=True, no_key=True).values("pk")
        rows = rows.model._base_manager.filter(pk__in=free)
    try:
        with _impatiently(connection), _transaction(connection):
            return bool(rows.update(**changes))
    except DatabaseError as error:
        if connection.in_atomic_block:  # The caller's transaction has failed, which only the caller can handle.
            raise
        log.debug("Left to the next request: %s", error)
        return False


def note_if_free(write: Callable[[], object]) -> bool:
    """Like :func:`update_if_free`, for several statements: a small transaction, or part of the caller's."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    try:
        with _impatiently(connection), transaction.atomic(), _short_wait(connection):
            write()
    except DatabaseError as error:
        log.debug("Left to the next request: %s", error)
        return False
    return True


def is_impatient() -> bool:
    """Whether this thread is in a write that must not wait for a lock."""
    return _impatient.get()


@contextmanager
def _impatiently(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Make statements of this connection not wait for SQLite's lock."""
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


def _transaction(connection: BaseDatabaseWrapper) -> AbstractContextManager[object]:
    """A transaction, which skipping locked rows requires on PostgreSQL, unless the caller has one."""
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    return transaction.atomic() if alone else nullcontext()


@contextmanager
def _short_wait(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within a transaction on PostgreSQL: make statements wait only briefly for a lock."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout TO {PATIENCE_MS}")
        yield
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


__all__ = ["is_impatient", "note_if_free", "update_if_free"]
