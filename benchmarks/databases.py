"""Where the labs of the benchmarks are kept: SQLite files, and databases of one PostgreSQL server that stays up.

Knows nothing of Django: it makes the ``DATABASE_URL`` of a process that is started later. ``BENCH_DIR`` names another
folder than ``var/bench``, ``BENCH_POSTGRES`` the address of a PostgreSQL server that is there anyway; databases on it
are named after the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
BENCH = Path(os.environ.get("BENCH_DIR", ROOT / "var" / "bench"))
GIVEN = os.environ.get("BENCH_POSTGRES", "")
PREFIX = f"{BENCH.name}_" if GIVEN else ""
POINTER = BENCH / "postgres"

sys.path.insert(0, str(ROOT / "server" / "tests"))
import postgres  # noqa: E402


def url_of(database: str, sessions: int, kind: str = "lab") -> str:
    """Address of the lab of this size."""
    BENCH.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        return f"sqlite:///{BENCH / f'{kind}-{sessions}.sqlite3'}"
    return _on_server(f"{kind}_{sessions}")


def ensure(database: str, sessions: int, kind: str = "lab") -> str:
    """The address of a lab that is built as the code now builds it; minutes when it is not there yet.

    In a lab of the kind ``lab`` the reader sees a quarter of all, in an ``open`` one everything.
    """
    url = url_of(database, sessions, kind)
    marker = BENCH / f"{database}-{kind}-{sessions}.built"
    if marker.exists() and marker.read_text() == _signature() and _exists(database, url):
        return url
    _copy_migrated(database, url)
    _one(url, "build", str(sessions), kind)
    marker.write_text(_signature())
    return url


def migrated(database: str, name: str) -> str:
    """Address of a new database with all tables and no rows; an earlier one of the name is dropped."""
    BENCH.mkdir(parents=True, exist_ok=True)
    url = _named(database, name)
    _copy_migrated(database, url)
    return url


def empty(database: str, name: str) -> str:
    """Address of a new database without tables; an earlier one of the name is dropped."""
    BENCH.mkdir(parents=True, exist_ok=True)
    url = _named(database, name)
    _empty(database, url)
    return url


def took_migrated(database: str) -> None:
    """Note that somebody else has put the database with all tables and no rows in its place."""
    (BENCH / f"{database}-migrated.built").write_text(_signature())


def _named(database: str, name: str) -> str:
    return f"sqlite:///{BENCH / f'{name}.sqlite3'}" if database == "sqlite" else _on_server(name)


def _copy_migrated(database: str, url: str) -> None:
    """Migrating takes many seconds: it is done once for each state of the migrations, and copied."""
    template, marker = _named(database, "migrated"), BENCH / f"{database}-migrated.built"
    if not (marker.exists() and marker.read_text() == _signature() and _exists(database, template)):
        _empty(database, template)
        _one(template, "migrate")
        took_migrated(database)
    _empty(database, url, template=template)


def _one(url: str, *command: str) -> None:
    environment = os.environ | {"DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-m", "benchmarks.one", *command], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"benchmarks.one {command[0]} failed for {url}.")


def connection_of(url: str, **options: str) -> psycopg.Connection[tuple[object, ...]]:
    """A bare connection to a PostgreSQL lab."""
    parts = urlsplit(url)
    return psycopg.connect(
        host=unquote(parts.hostname or ""), user=parts.username, dbname=parts.path[1:], autocommit=True, **options
    )


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def drop(url: str) -> None:
    """Remove a PostgreSQL database, whoever is connected to it."""
    name = urlsplit(url).path[1:]
    with connection_of(url.rsplit("/", 1)[0] + "/postgres") as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_all() -> None:
    """Remove every PostgreSQL database of this folder from a server that was there anyway."""
    if not GIVEN:
        return
    with connection_of(_on_server("postgres", prefix="")) as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]).fetchall()
    for (name,) in rows:
        drop(_on_server(str(name), prefix=""))


def _on_server(name: str, *, prefix: str = PREFIX) -> str:
    return f"{_server().rsplit('/', 1)[0]}/{prefix}{name}"


def _server() -> str:
    """The server that was named, that an earlier run left, or a new one; its labs are made anew then."""
    if GIVEN:
        return GIVEN
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


def _empty(database: str, url: str, *, template: str = "") -> None:
    """Make a database anew: an empty one, or a copy."""
    if database == "sqlite":
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return
    drop(url)
    source = f' TEMPLATE "{urlsplit(template).path[1:]}"' if template else ""
    with connection_of(url.rsplit("/", 1)[0] + "/postgres") as server:
        server.execute(f'CREATE DATABASE "{urlsplit(url).path[1:]}"{source}')
