"""Statements of our own -> rows: the narrow way to the database that every read takes.

Knows connections; knows no model. What it spares a request, compared with asking Django for a cursor: the ``SELECT 1``
that tells whether a kept connection still lives, and, for statements that are always the same, their planning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

Row = tuple[Any, ...]
Take = Callable[[Iterator[Row]], list[Row]]
_generic: WeakSet[Any] = WeakSet()


def rows(text: str, values: Sequence[Any], *, take: Take = list) -> list[Row]:
    """All rows of one statement; a connection that the database closed meanwhile is opened again, once.

    ``take`` collects them, one after the other, and may stop with an error.
    """
    return _again(_rows, text, values, take)


def rows_of_prepared(text: str, values: Sequence[Any], *, take: Take = list) -> list[Row]:
    """As :func:`rows`, for a statement whose plan is good for all values, such as one that finds a row by its id.

    PostgreSQL plans it once for each connection: planning is most of the time of a detail.
    """
    return _again(_rows_of_prepared, text, values, take)


def _again(
    run: Callable[[Any, str, Sequence[Any], Take], list[Row]], text: str, values: Sequence[Any], take: Take
) -> list[Row]:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
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
        prepared = _prepared_cursor()(_with_generic_plans(connection))
    with connection.make_cursor(prepared) as cursor:
        cursor.execute(text, values)
        return take(iter(cursor))


def _with_generic_plans(connection: Any) -> Any:
    """The driver's connection, on which PostgreSQL may keep the plan of a prepared statement."""
    connection.ensure_connection()
    driver = connection.connection
    if driver not in _generic:
        # Only prepared statements heed this. Lists are never prepared: they go on being planned with their values.
        driver.execute("SET plan_cache_mode = auto")
        driver.prepare_threshold = 0  # Django's None forbids to prepare; its own cursors never do
        _generic.add(driver)
    return driver


@cache
def _prepared_cursor() -> type[Any]:
    from psycopg import Cursor  # noqa: PLC0415 - not needed on SQLite

    class Prepared(Cursor[Row]):
        """Sends a statement once, and afterwards only its values."""

        def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
            return super().execute(query, params, prepare=True)

    return Prepared
