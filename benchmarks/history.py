"""What keeping history costs: bytes for each kind of write, and the time of a write, beside peers that do the same.

And what reading again costs where nothing has changed, over a complete read (the ETags of the peers are Django's).

``python benchmarks/history.py [--databases sqlite postgresql] [--writes 600] [--before FOLDER]``

Four contestants, each in a process and a database of its own, write the same sessions through the whole application
and take turns: ours, the server of another checkout (``--before``, if given), DRF with django-simple-history, and DRF
without any history. The peers check no rights.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import databases  # noqa: E402

NAMES = {"ours": "ours", "before": "ours before", "simple": "DRF, simple-history", "plain": "DRF, no history"}
KINDS = ("patch", "create", "delete", "bulk")
BULK_ROWS = 100


@dataclass
class Contestant:
    """A process that writes, and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    times: dict[str, list[list[float]]] = field(default_factory=dict)
    rows: dict[str, list[float]] = field(default_factory=dict)
    means: dict[str, float] = field(default_factory=dict)
    tables: dict[str, float] = field(default_factory=dict)
    reads: list[tuple[float, float]] = field(default_factory=list)  # complete, and unchanged

    def ask(self, do: str, **arguments: Any) -> Any:
        """The answer to a command."""
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit("The process has no pipes.")
        self.process.stdin.write(json.dumps({"do": do} | arguments) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name} ended with {self.process.wait()}.")
        return json.loads(answer)


@contextmanager
def started(name: str, database: str, code: Path) -> Iterator[Contestant]:
    """A contestant with an empty database."""
    migrated = databases.migrated if code == ROOT else databases.empty
    environment = os.environ | {
        "DATABASE_URL": migrated(database, f"history_{name}"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.history_settings",
        "BENCH_CONTESTANT": name,
        "BENCH_CODE": str(code / "server"),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.history_worker"],
        cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Contestant(name, process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(60)


def measure(contestants: list[Contestant], *, writes: int, rounds: int) -> None:
    """All kinds of writes; the contestants take turns."""
    for one in contestants:
        one.ask("prepare", sessions=max(writes, BULK_ROWS))
        one.ask("patch", times=max(6, writes // 20))
    each = {"patch": writes, "create": writes, "delete": writes // 4, "bulk": writes // BULK_ROWS}
    for kind, number_of in each.items():
        times = max(1, number_of // rounds)
        for one in contestants:
            one.ask("rows")
            one.tables[kind] = -one.ask("tables")
        for number in range(rounds):
            # Who comes first changes from round to round: the machine may become slower meanwhile.
            for one in contestants if number % 2 else contestants[::-1]:
                one.times.setdefault(kind, []).append(_done(one, kind, times))
        for one in contestants:
            made = times * rounds * (BULK_ROWS if kind == "bulk" else 1)
            one.tables[kind] = (one.tables[kind] + one.ask("tables")) / made
            one.rows[kind] = one.ask("rows")
            one.means[kind] = sum(one.rows[kind]) / made
    for _ in range(rounds):
        for one in contestants:
            one.reads += [(full, again) for full, again in one.ask("read", times=max(1, writes // rounds))]


def _done(one: Contestant, kind: str, times: int) -> list[float]:
    if kind != "bulk":
        return list(one.ask(kind, times=times))
    return [took for _ in range(times) for took in one.ask("bulk", rows=BULK_ROWS)]


def ratio(one: Contestant, other: Contestant, kind: str) -> float:
    """The time of one over that of the other: the median over rounds in which both had a turn."""
    pairs = zip(one.times[kind], other.times[kind], strict=True)
    return statistics.median(statistics.median(mine) / statistics.median(others) for mine, others in pairs)


def show(contestants: list[Contestant], database: str) -> None:
    """Tables of bytes and of times."""
    print(f"\n{database}: bytes of history for each write, of the rows and with indexes")
    print(f"{'':22}" + "".join(f"{kind:>24}" for kind in KINDS))
    for one in contestants:
        if one.name != "plain":
            print(f"{NAMES[one.name]:22}" + "".join(f"{_bytes(one, kind):>24}" for kind in KINDS))
    print("median / mean of the rows / mean with indexes; a row of a bulk write as a part of it, so without a median")
    print(f"\n{database}: ms for each write, and the time of ours over it")
    ours = contestants[0]
    for one in contestants:
        cells = (f"{_middle(one, kind):8.2f} {ratio(ours, one, kind):8.2f}x" for kind in KINDS)
        print(f"{NAMES[one.name]:22}" + "".join(f"{cell:>24}" for cell in cells), flush=True)
    print(f"\n{database}: ms for a session that is read, again while nothing has changed (304), and the latter over it")
    for one in contestants:
        full, again = (statistics.median(each) for each in zip(*one.reads, strict=True))
        share = statistics.median(second / first for first, second in one.reads)
        print(f"{NAMES[one.name]:22}{full:12.2f}{again:12.2f}{share:11.2f}x", flush=True)


def _bytes(one: Contestant, kind: str) -> str:
    median = "-" if kind == "bulk" else f"{statistics.median(one.rows[kind]):.0f}"
    return f"{median} / {one.means[kind]:.0f} / {one.tables[kind]:.0f}"


def _middle(one: Contestant, kind: str) -> float:
    return statistics.median(took for some in one.times[kind] for took in some)


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--writes", type=int, default=600, help="Of each kind.")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--before", type=Path, help="Another checkout, whose server takes part.")
    asked = parser.parse_args()
    for database in asked.databases:
        with ExitStack() as stack:
            names = [name for name in NAMES if name != "before" or asked.before]
            code = {"before": asked.before.resolve()} if asked.before else {}
            contestants = [stack.enter_context(started(name, database, code.get(name, ROOT))) for name in names]
            measure(contestants, writes=asked.writes, rounds=asked.rounds)
            show(contestants, database)


if __name__ == "__main__":
    main()
