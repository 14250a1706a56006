"""How many streams there are, and whose."""

from __future__ import annotations

import threading
from collections import Counter


class Slots:
    """Places for streams; one address gets half of them, so that others find one, too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(1, (most + 1) // 2)
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Take a place, if there is one left."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[address] >= self._most_of_one:
                return False
            self._taken[address] += 1
            return True

    def give_back(self, address: str) -> None:
        """Let others have the place."""
        with self._lock:
            self._taken[address] -= 1
            if self._taken[address] <= 0:
                del self._taken[address]


__all__ = ["Slots"]
