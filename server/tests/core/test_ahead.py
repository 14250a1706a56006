"""What is made of the database's answers before a transaction holds as long as these are the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from brainstem.core.models import Tag
from brainstem.core.sql.ahead import prepare

pytestmark = pytest.mark.django_db(transaction=True)


def words() -> list[str]:
    return list(Tag.objects.order_by("name").values_list("name", flat=True))


def added_elsewhere(word: str) -> None:
    def add() -> None:
        Tag.objects.create(name=word)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(add).result(60)


def test_what_nobody_touches_holds():
    Tag.objects.create(name="first")
    prepared = prepare(words)
    assert prepared.made == ["first"]
    assert prepared.still_holds()


def test_what_somebody_changes_afterwards_holds_no_longer():
    tag = Tag.objects.create(name="first")
    prepared = prepare(words)
    Tag.objects.filter(pk=tag.pk).update(name="second")
    assert not prepared.still_holds()
    assert prepare(words).made == ["second"]


def test_what_was_only_said_to_be_empty_is_asked_again_as_well():
    prepared = prepare(words)
    added_elsewhere("first")
    assert not prepared.still_holds()


def test_what_somebody_changes_while_it_is_made_is_noticed():
    def make() -> list[str]:
        found = words()
        added_elsewhere("meanwhile")
        return found

    prepared = prepare(make)
    assert prepared.made == []
    assert not prepared.still_holds()


def test_what_writes_cannot_be_prepared_and_writes_nothing():
    def make() -> Any:
        return Tag.objects.create(name="first")

    with pytest.raises(RuntimeError, match="Only what is read can be prepared, not INSERT"):
        prepare(make)
    assert words() == []
    Tag.objects.create(name="afterwards")  # No transaction was left open.
