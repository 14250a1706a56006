"""What a database holds, in numbers that are the same after a restore. Knows no database, only how to ask one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import FileField

Row = tuple[Any, ...]
Ask = Callable[[str], list[Row]]
MODULUS = 2**64


@dataclass(frozen=True)
class Table:
    """Number of rows, and a checksum of them that does not depend on their order."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Contents:
    """All tables of a database at one moment, the migrations applied, and the uploads that its rows name."""

    tables: dict[str, Table]
    migrations: list[str]
    named_files: frozenset[str]


def table_of(rows: int, total: int) -> Table:
    """A table whose rows have digests of this sum, each being the first 64 bits of a SHA-256."""
    return Table(rows, f"{int(total) % MODULUS:016x}")


def summed(rows: Iterable[Row]) -> Table:
    """The table with these rows."""
    number = total = 0
    for row in rows:
        number += 1
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big")
    return table_of(number, total)


def migrations(ask: Ask, tables: Iterable[str]) -> list[str]:
    """The migrations that were applied, as ``app.name``; none if the database has no table of them."""
    if "django_migrations" not in tables:
        return []
    return sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations"))


def named_files(ask: Ask, columns: set[tuple[str, str]]) -> frozenset[str]:
    """The uploads that rows name, as paths below ``uploads/``.

    ``columns`` are the (table, column) pairs of the database, which may be older than the models.
    """
    found: set[str] = set()
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and (table, field.column) in columns:
                rows = ask(f'SELECT DISTINCT "{field.column}" FROM "{table}" WHERE "{field.column}" <> \'\'')
                found.update(name for (name,) in rows)
    return frozenset(found)


__all__ = ["Ask", "Contents", "Row", "Table", "migrations", "named_files", "summed", "table_of"]
