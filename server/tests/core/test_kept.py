"""What compiled questions are kept, and how much of them."""

from __future__ import annotations

import pytest
from django.db import connection

from brainstem.core.query.kept import Kept
from brainstem.core.sql import compiled, database


def kept(**named) -> Kept[str]:
    return Kept(len, **{"most": 100, "largest": 40} | named)


def test_what_is_asked_for_once_is_not_kept():
    cache = kept()
    assert not cache.offer("a", "value")
    assert cache.get("a") is None


def test_what_is_asked_for_again_is_kept():
    cache = kept()
    cache.offer("a", "value")
    assert cache.offer("a", "value")
    assert cache.get("a") == "value"


def test_what_is_too_large_is_never_kept():
    cache = kept()
    for _ in range(3):
        assert not cache.offer("a", "x" * 41)
    assert cache.info().entries == 0


def test_the_least_recently_used_goes_when_there_is_no_room():
    cache = kept()
    for key in "abc":
        for _ in range(2):
            cache.offer(key, key * 40)
        cache.get("a")
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
    assert cache.info().size == 80


def test_what_is_remembered_of_rare_questions_is_bounded():
    cache = kept(remembered=10)
    for number in range(1000):
        cache.offer(number, "value")
    assert len(cache._seen) == 10
    assert cache.info() == (0, 0, 0, 0)


def test_a_flood_of_rare_questions_leaves_the_usual_ones_in_place():
    cache = kept()
    for _ in range(2):
        cache.offer("usual", "value")
    for number in range(1000):
        cache.offer(number, "x" * 40)
    assert cache.get("usual") == "value"


def test_a_value_that_is_offered_anew_counts_once():
    cache = kept()
    for _ in range(8):
        cache.offer("a", "x" * 30)
    assert cache.info().size == 30


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_compiled_too_much_is_opened_anew(monkeypatch):
    monkeypatch.setattr(compiled, "MOST", 20_000)
    database.rows("SELECT 1", [])
    first = connection.connection
    texts = [f"SELECT {number} /* {'x' * 6000} */" for number in range(6)]
    opened = {id(first): first}
    for text in texts:
        assert database.rows(text, []) == [(int(text.split()[1]),)]
        opened[id(connection.connection)] = connection.connection
    # PostgreSQL keeps nothing of a statement that is not prepared.
    assert len(opened) == (2 if connection.vendor == "sqlite" else 1)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_is_compiled_already_needs_no_room(monkeypatch):
    monkeypatch.setattr(compiled, "MOST", 20_000)
    text = f"SELECT 1 /* {'x' * 15_000} */"
    database.rows(text, [])
    first = connection.connection
    for _ in range(3):
        database.rows(text, [])
    assert connection.connection is first
