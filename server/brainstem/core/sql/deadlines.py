"""How long one request may keep the database busy, and how it is stopped when its caller has left.

Knows the request of this thread as a :class:`Ticket`; :mod:`.statements` asks it around every statement. Outside a
request, as in commands, there is no ticket and nothing ends a statement.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import OperationalError

from ..errors import CallerLeft, RequestEnded, TookTooLong

LOOK_EVERY = 0.25  # seconds between two looks of the thread that cancels
GRACE = 2.0  # seconds for saying that it took too long: pages look up who is signed in
# A compiled plan takes longer to make than to run: statements are long, and touch a page of rows.
WITHOUT_JIT = "SET LOCAL jit=off;"

_current: ContextVar[Ticket | None] = ContextVar("ticket", default=None)
_running: set[Ticket] = set()  # tickets whose statement is with PostgreSQL just now


class Ticket:
    """One request as the database sees it: until when it may ask, and whether its caller is still there."""

    __slots__ = ("_driver", "_limited_at", "_lock", "_places", "ends", "left", "seconds", "told")

    def __init__(self, seconds: float | None = None) -> None:
        self._lock = threading.Lock()
        self._driver: Any = None
        self._limited_at: float | None = None
        self._places: list[threading.Semaphore] = []
        self.left = self.told = False
        self.limit(seconds)

    def limit(self, seconds: float | None) -> None:
        """Let the request ask for so long from now on; None or 0: for as long as it takes."""
        self.seconds = seconds or None
        self.ends = time.monotonic() + seconds if seconds else None
        self._limited_at = None

    @contextmanager
    def held(self) -> Iterator[Ticket]:
        """Around the handling of the request, in its thread."""
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
        """Stop the statement that runs for the request, and refuse further ones; from any thread, without waiting."""
        self.left = True
        _look_now()

    @property
    def over(self) -> bool:
        """Whether the request has to end."""
        return self.left or (self.ends is not None and time.monotonic() > self.ends)

    def check(self) -> None:
        """Raise what ends the request, if it has to end."""
        if self.over:
            raise self.reason()

    def reason(self) -> RequestEnded:
        """What is said about the end of the request."""
        return CallerLeft() if self.left else TookTooLong(self.seconds or 0)

    # -- PostgreSQL ----------------------------------------------------------------------------------------------------

    def run(self, driver: Any, send: Callable[[], Any]) -> Any:
        """Send a statement that another thread may cancel."""
        with self._lock:
            self._driver = driver
        _running.add(self)
        try:
            return send()
        finally:
            _running.discard(self)
            # Waits while a cancellation is on its way, which would otherwise hit the next statement.
            with self._lock:
                self._driver = None

    def stop(self) -> None:
        """Cancel the statement that runs."""
        with self._lock:
            if self._driver is not None:
                with suppress(Exception):  # The connection is gone, and the statement with it.
                    self._driver.cancel_safe(timeout=5)

    def preamble(self, status: int) -> str:
        """What has to stand before the next statement; nothing where the transaction knows its limit already.

        Parameters
        ----------
        status : int
            State of the transaction, 0 if the statement begins one.
        """
        if self.ends is None:
            return WITHOUT_JIT if status == 0 else ""
        remaining = self.ends - time.monotonic()
        known = self._limited_at if status else None
        # The limit is that of each statement: as time passes it is set anew, so that their sum ends in time.
        if known is not None and remaining > known - max(0.5, known / 10):
            return ""
        self._limited_at = remaining
        return f"{WITHOUT_JIT}SET LOCAL statement_timeout={max(1, int(remaining * 1000))};"

    def forget_limit(self) -> None:
        """A savepoint was rolled back, and perhaps the limit that was set behind it."""
        self._limited_at = None


def current() -> Ticket | None:
    """The ticket of the request that this thread works on."""
    return _current.get()


@contextmanager
def asked(seconds: float | None) -> Iterator[Ticket]:
    """Give the request of this thread a limit; without a ticket it gets one for as long as the block lasts."""
    ticket = _current.get()
    if ticket is not None:
        ticket.limit(seconds)
        yield ticket
        return
    with Ticket(seconds).held() as ticket:
        yield ticket


def lift() -> None:
    """The request may take as long as it takes: its answer is a stream."""
    if ticket := _current.get():
        ticket.limit(None)


def ended(error: BaseException | None) -> RequestEnded | None:
    """Why the request had to end, if that is what an error comes from; leaves it a moment to say so."""
    ticket = _current.get()
    found = error if isinstance(error, RequestEnded) else None
    # SQLite interrupts rows that are still being fetched, where nobody translates its error.
    if isinstance(error, OperationalError) and ticket is not None and ticket.over:
        found = ticket.reason()
    if found is not None and ticket is not None:
        ticket.told = True
        if not ticket.left:
            ticket.ends = time.monotonic() + GRACE
            ticket.forget_limit()
    return found


# -- PostgreSQL: the thread that cancels -------------------------------------------------------------------------------

_wake = threading.Event()
_starting = threading.Lock()
_watcher: threading.Thread | None = None


def _watch() -> None:
    while True:
        _wake.wait(LOOK_EVERY)
        _wake.clear()
        for ticket in list(_running):
            # A moment later than the database itself, which knows better where the statement is.
            if ticket.left or (ticket.ends is not None and time.monotonic() > ticket.ends + LOOK_EVERY):
                ticket.stop()


def _look_now() -> None:
    _wake.set()


def start_watching() -> None:
    """Start the thread that cancels, once in every process; one that forks leaves its threads behind."""
    global _watcher  # noqa: PLW0603 - one of each process
    with _starting:
        if _watcher is None or not _watcher.is_alive():
            _watcher = threading.Thread(target=_watch, name="deadlines", daemon=True)
            _watcher.start()


__all__ = ["Ticket", "asked", "current", "ended", "lift", "start_watching"]
