"""Many people at once, for long, while nothing breaks: no request fails, and no process grows."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from .asking import Outcome, Tally
from .load import Checked, at_work
from .site import Site

PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_S = 1.0
MOST_GROWTH_MB = 30.0
THINKS_S = 2.0  # between two requests of a person


@dataclass(frozen=True)
class Crowd:
    """How many people, for how long."""

    readers: int
    writers: int
    seconds: float


SHORT = Crowd(readers=30, writers=5, seconds=20)
FULL = Crowd(readers=200, writers=20, seconds=600)


@dataclass
class Seen:
    """What came of it; memory is that of the largest worker, in the second and in the last fifth of the time."""

    crowd: Crowd
    tally: Tally
    checked: Checked
    memory_mb: tuple[float, float]

    @property
    def growth_mb(self) -> float:
        """By how much the largest worker has grown."""
        early, late = self.memory_mb
        return late - early

    def breaches(self) -> list[str]:
        """What is not as it should be."""
        bad = self.tally.requests - self.tally.outcomes[Outcome.DONE]
        found = [f"{bad} requests were not answered: {dict(self.tally.refusals)}"] if bad else []
        found += [f"a worker grew by {self.growth_mb:.0f} MB"] if self.growth_mb > MOST_GROWTH_MB else []
        return found + self.checked.lost + self.checked.doubled

    def row(self) -> str:
        """One line, and what is wrong."""
        early, late = self.memory_mb
        p50, p99 = self.tally.percentile(0.5) * 1000, self.tally.percentile(0.99) * 1000
        line = (
            f"{self.crowd.readers} readers, {self.crowd.writers} writers, {self.crowd.seconds:.0f} s:"
            f" {self.tally.requests} requests, {self.tally.requests / self.crowd.seconds:.0f}/s, p50 {p50:.0f} ms,"
            f" p99 {p99:.0f} ms, memory {early:.0f} -> {late:.0f} MB, lost {len(self.checked.lost)}"
        )
        return "\n".join([line, *(f"    {one}" for one in [*self.breaches(), *self.tally.strange[:10]])])


def gathered(site: Site, crowd: Crowd) -> Seen:
    """Let people work for so long."""
    memory: list[float] = []
    ends = time.monotonic() + crowd.seconds
    with at_work(
        site.url, site.token, site.facts, writers=crowd.writers, readers=crowd.readers, pause_s=THINKS_S
    ) as load:
        while time.monotonic() < ends:
            memory.append(max(map(_resident_mb, site.workers())))
            time.sleep(LOOK_S)
    caller = site.caller()
    checked = load.check(caller)
    caller.close()
    fifth = max(1, len(memory) // 5)
    parts = statistics.median(memory[fifth : 2 * fifth] or memory), statistics.median(memory[-fifth:])
    return Seen(crowd, load.tally, checked, parts)


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
