"""Retries writes that lost a deadlock, as PostgreSQL expects of its clients.

Writes take locks in a fixed order as far as possible; two large deletions or moves may still deadlock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 4
_DEADLOCK, _NOT_SERIALISABLE = "40P01", "40001"


def again_after_deadlock(write: Callable[P, T]) -> Callable[P, T]:
    """Retry a write, which is one transaction, if the database aborted it in favor of another one."""

    @wraps(write)
    def written(*arguments: P.args, **named: P.kwargs) -> T:
        # Within a caller's transaction, or once files are stored, only the caller can start again.
        tries = 1 if connection.in_atomic_block or named.get("files") else TRIES
        for _ in range(tries - 1):
            try:
                return write(*arguments, **named)
            except OperationalError as error:
                if not lost_deadlock(error):
                    raise
        return write(*arguments, **named)

    return written


def lost_deadlock(error: BaseException) -> bool:
    """Whether the database aborted a transaction so that others could continue."""
    return getattr(error.__cause__, "sqlstate", None) in (_DEADLOCK, _NOT_SERIALISABLE)
