"""A PostgreSQL server of its own, which can be stopped, paused and replaced."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from .. import postgres
from ..templates import connected
from .disk import small_disk

DISK_MB = 400


@dataclass
class Cluster:
    """A running PostgreSQL server, in a folder that also has its socket."""

    folder: Path
    url: str
    standby_folder: Path  # empty at first

    @property
    def url_with_standby(self) -> str:
        """The database server, wherever it is just now."""
        there, ends = self.url.split("@")[0], quote(str(self.standby_folder), safe="")
        return f"{there}@{quote(str(self.folder), safe='')},{ends}/postgres?target_session_attrs=read-write"

    @property
    def url_now(self) -> str:
        """That of this server alone."""
        return f"{self.url.split('@')[0]}@{quote(str(self.folder), safe='')}/postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def control(self, *arguments: object) -> None:
        """Run ``pg_ctl``."""
        programs = Path((self.folder / "bin").read_text())
        postgres.run([programs / "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", *arguments])

    def replicate(self) -> Cluster:
        """A standby that has everything before it is acknowledged."""
        programs = (self.folder / "bin").read_text()
        (self.standby_folder / "bin").write_text(programs)
        found = Cluster(self.standby_folder, self.url, self.folder)
        copy = ["-h", self.folder, "-U", "postgres", "-D", found.data, "-R", "-X", "stream", "-c", "fast"]
        postgres.run([Path(programs) / "pg_basebackup", *copy])
        postgres.configure(found.data, {"unix_socket_directories": str(found.folder)})
        found.control("start")
        with connected(self.url_now) as first:
            first.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            first.execute("SELECT pg_reload_conf()")
            deadline = time.monotonic() + 30
            while not first.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchall():
                assert time.monotonic() < deadline, (found.folder / "log").read_text()
                time.sleep(0.1)
        return found

    def is_running(self) -> bool:
        """Whether its first process is there."""
        file = self.data / "postmaster.pid"
        return file.exists() and Path(f"/proc/{file.read_text().split()[0]}").exists()

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
        with connected(self.url_now) as first:
            deadline = time.monotonic() + 30
            try:
                while time.monotonic() < deadline:
                    first.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = 'lab' AND pid <> pg_backend_pid()"
                    )
                    if _take_all(self.url_now, taken) and not _others(first):
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
    """A new one, gone afterwards, on a small disk if there may be one."""
    folder, other = postgres.new_folder(), postgres.new_folder()
    if user := postgres.other_user():
        os.chown(other, int(str(user["user"])), int(str(user["group"])))
    with small_disk(folder, DISK_MB):
        try:
            # Without it a crash loses commits that were confirmed.
            yield Cluster(folder, postgres.start(folder, {"synchronous_commit": "on"} | settings), other)
        finally:
            for one in (folder, other):
                if (one / "bin").exists():
                    postgres.run([Path((one / "bin").read_text()) / "pg_ctl", "-D", one / "data", "-m", "immediate",
                                  "-w", "stop"], check=False)  # fmt: skip
    for one in (folder, other):
        shutil.rmtree(one, ignore_errors=True)
