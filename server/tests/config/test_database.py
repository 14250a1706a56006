"""How the server talks to its databases."""

import environ
import pytest
from django.db import connection

from brainstem.config import environment
from brainstem.core.sql.prepares import PREPARES


class Env(environ.Env):
    """The environment of one test."""

    ENVIRON = {}


@pytest.fixture
def env(monkeypatch):
    monkeypatch.setattr(Env, "ENVIRON", {})
    return Env()


def test_a_server_without_a_database_url_keeps_a_sqlite_file_in_its_data_folder(env, tmp_path):
    found = environment.database(env, tmp_path)
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == str(tmp_path / "brainstem.sqlite3")


def test_an_empty_database_url_is_as_none(env, tmp_path):
    env.ENVIRON["DATABASE_URL"] = " "
    assert environment.database(env, tmp_path)["NAME"] == str(tmp_path / "brainstem.sqlite3")


def test_postgresql_gets_persistent_connections_and_no_settings_of_a_session(env, tmp_path):
    env.ENVIRON["DATABASE_URL"] = "postgres://lab:secret@db.example.org:5433/brainstem"
    found = environment.database(env, tmp_path)
    assert (found["HOST"], found["NAME"], found["CONN_MAX_AGE"]) == ("db.example.org", "brainstem", None)
    # A server that never answers, or has vanished, is given up.
    assert found["OPTIONS"] == {"connect_timeout": 10} | environment.KEEP_ALIVE


@pytest.mark.parametrize(("given", "prepares"), [(None, True), ("on", True), ("off", False)])
def test_statements_are_prepared_unless_a_pooler_cannot_keep_them(given, prepares, env, tmp_path):
    env.ENVIRON["DATABASE_URL"] = "postgres://lab:secret@db.example.org:5433/brainstem"
    if given:
        env.ENVIRON["BRAINSTEM_PREPARE_STATEMENTS"] = given
    assert environment.database(env, tmp_path)[PREPARES] is prepares


def test_options_of_libpq_may_stand_in_the_database_url(env, tmp_path):
    env.ENVIRON["DATABASE_URL"] = (
        "postgres://lab@db1.example.org,db2.example.org/brainstem?target_session_attrs=read-write&connect_timeout=3"
    )
    found = environment.database(env, tmp_path)
    assert found["HOST"] == "db1.example.org,db2.example.org"
    assert (found["OPTIONS"]["target_session_attrs"], found["OPTIONS"]["connect_timeout"]) == ("read-write", 3)


def test_a_socket_may_be_named_in_the_database_url(env, tmp_path):
    env.ENVIRON["DATABASE_URL"] = "postgres://lab@%2Fvar%2Frun%2Fpostgresql/brainstem"
    assert environment.database(env, tmp_path)["HOST"] == "/var/run/postgresql"


# What is promised differs between the databases, so these hold a promise each and the other's is nothing.
def setting(sqlite, postgresql):
    with connection.cursor() as cursor:
        cursor.execute(sqlite if connection.vendor == "sqlite" else postgresql)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_readers_do_not_wait_for_a_writer():
    assert setting("PRAGMA journal_mode", "SHOW server_version_num") == "wal" or connection.vendor == "postgresql"


@pytest.mark.django_db
def test_foreign_keys_are_enforced():
    assert setting("PRAGMA foreign_keys", "SELECT 1") == 1


@pytest.mark.django_db
def test_a_busy_database_is_waited_for():
    assert setting("PRAGMA busy_timeout", "SELECT 20000") == 20_000
