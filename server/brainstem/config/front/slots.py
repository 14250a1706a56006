"""Slots for streams, by address and by whether somebody is signed in."""

from __future__ import annotations

import threading
from collections import Counter


class Slots:
    """Slots for streams; one address, and all anonymous requests together, get at most half of them each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = self._most_anonymous = max(1, (most + 1) // 2)
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._anonymous = 0

    def take(self, address: str, *, is_anonymous: bool = False) -> bool:
        """Take a slot, if one is free."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[address] >= self._most_of_one:
                return False
            if is_anonymous and self._anonymous >= self._most_anonymous:
                return False
            self._anonymous += is_anonymous
            self._taken[address] += 1
            return True

    def give_back(self, address: str, *, is_anonymous: bool = False) -> None:
        """Give back a slot."""
        with self._lock:
            self._anonymous -= is_anonymous
            self._taken[address] -= 1
            if self._taken[address] <= 0:
                del self._taken[address]


__all__ = ["Slots"]
