"""Doing a write again that lost a deadlock, as PostgreSQL asks of its clients.

Writes take locks in one order as far as they can; two that delete and move much at once may still meet crosswise.
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
    """Run a write, which is one transaction, again when the database ended it in favour of another one."""

    @wraps(write)
    def written(*arguments: P.args, **named: P.kwargs) -> T:
        # Within a transaction of the caller's, or with files that are stored already, only the caller can begin anew.
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
    """Whether the database ended a transaction so that others could go on."""
    return getattr(error.__cause__, "sqlstate", None) in (_DEADLOCK, _NOT_SERIALISABLE)
