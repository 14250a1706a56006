"""The numbers of all workers, in memory that they share.

``serve`` holds the memory and passes it to its workers, each of which writes only to its own part. What a worker has
counted therefore survives it, and the one that replaces it counts on. The memory has no name that others could open.
"""

from __future__ import annotations

import logging
import mmap
import os
import threading
import time
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path

from brainstem.config.shared_memory import shared_memory

from .labels import status_class
from .layout import BOUNDS, CELL, COMPILED, PID, STARTED, STARTS, SUM, Layout, layout

log = logging.getLogger(__name__)


def create(workers: int) -> int:
    """Memory for the numbers of so many workers, as a file descriptor."""
    return shared_memory("brainstem-metrics", workers * layout().cells * CELL)


class Board:
    """The numbers of all workers, and the part of this one.

    Parameters
    ----------
    memory : mmap
        Cells of all workers, one worker after the other.
    place : int
        Which of them is this one.
    """

    def __init__(self, memory: mmap.mmap, *, place: int) -> None:
        self.layout: Layout = layout()
        self.workers = len(memory) // (self.layout.cells * CELL)
        self._memory = memory
        # The same cells as whole numbers and as seconds.
        self._numbers, self._floats = memoryview(memory).cast("Q"), memoryview(memory).cast("d")
        self._mine = place * self.layout.cells
        self._lock = threading.Lock()  # adding to a cell is more than one step

    def begin(self) -> None:
        """Take the place of this process; what was counted in it before stays."""
        with self._lock:
            self._numbers[self._mine + PID] = os.getpid()
            self._floats[self._mine + STARTED] = time.time()
            self._numbers[self._mine + STARTS] += 1

    # -- counting ------------------------------------------------------------------------------------------------

    def count(self, cell: int, portal: str, *, seconds: float, database: float, compiled: int) -> None:
        """Count a request.

        Parameters
        ----------
        cell : int
            Its kind, see :meth:`Layout.requests`.
        seconds, database : float
            How long it took, and how much of that it spent in the database.
        compiled : int
            Bytes of compiled statements that this process keeps now.
        """
        numbers, mine = self._numbers, self._mine
        taken, spent = mine + self.layout.seconds(portal), mine + self.layout.database(portal)
        with self._lock:
            numbers[mine + cell] += 1
            numbers[taken + bisect_left(BOUNDS, seconds)] += 1
            self._floats[taken + SUM] += seconds
            numbers[spent + bisect_left(BOUNDS, database)] += 1
            self._floats[spent + SUM] += database
            numbers[mine + COMPILED] = compiled

    def count_refusal(self, status: int) -> None:
        """Count a request that was refused before the application saw it."""
        with self._lock:
            self._numbers[self._mine + self.layout.refused(status_class(status))] += 1

    def count_limited(self, limit: str) -> None:
        """Count a request that ran into a limit."""
        with self._lock:
            self._numbers[self._mine + self.layout.limited(limit)] += 1

    def note_load(self, standing: str, *, running: int, waiting: int) -> None:
        """Note how many requests are being handled, and how many wait for a thread."""
        cell = self._mine + self.layout.running(standing)
        self._numbers[cell], self._numbers[cell + 1] = running, waiting

    # -- reading -------------------------------------------------------------------------------------------------

    def total(self, cell: int) -> int:
        """The sum of a whole number over all workers."""
        return sum(self._numbers[cell :: self.layout.cells])

    def totals(self) -> list[int]:
        """The sums of all whole numbers; for many of them this takes a hundredth of the time."""
        cells = self.layout.cells
        parts = (self._numbers[start : start + cells] for start in range(0, len(self._numbers), cells))
        return list(map(sum, zip(*parts, strict=True)))

    def total_seconds(self, cell: int) -> float:
        """The sum of a number of seconds over all workers."""
        return sum(self._floats[cell :: self.layout.cells])

    def number(self, worker: int, cell: int) -> int:
        """A whole number of one worker."""
        return int(self._numbers[worker * self.layout.cells + cell])

    def seconds(self, worker: int, cell: int) -> float:
        """A number of seconds of one worker."""
        return float(self._floats[worker * self.layout.cells + cell])


_current: Board | None = None
_creating = threading.Lock()


def board() -> Board:
    """That of this process: shared with others if ``serve`` started it, else its own."""
    global _current  # noqa: PLW0603 - one of each process
    if _current is None:
        with _creating:
            if _current is None:
                _current = _alone()
    return _current


def share(descriptor: int, *, place: int) -> None:
    """Count in a part of the memory that :func:`create` made, from now on.

    A worker of another version than ``serve`` itself, as after an upgrade without a restart, counts alone.
    """
    global _current  # noqa: PLW0603 - one of each process
    size = os.fstat(descriptor).st_size
    one = layout().cells * CELL
    if size % one or place >= size // one:
        log.warning("Metrics: this worker counts alone, as it is of another version. Restart the server.")
        return
    _current = Board(mmap.mmap(descriptor, size), place=place)
    _current.begin()


def _alone() -> Board:
    found = Board(mmap.mmap(-1, layout().cells * CELL), place=0)
    found.begin()
    return found


def resident_bytes(pid: int) -> int | None:
    """Memory of a process on this machine; None if it is gone, or the system does not say."""
    with suppress(OSError, ValueError, IndexError), Path(f"/proc/{pid}/statm").open() as file:
        return int(file.read().split()[1]) * mmap.PAGESIZE
    return None


__all__ = ["Board", "board", "create", "resident_bytes", "share"]
