"""A cache bounded by the size of its values. Pure.

Anyone can send requests of ever new shapes. Results that were requested only once are therefore not kept, nor are very
large ones: filling the cache on purpose does not make it grow further, and what is requested repeatedly stays.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Info(NamedTuple):
    """Statistics of a cache: ``misses`` counts the values that had to be computed, ``size`` is in bytes."""

    hits: int
    misses: int
    size: int
    entries: int


class Kept(Generic[V]):
    """Evicts the least recently used values first.

    Parameters
    ----------
    size_of : callable
        Size of a value in bytes.
    most : int
        Maximum total size of the values.
    largest : int
        Larger values are never kept.
    remembered : int
        Number of keys remembered as having been requested once.
    """

    def __init__(self, size_of: Callable[[V], int], *, most: int, largest: int, remembered: int = 4096) -> None:
        self._size_of, self._most, self._largest, self._remembered = size_of, most, largest, remembered
        self._lock = threading.Lock()
        self.clear()

    def get(self, key: Hashable) -> V | None:
        """The value kept for a key."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                self._misses += 1
                return None
            self._hits += 1
            self._values.move_to_end(key)
            return found[0]

    def offer(self, key: Hashable, value: V) -> bool:
        """Keep a value if its key was offered before and it is not too large; returns whether it is kept."""
        size = self._size_of(value)
        if size > self._largest:
            return False
        with self._lock:
            # Only the hash is kept, since callers can make keys large. At worst two keys share one.
            if self._seen.pop(hash(key), 0) == 0:
                self._seen[hash(key)] = 1
                if len(self._seen) > self._remembered:
                    self._seen.popitem(last=False)
                return False
            self._drop(key)
            self._values[key] = (value, size)
            self._size += size
            while self._size > self._most:
                self._drop(next(iter(self._values)))
            return True

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
            self._seen: OrderedDict[int, int] = OrderedDict()
            self._size = self._hits = self._misses = 0

    def info(self) -> Info:
        """Statistics since it was last cleared."""
        return Info(self._hits, self._misses, self._size, len(self._values))

    def _drop(self, key: Hashable) -> None:
        if found := self._values.pop(key, None):
            self._size -= found[1]


__all__ = ["Info", "Kept"]
