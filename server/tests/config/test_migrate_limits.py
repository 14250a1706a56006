"""Migrations on a server in use: they do not keep others out of a table for long, and are tried again."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as DjangosCommand
from django.db import OperationalError, connection, models

from brainstem.config.management.commands import migrate
from brainstem.core.models import TaskWorker
from brainstem.core.sql.postgresql.schema import Limits, limited

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="limits are those of PostgreSQL")
COLUMN = models.IntegerField(null=True)
COLUMN.set_attributes_from_name("later")


def add_a_column():
    with connection.schema_editor() as editor:
        editor.add_field(TaskWorker, COLUMN)


@pytest.fixture
def reader(transactional_db):
    """Somebody who reads a table in a transaction that does not end, until told to."""
    begun, ended = threading.Event(), threading.Event()

    def read():
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
            other.execute("SELECT * FROM core_taskworker")
            begun.set()
            ended.wait(60)

    thread = threading.Thread(target=read)
    thread.start()
    assert begun.wait(60)
    yield SimpleNamespace(stop=lambda: (ended.set(), thread.join()))
    ended.set()
    thread.join()


@on_postgresql
def test_a_change_that_waits_for_a_lock_gives_up_soon(reader):
    with pytest.raises(OperationalError) as caught, limited(Limits(lock_s=0.1, statement_s=60)):
        add_a_column()
    assert caught.value.__cause__.sqlstate == "55P03"
    reader.stop()
    with limited(Limits(lock_s=10, statement_s=60)):
        add_a_column()
    with connection.schema_editor() as editor:
        editor.remove_field(TaskWorker, COLUMN)


@on_postgresql
def test_limits_end_with_the_change(transactional_db):
    with limited(Limits(lock_s=0.1, statement_s=0.2)), connection.schema_editor(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("100ms", "200ms")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0", "0")


@on_postgresql
def test_what_is_built_beside_the_work_has_no_limit(transactional_db):
    limits = Limits(lock_s=0.1, statement_s=0.2)
    with limited(limits), connection.schema_editor(atomic=False), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


def failure(name):
    error = OperationalError("x")
    error.__cause__ = getattr(psycopg.errors, name)("x")
    return error


@pytest.fixture
def attempts(monkeypatch, db):
    """Runs the command: each attempt ends with the next of these errors, the last one well. Returns what was said."""
    monkeypatch.setattr(migrate.time, "sleep", lambda seconds: None)

    def run(*errors, **options):
        left = list(errors)
        tried = []

        def handle(*_, **__):
            tried.append(True)
            if left:
                raise left.pop(0)

        monkeypatch.setattr(DjangosCommand, "handle", handle)
        call_command("migrate", **options)
        return len(tried)

    return run


def test_a_migration_that_does_not_get_its_locks_is_tried_again(attempts, capsys):
    assert attempts(failure("LockNotAvailable"), failure("DeadlockDetected")) == 3
    assert "Others use a table that this migration changes; trying again in 2 s." in capsys.readouterr().out


def test_it_is_not_tried_for_ever(attempts):
    with pytest.raises(CommandError, match="20 times in a row"):
        attempts(*(failure("LockNotAvailable") for _ in range(20)))


def test_a_statement_that_takes_too_long_says_what_to_do(attempts):
    with pytest.raises(CommandError, match=r"longer than 5 s.*--statement-timeout off"):
        attempts(failure("QueryCanceled"), statement_timeout=5)


def test_another_error_is_passed_on(attempts):
    with pytest.raises(OperationalError):
        attempts(failure("AdminShutdown"))
