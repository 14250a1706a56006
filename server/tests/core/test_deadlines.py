"""How long a request may ask the database, and how it is stopped."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from brainstem.core.access.actor import ANONYMOUS
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import CallerLeft, RequestEnded, TookTooLong
from brainstem.core.model.registry import specs
from brainstem.core.query import run, stream
from brainstem.core.query.plan import plan
from brainstem.core.query.sql import Statement
from brainstem.core.query.stream import open_stream
from brainstem.core.query.syntax import Query
from brainstem.core.sql import database, deadlines
from brainstem.core.sql.deadlines import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LONG = {  # would take minutes
    "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 10000000000) SELECT count(*) FROM c",
    "postgresql": "SELECT count(*) FROM (SELECT pg_sleep(200)) one",
}
MANY = {
    "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 1000000) SELECT x, 'x' FROM c",
    "postgresql": "SELECT x, 'x' FROM generate_series(1, 1000000) x",
}
SOON = 20  # seconds within which everything ends that would take minutes, on a busy machine too


def long() -> str:
    return LONG[connection.vendor]


@contextmanager
def soon():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SOON


def by_orm() -> None:
    with connection.cursor() as cursor:
        cursor.execute(long())
        cursor.fetchall()


def in_write() -> None:
    with transaction.atomic():
        get_user_model().objects.create_user(email="late@lab.example", password=None)
        by_orm()


WAYS = {
    "a list": lambda: database.rows(long(), []),
    "a detail": lambda: database.rows_of_prepared(long(), []),
    "a detail with includes": lambda: database.rows_of_prepared(long(), [], bounded=False),
    "a list of the past": lambda: database.rows_of_one_plan(long(), []),
    "Django": by_orm,
    "a write": in_write,
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def said(do) -> str:
    """The name of what ended it; rows that SQLite was still fetching are interrupted without a translation."""
    try:
        do()
    except Exception as error:  # noqa: BLE001
        return type(deadlines.ended(error)).__name__
    return "nothing"


@EVERY_WAY
def test_a_statement_ends_at_the_deadline_of_its_request(way):
    with soon(), Ticket(0.3).held():
        assert said(way) == "TookTooLong"
    assert database.rows("SELECT 1", []) == [(1,)]
    assert not get_user_model().objects.filter(email="late@lab.example").exists()


@EVERY_WAY
def test_a_caller_who_leaves_takes_the_statement_along(way):
    ticket = Ticket()
    with soon(), ticket.held():
        timer = threading.Timer(0.3, ticket.cancel)
        timer.start()
        assert said(way) == "CallerLeft"
        timer.join()
        with pytest.raises(CallerLeft):
            database.rows("SELECT 1", [])
    assert database.rows("SELECT 1", []) == [(1,)]
    assert not get_user_model().objects.filter(email="late@lab.example").exists()


def test_a_request_has_one_deadline_for_all_its_statements():
    asked: list[int] = []

    def ask_on() -> None:
        while True:
            asked.append(database.rows("SELECT 1", [])[0][0])

    with soon(), Ticket(0.5).held(), pytest.raises(TookTooLong):
        ask_on()
    assert len(asked) > 1


@pytest.mark.parametrize("ticket", [None, Ticket()], ids=["a command", "a stream"])
def test_without_a_deadline_a_statement_runs_to_its_end(ticket, settings):
    settings.BRAINSTEM_READ_SECONDS = 0.01
    short = LONG["sqlite"].replace("10000000000", "300000") if connection.vendor == "sqlite" else "SELECT pg_sleep(0.2)"
    if ticket is None:
        assert len(database.rows(short, [])) == 1
    else:
        with ticket.held():
            assert len(database.rows(short, [])) == 1


def test_a_cancellation_never_hits_the_next_request():
    for _ in range(40):
        ticket = Ticket()
        with ticket.held():
            thread = threading.Thread(target=ticket.cancel)
            thread.start()
            try:
                for _ in range(20):
                    database.rows("SELECT 1", [])
            except RequestEnded:
                pass
            thread.join()
        with Ticket(SOON).held():
            assert database.rows("SELECT 2", []) == [(2,)]


def test_a_deadline_within_a_savepoint_leaves_the_transaction_to_be_rolled_back():
    users = get_user_model().objects

    def write_on() -> None:
        with transaction.atomic():
            users.create_user(email="outer@lab.example", password=None)
            with transaction.atomic():
                while True:
                    users.filter(email="outer@lab.example").exists()

    with soon(), Ticket(0.5).held(), pytest.raises(TookTooLong):
        write_on()
    assert not users.filter(email="outer@lab.example").exists()


@contextmanager
def somebody_writes():
    """Another process holds what a write to the table of accounts needs."""
    table = get_user_model()._meta.db_table
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(connection.connection.info.dsn) as other:
        other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield
        other.rollback()


@pytest.mark.parametrize("together", [False, True], ids=["by itself", "in a transaction"])
def test_waiting_for_another_writer_counts(together):
    users = get_user_model().objects
    database.rows("SELECT 1", [])

    def write() -> None:
        if not together:
            users.filter(email="x@lab.example").update(first_name="X")
            return
        with transaction.atomic():
            users.filter(email="x@lab.example").update(first_name="X")

    with somebody_writes(), soon(), Ticket(0.6).held(), pytest.raises(TookTooLong):
        write()
    with Ticket(SOON).held():
        write()
    usual = database.rows("PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SELECT 20000", [])
    assert usual == [(20_000,)]


def test_nothing_is_set_for_the_session():
    if connection.vendor == "sqlite":
        return
    names = ("statement_timeout", "jit", "plan_cache_mode")
    before = [database.rows(f"SHOW {name}", []) for name in names]
    with Ticket(5).held():
        for _ in range(3):
            database.rows("SELECT 1", [])
            database.rows_of_prepared("SELECT 1", [], bounded=False)
            database.rows_of_one_plan("SELECT 1", [])
            with transaction.atomic():
                assert database.rows("SHOW statement_timeout", []) != [("0",)]
    assert [database.rows(f"SHOW {name}", []) for name in names] == before


def test_the_limit_holds_in_the_database_itself():
    """What this process would not live to cancel ends all the same."""
    if connection.vendor == "sqlite":
        return
    with Ticket(5).held():
        assert int(database.rows("SELECT setting FROM pg_settings WHERE name='statement_timeout'", [])[0][0]) > 4000
        found = database.rows_of_prepared(
            "SELECT setting FROM pg_settings WHERE name='statement_timeout'", [], bounded=False
        )
        assert int(found[0][0]) > 4000


def test_a_stream_has_no_deadline(admin):
    with Ticket(0.01).held() as ticket:
        ticket.limit(5)
        opened = open_stream(specs()["stem.Project"], Query(), viewer=Viewer(ANONYMOUS, "public"), base="")
        opened.close()
        assert ticket.ends is None


def test_a_stream_ends_when_its_caller_leaves():
    ticket = Ticket()
    made = run.Compiled(plan(Query(), specs()["stem.Session"]), Statement(MANY[connection.vendor], ()))
    rows = stream._rows(made, [], includes=0)
    with ticket.held():
        assert next(rows)[0] == (1, "x")
        ticket.cancel()
        with pytest.raises(CallerLeft):
            list(rows)
    assert database.rows("SELECT 1", []) == [(1,)]


# -- what callers are told ---------------------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch, settings):
    """Lists take minutes, and a page may take a third of a second."""
    settings.BRAINSTEM_READ_SECONDS = 0.3
    rows = database.rows
    monkeypatch.setattr(run.database, "rows", lambda text, values, **_: rows(long(), []))


def test_a_caller_is_told_what_to_do(slow, nobody, caplog):
    question = "filter{name.icontains}=secret&sort[]=-name&include[]=subjects"
    with soon(), caplog.at_level(logging.WARNING):
        answer = nobody.get(f"stem/project?{question}")
    assert answer.status == 503
    assert "narrower filter" in answer.body["detail"]
    assert "ndjson" in answer.body["detail"]
    lines = [one.getMessage() for one in caplog.records if one.name == "brainstem.deadlines"]
    assert len(lines) == 1
    assert "/api/public/stem/project" in lines[0]
    assert "filter{name.icontains} sort[]=-name include[]=subjects" in lines[0]
    assert "secret" not in caplog.text


def test_retry_after_says_when(slow, client):
    response = client.get("/api/public/stem/project/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


def test_the_page_of_the_api_says_it_too(slow, client):
    response = client.get("/api/public/stem/project/", headers={"Accept": "text/html"})
    assert response.status_code == 503
    assert "text/html" in response.headers["Content-Type"]


def test_a_page_says_it(monkeypatch, client, settings):
    settings.BRAINSTEM_READ_SECONDS = 0.3
    monkeypatch.setattr("brainstem.config.errors.views.landing", lambda _: by_orm())
    response = client.get("/", headers={"Accept": "text/html"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert b"too long" in response.content


def test_a_page_in_time_is_answered(client):
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200


def test_a_caller_who_left_makes_no_noise(client, caplog):
    ticket = Ticket()
    ticket.cancel()
    with ticket.held(), caplog.at_level(logging.INFO):
        assert client.get("/api/public/stem/project/").status_code == 499
    assert [one for one in caplog.records if one.levelno >= logging.WARNING and one.name != "django.request"] == []
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
