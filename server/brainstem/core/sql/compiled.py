"""Limits the memory that a connection uses for statements that it keeps compiled.

The drivers count statements, and one of thirty kilobytes takes more than a megabyte on SQLite when compiled, and five
on PostgreSQL when prepared. SQLite's can neither skip a statement nor drop one; closing the connection drops all.
"""

from __future__ import annotations

from typing import Any

SMALL = 4_000  # characters: a full cache of statements of this size is small
MOST = 256_000  # characters of larger statements that a connection may have compiled; tens of megabytes of memory
_KEPT = "brainstem_compiled"
DROP_ALL = "DEALLOCATE ALL"  # the driver notices, and prepares them again


def make_room(connection: Any, text: str) -> None:
    """Reopen a connection that has compiled too much, before it compiles one more statement."""
    if connection.vendor != "sqlite":
        return
    connection.ensure_connection()
    if _is_too_much(connection, text) and not connection.in_atomic_block:
        connection.close()
        connection.ensure_connection()
        _kept(connection).add(text)


def drop_prepared(connection: Any, text: str) -> None:
    """Drop the prepared statements of a PostgreSQL connection if they are too much, before it prepares one more."""
    connection.ensure_connection()
    if _is_too_much(connection, text) and not connection.in_atomic_block:
        connection.connection.execute(DROP_ALL)
        kept = _kept(connection)
        kept.clear()
        kept.add(text)


def _is_too_much(connection: Any, text: str) -> bool:
    """Whether a new statement makes those of a connection too long together; notes it."""
    kept = _kept(connection)
    if len(text) <= SMALL or text in kept:
        return False
    kept.add(text)
    return len(kept) > 1 and sum(map(len, kept)) > MOST


def _kept(connection: Any) -> set[str]:
    """The larger statements that a connection has compiled since it was opened."""
    kept: set[str]
    driver, kept = getattr(connection, _KEPT, (None, set()))
    if driver is not connection.connection:
        kept = set()
        setattr(connection, _KEPT, (connection.connection, kept))
    return kept
