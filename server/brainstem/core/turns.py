"""Work that takes so much memory that one process does it once at a time."""

from __future__ import annotations

from threading import BoundedSemaphore


class Turn(BoundedSemaphore):
    """One at a time. At most ``waiting`` threads may wait for the turn: they are threads that others need."""

    def __init__(self, *, waiting: int) -> None:
        super().__init__(1)
        self.waiting = BoundedSemaphore(waiting)

    def take(self, seconds: float) -> bool:
        """Whether the turn came in time; False at once if too many wait already. The caller releases it."""
        if not self.waiting.acquire(blocking=False):
            return False
        try:
            return self.acquire(timeout=seconds)
        finally:
            self.waiting.release()
