"""Two requests at once, in every order of their statements that is possible.

The first one stops before one of the statements of its transaction; the second one runs until it is done or has to wait for the first; then
the first one goes on. Repeated for every statement of the first. SQLite has one writer at a time: the second waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

Request = Callable[[], Any]
SECONDS = 30
# How long a request on SQLite may take until it is thought to wait for the other one.
WAITS = 0.05
STOPS_ON_SQLITE = 4
_MARKS = ("SAVEPOINT", "RELEASE", "SET ")


@dataclass
class Run:
    """A request in a thread with a connection of its own, which may stop before one of its statements."""

    request: Request
    stop: int = 0
    count: int = 0
    pid: int = 0
    answer: Any = None
    error: BaseException | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                self.pid = connection.connection.info.backend_pid
                with connection.cursor() as cursor:
                    cursor.execute("SET deadlock_timeout TO '20ms'")
            with connection.execute_wrapper(self._before):
                self.answer = self.request()
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.error = error
        finally:
            connection.close()
            self.done.set()
            self.stopped.set()

    def _before(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # Where a transaction has not begun, or only marks a place in it, nobody can come between two statements.
        counts = connection.in_atomic_block and not str(sql).startswith(_MARKS)
        self.count += counts
        if counts and self.count == self.stop:
            self.stopped.set()
            assert self.go_on.wait(SECONDS)
        return execute(sql, params, many, context)


def interleaved(first: Request, second: Request, *, stop: int) -> tuple[Any, Any] | None:
    """Both answers, if the first request stops before this statement; None if it has fewer statements."""
    one, other = Run(first, stop=stop), Run(second)
    threads = [one.start()]
    assert one.stopped.wait(SECONDS)
    reached = not one.done.is_set()
    if reached:
        threads.append(other.start())
        _until_done_or_waiting(other)
        one.go_on.set()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()
    for run in (one, other):
        if run.error is not None:
            raise run.error
    return (one.answer, other.answer) if reached else None


def _until_done_or_waiting(run: Run) -> None:
    if connection.vendor == "sqlite":
        run.done.wait(WAITS)
        return
    ends = time.monotonic() + SECONDS
    while not run.done.wait(0.002):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [run.pid])
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < ends


def stops() -> Iterator[int]:
    """The statements before which the first request may stop; a run that has fewer ends them."""
    number = 0
    while connection.vendor == "postgresql" or number < STOPS_ON_SQLITE:
        number += 1
        yield number
