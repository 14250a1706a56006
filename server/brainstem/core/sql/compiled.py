"""Limits the size of SQLite's statement cache.

The driver counts statements, and one of thirty kilobytes takes more than a megabyte when compiled. It can neither skip
a statement nor drop one; closing the connection drops all of them.
"""

from __future__ import annotations

from typing import Any

SMALL = 4_000  # characters: a full cache of statements of this size is small
MOST = 256_000  # characters of larger statements that a connection may have compiled; tens of megabytes of memory
_KEPT = "brainstem_compiled"


def make_room(connection: Any, text: str) -> None:
    """Reopen a connection that has compiled too much, before it compiles one more statement."""
    if connection.vendor != "sqlite":
        return
    connection.ensure_connection()
    kept: set[str]
    driver, kept = getattr(connection, _KEPT, (None, set()))
    if driver is not connection.connection:
        driver, kept = connection.connection, set()
        setattr(connection, _KEPT, (driver, kept))
    if len(text) > SMALL and text not in kept:
        kept.add(text)
        if len(kept) > 1 and sum(map(len, kept)) > MOST and not connection.in_atomic_block:
            connection.close()
            connection.ensure_connection()
            setattr(connection, _KEPT, (connection.connection, {text}))
