"""Requests while the database is away: a clear word to try again, for programs and people alike."""

import sqlite3
from types import SimpleNamespace

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from brainstem.core.sql import outage
from brainstem.core.sql.outage import is_away

pytestmark = pytest.mark.django_db


def caused(error, cause):
    error.__cause__ = cause
    return error


def on_postgresql(name, kind=OperationalError):
    return caused(kind("x"), getattr(psycopg.errors, name)("x"))


def on_sqlite(code, kind=OperationalError):
    cause = sqlite3.OperationalError("x")
    cause.sqlite_errorcode = code
    return caused(kind("x"), cause)


AWAY = {
    "terminated": on_postgresql("AdminShutdown"),
    "crashed": on_postgresql("CrashShutdown"),
    "starting": on_postgresql("CannotConnectNow"),
    "out of connections": on_postgresql("TooManyConnections"),
    "disk full": on_postgresql("DiskFull"),
    "standby": on_postgresql("ReadOnlySqlTransaction"),
    "cut": caused(OperationalError("x"), psycopg.OperationalError("server closed the connection unexpectedly")),
    "closed": caused(InterfaceError("the connection is closed"), psycopg.InterfaceError("the connection is closed")),
    "SQLite full": on_sqlite(sqlite3.SQLITE_FULL),
    "SQLite unreadable": on_sqlite(sqlite3.SQLITE_IOERR_READ),
    "SQLite gone": on_sqlite(sqlite3.SQLITE_CANTOPEN),
    "within another": caused(ValueError("x"), on_postgresql("AdminShutdown")),
}
THERE = {
    "none": None,
    "something else": ValueError("closed"),
    "duplicate": on_postgresql("UniqueViolation", IntegrityError),
    "deadlock": on_postgresql("DeadlockDetected"),
    "ended at its deadline": on_postgresql("QueryCanceled"),
    "too complex": on_postgresql("StatementTooComplex"),
    "no such table": on_sqlite(sqlite3.SQLITE_ERROR),
    "SQLite busy": on_sqlite(sqlite3.SQLITE_BUSY),
    "by itself": OperationalError("x"),
    "another kind": caused(DatabaseError("x"), psycopg.DatabaseError("x")),
}


@pytest.mark.parametrize("error", AWAY.values(), ids=AWAY)
def test_says_that_the_database_is_away(error):
    assert is_away(error)


@pytest.mark.parametrize("error", THERE.values(), ids=THERE)
def test_says_something_else(error):
    assert not is_away(error)


@pytest.fixture
def away():
    """Every statement fails as if the database had been restarted."""

    def fail(*_):
        raise on_postgresql("AdminShutdown")

    def begin():
        return connection.execute_wrapper(fail)

    return begin


def test_programs_are_told_to_try_again(alice, lab, away, caplog):
    path = f"stem/subject/{lab['subject']}/"
    with away():
        answers = [alice.get(path), alice.patch(path, {"description": "x"})]
    for answer in answers:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert answer.body == {"detail": "The database is not available at the moment; try again."}
        assert answer.headers["Brainstem-Error-Code"] == "busy"
    assert alice.get(path).status == 200
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("path", ["/account/login/", "/private/stem/subject/", "/public/stem/project/", "/nowhere/"])
def test_people_get_a_page_that_needs_no_database(client, away, path):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "x" * 32
    with away():
        response = client.get(path, headers={"Accept": "text/html"})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Temporarily unavailable" in response.content.decode()
    assert client.get(path, headers={"Accept": "text/html"}).status_code < 500


def test_a_connection_to_a_standby_is_given_up(monkeypatch):
    closed = []
    connected = SimpleNamespace(in_atomic_block=False, close=lambda: closed.append(True))
    monkeypatch.setattr(outage, "connections", {"default": connected})
    outage.note_away(on_postgresql("DiskFull"))
    assert closed == []
    outage.note_away(on_postgresql("ReadOnlySqlTransaction"))
    assert closed == [True]
