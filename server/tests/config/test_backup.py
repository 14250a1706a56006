"""A backup and a restore as README tells them: what comes back is what was there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ..served import environment_of, manage, new_database
from ..templates import connected

README = Path(__file__).parents[3] / "README.md"
# The command of that name is not on every machine; this does what README asks of it.
SQLITE = """#!{python}
import re, sqlite3, sys
source, backup = sys.argv[1], re.fullmatch(r"\\.backup '(.+)'", sys.argv[2])[1]
with sqlite3.connect(source) as there, sqlite3.connect(backup) as copy:
    there.backup(copy)
"""
OF_THE_OTHER = {"sqlite": ("pg_",), "postgres": ("sqlite3 ", "cp /backup/brainstem.sqlite3")}


def told(section: str) -> list[str]:
    """The commands that README gives below a heading in bold."""
    after = README.read_text().split(f"**{section}.**")[1].split("**")[0]
    return [line.strip() for line in re.findall(r"^    .+$", after, re.MULTILINE)]


@pytest.fixture
def programs(tmp_path):
    """A folder for PATH with what the commands need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sqlite3").write_text(SQLITE.format(python=sys.executable))
    (folder / "brainstem-server").write_text(f'#!/bin/sh\nexec {sys.executable} -m brainstem.config "$@"\n')
    for program in folder.iterdir():
        program.chmod(0o755)
    given = os.environ.get("DATABASE_URL", "")
    postgres = [Path(_bin_folder(given))] if given.startswith("postgres") else []
    return os.pathsep.join(map(str, [folder, *postgres, os.environ["PATH"]]))


def _bin_folder(url: str) -> str:
    with connected(url) as connection:
        [[folder]] = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchall()
    return str(folder)


def rows(url: str) -> dict[str, int]:
    """Table -> number of its rows."""
    if url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(urlsplit(url).path) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    with connected(url) as connection:
        names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def follow(lines: list[str], backup: Path, environment: dict[str, str]) -> None:
    kind = "postgres" if environment["DATABASE_URL"].startswith("postgres") else "sqlite"
    script = "\n".join(line for line in lines if not line.startswith(OF_THE_OTHER[kind]))
    done = subprocess.run(
        ["bash", "-euc", script.replace("/backup", str(backup))],
        env=environment, cwd=backup.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 or "to fix" in done.stderr, done.stdout + done.stderr  # by doctor: it is no production


@pytest.mark.slow
def test_what_was_saved_comes_back_whole(tmp_path, programs):
    lost, found, backup = tmp_path / "lost", tmp_path / "found", tmp_path / "backup"
    for folder in (lost, found, backup):
        folder.mkdir()
    with new_database(lost) as url:
        environment = environment_of("http://localhost:8000", url, lost) | {"PATH": programs}
        manage(environment, "-m", "brainstem.config", "demo")
        (lost / "uploads" / "images").mkdir(parents=True, exist_ok=True)
        (lost / "uploads" / "images" / "setup.png").write_bytes(b"a picture")
        before = rows(url)
        assert sum(before.values()) > 100
        follow(told("Backup"), backup, environment)
    with new_database(found, migrated=False) as url:
        follow(told("Restore"), backup, environment_of("http://localhost:8000", url, found) | {"PATH": programs})
        assert rows(url) == before
    assert (found / "uploads" / "images" / "setup.png").read_bytes() == b"a picture"
