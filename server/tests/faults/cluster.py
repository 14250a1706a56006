"""A PostgreSQL server of its own, which can be stopped, paused and replaced."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .. import postgres
from ..templates import connected


@dataclass
class Cluster:
    """A running PostgreSQL server, in a folder that also has its socket."""

    folder: Path
    url: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def control(self, *arguments: object) -> None:
        """Run ``pg_ctl``."""
        programs = Path((self.folder / "bin").read_text())
        postgres.run([programs / "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", *arguments])

    def processes(self) -> list[int]:
        """All of its processes, its first one first."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    @contextmanager
    def paused(self) -> Iterator[None]:
        """None of its processes runs: connections stay open, and nobody answers."""
        stopped = self.processes()
        for pid in stopped:
            _tell(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                _tell(pid, signal.SIGCONT)

    @contextmanager
    def without_connections(self) -> Iterator[None]:
        """Somebody else has all connections."""
        taken: list[psycopg.Connection[tuple[object, ...]]] = []
        with connected(self.url) as first:
            deadline = time.monotonic() + 30
            try:
                while time.monotonic() < deadline:
                    first.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = 'lab' AND pid <> pg_backend_pid()"
                    )
                    if _take_all(self.url, taken) and not _others(first):
                        break
                yield
            finally:
                for one in taken:
                    one.close()


def _others(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    return bool(connection.execute("SELECT 1 FROM pg_stat_activity WHERE datname = 'lab'").fetchall())


def _take_all(url: str, taken: list[psycopg.Connection[tuple[object, ...]]]) -> bool:
    """Open connections until there are none left."""
    while True:
        try:
            taken.append(connected(url))
        except psycopg.OperationalError:
            return True


def _tell(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


@contextmanager
def cluster(**settings: str) -> Iterator[Cluster]:
    """A new one, gone afterwards."""
    folder = postgres.new_folder()
    try:
        # Without it a crash loses commits that were confirmed.
        yield Cluster(folder, postgres.start(folder, {"synchronous_commit": "on"} | settings))
    finally:
        if (folder / "bin").exists():
            postgres.stop(folder)
