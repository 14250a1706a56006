"""Saving, loading and summing up a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.core.management.base import CommandError

from . import streams
from .contents import Contents, Row, migrations, named_files, summed

BESIDE = ("-wal", "-shm", "-journal")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"


@dataclass(frozen=True)
class Sqlite:
    """A database in a file."""

    file: Path

    kind = "sqlite"
    part = "brainstem.sqlite3"

    def server(self) -> str:
        """What runs it."""
        return f"SQLite {sqlite3.sqlite_version}"

    def save(self, target: Path) -> Contents:
        """Copy it to a new file, as it is at one moment, while others write; what the copy holds."""
        if not self.file.exists():
            raise CommandError(f"There is no database at {self.file}: check BRAINSTEM_DATA_DIR and DATABASE_URL.")
        target.touch(mode=0o600)
        try:
            with closing(_opened(self.file, "rw")) as source, closing(sqlite3.connect(target)) as copy:
                # In one step, which reads one snapshot. Between smaller steps, writers would make it start over.
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete without a log beside it
        except sqlite3.Error as error:
            raise CommandError(f"The database {self.file} cannot be copied ({error}).") from error
        return Sqlite(target).contents()

    def contents(self) -> Contents:
        """What it holds; nobody may be writing.

        Raises
        ------
        CommandError
            If the file is damaged.
        """
        try:
            with closing(_opened(self.file, "ro&immutable=1")) as connection:
                return _contents(connection)
        except sqlite3.Error as error:
            raise CommandError(f"The database {self.file} is damaged ({error}).") from error

    def occupied(self) -> str:
        """What is there already, in words; empty if nothing is."""
        if not self.file.exists() or not self.file.stat().st_size:
            return ""
        with suppress(sqlite3.Error), closing(_opened(self.file, "rw")) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            rows = sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)
            return f"the database {self.file} has {len(tables)} tables with {rows} rows" if tables else ""
        return f"{self.file} is there, but is no readable database"

    def release(self) -> None:
        """Make sure that no server uses it.

        Raises
        ------
        CommandError
            If one does.
        """
        if not self.file.exists():
            return
        try:
            with closing(_opened(self.file, "rw")) as connection:
                # Only the one connection that a file has may end its log.
                connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CommandError(f"Something still uses {self.file}: stop the server first.") from error
        except sqlite3.DatabaseError:
            return  # It is damaged, and perhaps for that reason replaced.

    def load(self, source: Path, *, replace: bool = False) -> None:  # noqa: ARG002 - the whole file is replaced anyway
        """Become what :meth:`save` saved."""
        beside = self.file.with_name(f".{self.file.name}.restoring")
        beside.unlink(missing_ok=True)
        try:
            streams.copy(source, beside)
            beside.chmod(0o600)
            for ending in BESIDE:  # a log that is not of this file would destroy it
                self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
            beside.replace(self.file)
        finally:
            beside.unlink(missing_ok=True)

    @contextmanager
    def scratch(self, folder: Path) -> Iterator[Sqlite]:
        """A database of the same kind that is thrown away afterwards."""
        yield Sqlite(folder / "scratch.sqlite3")


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, timeout=5)


def _contents(connection: sqlite3.Connection) -> Contents:
    [(said,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    if said != "ok":
        raise sqlite3.DatabaseError(said)

    def ask(query: str) -> list[Row]:
        return connection.execute(query).fetchall()

    tables = [name for (name,) in ask(_TABLES)]
    columns = {(table, row[1]) for table in tables for row in ask(f'PRAGMA table_info("{table}")')}
    applied, named = migrations(ask, tables), named_files(ask, columns)
    connection.text_factory = bytes  # what is stored, whether or not it is UTF-8
    return Contents({table: summed(connection.execute(f'SELECT * FROM "{table}"')) for table in tables}, applied, named)


__all__ = ["Sqlite"]
