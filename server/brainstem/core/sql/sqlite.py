"""Functions that SQLite lacks, registered on every new connection."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created


def fold_case(text: str | None) -> str | None:
    """A text in lower case, in every script (SQLite's own knows ASCII only)."""
    return text.lower() if isinstance(text, str) else text


def register(connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the functions that queries use."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("fold_case", 1, fold_case, deterministic=True)


def install() -> None:
    """Register from now on."""
    connection_created.connect(register, dispatch_uid="brainstem.core.sql.sqlite")
