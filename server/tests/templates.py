"""Databases copied from a migrated one, which is created once: running all migrations takes most of a minute.

On SQLite the migrated file is kept below ``.pytest_cache`` under the hash of what it was made from; on PostgreSQL it is
a database of the server that tests run on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

SERVER = Path(__file__).resolve().parents[1]
FOLDER = SERVER.parent / ".pytest_cache" / "schemas"
WITH_MIGRATIONS = ("django", "django-allauth", "django-tasks-db")


@cache
def schema_hash() -> str:
    """Names and texts of the files that define our tables and triggers, and the versions of packages with others."""
    found = hashlib.sha256(repr([(name, version(name)) for name in WITH_MIGRATIONS]).encode())
    for file in sorted([*SERVER.glob("brainstem/**/migrations/*.py"), *SERVER.glob("brainstem/core/access/*.py")]):
        found.update(str(file.relative_to(SERVER)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """Let in one process at a time, since the workers of pytest-xdist start simultaneously."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "brainstem.config.settings",
            "PYTHONPATH": str(SERVER),
            "DATABASE_URL": url,
            "DEBUG": "on",
            "BRAINSTEM_DATA_DIR": folder,
            "LOG_LEVEL": "WARNING",
        }
        done = subprocess.run(
            [sys.executable, "-m", "brainstem.config", "migrate", "--verbosity", "0"],
            env=environment, cwd=SERVER, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr


def copy_sqlite(target: Path) -> None:
    """Create a migrated database at a path where there is none."""
    kept = FOLDER / f"{schema_hash()}.sqlite3"
    with _alone():
        if not kept.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            part = kept.with_suffix(".part")
            part.unlink(missing_ok=True)
            _migrate(f"sqlite:///{part}")
            part.rename(kept)
        shutil.copyfile(kept, target)


def postgres_template(url: str) -> str:
    """Name of a migrated database on the server of a ``DATABASE_URL``; nobody may be connected to it."""
    name = f"schema_{schema_hash()}"
    with _alone(), connected(url) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            part = f"{name}_part"
            for statement in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
                connection.execute(sql.SQL(statement).format(sql.Identifier(part)))
            _migrate(named(url, part))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(part), sql.Identifier(name))
            )
    return name


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection to the database that a ``DATABASE_URL`` names, without transactions."""
    parts = urlsplit(url)
    # The folder of a socket stands escaped in the place of the host.
    host, port = unquote(parts.netloc.rpartition("@")[2].partition(":")[0]), parts.port
    return psycopg.connect(
        dbname=parts.path.lstrip("/"),
        host=host,
        port=port,
        user=parts.username,
        password=parts.password,
        autocommit=True,
    )


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
