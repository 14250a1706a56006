"""Statements of our own -> rows: the narrow way to the database that every read takes.

Knows connections; knows no model. What it spares a request, compared with asking Django for a cursor: the ``SELECT 1``
that tells whether a kept connection still lives, and, for statements that are always the same, their planning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from . import compiled
from .deadlines import current

Row = tuple[Any, ...]
Take = Callable[[Iterator[Row]], list[Row]]
# What databases say of a statement that is too deep or too long for them; PostgreSQL has codes for it.
_TOO_COMPLEX = ("parser stack overflow", "expression tree is too large", "tables in a join", "too many", "too big")


def rows(text: str, values: Sequence[Any], *, take: Take = list) -> list[Row]:
    """All rows of one statement; a connection that the database closed meanwhile is opened again, once.

    ``take`` collects them, one after the other, and may stop with an error.
    """
    return _again(_rows, text, values, take)


def rows_of_prepared(text: str, values: Sequence[Any], *, bounded: bool = True, take: Take = list) -> list[Row]:
    """As :func:`rows`, for a statement whose plan is good for all values, such as one that finds a row by its id.

    PostgreSQL plans it once for each connection: planning is most of the time of a detail.

    Parameters
    ----------
    bounded : bool
        It reads a row and little else. Any other runs in a transaction that has the limit of the request: a prepared
        statement cannot carry it.
    """
    return _again(_rows_of_prepared if bounded else _rows_of_prepared_within_limit, text, values, take)


def too_complex(error: OperationalError) -> bool:
    """Whether the database refused a statement as too deep or too long."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code is not None:
        return str(code).startswith("54")
    said = str(error).lower()
    return any(words in said for words in _TOO_COMPLEX)


def _again(
    run: Callable[[Any, str, Sequence[Any], Take], list[Row]], text: str, values: Sequence[Any], take: Take
) -> list[Row]:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    compiled.make_room(connection, text)
    # Django would ask the database first whether it is there; here a failure tells, and the statement is sent again.
    connection.health_check_done = True
    try:
        return run(connection, text, values, take)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return run(connection, text, values, take)


def _rows(connection: Any, text: str, values: Sequence[Any], take: Take) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return take(iter(cursor))


def _rows_of_prepared(connection: Any, text: str, values: Sequence[Any], take: Take) -> list[Row]:
    if connection.vendor != "postgresql" or connection.queries_logged:  # The log asks for the values in the text.
        return _rows(connection, text, values, take)
    with connection.wrap_database_errors:
        prepared = _prepared_cursor()(_preparing(connection))
    with connection.make_cursor(prepared) as cursor:
        cursor.execute(text, values)
        return take(iter(cursor))


def _rows_of_prepared_within_limit(connection: Any, text: str, values: Sequence[Any], take: Take) -> list[Row]:
    ticket = current()
    if ticket is None or connection.vendor != "postgresql" or connection.in_atomic_block:
        return _rows_of_prepared(connection, text, values, take)
    driver = _preparing(connection)
    with connection.wrap_database_errors:
        driver.execute(f"BEGIN;{ticket.preamble(0)}")
        try:
            found = _rows_of_prepared(connection, text, values, take)
        except BaseException:
            if not driver.closed:
                driver.execute("ROLLBACK")
            raise
        driver.execute("COMMIT")
    return found


def _preparing(connection: Any) -> Any:
    """The driver's connection, which may prepare statements.

    Only those of :class:`Prepared`: lists carry their values in the text and are planned for them. A plan that is good
    for any values made lists 2.5 times slower.
    """
    connection.ensure_connection()
    driver = connection.connection
    driver.prepare_threshold = 0  # Django's None forbids to prepare; its own cursors never do
    return driver


@cache
def _prepared_cursor() -> type[Any]:
    from psycopg import Cursor  # noqa: PLC0415 - not needed on SQLite

    class Prepared(Cursor[Row]):
        """Sends a statement once, and afterwards only its values."""

        def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
            return super().execute(query, params, prepare=True)

    return Prepared
