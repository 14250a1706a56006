"""Whether the database is away, rather than at odds with a statement: restarted, replaced, full, or out of connections.

Whoever asked can try again later; nothing about the request is wrong.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

# PostgreSQL: no connection; no resources, such as memory, disk or connections; an error of the machine.
_CLASSES = ("08", "53", "58")
_READ_ONLY = "25006"  # a standby, or a primary that has become one
# Ended by an administrator, after a crash, not yet started, idle for too long.
_CODES = frozenset({_READ_ONLY, "57P01", "57P02", "57P03", "57P05"})
_SQLITE = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM,
})  # fmt: skip
_MOST_CAUSES = 8

log = logging.getLogger(__name__)


def is_away(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that the database cannot work at present."""
    return any(_says_away(one) for one in _with_causes(error))


def note_away(error: BaseException) -> None:
    """Log that a request failed because the database is away, and give up a connection to one that only reads."""
    first = next(one for one in _with_causes(error) if _says_away(one))
    log.warning("The database is not available: %s", str(first).partition("\n")[0])
    connection = connections[DEFAULT_DB_ALIAS]
    # It answers as if it were well, so nothing else would look for the server that writes.
    if _code(first) == _READ_ONLY and not connection.in_atomic_block:
        connection.close()


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _says_away(error: BaseException) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lower byte is the code; the rest is a detail.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    if isinstance(error, InterfaceError):
        return "closed" in str(error)
    code = _code(error)
    # An error without a code was not sent by the server: there is no connection to it.
    return (code is None and cause is not None) or str(code)[:2] in _CLASSES or code in _CODES


def _code(error: BaseException) -> str | None:
    found = getattr(error.__cause__, "sqlstate", None)
    return str(found) if found else None


__all__ = ["is_away", "note_away"]
