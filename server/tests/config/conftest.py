"""What tests of the scripts in ``benchmarks/`` share."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[3]
GIVEN = os.environ.get("DATABASE_URL", "")
DATABASE = "postgresql" if GIVEN.startswith("postgres") else "sqlite"


@pytest.fixture(scope="session")
def bench(tmp_path_factory, django_db_setup, django_db_blocker):
    """The environment of a script: a folder of its own for what it keeps, and the PostgreSQL server of the run.

    Migrating takes many seconds, and the database of the tests is migrated: the scripts get a copy.
    """
    found = {
        name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    folder = tmp_path_factory.mktemp(f"bench_{os.getpid()}_")
    found |= {"BENCH_DIR": str(folder), "BENCH_POSTGRES": GIVEN if DATABASE == "postgresql" else ""}
    with django_db_blocker.unblock():
        copied = copy_of_tables(folder)
    if copied:
        databases_of(found, f"took_migrated({DATABASE!r})")
    yield found
    databases_of(found, "drop_all()")


def copy_of_tables(folder):
    """Put a copy of the database of the tests where ``benchmarks.databases`` keeps its own; whether that went well."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("VACUUM INTO %s", [str(folder / "migrated.sqlite3")])
        return True
    parts, name = urlsplit(GIVEN), connection.settings_dict["NAME"]
    connection.close()
    login = {
        "host": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
        "port": parts.port,
        "user": parts.username,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, password=parts.password, **login) as server:
        wanted = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(f"{folder.name}_migrated"), sql.Identifier(name)
        )
        try:
            server.execute(wanted)
        except psycopg.errors.ObjectInUse:  # by the thread of a served page
            return False
    return True


def databases_of(bench, call):
    """What a function of ``benchmarks.databases`` gives, in a process with this environment."""
    code = f"from benchmarks import databases; print(databases.{call})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=bench, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]
