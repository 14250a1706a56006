"""What a request may ask of the database, and how it is stopped from another thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[Ticket | None] = ContextVar("ticket", default=None)


class Ticket:
    """One request's permission to use the database, which another thread may withdraw."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the permission was withdrawn."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Withdraw the permission; safe from any thread, at any time."""
        self._cancelled.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Work on behalf of this ticket in the current thread."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)
