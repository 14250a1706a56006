"""Functions that SQLite lacks, registered on every new connection."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def fold_case(text: str | None) -> str | None:
    """Text in lowercase, in every script (SQLite's own function only supports ASCII)."""
    return text.lower() if isinstance(text, str) else text


def register(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Register the functions that queries use on a new SQLite connection."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("fold_case", 1, fold_case, deterministic=True)


def install() -> None:
    """Register the functions on all new connections."""
    connection_created.connect(register, dispatch_uid="brainstem.core.sql.sqlite")
