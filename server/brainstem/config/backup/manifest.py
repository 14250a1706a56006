"""What a backup says about itself. It has no secrets, but names of files, so it is encrypted if the backup is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from django.core.management.base import CommandError

from . import sums
from .contents import Contents, Table

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Stored:
    """A file of the backup: where it belongs, what it contains, and which part of the backup holds it."""

    path: str
    size: int
    sha256: str
    part: str


@dataclass(frozen=True)
class Manifest:
    """A backup: made when, by which version, of what."""

    version: str
    created_at: str
    kind: str
    server: str
    database: Stored
    migrations: list[str]
    tables: dict[str, Table]
    files: list[Stored]
    absent: list[str]  # named by rows, but not there when the backup was made

    @property
    def summary(self) -> str:
        """What is in it, in words."""
        rows, files = sum(table.rows for table in self.tables.values()), len(self.files)
        return f"{rows} rows of {len(self.tables)} tables and {files} file{'' if files == 1 else 's'}"

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps({"format": FORMAT} | asdict(self), indent=1) + "\n")

    def difference(self, found: Contents) -> str:
        """What distinguishes a restored database from the saved one, in words; empty if nothing does."""
        for name in sorted(self.tables.keys() | found.tables.keys()):
            saved, restored = self.tables.get(name), found.tables.get(name)
            if saved is None or restored is None:
                return f"the table {name} is {'new' if saved is None else 'missing'}"
            if saved.rows != restored.rows:
                return f"the table {name} has {restored.rows} rows instead of {saved.rows}"
            if saved != restored:
                return f"rows of the table {name} differ"
        return ""


def read(path: Path, backup: Path) -> Manifest:
    """The manifest of a backup.

    Raises
    ------
    CommandError
        If it is not one, or a newer version wrote it in another form.
    """
    try:
        found = json.loads(path.read_text())
        number = found.pop("format")
        if number == FORMAT:
            return _manifest(backup, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CommandError(f"The backup {backup.name} is damaged: its manifest cannot be read.") from error
    version = str(found.get("version", ""))[:40] or "a newer version"
    raise CommandError(f"The backup {backup.name} has the format {number!r}: install brainstem-server {version}.")


class _File(TypedDict):
    path: str
    size: int
    sha256: str
    part: str


class _Rows(TypedDict):
    rows: int
    checksum: str


class _Others(TypedDict):
    version: str
    created_at: str
    kind: str
    server: str
    migrations: list[str]
    absent: list[str]


def _manifest(
    backup: Path, *, database: _File, tables: Mapping[str, _Rows], files: Iterable[_File], **others: Unpack[_Others]
) -> Manifest:
    stored = [Stored(**file) for file in (database, *files)]
    for file in stored:
        sums.inside(backup, file.path)
        sums.inside(backup, file.part)
    known = {name: Table(**table) for name, table in tables.items()}
    return Manifest(database=stored[0], tables=known, files=stored[1:], **others)


__all__ = ["NAME", "Manifest", "Stored", "read"]
