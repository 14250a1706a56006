"""Places that backups are made of, and restored to: a database of its own, and a folder of uploads."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.conf import settings
from psycopg import sql

from brainstem.config.backup.place import Place, database_of

from .served import free_port, new_database
from .templates import connected, named

PERSON = (
    "INSERT INTO users_user (password, created_at, updated_at, email, first_name, last_name, website, google_scholar,"
    " orcid_id, atlas_preference, picture, date_joined, is_active, is_staff, is_superuser, two_factor_enabled,"
    " two_factor_default, session_epoch, time_zone, clock_format, date_format, number_format, mail_wishes)"
    " VALUES ('', '2026-01-31 12:00:00', '2026-01-31 12:00:00', '{email}', '', '', '', '', '', '', '{picture}',"
    " '2026-01-31 12:00:00', true, false, false, false, '', 0, '', '', '', '', '{{}}')"
)


@dataclass(frozen=True)
class Somewhere:
    """A place, and the URL of its database."""

    url: str
    place: Place

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers; not through the code under test."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(urlsplit(self.url).path)) as connection, connection:
                return connection.execute(query).fetchall()
        with connected(self.url) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def counts(self) -> dict[str, int]:
        """Table -> number of its rows."""
        listing = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'"
            if self.url.startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return {name: self.rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in self.rows(listing)}

    def store(self, path: str, content: bytes) -> Path:
        """An uploaded file."""
        file = self.place.uploads / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def add_person(self, name: str, picture: bytes = b"") -> None:
        """An account, with a portrait if there is one."""
        path = f"pictures/{name}.jpg" if picture else ""
        if picture:
            self.store(path, picture)
        self.rows(PERSON.format(email=f"{name}@lab.example", picture=path))

    def files(self) -> dict[str, bytes]:
        """Path below ``uploads`` -> content."""
        folder = self.place.uploads
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def programs_of(url: str) -> str:
    """The folder of the programs that came with a PostgreSQL server."""
    with connected(url) as connection:
        [[folder]] = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchall()
    return str(folder)


@contextmanager
def no_database(url: str) -> Iterator[str]:
    """``DATABASE_URL`` of a database that a PostgreSQL server does not have; dropped if it has it afterwards."""
    name = f"absent_{os.getpid()}_{free_port()}"
    try:
        yield named(url, name)
    finally:
        with connected(url) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def somewhere(folder: Path, *, migrated: bool = True) -> Iterator[Somewhere]:
    """A place that is gone afterwards; without ``migrated``, an empty one, whose database does not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        settings.BRAINSTEM_PG_BIN = os.environ["BRAINSTEM_PG_BIN"] = programs_of(given)
        made = new_database(folder) if migrated else no_database(given)
    else:
        made = new_database(folder, migrated=migrated)
    with made as url:
        found = dict(environ.Env.db_url_config(url))
        found["HOST"] = unquote(found.get("HOST") or "")  # the folder of a socket is escaped
        yield Somewhere(url, Place(database_of(found), folder / "uploads", folder))


@contextmanager
def small_lab(folder: Path) -> Iterator[Somewhere]:
    """A migrated place with an account, a portrait and a document."""
    with somewhere(folder) as found:
        found.add_person("alice", picture=b"a portrait")
        found.store("personal_attributes/license/1/abc-permit.txt", b"a permit")
        yield found


@contextmanager
def writing(environment: dict[str, str], script: str, folder: Path) -> Iterator[None]:
    """Another process that runs this script with the server's settings, from its first line of output on."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            said = process.stdout.readline()
            assert said == b"writing\n", said + process.stdout.read()
            yield
            assert process.poll() is None, process.stdout.read()
        finally:
            process.kill()
            process.wait()
