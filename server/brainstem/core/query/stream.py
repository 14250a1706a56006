"""All records of a list, a few hundred of them in memory at a time; fewer where they are large.

A single record may be as large as a whole answer of JSON, and no larger.

One statement, so that every record is as the database was at one moment, and the count is that of the same moment:
PostgreSQL keeps the rest of the answer behind a cursor, SQLite steps on as rows are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..access.viewer import Viewer
from ..model.ids import RecordId
from ..model.registry import Relation, Spec
from ..sql import compiled, deadlines
from ..sql.statements import guarded
from .budget import BOUNDLESS, given, held_to, size_of, too_large
from .nodes import Node
from .projection import keeps_entries
from .run import Compiled, blamed, bound_list
from .syntax import Query

BATCH = 500
# So many bytes are taken from the database at a time, as far as the records before tell how large the next will be.
BATCH_BYTES = 1024 * 1024
# Where records may be of any size, as with lists of records in them, they are taken a few at a time.
FEW = 4


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
    viewer: Viewer,
    base: str,
    within: Relation | None = None,
    parent_id: RecordId | None = None,
) -> Stream:
    """The records that the actor sees in the portal, in order; the first batch is there when this returns.

    What is wrong with the query, or with the database, is said here and not in the middle. Whoever does not read to
    the end closes the stream.
    """
    made, values = bound_list(spec, query, viewer=viewer, base=base, within=within, parent_id=parent_id)
    deadlines.lift()
    rows = _rows(made, values)
    with blamed(query):
        first = next(rows)
    return Stream(int(first[0][0]), made.plan.node, _texts(first, rows), rows.close)


def _texts(first: list[tuple[Any, ...]], rest: Iterator[list[tuple[Any, ...]]]) -> Iterator[list[str]]:
    if found := [row[1] for row in first if row[1] is not None]:
        yield found
    del first, found
    for rows in rest:
        yield [row[1] for row in rows]


def _rows(made: Compiled, values: list[object]) -> Generator[list[tuple[Any, ...]]]:
    connection = connections[DEFAULT_DB_ALIAS]
    budget = int(settings.BRAINSTEM_MAX_ANSWER_BYTES)
    filled = given(made.statement.slots, values, budget, BOUNDLESS)
    with ExitStack() as stack:
        # First, as it may open the connection anew: the budget belongs to the connection that is there then.
        compiled.make_room(connection, made.statement.text)
        stack.enter_context(held_to(budget))
        # A cursor on PostgreSQL lives in a transaction; on SQLite one would lock writers.
        if connection.vendor == "postgresql":
            stack.enter_context(transaction.atomic())
            with connection.cursor() as early:  # for this transaction; the cursor is declared in it
                early.execute(deadlines.WITHOUT_JIT)
        cursor = stack.enter_context(connection.chunked_cursor())
        cursor.execute(made.statement.text, filled)
        most = FEW if _of_any_size(made.plan.node) else BATCH
        yield from _batches(connection, cursor, most=most, budget=budget)


def _batches(
    connection: BaseDatabaseWrapper, cursor: object, *, most: int, budget: int
) -> Generator[list[tuple[object, ...]]]:
    """The rows of a cursor, at most ``most`` at once, and as many as fit into a batch if none is larger than so far."""
    wanted, largest = min(FEW, most), 1
    while rows := _fetched(connection, cursor, wanted):
        largest = max(largest, *map(size_of, rows))
        if largest > budget:
            raise too_large()
        yield rows
        wanted = max(1, min(most, 4 * wanted, BATCH_BYTES // largest))


def _fetched(connection: BaseDatabaseWrapper, cursor: Any, wanted: int) -> list[tuple[object, ...]]:
    """The next rows; finding them has to end when the caller leaves."""
    return list(guarded(connection, lambda: cursor.fetchmany(wanted)))


def _of_any_size(node: Node) -> bool:
    """Whether records hold lists of records, or the entries of a log."""
    if any(child.relation is not None and child.relation.many for child in node.children.values()):
        return True
    shown = (column for name, column in node.spec.columns.items() if name not in node.hidden)
    return any(keeps_entries(one) for one in shown) or any(map(_of_any_size, node.children.values()))


__all__ = ["BATCH", "BATCH_BYTES", "Stream", "open_stream"]
