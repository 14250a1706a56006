"""What SQLite's driver keeps compiled, bounded by size.

The driver counts statements, and one of thirty kilobytes takes more than a megabyte when it is compiled. It can neither
leave a statement out nor throw one away; closing the connection throws away all.
"""

from __future__ import annotations

from typing import Any

SMALL = 4_000  # characters: as many of these as the driver counts are little
MOST = 256_000  # characters of larger texts that one connection keeps compiled; tens of megabytes of memory
_KEPT = "brainstem_compiled"


def make_room(connection: Any, text: str) -> None:
    """Open a connection anew that has compiled too much, before it compiles one statement more."""
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
