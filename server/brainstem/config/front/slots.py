"""Slots for streams, by address."""

from __future__ import annotations

import threading
from collections import Counter


class Slots:
    """Slots for streams; one address gets at most half of them, so that others get some too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(1, (most + 1) // 2)
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Take a slot, if one is free."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[address] >= self._most_of_one:
                return False
            self._taken[address] += 1
            return True

    def give_back(self, address: str) -> None:
        """Give back a slot."""
        with self._lock:
            self._taken[address] -= 1
            if self._taken[address] <= 0:
                del self._taken[address]


__all__ = ["Slots"]
