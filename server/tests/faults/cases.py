"""What breaks: each fault is a function that breaks something once while people are at work."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import clock
from .asking import Outcome
from .disk import full, is_small
from .load import Load
from .site import Site, kill, wait_for

Break = Callable[[Site, Load, "Scale"], None]


@dataclass(frozen=True)
class Scale:
    """How long things stay broken, how often they break, and how many people are at work.

    Things stand still for longer than one request may use the database, as ``settings`` say.
    """

    hold_s: float
    still_s: float
    rounds: int
    writers: int
    readers: int
    progress: int  # requests that must succeed between two faults
    settings: tuple[tuple[str, str], ...]


def _limits(read_s: int, write_s: int) -> tuple[tuple[str, str], ...]:
    return (("BRAINSTEM_READ_SECONDS", str(read_s)), ("BRAINSTEM_WRITE_SECONDS", str(write_s)))


SHORT = Scale(hold_s=1, still_s=8, rounds=1, writers=2, readers=2, progress=20, settings=_limits(2, 3))
FULL = Scale(hold_s=10, still_s=40, rounds=5, writers=8, readers=16, progress=300, settings=_limits(10, 20))


@dataclass(frozen=True)
class Fault:
    """Something that breaks.

    Attributes
    ----------
    cuts : bool
        Whether it ends connections to the server, so that requests get no response.
    refuses : bool
        Whether it lasts so long that some requests cannot be answered.
    """

    name: str
    run: Break
    needs_postgresql: bool = False
    needs_small_disk: bool = False
    needs_clock: bool = False
    cuts: bool = False
    refuses: bool = False

    def missing(self, site: Site) -> str:
        """What it needs and is not there; empty if nothing is missing."""
        if self.needs_postgresql and site.cluster is None:
            return "needs PostgreSQL"
        if self.needs_small_disk and not is_small(site.disk):
            return "needs a small disk, which only root may mount"
        if self.needs_clock and clock.COMPILER is None:
            return "needs a C compiler"
        return ""


FAULTS: list[Fault] = []


def fault(name: str, **facts: bool) -> Callable[[Break], Break]:
    """Register a function as a fault; what is known about it as in :class:`Fault`."""

    def register(run: Break) -> Break:
        FAULTS.append(Fault(name, run, **facts))
        return run

    return register


def goes_on(load: Load, scale: Scale) -> None:
    """Wait until requests succeed again."""
    before = load.done()
    wait_for(lambda: load.done() >= before + scale.progress, 90, "requests succeed")


@fault("a worker is killed", cuts=True)
def _worker_killed(site: Site, load: Load, scale: Scale) -> None:
    for _ in range(scale.rounds):
        wait_for(lambda: len(site.workers()) == 2, 30, "two workers serve")
        kill([random.choice(site.workers())])
        goes_on(load, scale)


@fault("all workers are killed", cuts=True)
def _workers_killed(site: Site, load: Load, scale: Scale) -> None:
    for _ in range(scale.rounds):
        wait_for(lambda: len(site.workers()) == 2, 30, "two workers serve")
        kill(site.workers())
        goes_on(load, scale)


@fault("the worker of tasks is killed")
def _task_worker_killed(site: Site, load: Load, scale: Scale) -> None:
    for _ in range(2 * scale.rounds):
        before = site.task_workers()
        kill(before)
        wait_for(lambda: bool(set(site.task_workers()) - set(before)), 30, "another worker does tasks")  # noqa: B023
        goes_on(load, scale)


@fault("PostgreSQL is restarted", needs_postgresql=True)
def _restarted(site: Site, load: Load, scale: Scale) -> None:
    assert site.cluster is not None
    for _ in range(scale.rounds):
        site.cluster.control("-m", "fast", "restart")
        goes_on(load, scale)


@fault("PostgreSQL crashes", needs_postgresql=True, refuses=True)
def _crashed(site: Site, load: Load, scale: Scale) -> None:
    assert site.cluster is not None
    for _ in range(scale.rounds):
        kill(site.cluster.processes()[1:][-1:])  # one process of its own: it ends all others and recovers
        goes_on(load, scale)
        site.cluster.control("-m", "immediate", "stop")
        time.sleep(scale.hold_s)
        site.cluster.control("start")
        goes_on(load, scale)


@fault("PostgreSQL stands still", needs_postgresql=True, refuses=True)
def _paused(site: Site, load: Load, scale: Scale) -> None:
    assert site.cluster is not None
    for _ in range(scale.rounds):
        with site.cluster.paused():
            time.sleep(scale.still_s)
        goes_on(load, scale)


@fault("PostgreSQL is out of connections", needs_postgresql=True, refuses=True)
def _without_connections(site: Site, load: Load, scale: Scale) -> None:
    assert site.cluster is not None
    for _ in range(scale.rounds):
        with site.cluster.without_connections():
            time.sleep(scale.hold_s)
        goes_on(load, scale)


@fault("the clock jumps", needs_clock=True)
def _clock(site: Site, load: Load, scale: Scale) -> None:
    for seconds in (3600, -3600, 0):
        clock.set_clock(site.folder, seconds)
        wanted = time.time() + seconds
        wait_for(lambda: abs(site.time() - wanted) < 900, 30, "the server has the new time")  # noqa: B023
        goes_on(load, scale)


@fault("the disk of the database is full", needs_small_disk=True, refuses=True)
def _full(site: Site, load: Load, scale: Scale) -> None:
    for _ in range(scale.rounds):
        with full(site.disk):
            before = load.tally.outcomes[Outcome.LATER]
            wait_for(lambda: load.tally.outcomes[Outcome.LATER] > before, 60, "a write finds the disk full")  # noqa: B023
            time.sleep(scale.hold_s)
        if site.cluster is not None and not site.cluster.is_running():
            site.cluster.control("start")  # it stops by itself if it cannot write its log; systemd starts it again
        goes_on(load, scale)


@fault("PostgreSQL is replaced by its standby", needs_postgresql=True, refuses=True)
def _promoted(site: Site, load: Load, scale: Scale) -> None:
    assert site.cluster is not None
    standby = site.cluster.replicate()
    goes_on(load, scale)
    site.cluster.control("-m", "immediate", "stop")
    time.sleep(scale.hold_s)
    standby.control("promote")
    site.cluster = standby
    goes_on(load, scale)


__all__ = ["FAULTS", "FULL", "SHORT", "Fault", "Scale"]
