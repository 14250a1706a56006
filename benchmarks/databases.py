"""Where the labs of the benchmarks are kept: SQLite files, and databases of one PostgreSQL server that stays up.

Knows nothing of Django: it makes the ``DATABASE_URL`` of a process that is started later.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "var" / "bench"
POINTER = BENCH / "postgres"

sys.path.insert(0, str(ROOT / "server" / "tests"))
import postgres  # noqa: E402


def url_of(database: str, sessions: int, kind: str = "lab") -> str:
    """Address of the lab of this size."""
    BENCH.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        return f"sqlite:///{BENCH / f'{kind}-{sessions}.sqlite3'}"
    return f"{_server().rsplit('/', 1)[0]}/{kind}_{sessions}"


def ensure(database: str, sessions: int, kind: str = "lab") -> str:
    """The address of a lab that is built as the code now builds it; minutes when it is not there yet.

    In a lab of the kind ``lab`` the reader sees a quarter of all, in an ``open`` one everything.
    """
    url = url_of(database, sessions, kind)
    marker = BENCH / f"{database}-{kind}-{sessions}.built"
    if marker.exists() and marker.read_text() == _signature() and _exists(database, url):
        return url
    _empty(database, url)
    environment = os.environ | {"DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "-m", "benchmarks.one", "build", str(sessions), kind], cwd=ROOT, env=environment, check=True
    )
    marker.write_text(_signature())
    return url


def empty_of_its_own(name: str) -> str:
    """Address of a new PostgreSQL database, for what needs no lab; an earlier one of the name is dropped."""
    BENCH.mkdir(parents=True, exist_ok=True)
    url = f"{_server().rsplit('/', 1)[0]}/{name}"
    _empty("postgresql", url)
    return url


def connection_of(url: str, **options: str) -> psycopg.Connection[tuple[object, ...]]:
    """A bare connection to a PostgreSQL lab."""
    parts = urlsplit(url)
    return psycopg.connect(
        host=unquote(parts.hostname or ""), user=parts.username, dbname=parts.path[1:], autocommit=True, **options
    )


def _server() -> str:
    """The server that an earlier run left, or a new one; its labs are made anew then."""
    if POINTER.exists():
        folder, url = POINTER.read_text().split()
        if (Path(folder) / "data" / "postmaster.pid").exists():
            return url
    folder = postgres.new_folder()
    url = postgres.start(folder)
    POINTER.write_text(f"{folder}\n{url}")
    return url


def stop() -> None:
    """Stop the PostgreSQL server and remove its labs."""
    if POINTER.exists():
        postgres.stop(Path(POINTER.read_text().split()[0]))
        POINTER.unlink()


def _signature() -> str:
    """Changes with everything that decides which rows are there."""
    sources = [Path(__file__).with_name("lab.py"), *sorted((ROOT / "server/brainstem").glob("**/migrations/*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def _exists(database: str, url: str) -> bool:
    if database == "sqlite":
        return Path(url.removeprefix("sqlite:///")).exists()
    try:
        connection_of(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _empty(database: str, url: str) -> None:
    if database == "sqlite":
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)
        return
    name = urlsplit(url).path[1:]
    with connection_of(url.rsplit("/", 1)[0] + "/postgres") as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
