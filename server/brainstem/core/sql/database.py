"""Our own statements -> rows: the path to the database that every read takes.

Knows connections, but no models. Compared with a Django cursor it saves the ``SELECT 1`` that checks whether a
persistent connection is still alive, and the planning of statements that are always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper

from . import compiled
from .deadlines import current
from .prepares import prepares
from .timing import timed

Row = tuple[Any, ...]
Take = Callable[[Iterator[Row]], list[Row]]
ONE_PLAN = "SET LOCAL plan_cache_mode=force_generic_plan;"
# SQLite's statements with the placeholders that the driver understands; some megabytes at most.
_converted: dict[str, str] = {}
LONGEST_REMEMBERED, MOST_REMEMBERED = 64 * 1024, 64
# Errors for statements that are too deeply nested or too long; PostgreSQL has codes for this.
_TOO_COMPLEX = ("parser stack overflow", "expression tree is too large", "tables in a join", "too many", "too big")


def rows(text: str, values: Sequence[object], *, take: Take = list) -> list[Row]:
    """All rows of one statement; reconnects once if the database has closed the connection.

    ``take`` collects the rows one by one, and may stop by raising an error.
    """
    return _again(_rows, text, values, take)


def rows_of_prepared(text: str, values: Sequence[object], *, bounded: bool = True, take: Take = list) -> list[Row]:
    """Like :func:`rows`, for statements with one good plan for all values, such as looking up a row by its id.

    PostgreSQL plans it once per connection, since planning takes most of the time of a detail.

    Parameters
    ----------
    bounded : bool
        Whether it reads a row and little else. Other statements run in a transaction with the request's time limit,
        which a prepared statement cannot carry.
    """
    return _again(_rows_of_prepared if bounded else _rows_of_prepared_within_limit, text, values, take)


def rows_of_one_plan(text: str, values: Sequence[object], *, take: Take = list) -> list[Row]:
    """Like :func:`rows_of_prepared`, for long statements that run within the request's time limit.

    PostgreSQL is told to keep the plan: it would go on planning for the values of each request, since it expects less
    work then, and planning takes longer than the work.
    """
    return _again(_rows_of_one_plan, text, values, take)


def too_complex(error: OperationalError) -> bool:
    """Whether the database refused a statement as too deeply nested or too long."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code is not None:
        return str(code).startswith("54")
    said = str(error).lower()
    return any(words in said for words in _TOO_COMPLEX)


def _again(
    run: Callable[[Any, str, Sequence[object], Take], list[Row]], text: str, values: Sequence[object], take: Take
) -> list[Row]:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    compiled.make_room(connection, text)
    # Django would first check the connection; here a failure shows that it is gone, and the statement is sent again.
    connection.health_check_done = True
    try:
        # With fetching the rows, which is when SQLite makes them.
        return timed(connection, text, lambda: run(connection, text, values, take))
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return timed(connection, text, lambda: run(connection, text, values, take))


def _rows(connection: BaseDatabaseWrapper, text: str, values: Sequence[Any], take: Take) -> list[Row]:
    with _cursor(connection) as cursor:
        cursor.execute(text, values)
        return take(iter(cursor))


def _cursor(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor of Django, which on SQLite remembers how it rewrites statements."""
    if connection.vendor != "sqlite" or connection.queries_logged:
        return connection.cursor()
    with connection.wrap_database_errors:
        return connection.make_cursor(connection.connection.cursor(factory=_Remembering))


class _Remembering(SQLiteCursorWrapper):
    """Rewrites the placeholders of a statement once: those about the past are tens of kilobytes long."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is not None or len(query) > LONGEST_REMEMBERED:
            return super().convert_query(query, param_names=param_names)
        if (found := _converted.get(query)) is None:
            if len(_converted) >= MOST_REMEMBERED:
                _converted.clear()
            found = _converted[query] = super().convert_query(query)
        return found


def _rows_of_prepared(connection: BaseDatabaseWrapper, text: str, values: Sequence[Any], take: Take) -> list[Row]:
    if not prepares(connection):
        return _rows(connection, text, values, take)
    compiled.drop_prepared(connection, text)
    with connection.wrap_database_errors:
        prepared = _prepared_cursor()(_preparing(connection))
    with connection.make_cursor(prepared) as cursor:
        cursor.execute(text, values)
        return take(iter(cursor))


def _rows_of_one_plan(connection: BaseDatabaseWrapper, text: str, values: Sequence[object], take: Take) -> list[Row]:
    return _rows_of_prepared_within_limit(connection, text, values, take, setting=ONE_PLAN)


def _rows_of_prepared_within_limit(
    connection: BaseDatabaseWrapper, text: str, values: Sequence[object], take: Take, *, setting: str = ""
) -> list[Row]:
    ticket = current()
    if ticket is None or not prepares(connection) or connection.in_atomic_block:
        return _rows_of_prepared(connection, text, values, take)
    driver = _preparing(connection)

    def send(text: str) -> None:
        with connection.wrap_database_errors:
            ticket.run(driver, lambda: driver.execute(text))

    send(f"BEGIN;{ticket.preamble(0)}{setting}")
    try:
        found = _rows_of_prepared(connection, text, values, take)
    except BaseException:
        with suppress(OperationalError, InterfaceError):  # the connection is gone, and the transaction with it
            send("ROLLBACK")
        raise
    send("COMMIT")
    return found


def _preparing(connection: BaseDatabaseWrapper) -> Any:
    """The driver's connection, which may prepare statements.

    Only those of :class:`Prepared`: lists carry their values in the text and are planned for them. Generic plans made
    lists 2.5 times slower.
    """
    connection.ensure_connection()
    driver = connection.connection
    driver.prepare_threshold = 0  # Django's None forbids preparing; its own cursors never prepare
    return driver


@cache
def _prepared_cursor() -> type[Any]:
    from psycopg import Cursor  # noqa: PLC0415 - not needed on SQLite

    class Prepared(Cursor[Row]):
        """Sends the text of a statement once, then only its values."""

        def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
            return super().execute(query, params, prepare=True)

    return Prepared
