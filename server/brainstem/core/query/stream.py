"""All records of a list, a few hundred of them in memory at a time.

One statement, so that every record is as the database was at one moment, and the count is that of the same moment:
PostgreSQL keeps the rest of the answer behind a cursor, SQLite steps on as rows are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from .. import compiled, deadlines
from ..access.actor import Actor
from ..registry import Relation, Spec
from ..statements import guarded
from .plan import Node
from .run import blamed, bound_list
from .syntax import Query

BATCH = 500


@dataclass(frozen=True)
class Stream:
    """The JSON texts of records, batch by batch, and how many the query finds without its limit and offset."""

    count: int
    node: Node
    batches: Iterator[list[str]]
    close: Callable[[], None]


def open_stream(
    spec: Spec,
    query: Query,
    *,
    actor: Actor,
    portal: str,
    base: str,
    within: Relation | None = None,
    parent_id: Any = None,
) -> Stream:
    """The records that the actor sees in the portal, in order; the first batch is there when this returns.

    What is wrong with the query, or with the database, is said here and not in the middle. Whoever does not read to
    the end closes the stream.
    """
    made, values = bound_list(spec, query, actor=actor, portal=portal, base=base, within=within, parent_id=parent_id)
    deadlines.lift()
    rows = _rows(made.statement.text, values)
    with blamed(query):
        first = next(rows)
    return Stream(int(first[0][0]), made.plan.node, _texts(first, rows), rows.close)


def _texts(first: list[tuple[Any, ...]], rest: Iterator[list[tuple[Any, ...]]]) -> Iterator[list[str]]:
    if found := [row[1] for row in first if row[1] is not None]:
        yield found
    del first, found
    for rows in rest:
        yield [row[1] for row in rows]


def _rows(text: str, values: list[Any]) -> Generator[list[tuple[Any, ...]]]:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    with ExitStack() as stack:
        if (
            connection.vendor == "postgresql"
        ):  # A cursor there lives in a transaction; on SQLite one would lock writers.
            stack.enter_context(transaction.atomic())
            with connection.cursor() as settings:  # for this transaction; the cursor is declared in it
                settings.execute(deadlines.WITHOUT_JIT)
        connection.ensure_connection()
        compiled.make_room(connection, text)
        cursor = stack.enter_context(connection.chunked_cursor())
        cursor.execute(text, values)
        while rows := _fetched(connection, cursor):
            yield rows


def _fetched(connection: Any, cursor: Any) -> list[tuple[Any, ...]]:
    """The next rows; finding them has to end when the caller leaves."""
    return list(guarded(connection, lambda: cursor.fetchmany(BATCH)))


__all__ = ["BATCH", "Stream", "open_stream"]
