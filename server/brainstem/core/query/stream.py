"""All records of a list, with a few hundred of them in memory at a time; fewer if they are large.

A single record may be as large as a whole JSON response, and no larger.

It is one statement, so that all records and the count show the database at the same moment: PostgreSQL keeps the rest
of the result behind a cursor, SQLite steps through it as rows are fetched.
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
from ..model.fields import keeps_entries
from ..model.ids import RecordId
from ..model.registry import Relation, Spec
from ..sql import compiled, deadlines
from ..sql.statements import guarded
from .budget import BOUNDLESS, given, held_to, size_of, too_large
from .nodes import Node
from .run import Compiled, blamed, bound_list
from .syntax import Query

BATCH = 500
# Bytes fetched from the database at a time, estimating the size of records from those before them.
BATCH_BYTES = 1024 * 1024
# Records of unpredictable size, such as those containing lists of records, are fetched a few at a time.
FEW = 4


@dataclass(frozen=True)
class Stream:
    """The JSON texts of records in batches, and the number of matches regardless of limit and offset."""

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
    """The records that the actor sees in the portal, in order; the first batch has been fetched when this returns.

    Errors in the query, or of the database, are raised here rather than in the middle of the stream. A caller that
    does not read to the end must close the stream.
    """
    made, values = bound_list(spec, query, viewer=viewer, base=base, within=within, parent_id=parent_id)
    deadlines.lift()
    rows = _rows(made, values, includes=len(query.includes))
    with blamed(query):
        first = next(rows)
    return Stream(int(first[0][0]), made.plan.node, _texts(first, rows), rows.close)


def _texts(first: list[tuple[Any, ...]], rest: Iterator[list[tuple[Any, ...]]]) -> Iterator[list[str]]:
    if found := [row[1] for row in first if row[1] is not None]:
        yield found
    del first, found
    for rows in rest:
        yield [row[1] for row in rows]


def _rows(made: Compiled, values: list[object], *, includes: int) -> Generator[list[tuple[Any, ...]]]:
    connection = connections[DEFAULT_DB_ALIAS]
    budget = int(settings.BRAINSTEM_MAX_ANSWER_BYTES)
    filled = given(made.statement.slots, values, budget, BOUNDLESS)
    with ExitStack() as stack:
        # First, because it may reconnect: the budget has to be set on the new connection.
        compiled.make_room(connection, made.statement.text)
        stack.enter_context(held_to(budget))
        # PostgreSQL needs a transaction for a cursor; on SQLite it would block writers.
        if connection.vendor == "postgresql":
            stack.enter_context(transaction.atomic())
            with connection.cursor() as early:  # for this transaction; the cursor is declared in it
                early.execute(deadlines.WITHOUT_JIT)
        cursor = stack.enter_context(connection.chunked_cursor())
        cursor.execute(made.statement.text, filled)
        most = FEW if _of_any_size(made.plan.node) else BATCH
        yield from _batches(connection, cursor, most=most, budget=budget, includes=includes)


def _batches(
    connection: BaseDatabaseWrapper, cursor: object, *, most: int, budget: int, includes: int
) -> Generator[list[tuple[object, ...]]]:
    """The rows of a cursor, at most ``most`` at once, as many as should fit into a batch judging from those so far."""
    wanted, largest = min(FEW, most), 1
    while rows := _fetched(connection, cursor, wanted):
        deadlines.charge(len(rows), includes=includes)
        largest = max(largest, *map(size_of, rows))
        if largest > budget:
            raise too_large()
        yield rows
        wanted = max(1, min(most, 4 * wanted, BATCH_BYTES // largest))


def _fetched(connection: BaseDatabaseWrapper, cursor: Any, wanted: int) -> list[tuple[object, ...]]:
    """The next rows; fetching them stops if the caller leaves."""
    return list(guarded(connection, lambda: cursor.fetchmany(wanted)))


def _of_any_size(node: Node) -> bool:
    """Whether records hold lists of records, or the entries of a log."""
    if any(child.relation is not None and child.relation.many for child in node.children.values()):
        return True
    shown = (column for name, column in node.spec.columns.items() if name not in node.hidden)
    return any(keeps_entries(one.field) for one in shown) or any(map(_of_any_size, node.children.values()))


__all__ = ["BATCH", "BATCH_BYTES", "Stream", "open_stream"]
