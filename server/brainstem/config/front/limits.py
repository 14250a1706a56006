"""Sizes, counts and timeouts of one process. Pure: numbers from the environment."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

MEGABYTE = 1024 * 1024
MAX_HEAD_BYTES = 64 * 1024
MAX_PIPELINED = 16
MOST_PERCENT = 100
SPARE_FILES = 200  # for databases, logs and whatever the application opens
FILES_PER_CONNECTION = 2  # its socket, and the file that holds its body


@dataclass(frozen=True)
class Limits:
    """Limits of one process.

    Attributes
    ----------
    connections, connections_per_address : int
        Maximum number of open connections, in total and from one address (for IPv6, one /64 network).
    waiting : int
        Maximum number of requests waiting for a thread: of people who are signed in, and as many anonymous ones.
    streams : int
        Maximum number of concurrent streams; half of them for one address, and half for anonymous requests.
    anonymous_percent : int
        Largest part of the threads that anonymous requests occupy at once.
    head_s : float
        Seconds within which a request head must arrive.
    stall_s, slowest_bytes_s : float
        In every period of ``stall_s`` seconds, a body being sent and a response being read must advance by
        ``slowest_bytes_s`` bytes per second.
    idle_s : float
        Seconds that a connection is kept open between requests.
    wait_s : float
        Seconds that a request waits for a thread.
    stop_s : float
        Seconds that requests in progress may take when the server is told to stop.
    memory_reserve_bytes, worker_bytes : int
        Room for memory below which requests are refused, and the limit of resident memory; 0 for none.
    buffered_bytes, answer_bytes : int
        Maximum size of all bodies, and of all unread responses; mostly on disk.
    """

    connections: int = 1000
    connections_per_address: int = 100
    waiting: int = 200
    streams: int = 4
    anonymous_percent: int = 50
    head_s: float = 10.0
    stall_s: float = 30.0
    slowest_bytes_s: float = 1024.0
    idle_s: float = 75.0
    wait_s: float = 30.0
    stop_s: float = 8.0
    memory_reserve_bytes: int = 100 * MEGABYTE
    worker_bytes: int = 0
    buffered_bytes: int = 1024 * MEGABYTE
    answer_bytes: int = 64 * MEGABYTE

    @classmethod
    def read(cls, number: Callable[[str, int], int]) -> Self:
        """The limits from the environment.

        Parameters
        ----------
        number : callable
            Returns the number in a variable, or the default.

        Raises
        ------
        ValueError
            If one of them is not a positive number, a percentage above 100, or negative.
        """

        def positive(name: str, default: float) -> int:
            value = number(name, int(default))
            if value < 1:
                raise ValueError(f"{name} is {value}; it must be 1 or more.")
            return value

        def percent(name: str, default: int) -> int:
            value = positive(name, default)
            if value > MOST_PERCENT:
                raise ValueError(f"{name} is {value}; it must be {MOST_PERCENT} or less.")
            return int(value)

        def megabytes(name: str, default: int) -> int:
            value = number(name, default // MEGABYTE)
            if value < 0:
                raise ValueError(f"{name} is {value}; it must be 1 or more, or 0 for none.")
            return value * MEGABYTE

        return cls(
            connections=positive("BRAINSTEM_MAX_CONNECTIONS", cls.connections),
            connections_per_address=positive("BRAINSTEM_MAX_CONNECTIONS_PER_ADDRESS", cls.connections_per_address),
            waiting=positive("BRAINSTEM_MAX_WAITING", cls.waiting),
            streams=positive("BRAINSTEM_MAX_STREAMS", cls.streams),
            anonymous_percent=percent("BRAINSTEM_ANONYMOUS_PERCENT", cls.anonymous_percent),
            head_s=positive("BRAINSTEM_HEAD_SECONDS", cls.head_s),
            stall_s=positive("BRAINSTEM_STALL_SECONDS", cls.stall_s),
            slowest_bytes_s=positive("BRAINSTEM_SLOWEST_BYTES", cls.slowest_bytes_s),
            idle_s=positive("BRAINSTEM_IDLE_SECONDS", cls.idle_s),
            wait_s=positive("BRAINSTEM_WAIT_SECONDS", cls.wait_s),
            stop_s=positive("BRAINSTEM_STOP_SECONDS", cls.stop_s),
            memory_reserve_bytes=megabytes("BRAINSTEM_MEMORY_RESERVE_MB", cls.memory_reserve_bytes),
            worker_bytes=megabytes("BRAINSTEM_MAX_WORKER_MB", cls.worker_bytes),
            buffered_bytes=positive("BRAINSTEM_MAX_BUFFERED_MB", cls.buffered_bytes // MEGABYTE) * MEGABYTE,
            answer_bytes=positive("BRAINSTEM_MAX_UNREAD_MB", cls.answer_bytes // MEGABYTE) * MEGABYTE,
        )


def connections_possible(wanted: int) -> int:
    """How many connections this process has file descriptors for; raises its own limit as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted * FILES_PER_CONNECTION + SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(1, (allowed - SPARE_FILES) // FILES_PER_CONNECTION)


class Pace:
    """Checks that a transfer advances fast enough."""

    def __init__(self, limits: Limits) -> None:
        self._window = limits.stall_s
        self._least = limits.slowest_bytes_s * limits.stall_s
        self._at = 0.0
        self._total = 0

    def start(self, total: int, now: float) -> None:
        """Start measuring."""
        self._at, self._total = now, total

    def is_late(self, total: int, now: float) -> bool:
        """Whether too few bytes were transferred in the last period."""
        if total - self._total >= self._least:
            self.start(total, now)
        return now - self._at > self._window


__all__ = ["MAX_HEAD_BYTES", "MAX_PIPELINED", "Limits", "Pace", "connections_possible"]
