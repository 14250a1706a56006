"""Time limits of requests for database work, and stopping them when the caller has left.

The request of this thread has a :class:`Ticket`, which :mod:`.statements` checks around every statement. Outside a
request, as in commands, there is no ticket and nothing ends a statement.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import OperationalError

from ..errors import CallerLeft, RequestEnded, TookTooLong

LOOK_EVERY = 0.25  # seconds between checks of the canceling thread
CANCEL_SECONDS = 1.0  # for the database to take note of a cancellation
CUT_AFTER = 2.0  # seconds after asking the database to cancel a statement until its connection is given up
GRACE = 2.0  # seconds for the error response: pages look up who is signed in
# Compiling a plan takes longer than running it: statements are long but touch only a page of rows.
WITHOUT_JIT = "SET LOCAL jit=off;"

_current: ContextVar[Ticket | None] = ContextVar("ticket", default=None)
_running: set[Ticket] = set()  # tickets with a statement currently running on PostgreSQL


class Ticket:
    """One request from the database's point of view: its deadline, and whether its caller is still connected.

    ``spent`` is for how many seconds its statements have run so far. ``cost`` is how much it has read and written: rows
    read, each once and once more for every include, and rows written.
    """

    __slots__ = (
        "_asked_at", "_driver", "_limited_at", "_lock", "_places", "cost", "ends", "left", "seconds", "spent", "told",
    )  # fmt: skip

    def __init__(self, seconds: float | None = None) -> None:
        self._lock = threading.Lock()
        self._driver: Any = None
        self._asked_at: float | None = None  # when the database was asked to cancel what runs
        self._limited_at: float | None = None
        self._places: list[threading.Semaphore] = []
        self.left = self.told = False
        self.spent = 0.0
        self.cost = 0
        self.limit(seconds)

    def limit(self, seconds: float | None) -> None:
        """Set the time limit from now on; None or 0 means unlimited."""
        self.seconds = seconds or None
        self.ends = time.monotonic() + seconds if seconds else None
        self._limited_at = None

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Context in which less time is left than otherwise."""
        usual = self.ends
        self.ends = min(usual or float("inf"), time.monotonic() + seconds)
        try:
            yield
        finally:
            self.ends = usual

    @contextmanager
    def held(self) -> Iterator[Ticket]:
        """Context for handling the request, in its thread."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)
            while self._places:
                self._places.pop().release()

    def keep(self, place: threading.Semaphore) -> None:
        """Release what was acquired for the request when it is answered, and not before."""
        self._places.append(place)

    def keeps(self, place: threading.Semaphore) -> bool:
        """Whether the request has acquired this before."""
        return place in self._places

    def cancel(self) -> None:
        """Stop the running statement and refuse further ones; callable from any thread, does not wait."""
        self.left = True
        _look_now()

    @property
    def over(self) -> bool:
        """Whether the request has to end."""
        return self.left or (self.ends is not None and time.monotonic() > self.ends)

    def check(self) -> None:
        """Raise if the request has to end."""
        if self.over:
            raise self.reason()

    def reason(self) -> RequestEnded:
        """The error that ends the request."""
        return CallerLeft() if self.left else TookTooLong(self.seconds or 0)

    # -- PostgreSQL ----------------------------------------------------------------------------------------------------

    def run(self, driver: object, send: Callable[[], object]) -> Any:
        """Send a statement that another thread may cancel."""
        with self._lock:
            self._driver, self._asked_at = driver, None
        _running.add(self)
        try:
            return send()
        finally:
            _running.discard(self)
            # Waits for a cancellation in progress, which would otherwise hit the next statement.
            with self._lock:
                self._driver = None

    def stop(self) -> None:
        """Cancel the running statement; if the database does not react, give up its connection."""
        with self._lock, suppress(Exception):  # The connection is gone, and the statement with it.
            if self._driver is None:
                return
            now = time.monotonic()
            if self._asked_at is not None and now - self._asked_at > CUT_AFTER:
                _cut(self._driver.fileno())
                return
            self._asked_at = self._asked_at or now
            self._driver.cancel_safe(timeout=CANCEL_SECONDS)

    def preamble(self, status: int) -> str:
        """What must precede the next statement; empty if the transaction already has its limit.

        Parameters
        ----------
        status : int
            State of the transaction, 0 if the statement starts one.
        """
        if self.ends is None:
            return WITHOUT_JIT if status == 0 else ""
        remaining = self.ends - time.monotonic()
        known = self._limited_at if status else None
        # The limit applies to each statement, so it is updated as time passes to keep their sum within the deadline.
        if known is not None and remaining > known - max(0.5, known / 10):
            return ""
        self._limited_at = remaining
        return f"{WITHOUT_JIT}SET LOCAL statement_timeout={max(1, int(remaining * 1000))};"

    def forget_limit(self) -> None:
        """Called when a savepoint was rolled back, possibly together with the limit set after it."""
        self._limited_at = None


def _cut(descriptor: int) -> None:
    """End a connection on this side: a stopped or unreachable server would keep its reader waiting for ever."""
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)


def current() -> Ticket | None:
    """The ticket of the request that this thread is processing."""
    return _current.get()


@contextmanager
def asked(seconds: float | None) -> Iterator[Ticket]:
    """Limit the request of this thread; without a ticket, creates one for the block."""
    ticket = _current.get()
    if ticket is not None:
        ticket.limit(seconds)
        yield ticket
        return
    with Ticket(seconds).held() as ticket:
        yield ticket


def charge(rows: int, *, includes: int = 0) -> None:
    """Add rows to what the request of this thread has cost."""
    if ticket := _current.get():
        ticket.cost += rows * (1 + includes)


def lift() -> None:
    """Remove the limit, because the response is a stream."""
    if ticket := _current.get():
        ticket.limit(None)


def ended(error: BaseException | None) -> RequestEnded | None:
    """Why the request had to end, if that caused the error; grants some time for the error response."""
    ticket = _current.get()
    found = error if isinstance(error, RequestEnded) else None
    # SQLite also interrupts fetching rows, where its error is not translated.
    if isinstance(error, OperationalError) and ticket is not None and ticket.over:
        found = ticket.reason()
    if found is not None and ticket is not None:
        ticket.told = True
        if not ticket.left:
            ticket.ends = time.monotonic() + GRACE
            ticket.forget_limit()
    return found


# -- PostgreSQL: the canceling thread ----------------------------------------------------------------------------------

_wake = threading.Event()
_starting = threading.Lock()
_watcher: threading.Thread | None = None


def _watch() -> None:
    while True:
        _wake.wait(LOOK_EVERY)
        _wake.clear()
        for ticket in list(_running):
            # Slightly later than the database itself, which handles it more precisely.
            if ticket.left or (ticket.ends is not None and time.monotonic() > ticket.ends + LOOK_EVERY):
                ticket.stop()


def _look_now() -> None:
    _wake.set()


def start_watching() -> None:
    """Start the canceling thread, once per process; threads do not survive a fork."""
    global _watcher  # noqa: PLW0603 - one of each process
    with _starting:
        if _watcher is None or not _watcher.is_alive():
            _watcher = threading.Thread(target=_watch, name="deadlines", daemon=True)
            _watcher.start()


__all__ = ["Ticket", "asked", "charge", "current", "ended", "lift", "start_watching"]
