"""What callers have left of their limits, in memory that all workers of a machine share.

Each caller has a bucket that holds a minute's worth and fills up again evenly. A full bucket need not be kept, so there
is a fixed number of places; if a new one finds none free, it takes that of the one that was used longest ago.
"""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings

from brainstem.config.shared_memory import shared_memory

from .policies import MINUTE_S, Policy

log = logging.getLogger(__name__)
PLACES, PLACE_BYTES = 65_536, 24  # 1.5 MB
LOOK_AT = 8  # places that may hold a key
ROUNDING = 1e-6


class Left(NamedTuple):
    """What a caller has left of a limit, and in how many seconds they may go on."""

    policy: Policy
    number: float
    wait_s: float


def create() -> int:
    """Memory for the buckets, as a file descriptor."""
    return shared_memory("brainstem-rates", PLACES * PLACE_BYTES)


class Buckets:
    """The buckets of all callers.

    Parameters
    ----------
    descriptor : int, optional
        Memory that :func:`create` made; without it, that of this process only.
    now : callable
        Seconds by a clock that all processes share.
    """

    def __init__(self, descriptor: int | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._descriptor, self._now = descriptor, now
        memory = mmap.mmap(-1 if descriptor is None else descriptor, PLACES * PLACE_BYTES)
        # The same places as numbers: the key first, then what is left and since when.
        self._keys, self._floats = memoryview(memory).cast("Q"), memoryview(memory).cast("d")
        self._lock = threading.Lock()

    def take(self, wanted: Sequence[tuple[Policy, str]]) -> list[Left]:
        """Count a request if nothing is used up; what is left of each limit, and how long to wait if one is."""
        with self._held():
            now = self._now()
            places = [self._place(_digest(key), policy, now) for policy, key in wanted]
            found = [self._left(policy, place) for (policy, _), place in zip(wanted, places, strict=True)]
            if any(one.wait_s for one in found):
                return found
            return [self._less_one(one, place) for one, place in zip(found, places, strict=True)]

    def charge(self, wanted: Sequence[tuple[Policy, str]], cost: float) -> None:
        """Count what a request has cost. A caller may then owe something, so that they wait up to half a minute."""
        owing = [(policy, key) for policy, key in wanted if policy.unit == "cost"]
        if not cost or not owing:
            return
        with self._held():
            now = self._now()
            for policy, key in owing:
                place = self._place(_digest(key), policy, now)
                self._floats[place + 1] = max(-policy.per_minute / 2, self._floats[place + 1] - cost)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """While no other thread or process counts. A process that is killed lets go."""
        with self._lock:
            if self._descriptor is None:
                yield
                return
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)

    def _place(self, key: int, policy: Policy, now: float) -> int:
        """Where the bucket of a key is, filled up to now; a new one is full."""
        keys, floats = self._keys, self._floats
        oldest = first = 3 * (key % (PLACES - LOOK_AT))
        for place in range(first, first + 3 * LOOK_AT, 3):
            if keys[place] == key:
                filled = floats[place + 1] + max(0.0, now - floats[place + 2]) * policy.per_minute / MINUTE_S
                floats[place + 1], floats[place + 2] = min(float(policy.per_minute), filled), now
                return place
            if not keys[place] or floats[place + 2] < floats[oldest + 2]:
                oldest = place
            if not keys[place]:
                break
        keys[oldest], floats[oldest + 1], floats[oldest + 2] = key, float(policy.per_minute), now
        return oldest

    def _left(self, policy: Policy, place: int) -> Left:
        left = self._floats[place + 1]
        # A request costs one or more, but nobody knows how much before it is answered.
        lacking = 1.0 - left
        return Left(policy, left, lacking * MINUTE_S / policy.per_minute if lacking > ROUNDING else 0.0)

    def _less_one(self, one: Left, place: int) -> Left:
        """What is left after this request; what it costs is not known yet."""
        if one.policy.unit != "requests":
            return one
        self._floats[place + 1] -= 1
        return Left(one.policy, one.number - 1, 0.0)


@lru_cache(maxsize=1024)
def _digest(key: str) -> int:
    # Keyed, so that nobody can choose callers that share a place; never 0, which means that a place is free.
    secret = settings.SECRET_KEY.encode()[:64]
    return int.from_bytes(blake2b(key.encode(), digest_size=8, key=secret).digest()) or 1


_current: Buckets | None = None
_creating = threading.Lock()


def buckets() -> Buckets:
    """Those of this process: shared with others if ``serve`` started it, else its own."""
    global _current  # noqa: PLW0603 - one of each process
    if _current is None:
        with _creating:
            _current = _current or Buckets()
    return _current


def share(descriptor: int) -> None:
    """Use the memory that :func:`create` made, from now on.

    A worker of another version than ``serve`` itself, as after an upgrade without a restart, counts alone.
    """
    global _current  # noqa: PLW0603 - one of each process
    if os.fstat(descriptor).st_size != PLACES * PLACE_BYTES:
        log.warning("Limits of rate: this worker counts alone, as it is of another version. Restart the server.")
        return
    _current = Buckets(descriptor)


__all__ = ["Buckets", "Left", "buckets", "create", "share"]
