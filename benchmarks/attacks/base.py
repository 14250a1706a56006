"""What an attack is, what it is aimed at, and how hard it hits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Outcomes that are no HTTP status.
CLOSED = 0
GAVE_UP = -1
STILL_OPEN = -2
LOCKED_OUT = -3
MAILS = -4
_WORDS = {CLOSED: "closed", GAVE_UP: "no answer", STILL_OPEN: "still open", LOCKED_OUT: "locked out", MAILS: "mails"}

REFUSED = frozenset({400, 408, 413, 429, 431, 503, CLOSED})


@dataclass(frozen=True)
class Target:
    """A served lab: where it listens, and what the attacker knows of it."""

    port: int
    folder: Path
    facts: dict[str, Any] = field(repr=False)
    mails: Callable[[], int] = field(repr=False)

    @property
    def mallory(self) -> dict[str, str]:
        """The header with which the attacker is signed in."""
        return {"Authorization": f"Bearer {self.facts['mallory']}"}


@dataclass(frozen=True)
class Scale:
    """How hard an attack hits, and what a server may make of it.

    ``settings`` of the server end a connection that gets nowhere before ``hold_seconds`` are over.
    """

    hold_seconds: float
    patience_seconds: float
    share: float
    sessions: int
    crowd: int
    p50_seconds: float
    longest_seconds: float
    back_seconds: float
    memory_mb: float = 200
    disk_mb: float = 50
    settings: tuple[tuple[str, str], ...] = ()

    def of(self, number: int) -> int:
        """The share of a number that this scale takes; at least two."""
        return max(2, int(number * self.share))


FULL = Scale(
    hold_seconds=15, patience_seconds=30, share=1, sessions=20_000, crowd=4000,
    p50_seconds=0.5, longest_seconds=2, back_seconds=5,
    settings=(("BRAINSTEM_STALL_SECONDS", "10"),),
)  # fmt: skip
# For machines that are busy with other tests: a server that stands still misses these all the same.
SHORT = Scale(
    hold_seconds=3, patience_seconds=12, share=0.15, sessions=1000, crowd=1200,
    p50_seconds=1, longest_seconds=6, back_seconds=15, memory_mb=250,
    settings=(("BRAINSTEM_HEAD_SECONDS", "1"), ("BRAINSTEM_STALL_SECONDS", "1"), ("BRAINSTEM_READ_SECONDS", "4")),
)  # fmt: skip

Run = Callable[[Target, Scale], Iterable[int]]


@dataclass(frozen=True)
class Attack:
    """One way to stop, fill or trick a server, and the outcomes with which a sound server meets it."""

    name: str
    run: Run = field(repr=False)
    expected: frozenset[int]

    def unexpected(self, outcomes: Iterable[int]) -> set[int]:
        """The outcomes that a sound server does not give."""
        return set(outcomes) - self.expected


ATTACKS: list[Attack] = []


def attack(name: str, *, expected: Iterable[int] = REFUSED) -> Callable[[Run], Run]:
    """Register a function as an attack."""

    def register(run: Run) -> Run:
        ATTACKS.append(Attack(name, run, frozenset(expected)))
        return run

    return register


def at_once(number: int, send: Callable[[int], int]) -> list[int]:
    """The outcomes of so many requests that are sent at the same time."""
    return shared_out(range(number), send, hands=number)


def shared_out(work: Iterable[Any], send: Callable[[Any], int], *, hands: int) -> list[int]:
    """The outcomes of requests of which at most ``hands`` are under way."""
    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(send, work))


def told(outcome: int) -> str:
    """An outcome in words."""
    return _WORDS.get(outcome, str(outcome))
