"""A database of a development version goes over to the gathered migrations, or is left as it is with a word of what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from brainstem.apps.stem.models.session import Session

from ..places import Somewhere, somewhere
from ..served import SERVER, environment_of, new_database

pytestmark = pytest.mark.slow

BEFORE = """
import django; django.setup()
import sys
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
recorder = MigrationRecorder(connection)
gathered = {name: one.replaces for name, one in MigrationLoader(None).disk_migrations.items() if one.replaces}
for name, replaced in gathered.items():
    recorder.record_unapplied(*name)
    for old in replaced:
        # Gathered migrations are recorded together with what they gather.
        if f"{old[0]}.{old[1]}" in sys.argv[1:]:
            recorder.record_unapplied(*old)
"""
ASK = """
import django; django.setup()
import json
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
print(json.dumps(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())))
"""


# What has happened when the command is killed: what follows the last migration has not.
BEGIN = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([("core", "0001_first_release"), ("stem", "0001_first_release")])
"""


@pytest.fixture
def database(tmp_path):
    """The environment of an empty lab's server."""
    with new_database(tmp_path) as url:
        yield environment_of("http://localhost:8000", url, tmp_path)


def run(environment, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=SERVER, capture_output=True, text=True, check=False
    )


def applied(environment) -> set[str]:
    return set(json.loads(run(environment, "-c", ASK).stdout))


def test_no_two_migrations_replace_the_same():
    """Otherwise the second would count as done when only the first was, after an interruption between them."""
    replaced = [old for one in MigrationLoader(None).disk_migrations.values() for old in one.replaces]
    assert len(replaced) > 30
    assert [old for old, number in Counter(replaced).items() if number > 1] == []


def test_a_migration_to_the_end_follows_one_that_was_interrupted_between_the_first(tmp_path):
    with somewhere(tmp_path / "whole") as whole, new_database(tmp_path, migrated=False) as url:
        begun = environment_of("http://localhost:8000", url, tmp_path)
        assert run(begun, "-c", BEGIN).returncode == 0
        assert "stem.0001_first_release" in applied(begun)
        assert not {"stem.0002_first_release_links", "core.0002_first_release_links"} & applied(begun)
        done = run(begun, "-m", "brainstem.config", "migrate")
        assert done.returncode == 0, done.stderr
        assert columns(Somewhere(url, whole.place)) == columns(whole)
        assert "migrations" not in run(begun, "-m", "brainstem.config", "doctor").stdout


def columns(its) -> set[tuple]:
    """Every table with every column."""
    if its.url.startswith("sqlite"):
        return set(
            its.rows(
                "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
            )
        )
    return set(its.rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"))


def test_a_database_of_a_development_version_needs_only_be_marked(database):
    assert run(database, "-c", BEFORE).returncode == 0
    assert "users.0001_first_release" not in applied(database)
    done = run(database, "-m", "brainstem.config", "migrate")
    assert done.returncode == 0, done.stderr
    assert "No migrations to apply" in done.stdout
    assert {"users.0001_first_release", "core.0002_first_release_links", "modules.0001_first_release"} <= applied(
        database
    )


def test_one_that_lacks_some_of_its_migrations_is_left_alone_and_told_what_to_do(database):
    run(database, "-c", BEFORE, "users.0011_account_changes", "modules.0004_coordinates_where_the_type_has_some")
    before = applied(database)
    done = run(database, "-m", "brainstem.config", "migrate")
    assert done.returncode == 1
    assert "its migration users.0011_account_changes was never applied" in done.stderr
    assert "with the version that created it, then again with this one" in done.stderr
    assert "Traceback" not in done.stderr
    assert applied(database) == before
    assert "users.0011_account_changes" in run(database, "-m", "brainstem.config", "doctor").stdout


def test_a_better_help_text_needs_no_migration_and_a_longer_column_does(db, monkeypatch):
    name = Session._meta.get_field("name")
    monkeypatch.setattr(name, "help_text", "Another wording.")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    monkeypatch.setattr(name, "max_length", name.max_length + 1)
    with pytest.raises(SystemExit):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
