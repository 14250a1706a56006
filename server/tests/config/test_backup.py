"""Upgrade, backup and restore as README tells them: what comes back is what was there."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem.config.backup.making import back_up

from ..places import somewhere
from ..served import environment_of, manage

README = Path(__file__).parents[3] / "README.md"
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "lab.example.org",
    "BRAINSTEM_URL": "https://lab.example.org",
    "BRAINSTEM_THROTTLE": "on",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
}
INSTALLS = "pip install"


def told(section: str) -> list[str]:
    """The commands that README gives below a heading in bold."""
    after = README.read_text().split(f"**{section}.**")[1].split("**")[0]
    return [line.strip() for line in re.findall(r"^    .+$", after, re.MULTILINE)]


@pytest.fixture
def programs(tmp_path):
    """A value for PATH with the command."""
    program = tmp_path / "bin" / "brainstem-server"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m brainstem.config "$@"\n')
    program.chmod(0o755)
    return os.pathsep.join([str(program.parent), os.environ["PATH"]])


def follow(section: str, backup: Path, environment: dict[str, str]) -> str:
    """What the commands of a section say."""
    lines = [line for line in told(section) if not line.startswith(INSTALLS)]
    assert lines
    done = subprocess.run(
        ["bash", "-euc", "\n".join(lines).replace("/backup", str(backup))],
        env=environment, cwd=backup.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def history(place) -> list[tuple[object, ...]]:
    """Who changed what; not the numbers of transactions, which mean nothing elsewhere."""
    return place.rows(
        "SELECT c.model, c.record_id, c.action, c.before, c.after, e.at, e.actor_email"
        " FROM core_change c JOIN core_event e ON e.id = c.event_id ORDER BY c.id"
    )


@pytest.mark.slow
@pytest.mark.databases
def test_what_was_saved_comes_back_whole_and_well(tmp_path, programs):
    backup = tmp_path / "backup"
    with somewhere(tmp_path / "lost") as lost, somewhere(tmp_path / "found", migrated=False) as found:
        environment = environment_of("http://localhost:8000", lost.url, lost.place.data) | PRODUCTION
        manage(environment, "-m", "brainstem.config", "demo", "--yes")
        lost.rows("INSERT INTO core_taskworker (name, seen_at) VALUES ('worker', CURRENT_TIMESTAMP)")  # it did run
        lost.store("images/setup.png", b"a picture")
        before = lost.counts()
        assert sum(before.values()) > 100
        environment |= {"PATH": programs}
        assert "Ready." in follow("Upgrade", backup, environment)
        assert "Can be restored" in follow("Backup", backup, environment)
        environment |= {"DATABASE_URL": found.url, "BRAINSTEM_DATA_DIR": str(found.place.data)}
        said = follow("Restore", backup, environment)
        assert "Restored: " in said
        assert "Ready." in said
        assert found.counts() == before
        assert history(found) == history(lost) != []
        assert found.files() == lost.files() != {}


@pytest.mark.slow
@pytest.mark.databases
def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path):
    newest = ("users", "0008_notices")
    applied = "SELECT app, name FROM django_migrations"
    with somewhere(tmp_path / "old") as old, somewhere(tmp_path / "new", migrated=False) as new:
        environment = environment_of("http://localhost:8000", old.url, old.place.data)
        manage(environment, "-m", "brainstem.config", "migrate", "users", "0007_formats", "--verbosity", "0")
        assert newest not in old.rows(applied)
        back_up(old.place, tmp_path / "backup")
        environment |= {"DATABASE_URL": new.url, "BRAINSTEM_DATA_DIR": str(new.place.data)}
        manage(environment, "-m", "brainstem.config", "restore", str(tmp_path / "backup"))
        assert newest in new.rows(applied)
