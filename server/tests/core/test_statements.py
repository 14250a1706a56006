"""How many SQL statements a read takes: the same few, whatever the page and the includes."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users.token_models import Token
from brainstem.core.query import run

from ..people import Person, unique

INCLUDES = "include[]=projects.*&include[]=behaviors.setup.*&include[]=dataacquisition.*&include[]=epochs.*"


def add_sessions(lab, alice, number: int) -> list[str]:
    """New sessions, every fifth with something of each kind in it."""
    made = [alice.make("stem/session", name=unique("S"), projects=[lab["project"]])["id"] for _ in range(number)]
    for session in made[::5]:
        for model in ("behavior", "dataacquisition", "epoch"):
            lab.add(model, session=session)
    return made


@pytest.fixture
def sessions(lab, alice):
    """More sessions than are answered without a limit."""
    return add_sessions(lab, alice, 21)


def statements(person: Person, path: str, query: str = "", **extra) -> tuple[list[str], int]:
    """SQL of one request, and how many records it answered."""
    with CaptureQueriesContext(connection) as captured:
        answer = person.get(path, quote(query, safe="=&{}[]*."), **extra)
    assert answer.status == 200, answer.body
    first = next(iter(answer.body.values()))
    # A test is one transaction, in which a reader on PostgreSQL marks where to go back to; a request is in none.
    found = [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return found, len(first) if isinstance(first, list) else 1


def last_used(person: Person, moment: dt.datetime | None) -> None:
    Token.objects.filter(user=person.user).update(last_used_at=moment)


def test_a_list_takes_one_statement_for_the_token_and_one_for_the_page(lab, alice):
    add_sessions(lab, alice, 100)
    last_used(alice, timezone.now())
    for includes in ("", INCLUDES):
        for limit in (1, 20, 100):
            found, records = statements(alice, "stem/session", f"limit={limit}&{includes}")
            assert (len(found), records) == (2, limit), found


def test_a_record_takes_one_statement_for_the_token_and_one_for_itself(sessions, alice):
    last_used(alice, timezone.now())
    for includes in ("", INCLUDES):
        found, _ = statements(alice, f"stem/session/{sessions[0]}", includes)
        assert len(found) == 2, found


QUESTIONS = [
    "filter{projects.subjects.name.icontains}=a&filter{behaviors.setup.name.startswith}=S&filter{-tags}=x",
    "search=session one&sort[]=-date_time&sort[]=projects.name&writable=true",
    "page=2&per_page=20",
    "sort[]=name&cursor=",
]


def test_no_filter_sort_or_page_takes_another_statement(sessions, alice):
    last_used(alice, timezone.now())
    for query in QUESTIONS:
        found, _ = statements(alice, "stem/session", query)
        assert len(found) == 2, (query, found)


def test_noting_the_use_of_a_token_is_a_statement_more_once_a_minute(sessions, alice):
    for moment in (None, timezone.now() - dt.timedelta(minutes=2)):
        last_used(alice, moment)
        assert [len(statements(alice, "stem/session")[0]) for _ in range(3)] == [3, 2, 2]


def test_a_related_list_takes_one_more_to_know_that_its_parent_is_seen(sessions, lab, alice):
    last_used(alice, timezone.now())
    for limit in (1, 20):
        found, records = statements(alice, f"stem/project/{lab['project']}/sessions/", f"limit={limit}&{INCLUDES}")
        assert (len(found), records) == (3, limit), found


def test_the_public_portal_asks_for_no_token(sessions, lab, alice, nobody):
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    found, records = statements(nobody, "stem/session", f"limit=20&{INCLUDES}")
    assert (len(found), records) == (1, 20), found


def test_an_anonymous_request_to_the_private_portal_reaches_no_data(db):
    with CaptureQueriesContext(connection) as captured:
        assert Person().get("stem/session").status == 401
    assert len(captured) == 0, captured.captured_queries


def test_the_same_question_with_other_values_is_compiled_once(sessions, alice, bob):
    def ask(person: Person, name: str, session: str, limit: int) -> None:
        filters = f"filter{{name.icontains}}={name}&filter{{projects.subjects.name.ne}}={session}"
        assert statements(person, "stem/session", f"{filters}&sort[]=-name&limit={limit}&{INCLUDES}")[1] > 0
        statements(person, f"stem/session/{session}", INCLUDES)

    caches = (run._lists, run._records)
    for _ in range(2):  # what is asked for once is not kept
        ask(alice, "s", sessions[0], 1)
    compiled = [cache.info() for cache in caches]
    ask(alice, "S", sessions[7], 20)
    ask(bob, "s", sessions[8], 100)
    for before, after in zip(compiled, [cache.info() for cache in caches], strict=True):
        assert (after.misses, after.hits) == (before.misses, before.hits + 2)


def plan_of(sql: str) -> list[str]:
    """The steps of SQLite for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"), [])
        return [row[3] for row in cursor.fetchall()]


@pytest.mark.parametrize("query", ["sort[]=-date_time", "sort[]=-date_time&filter{name.icontains}=S"])
def test_rows_that_have_to_be_ordered_are_found_by_who_sees_them(sessions, alice, query):
    last_used(alice, timezone.now())
    (_, page), records = statements(alice, "stem/session", query)
    assert (records, page.count("a.audience_id IN (SELECT")) == (20, 1)
    if connection.vendor != "sqlite":
        return  # PostgreSQL plans both ways of saying so alike
    steps = plan_of(page)
    assert "SEARCH a USING INDEX stem_session_audience_id" in " ".join(steps)
    assert "SCAN a" not in steps or "MATERIALIZE found" in steps, steps


def test_conditions_are_looked_at_once_to_count_and_to_order(sessions, alice):
    last_used(alice, timezone.now())
    (_, page), _ = statements(alice, "stem/session", "sort[]=-date_time&filter{name.icontains}=unlikely")
    assert page.count("unlikely") == 1
    (_, page), _ = statements(alice, "stem/session", "sort[]=name")
    assert "found" not in page  # an index has that order
