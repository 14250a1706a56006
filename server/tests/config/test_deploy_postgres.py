"""``deploy/postgres.sql``, run by PostgreSQL's own program."""

from __future__ import annotations

import os
import shutil
import subprocess
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from ..templates import connected
from .deployed import DEPLOY

GIVEN = os.environ.get("DATABASE_URL", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.databases,
    pytest.mark.skipif(not GIVEN.startswith("postgres"), reason="This file is for PostgreSQL."),
]
PASSWORD = "-_aB3" * 8


def login(url: str) -> dict[str, str]:
    """The variables by which PostgreSQL's programs find a database."""
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    found = {"PGHOST": unquote(host), "PGPORT": port, "PGUSER": parts.username, "PGPASSWORD": parts.password}
    return {name: value for name, value in found.items() if value} | {"PGDATABASE": parts.path[1:]}


@pytest.fixture
def environment():
    """The environment of PostgreSQL's programs, of the server's version."""
    with connected(GIVEN) as connection:
        [[folder]] = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchall()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"PATH": os.pathsep.join([folder, os.environ["PATH"]])} | login(GIVEN)


def run(*command, environment):
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# -- the role and its database ----------------------------------------------------------------------------------------


@pytest.fixture
def created(environment):
    """What psql said when it ran the file."""
    if shutil.which("psql", path=environment["PATH"]) is None:
        pytest.skip("psql is not installed")
    command = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={DEPLOY / 'postgres.sql'}"]
    try:
        yield run(*command, environment=environment | {"BRAINSTEM_DB_PASSWORD": PASSWORD})
    finally:
        with connected(GIVEN) as connection:
            connection.execute("DROP DATABASE IF EXISTS brainstem WITH (FORCE)")
            connection.execute("DROP ROLE IF EXISTS brainstem")


def test_the_role_owns_one_database_and_has_no_other_privileges(created):
    assert created.returncode == 0, created.stderr
    assert PASSWORD not in created.stdout + created.stderr
    with connected(GIVEN) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin, rolpassword IS NOT NULL"
            " FROM pg_authid WHERE rolname = 'brainstem'"
        ).fetchall()
        owned = connection.execute(
            "SELECT datname, pg_encoding_to_char(encoding), datacl::text FROM pg_database"
            " WHERE datdba = 'brainstem'::regrole"
        ).fetchall()
    assert role == [(False, False, False, False, False, True, True)]
    assert owned == [("brainstem", "UTF8", "{brainstem=CTc/brainstem}")]


def test_the_role_can_make_its_tables_and_nobody_else_gets_in(created):
    assert created.returncode == 0, created.stderr
    with connected(GIVEN) as connection:
        connection.execute("CREATE ROLE passer_by")
        try:
            [row] = connection.execute(
                "SELECT has_database_privilege('passer_by', 'brainstem', 'CONNECT'),"
                " has_database_privilege('brainstem', 'brainstem', 'CONNECT')"
            ).fetchall()
        finally:
            connection.execute("DROP ROLE passer_by")
    assert row == (False, True)
    mine = {name.removeprefix("PG").lower(): value for name, value in login(GIVEN).items()}
    names = {"host": mine["host"], "port": mine.get("port", ""), "user": "brainstem", "password": PASSWORD}
    with psycopg.connect(dbname="brainstem", autocommit=True, **names) as connection:
        connection.execute("CREATE TABLE trial (id integer)")
        assert connection.execute("SHOW temp_file_limit").fetchone() == ("2GB",)
