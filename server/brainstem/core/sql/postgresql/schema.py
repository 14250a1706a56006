"""Changes of tables that do not hold up a server at work: they wait briefly for a lock, and keep it briefly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from django.db.backends.postgresql import schema


@dataclass(frozen=True)
class Limits:
    """How long a statement of a migration waits for a lock, and how long it takes, in seconds; 0 for no limit."""

    lock_s: float
    statement_s: float


_limits: ContextVar[Limits | None] = ContextVar("limits", default=None)


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Changes of tables in this block have limits."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Sets the limits at the beginning of the transaction that makes the changes.

    Whoever waits for a table's exclusive lock keeps everybody out of it who comes later, readers too. Changes outside
    of a transaction, such as building an index concurrently, keep nobody out and have no limit.
    """

    def __enter__(self) -> Self:
        super().__enter__()
        limits = _limits.get()
        if limits is not None and self.atomic_migration and not self.collect_sql:
            self.execute(f"SET LOCAL lock_timeout = {int(limits.lock_s * 1000)}")
            self.execute(f"SET LOCAL statement_timeout = {int(limits.statement_s * 1000)}")
        return self


__all__ = ["Limits", "SchemaEditor", "limited"]
