"""Statements that are sent again after the database went away, and plans that are kept."""

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from brainstem.core.sql import compiled, database
from brainstem.core.sql.deadlines import Ticket
from brainstem.core.sql.prepares import PREPARES

KEPT = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE %s"
BOTH = pytest.mark.parametrize("ask", [database.rows, database.rows_of_prepared, database.rows_of_one_plan])


def lose_connection() -> None:
    """What a restart of PostgreSQL does to a kept connection; SQLite's cannot be lost."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        connection.connection.pgconn.finish()


def lose_connection_in_transaction(ask):
    with transaction.atomic():
        lose_connection()
        ask("SELECT CAST(%s AS INTEGER)", [3])


@BOTH
@pytest.mark.django_db(transaction=True)
def test_statement_is_sent_again_over_a_new_connection(ask):
    lose_connection()
    assert ask("SELECT CAST(%s AS INTEGER)", [3]) == [(3,)]


@BOTH
@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_again_in_a_transaction(ask):
    if connection.vendor == "sqlite":
        return
    with pytest.raises(OperationalError):
        lose_connection_in_transaction(ask)


@BOTH
@pytest.mark.django_db
def test_every_statement_is_seen_by_those_who_count(ask):
    with CaptureQueriesContext(connection) as seen:
        ask("SELECT CAST(%s AS INTEGER)", [3])
    assert [one["sql"] for one in seen.captured_queries if one["sql"].startswith("SELECT CAST")] != []
    assert len(seen) == 1


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("ask", [database.rows_of_prepared, database.rows_of_one_plan])
@pytest.mark.django_db(transaction=True)
def test_nothing_is_prepared_behind_a_pooler_that_cannot_keep_it(ask, keeps, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, PREPARES, keeps)
    text = f"SELECT CAST(%s AS INTEGER) AS {ask.__name__}_{keeps}"
    with Ticket(30).held():
        assert ask(text, [3]) == [(3,)]
    if connection.vendor == "postgresql":
        assert len(database.rows(KEPT, [f"%{ask.__name__}_{keeps}%"])) == keeps


@pytest.mark.django_db(transaction=True)
def test_prepared_statement_is_planned_once():
    if connection.vendor == "sqlite":
        return
    # Of a table PostgreSQL may know that a plan for the value is better; of a mere number it is never.
    for _ in range(8):
        database.rows_of_prepared("SELECT CAST(%s AS INTEGER) AS planned_once", [3])
    found = database.rows(KEPT, ["%planned_once%"])
    assert found[0][0] > 0


@pytest.mark.django_db(transaction=True)
def test_plan_is_kept_although_others_would_be_better():
    if connection.vendor == "sqlite":
        return
    with Ticket(5).held():
        for _ in range(2):
            database.rows_of_one_plan("SELECT count(*) AS one_plan FROM users_user WHERE id = %s", [3])
        assert database.rows(KEPT, ["%one_plan%"]) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_prepared_statements_are_dropped_before_they_take_too_much_memory(monkeypatch):
    if connection.vendor == "sqlite":
        return
    monkeypatch.setattr(compiled, "SMALL", 20)
    monkeypatch.setattr(compiled, "MOST", 200)
    for number in range(9):
        assert database.rows_of_prepared(f"SELECT %s::int AS taking_room_{number}", [3]) == [(3,)]
        assert 0 < len(database.rows(KEPT, ["SELECT%taking_room%"])) <= 200 // 30
    assert database.rows_of_prepared("SELECT %s::int AS taking_room_0", [4]) == [(4,)]


@pytest.mark.django_db
def test_percent_signs_and_placeholders_are_told_apart_each_time():
    for value in ("a", "b", "c"):
        for text in ("SELECT '%%s 5%%', CAST(%s AS text)", "SELECT '%%%%s', CAST(%s AS text)"):
            printed = "%s 5%" if "5" in text else "%%s"
            assert database.rows(text, [value]) == [(printed, value)]
