"""The log of slow statements: what they ask and how the database goes about it, never with which values.

The plan is that of the statement's shape. It is made on a connection of its own, without values, so that it
neither disturbs the transaction of the slow statement nor shows what somebody looked for.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from .deadlines import Ticket

PAUSE_S = 60.0  # between two lines about the same shape
MOST_REMEMBERED = 500
PLAN_SECONDS, PLAN_MS = 2.0, 2000
ONE_PLAN = "SET LOCAL plan_cache_mode=force_generic_plan"
LONGEST_SHAPE, LONGEST_PLAN = 8_000, 8_000
_PLANNED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_TEXT = re.compile(r"'[^']*'")
_NUMBER = re.compile(r"(?<![\w$.\"])\d[\d.]*")
_PLACEHOLDER = re.compile(r"%s|%%")

log = logging.getLogger("brainstem.slow")
_noted: OrderedDict[str, float] = OrderedDict()  # digest of a shape -> when it was logged
_lock = threading.Lock()


def note(connection: BaseDatabaseWrapper, sql: str, seconds: float) -> None:
    """Log a statement that took so many seconds, unless its shape was logged within the last minute."""
    shape = shape_of(sql)
    digest = hashlib.sha256(shape.encode()).hexdigest()[:8]
    if not _is_due(digest):
        return
    log.warning(
        "Statement %s took %.3f s: %s | plan: %s", digest, seconds, cut(shape, LONGEST_SHAPE), _plan(connection, sql)
    )


def shape_of(sql: str) -> str:
    """A statement on one line, with ``?`` in place of every text and number in it; parameters are ``%s`` already."""
    return " ".join(_without_values(sql).split())


def _without_values(text: str) -> str:
    return _NUMBER.sub("?", _TEXT.sub("?", text))


def _is_due(digest: str) -> bool:
    now = time.monotonic()
    with _lock:
        if now - _noted.get(digest, float("-inf")) < PAUSE_S:
            return False
        _noted[digest] = now
        _noted.move_to_end(digest)
        if len(_noted) > MOST_REMEMBERED:
            _noted.popitem(last=False)
    return True


def forget() -> None:
    """Log every shape again."""
    with _lock:
        _noted.clear()


def cut(text: str, most: int) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


# -- plans -------------------------------------------------------------------------------------------------------------


def _plan(connection: BaseDatabaseWrapper, sql: str) -> str:
    """How the database would run statements of this shape, or why that is not known."""
    if not sql.lstrip().startswith(_PLANNED):
        return "none"
    explain = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    try:
        with _another(connection) as other:
            return cut("; ".join(explain(other, sql)), LONGEST_PLAN)
    except Exception as error:  # noqa: BLE001 - whatever it is, the statement itself was answered
        return f"unknown ({type(error).__name__})"


@contextmanager
def _another(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection to the same database, with a time limit of its own: that of the request may be over."""
    with Ticket(PLAN_SECONDS).held(), closing(connection.copy()) as other:
        yield other


def _of_sqlite(connection: BaseDatabaseWrapper, sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * _places(sql))
        return [_without_values(str(row[3])) for row in cursor.fetchall()]


def _of_postgresql(connection: BaseDatabaseWrapper, sql: str) -> list[str]:
    """The generic plan: prepared, so that the database itself leaves the parameters open."""
    number = _places(sql)
    nulls = f"({', '.join(['NULL'] * number)})" if number else ""
    connection.ensure_connection()
    driver = connection.connection
    with connection.wrap_database_errors, driver.transaction(), driver.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout={PLAN_MS}; {ONE_PLAN}")
        cursor.execute(f"PREPARE slow AS {_numbered(sql)}")
        try:
            with driver.transaction():
                cursor.execute(f"EXPLAIN EXECUTE slow{nulls}")
                return [_TEXT.sub("?", str(row[0])) for row in cursor.fetchall()]
        finally:
            # A pooler may give this connection to somebody else next.
            cursor.execute("DEALLOCATE slow")


def _places(sql: str) -> int:
    return sum(found == "%s" for found in _PLACEHOLDER.findall(sql))


def _numbered(sql: str) -> str:
    """``$1``, ``$2`` in place of ``%s``."""
    numbers = iter(range(1, _places(sql) + 1))
    return _PLACEHOLDER.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql)


__all__ = ["cut", "forget", "note", "shape_of"]
