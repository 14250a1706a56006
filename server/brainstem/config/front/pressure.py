"""How much memory is left before the system ends processes, and which requests are refused when it is little.

Looks at the limits of the control groups that this process is in (``MemoryHigh`` and ``MemoryMax`` of systemd, the
limit of a container), at what the machine has left, and at the limit of a worker in the settings. Knows Linux with
cgroup v2; where the system does not say, nothing is refused.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from .lanes import Lane, Standing

PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
KB = 1024


class Pressure:
    """Whether memory is short.

    Parameters
    ----------
    reserve : int
        Bytes. With less room than this, anonymous requests and streams are refused, and with less than half of it all
        requests but probes. 0 to refuse none.
    room : callable
        Bytes that may still be used; None if nothing limits them.
    """

    def __init__(self, reserve: int, *, room: Callable[[], int | None]) -> None:
        self._reserve, self._room = reserve, room
        self._left: int | None = None

    def look(self) -> None:
        """Find out how much room there is now."""
        if self._reserve:
            self._left = self._room()

    def refuses(self, lane: Lane, standing: Standing) -> bool:
        """Whether such requests are refused until there is more room."""
        if self._left is None or lane is Lane.HEALTH:
            return False
        is_first_to_go = lane is Lane.STREAM or standing is Standing.ANONYMOUS
        return self._left < (self._reserve if is_first_to_go else self._reserve // 2)


def room_of_process(most: int = 0, *, proc: Path = PROC, cgroups: Path = CGROUPS) -> int | None:
    """Bytes that this process may still use before one of its limits is reached; None if there is none.

    Parameters
    ----------
    most : int
        Limit of its resident memory in bytes; 0 for none.
    """
    found = [*_of_groups(proc, cgroups), *_of_machine(proc)]
    if most and (resident := _number(proc / "self/statm", place=1)) is not None:
        found.append(most - resident * mmap.PAGESIZE)
    return min(found, default=None)


def _of_groups(proc: Path, cgroups: Path) -> Iterator[int]:
    """Of the group of this process, and of those above it, whose limits hold as well."""
    with suppress(OSError):
        lines = (proc / "self/cgroup").read_text().splitlines()
        path = next((line[3:] for line in lines if line.startswith("0::")), None)
        if path is None:
            return
        group = cgroups / path.lstrip("/")
        for one in (group, *group.parents):
            limits = [number for name in ("memory.max", "memory.high") if (number := _number(one / name)) is not None]
            used = _number(one / "memory.current")
            if limits and used is not None:
                yield min(limits) - used + _named(one / "memory.stat", "inactive_file")
            if one == cgroups:
                return


def _of_machine(proc: Path) -> Iterator[int]:
    if available := _named(proc / "meminfo", "MemAvailable:"):
        yield available * KB


def _number(path: Path, *, place: int = 0) -> int | None:
    """A number in a file; None if it says ``max``, or is not there."""
    with suppress(OSError, ValueError, IndexError):
        return int(path.read_text().split()[place])
    return None


def _named(path: Path, name: str) -> int:
    """The number in the line of this name; 0 if there is none."""
    with suppress(OSError, ValueError, IndexError):
        for line in path.read_text().splitlines():
            if line.startswith(name + " "):
                return int(line.split()[1])
    return 0


__all__ = ["Pressure", "room_of_process"]
