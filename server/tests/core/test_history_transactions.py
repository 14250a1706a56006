"""Numbers of transactions mean nothing in another cluster; those from a restored dump are set aside."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from brainstem.config import diagnosis
from brainstem.core.history import transactions
from brainstem.core.models import Event

ON_POSTGRES = connection.vendor == "postgresql"
FAR = 2**40


def stored(number: int | None = None) -> Event:
    """An event; with the number of a transaction, or with its own."""
    values = {} if number is None else {"transaction": number}
    event = Event.objects.create(at=timezone.now(), via="token", **values)
    event.refresh_from_db()
    return event


def numbers() -> list[int]:
    return [*Event.objects.order_by("id").values_list("transaction", flat=True)]


@pytest.mark.django_db(transaction=True)
def test_an_event_bears_the_number_of_its_transaction():
    with transaction.atomic():
        first, second = stored(), stored()
    third = stored()
    if ON_POSTGRES:
        assert first.transaction == second.transaction < third.transaction
    else:
        assert (first.transaction, second.transaction, third.transaction) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_numbers_of_this_cluster_stay():
    stored(), stored(0), stored(3)
    before = numbers()
    assert (transactions.foreign(), transactions.forget_foreign(), numbers()) == (0, 0, before)


@pytest.mark.django_db
def test_the_number_of_the_present_transaction_stays():
    own = stored().transaction
    assert (transactions.foreign(), transactions.forget_foreign(), numbers()) == (0, 0, [own])


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no transactions with numbers")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [10_000, 2, 1])
def test_numbers_that_lie_in_the_future_are_set_to_zero(monkeypatch, step):
    monkeypatch.setattr(transactions, "STEP", step)
    own = stored().transaction
    for number in range(5):
        stored(FAR + number)
    assert transactions.foreign() == 5
    call_command("migrate", stdout=io.StringIO(), verbosity=0)
    assert (transactions.foreign(), numbers()) == (0, [own, 0, 0, 0, 0, 0])


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no transactions with numbers")
@pytest.mark.django_db
@pytest.mark.parametrize(("number", "words"), [(1, "1 write in the history bears the"), (2, "2 writes in the history")])
def test_doctor_finds_them_and_mends_them(number, words):
    for _ in range(number):
        stored(FAR)
    (finding,) = diagnosis.about_history()
    assert finding.problem.startswith(words)
    assert any(one.startswith(words) for one in diagnosis.fix())
    assert [*diagnosis.about_history()] == []


@pytest.mark.django_db
def test_doctor_has_nothing_to_say_where_numbers_are_right():
    stored()
    assert [*diagnosis.about_history()] == []
    assert diagnosis.fix() == []
