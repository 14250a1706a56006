"""The log of slow statements: their shape and plan, and none of their values."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from brainstem.apps.stem.models.project import Project
from brainstem.core.errors import TookTooLong
from brainstem.core.sql import database, slow, timing
from brainstem.core.sql.deadlines import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]

SECRET = "the name somebody looked for"
NUMBER = 918273645


@pytest.fixture(autouse=True)
def new_process():
    """One that has logged no shape yet."""
    slow.forget()


@pytest.fixture
def every(settings):
    """The setting with which every statement is slow."""
    settings.BRAINSTEM_SLOW_QUERY_SECONDS = 1e-9


@pytest.fixture
def lines(caplog):
    """What was logged of slow statements."""
    caplog.set_level(logging.WARNING, logger="brainstem.slow")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "brainstem.slow"]


def of(lines, *words):
    return [one for one in lines() if all(word in one for word in words)]


def projects(name=SECRET):
    return list(Project.objects.filter(name=name, description__contains=name)[:NUMBER])


def test_by_default_nothing_is_slow(lines, settings):
    assert settings.BRAINSTEM_SLOW_QUERY_SECONDS is None
    projects()
    assert lines() == []


def test_a_quick_statement_is_not_logged(lines, settings):
    settings.BRAINSTEM_SLOW_QUERY_SECONDS = 3600.0
    projects()
    assert lines() == []


def test_a_slow_statement_is_logged_with_its_shape_and_plan_and_without_its_values(lines, every):
    projects()
    [line] = of(lines, 'FROM "stem_project"')
    shape, _, plan = line.partition(" | plan: ")
    assert '"name" = %s' in shape
    assert " s: SELECT " in shape
    assert "unknown" not in plan
    assert "stem_project" in plan
    assert SECRET not in line
    assert str(NUMBER) not in line


def test_a_list_of_the_api_is_logged_too(lines, every, alice):
    alice.make("stem/project/", name="P")
    alice.get("stem/project/", f"filter{{name}}={SECRET}")
    found = of(lines, "stem_project", " s: WITH ") or of(lines, "stem_project", "json")
    assert found
    assert SECRET not in "".join(lines())
    assert not [one for one in found if "plan: unknown" in one]


def test_no_line_has_a_password_or_an_address(lines, every):
    user = get_user_model().objects.create_user(email="zoe@lab.example", password=SECRET)
    user.first_name = SECRET
    user.save()
    text = "".join(lines())
    assert "users_user" in text
    for value in (SECRET, "zoe@lab.example", user.password):
        assert value not in text


def test_texts_and_numbers_within_a_statement_are_left_out(lines, every):
    database.rows(f"SELECT id FROM stem_project WHERE name = '{SECRET}''s' AND char_length = {NUMBER}"
                  .replace("char_length", str(NUMBER)), [])  # fmt: skip
    [line] = of(lines, "SELECT id FROM stem_project")
    assert "WHERE name = ?? AND ? = ?" in line
    assert SECRET not in line
    assert str(NUMBER) not in line


def test_a_shape_is_logged_once_a_minute(lines, every, monkeypatch):
    for name in ("a", "b", "c"):
        projects(name)
    assert len(of(lines, 'FROM "stem_project"')) == 1
    monkeypatch.setattr(slow, "PAUSE_S", 0.0)
    projects()
    assert len(of(lines, 'FROM "stem_project"')) == 2


def test_few_shapes_are_remembered(lines, every, monkeypatch):
    monkeypatch.setattr(slow, "MOST_REMEMBERED", 3)
    for number in range(6):
        slow.note(connection, f"SELECT a{number} FROM stem_project", 1.0)
    assert len(slow._noted) == 3


def test_a_transaction_goes_on_after_a_plan_that_cannot_be_made(lines, every):
    def make(name):
        return get_user_model().objects.create_user(email=name, password=None)

    with transaction.atomic():
        make("first@lab.example")
        slow.note(connection, "SELECT nothing FROM nowhere WHERE x = %s", 1.0)
        make("second@lab.example")
    assert get_user_model().objects.filter(email__endswith="@lab.example").count() >= 2
    assert of(lines, "FROM nowhere", "plan: unknown (")


def test_asking_for_a_plan_changes_nothing(lines, every):
    user = get_user_model().objects.create_user(email="zoe@lab.example", password=None)
    get_user_model().objects.filter(pk=user.pk).update(first_name="Zoe")
    assert of(lines, "UPDATE", "users_user")
    slow.note(connection, "DELETE FROM users_user WHERE email = %s", 1.0)
    assert of(lines, "DELETE FROM users_user")
    assert get_user_model().objects.get(pk=user.pk).first_name == "Zoe"


def test_a_statement_that_was_ended_is_logged(lines, every):
    long = {
        "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 9999999999) SELECT count(*) FROM c",
        "postgresql": "SELECT count(*) FROM (SELECT pg_sleep(200)) one",
    }[connection.vendor]
    connection.ensure_connection()
    with Ticket(1.0).held() as ticket, pytest.raises(TookTooLong):
        database.rows(long, [])
    assert of(lines, "count(*)")
    assert ticket.spent > 0


def test_a_request_knows_what_its_statements_took():
    with Ticket().held() as ticket:
        assert ticket.spent == 0
        database.rows("SELECT 1", [])
        first = ticket.spent
        assert first > 0
        projects()
        assert ticket.spent > first


def test_a_statement_is_measured_once_with_its_rows(every, lines):
    database.rows("SELECT 1, 'x' FROM stem_project", [])
    assert len(of(lines, "SELECT ?, ? FROM stem_project")) == 1


def test_what_is_measured_is_the_outermost_of_all_wrappers():
    connection.ensure_connection()
    assert connection.execute_wrappers[0] is timing.around


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("SELECT  a\n FROM t4 WHERE b_2 = 3.5", "SELECT a FROM t4 WHERE b_2 = ?"),
        ("""SELECT "T5"."id" FROM x WHERE n = 'it''s 5' """, 'SELECT "T5"."id" FROM x WHERE n = ??'),
        ("SELECT %s::int LIMIT 21", "SELECT %s::int LIMIT ?"),
    ],
)
def test_a_shape_has_names_and_places_only(sql, shape):
    assert slow.shape_of(sql) == shape
