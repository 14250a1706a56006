"""What a write reads and computes before its transaction begins, and keeps if the database still says the same there.

On SQLite every other writer waits from the beginning of a transaction to its end, however little of it is writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared(Generic[T]):
    """What was made of answers of the database, with the statements and their answers."""

    made: T
    answers: list[tuple[str, Any, list[Any]]]

    def still_holds(self) -> bool:
        """Whether every statement gets the same answer now; until the transaction ends, where it keeps writers out."""
        return all(_answer(sql, parameters) == answer for sql, parameters, answer in self.answers)


def prepare(make: Callable[[], T]) -> Prepared[T]:
    """Make something of what the database says now; what ``make`` gives may depend on nothing else.

    Raises
    ------
    RuntimeError
        It does more than read, or, on PostgreSQL, a transaction has begun already.
    """
    asked: list[tuple[str, Any]] = []

    def noted(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith("SELECT"):
            raise RuntimeError(f"Only what is read can be prepared, not {sql.split(maxsplit=1)[0]}.")
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    connection = connections[DEFAULT_DB_ALIAS]
    with _snapshot(connection):
        with connection.execute_wrapper(noted):
            made = make()
        return Prepared(made, [(sql, parameters, _answer(sql, parameters)) for sql, parameters in asked])


def _answer(sql: str, parameters: Any) -> list[object]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@contextmanager
def _snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let all statements see the same state of the database, without keeping anybody from writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    if connection.in_atomic_block:  # which sees the state of its beginning, and what it wrote itself
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # transaction.atomic() would begin one that writes
        try:
            yield
        finally:
            if connection.connection.in_transaction:
                cursor.execute("ROLLBACK")


__all__ = ["Prepared", "prepare"]
