"""Threads that work for the event loop."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]
log = logging.getLogger(__name__)


class _Thread:
    """A thread and its current or next job."""

    def __init__(self, job: Job) -> None:
        self.job: Job | None = job
        self.wake = threading.Lock()
        self.wake.acquire()


class Pool:
    """A number of threads, started on demand, with a bounded queue.

    The most recently busy thread gets the next job, so that a quiet server uses few database connections, and those
    have warm caches.
    """

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self._name = name
        self._threads = threads
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._started = 0
        self._idle: list[_Thread] = []
        self._waiting: deque[Job] = deque()

    def submit(self, job: Job) -> bool:
        """Queue a job; False if too many are waiting already."""
        with self._lock:
            if self._idle:
                thread = self._idle.pop()
                thread.job = job
                thread.wake.release()
            elif self._started < self._threads:
                self._started += 1
                name = f"{self._name}-{self._started}"
                threading.Thread(target=self._run, args=(_Thread(job),), name=name, daemon=True).start()
            elif len(self._waiting) < self._most_waiting:
                self._waiting.append(job)
            else:
                return False
        return True

    def forget(self, job: Job) -> bool:
        """Take a job back; False if it has started."""
        with self._lock:
            try:
                self._waiting.remove(job)
            except ValueError:
                return False
        return True

    @property
    def is_quiet(self) -> bool:
        """Whether no job is running or waiting."""
        with self._lock:
            return len(self._idle) == self._started

    def _run(self, thread: _Thread) -> None:
        while True:
            job, thread.job = thread.job, None
            try:
                if job is not None:
                    job()
            except Exception:
                log.exception("A thread of the server failed")
            del job
            with self._lock:
                if self._waiting:
                    thread.job = self._waiting.popleft()
                    continue
                self._idle.append(thread)
            thread.wake.acquire()


__all__ = ["Pool"]
