"""What an attack does to another person, and to the server: measured while it lasts and until all is well again."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .base import Attack, Scale, told
from .serving import Served
from .witness import PAUSE_SECONDS

WARM_UP = 3
GOOD_IN_A_ROW = 3
MOST_BACK_SECONDS = 25
WITNESS = Path(__file__).with_name("witness.py")


@dataclass(frozen=True)
class Sample:
    """One request of the witness."""

    started: float
    seconds: float
    status: int

    @property
    def ended(self) -> float:
        """When the answer was there."""
        return self.started + self.seconds


@dataclass(frozen=True)
class Measured:
    """What was seen of one attack; times in seconds."""

    attack: Attack
    p50: float
    longest: float
    failed: int
    memory_mb: float
    disk_mb: float
    back: float
    outcomes: Counter[int] = field(repr=False)

    def breaches(self, scale: Scale) -> list[str]:
        """What is not as it should be, in words."""
        limits = (
            ("p50", self.p50, scale.p50_seconds, "s"),
            ("longest", self.longest, scale.longest_seconds, "s"),
            ("back after", self.back, scale.back_seconds, "s"),
            ("memory", self.memory_mb, scale.memory_mb, "MB"),
            ("disk", self.disk_mb, scale.disk_mb, "MB"),
            ("requests of others that failed", self.failed, 0, ""),
        )
        found = [f"{name} {value:.3g} {unit}, more than {most:g}" for name, value, most, unit in limits if value > most]
        unexpected = self.attack.unexpected(self.outcomes)
        return found + [f"{self.outcomes[one]} x {told(one)}" for one in sorted(unexpected)]


class Witness:
    """The process of another person, and what it told so far."""

    def __init__(self, served: Served) -> None:
        assert served.process is not None
        self.samples: list[Sample] = []
        self.looks: list[tuple[float, float, float]] = []
        facts = served.target.facts
        path = f"/api/private/stem/session/{facts['session']}/"
        self.process = subprocess.Popen(
            [sys.executable, str(WITNESS), str(served.port), path, facts["reader"], str(served.process.pid),
             str(served.target.folder)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            kind, *values = line.split()
            if kind == "request":
                self.samples.append(Sample(float(values[0]), float(values[1]), int(values[2])))
            else:
                self.looks.append((float(values[0]), float(values[1]), float(values[2])))

    def wait_for(self, number: int, seconds: float) -> None:
        """Return when there are so many samples, or after so many seconds."""
        ends = time.monotonic() + seconds
        while len(self.samples) < number and time.monotonic() < ends:
            time.sleep(PAUSE_SECONDS)

    def wait_until_well(self, since: float, good: float, seconds: float) -> None:
        """Return when requests are answered in time again, or after so many seconds."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            last = [one for one in self.samples if one.started >= since][-GOOD_IN_A_ROW:]
            if len(last) == GOOD_IN_A_ROW and all(one.status == 200 and one.seconds <= good for one in last):
                return
            time.sleep(PAUSE_SECONDS)

    def stop(self) -> list[Sample]:
        """All samples, with the request that is still waiting."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        last = self.samples[-1].ended if self.samples else time.monotonic()
        waits = time.monotonic() - last
        return [*self.samples, *([Sample(last, waits, 0)] if waits > 1 else [])]


def measure(served: Served, attack: Attack, scale: Scale) -> Measured:
    """Run one attack; the server is started anew afterwards if it is not well."""
    witness = Witness(served)
    witness.wait_for(WARM_UP, scale.patience_seconds)
    disk_before = witness.looks[-1][2] if witness.looks else 0.0
    started = time.monotonic()
    outcomes = Counter(attack.run(served.target, scale))
    ended = time.monotonic()
    witness.wait_until_well(ended, scale.p50_seconds, MOST_BACK_SECONDS)
    samples, looks = witness.stop(), witness.looks
    during = [one for one in samples if one.ended > started and one.started < ended] or samples[-1:]
    bad = [one.ended for one in samples if one.ended > ended and not _good(one, scale)]
    found = Measured(
        attack,
        p50=statistics.median(_as_asked(during)),
        longest=max(one.seconds for one in during),
        failed=sum(one.status != 200 for one in during),
        memory_mb=max((rss for at, rss, _ in looks if at > started), default=0.0),
        disk_mb=max((disk for at, _, disk in looks if at > started), default=0.0) - disk_before,
        back=max(bad, default=ended) - ended,
        outcomes=outcomes,
    )
    if found.breaches(scale):
        served.restart()
    return found


def _good(sample: Sample, scale: Scale) -> bool:
    return sample.status == 200 and sample.seconds <= scale.p50_seconds


def _as_asked(samples: list[Sample]) -> list[float]:
    """Times as people who ask all the time would see them.

    The witness asks one thing after the other: while one request waits for ten seconds, two hundred are not asked.
    """
    found = []
    for sample in samples:
        left = sample.seconds
        while left > 0:
            found.append(left)
            left -= PAUSE_SECONDS
    return found
