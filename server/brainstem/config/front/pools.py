"""Threads that work for the event loop."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Job = Callable[[], None]
EVERYBODY = ""
log = logging.getLogger(__name__)


class _Thread:
    """A thread and its current or next job."""

    def __init__(self, job: Job, share: _Share) -> None:
        self.job: Job | None = job
        self.share = share
        self.wake = threading.Lock()
        self.wake.acquire()


@dataclass
class _Share:
    """Jobs of one kind: how many may run at once, how many do, and those that wait, with their numbers."""

    most: int
    busy: int = 0
    waiting: deque[tuple[int, Job]] = field(default_factory=deque)

    @property
    def has_next(self) -> bool:
        return bool(self.waiting) and self.busy < self.most


class Pool:
    """A number of threads, started on demand, with bounded queues.

    The most recently busy thread gets the next job, so that a quiet server uses few database connections, and those
    have warm caches.

    Parameters
    ----------
    waiting : int
        How many jobs of each share may wait.
    shares : mapping, optional
        How many threads jobs of each kind may occupy at once. Together they may exceed the number of threads: what one
        kind does not use, another one can. Without shares, all jobs are alike.
    """

    def __init__(self, name: str, *, threads: int, waiting: int, shares: Mapping[str, int] | None = None) -> None:
        self._name = name
        self._threads = threads
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._started = self._number = 0
        self._idle: list[_Thread] = []
        self._shares = {share: _Share(most) for share, most in (shares or {EVERYBODY: threads}).items()}

    def submit(self, job: Job, share: str = EVERYBODY) -> bool:
        """Queue a job; False if too many of its share are waiting already."""
        with self._lock:
            mine = self._shares[share]
            if mine.busy < mine.most and self._idle:
                thread = self._idle.pop()
                self._give(thread, job, mine)
                thread.wake.release()
            elif mine.busy < mine.most and self._started < self._threads:
                self._started += 1
                mine.busy += 1
                name = f"{self._name}-{self._started}"
                threading.Thread(target=self._run, args=(_Thread(job, mine),), name=name, daemon=True).start()
            elif len(mine.waiting) < self._most_waiting:
                self._number += 1
                mine.waiting.append((self._number, job))
            else:
                return False
        return True

    def forget(self, job: Job) -> bool:
        """Take a job back; False if it has started."""
        with self._lock:
            for share in self._shares.values():
                for entry in share.waiting:
                    if entry[1] == job:
                        share.waiting.remove(entry)
                        return True
        return False

    @property
    def is_quiet(self) -> bool:
        """Whether no job is running or waiting."""
        with self._lock:
            return len(self._idle) == self._started

    def load(self, share: str = EVERYBODY) -> tuple[int, int]:
        """How many jobs of a share are running, and how many are waiting."""
        with self._lock:
            mine = self._shares[share]
            return mine.busy, len(mine.waiting)

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
                thread.share.busy -= 1
                if self._take_next(thread):
                    continue
                self._idle.append(thread)
            thread.wake.acquire()

    def _take_next(self, thread: _Thread) -> bool:
        """Give a thread the job that has waited for longest, among those that may run."""
        found = min(
            (share for share in self._shares.values() if share.has_next),
            key=lambda share: share.waiting[0][0],
            default=None,
        )
        if found is None:
            return False
        self._give(thread, found.waiting.popleft()[1], found)
        return True

    @staticmethod
    def _give(thread: _Thread, job: Job, share: _Share) -> None:
        thread.job, thread.share = job, share
        share.busy += 1


__all__ = ["EVERYBODY", "Pool"]
