"""Saving, loading and summing up a PostgreSQL database."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
from django.core.management.base import CommandError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from brainstem.config.safety import first_line

from . import postgres_sql, streams
from .contents import Ask, Contents, Table, migrations, named_files, table_of
from .postgres_loading import feed
from .postgres_programs import Call, programs
from .postgres_sql import Link

CLOSING_TENTHS = 20
MAINTENANCE = ("postgres", "template1")  # databases that every server has


@dataclass(frozen=True)
class Postgres:
    """A database on a server; ``parameters`` are those of libpq, without the password."""

    parameters: dict[str, str]
    password: str = field(default="", repr=False)

    kind = "postgresql"
    part = "brainstem.dump"

    @property
    def name(self) -> str:
        """Its name."""
        return self.parameters["dbname"]

    def server(self) -> str:
        """What runs it."""
        with self.connected() as link:
            return f"PostgreSQL {link.info.server_version // 10_000}"

    def connected(self) -> Link:
        """A connection on which each statement is a transaction.

        Raises
        ------
        CommandError
            If there is none.
        """
        try:
            return psycopg.connect(**self._arguments(), autocommit=True)
        except psycopg.Error as error:
            raise CommandError(f"Cannot connect to the database {self.name} ({first_line(error)}).") from error

    def _arguments(self) -> dict[str, Any]:
        return self.parameters | ({"password": self.password} if self.password else {})

    def program(self, name: str, major: int, *arguments: str) -> Call:
        """How a program is run on this database; no password is among its arguments."""
        shown = {name: value for name, value in self.parameters.items() if name != "sslpassword"}
        database = make_conninfo("", **shown)
        args = [str(programs(major) / name), "--no-password", *arguments, f"--dbname={database}"]
        return Call(args, postgres_sql.environment(self.password))

    def save(self, target: Path) -> Contents:
        """Dump it to a new file, as it is at one moment, while others write; what the dump holds."""
        with self.connected() as link, postgres_sql.snapshot(link) as ask:
            [(snapshot,)] = ask("SELECT pg_export_snapshot()")
            options = ("--format=custom", "--no-owner", "--no-privileges")
            call = self.program(
                "pg_dump", link.info.server_version // 10_000, *options, f"--snapshot={snapshot}", f"--file={target}"
            )
            with tempfile.TemporaryFile() as complaints:
                done = subprocess.run(  # noqa: S603 - a program of PostgreSQL
                    call.args, env=call.env, stdin=subprocess.DEVNULL, stderr=complaints, check=False
                )
                if done.returncode:
                    raise CommandError(f"pg_dump failed: {streams.reason(complaints)}")
            return _contents(ask)

    def contents(self) -> Contents:
        """What it holds at one moment."""
        with self.connected() as link, postgres_sql.snapshot(link) as ask:
            return _contents(ask)

    def occupied(self) -> str:
        """What is there already, in words; empty if nothing is, or there is no such database."""
        if not self._exists():
            return ""
        with self.connected() as link, postgres_sql.snapshot(link) as ask:
            tables = [name for (name,) in ask(postgres_sql.TABLES)]
            rows = sum(ask(f"SELECT count(*) FROM {name}")[0][0] for name in tables)
            others = ask(postgres_sql.OTHERS)[0][0]
        if tables:
            return f"the database {self.name} has {len(tables)} tables with {rows} rows"
        return f"the database {self.name} has {others} views, sequences or functions" if others else ""

    def release(self) -> None:
        """Make sure that no server uses it.

        Raises
        ------
        CommandError
            If one does.
        """
        if not self._exists():
            return
        with self.connected() as link:
            for _ in range(CLOSING_TENTHS):  # one that was just closed is listed a little longer
                [(number,)] = link.execute(postgres_sql.CONNECTIONS).fetchall()
                if not number:
                    return
                time.sleep(0.1)
        raise CommandError(f"The database {self.name} has {number} other connections: stop the server first.")

    def load(self, source: Path, *, replace: bool = False) -> None:
        """Become what :meth:`save` saved, in one transaction; the database is created if it does not exist.

        ``replace`` first drops, in the same transaction, what is there.
        """
        if not self._exists():
            self.create()
        with self.connected() as link:
            major = link.info.server_version // 10_000
        feed(
            source,
            self.program("psql", major, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
            restore=programs(major) / "pg_restore",
            first=postgres_sql.DROP_ALL if replace else "",
        )
        with self.connected() as link:
            link.execute("ANALYZE")

    def create(self) -> None:
        """Create the database, empty."""
        with self._beside().connected() as link:
            try:
                # Not of template1, which may have tables of its own.
                link.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(self.name))
                )
            except psycopg.Error as error:
                role = link.info.user
                raise CommandError(
                    f"The database {self.name} does not exist, and cannot be created ({first_line(error)}): let an"
                    f" administrator of PostgreSQL run `createdb --owner {role} {self.name}`."
                ) from error

    @contextmanager
    def scratch(self, folder: Path) -> Iterator[Postgres]:  # noqa: ARG002 - the server has its own folder
        """A database on the same server that is dropped afterwards."""
        trial = replace(self, parameters=self.parameters | {"dbname": f"brainstem_verify_{token_hex(6)}"})
        trial.create()
        try:
            yield trial
        finally:
            with self._beside().connected() as link:
                link.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(trial.name)))

    def _exists(self) -> bool:
        """Whether there is such a database.

        Raises
        ------
        CommandError
            If the server cannot be reached, or does not let the role in.
        """
        try:
            psycopg.connect(**self._arguments()).close()
        except psycopg.OperationalError as error:
            with self._beside(cause=error).connected() as link:
                there = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone()
            if there:
                raise CommandError(f"Cannot connect to the database {self.name} ({first_line(error)}).") from error
            return False
        return True

    def _beside(self, *, cause: Exception | None = None) -> Postgres:
        """Another database of the server that can be reached, from which databases are created and dropped."""
        for name in MAINTENANCE:
            other = replace(self, parameters=self.parameters | {"dbname": name})
            try:
                psycopg.connect(**other._arguments()).close()
            except psycopg.OperationalError as error:
                cause = cause or error
            else:
                return other
        raise CommandError(f"Cannot connect to the database ({first_line(cause or Exception())}).")


def _contents(ask: Ask) -> Contents:
    tables = [name for (name,) in ask(postgres_sql.TABLES)]
    columns = {(table, column) for table, column in ask(postgres_sql.COLUMNS)}
    names = {name.replace('"', "") for name in tables}
    summed: dict[str, Table] = {name.replace('"', ""): table_of(*ask(postgres_sql.summing(name))[0]) for name in tables}
    return Contents(summed, migrations(ask, names), named_files(ask, columns))


__all__ = ["Postgres"]
