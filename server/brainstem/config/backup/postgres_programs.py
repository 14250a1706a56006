"""Finds pg_dump, pg_restore and psql of a version that suits a PostgreSQL server."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

NEEDED = ("pg_dump", "pg_restore", "psql")
# Where packages of several versions side by side put them: Debian, Red Hat, Homebrew.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Call:
    """A program with its arguments, and its environment, which may hold a password."""

    args: list[str]
    env: Mapping[str, str] = field(repr=False)


def programs(major: int) -> Path:
    """The folder with the programs of this major version, or else of the next newer one.

    Raises
    ------
    CommandError
        If there is none: older programs refuse newer servers.
    """
    found = {folder: version for folder in _folders() if (version := _version(folder)) is not None}
    fitting = [folder for folder, version in found.items() if version >= major]
    if fitting:
        return min(fitting, key=lambda folder: found[folder])
    there = f"; found only {', '.join(f'{version} in {folder}' for folder, version in found.items())}" if found else ""
    raise CommandError(
        f"{', '.join(NEEDED[:-1])} and {NEEDED[-1]} {major} or newer are needed for PostgreSQL {major}{there}. Install"
        f" postgresql-client-{major}, or set BRAINSTEM_PG_BIN to the folder that has them."
    )


def _folders() -> Iterator[Path]:
    if settings.BRAINSTEM_PG_BIN:
        yield Path(settings.BRAINSTEM_PG_BIN)
        return
    for place in PLACES:
        yield from sorted(Path("/").glob(place[1:]))
    if found := shutil.which("pg_dump"):
        yield Path(found).parent


def _version(folder: Path) -> int | None:
    """Major version of the programs in a folder; None if they are not all there."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a program of PostgreSQL
            (folder / "pg_dump", "--version"), capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r" (\d{1,3})", said)
    return int(number[1]) if number else None


__all__ = ["Call", "programs"]
