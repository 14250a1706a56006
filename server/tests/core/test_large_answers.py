"""Large answers are made one after the other, and a few may wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from brainstem.core.errors import Throttled
from brainstem.core.query import budget
from brainstem.core.sql.deadlines import Ticket


@pytest.fixture
def busy():
    """Somebody's large answer is being made, until this is set."""
    begun, end = threading.Event(), threading.Event()

    def make():
        with budget._large_answer():
            begun.set()
            end.wait(30)

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make)
        assert begun.wait(30)
        yield end
        end.set()
        made.result()


def large(said):
    with budget._large_answer():
        said.append("made")


def test_whoever_comes_next_waits_for_their_turn(busy):
    said = []
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(large, said)
        assert said == []
        busy.set()
        waiting.result(30)
    assert said == ["made"]


def test_nobody_waits_for_long(busy, monkeypatch):
    monkeypatch.setattr(budget, "WAIT_SECONDS", 0.05)
    with pytest.raises(Throttled, match="Try again"):
        large([])


def test_only_a_few_wait(busy):
    taken = [budget._turn.waiting.acquire(blocking=False) for _ in range(budget.WAITING)]
    try:
        assert all(taken)
        with pytest.raises(Throttled, match="stream"):
            large([])
    finally:
        for _ in taken:
            budget._turn.waiting.release()


def test_an_answer_that_fails_makes_room(monkeypatch):
    with pytest.raises(RuntimeError), budget._large_answer():
        raise RuntimeError
    said = []
    large(said)
    assert said == ["made"]


def test_a_turn_lasts_until_the_request_is_answered(monkeypatch):
    monkeypatch.setattr(budget, "WAIT_SECONDS", 0.05)
    said = []
    with ThreadPoolExecutor(1) as pool:
        with Ticket().held():
            large(said)
            with pytest.raises(Throttled):
                pool.submit(large, []).result(30)
        pool.submit(large, said).result(30)
    assert said == ["made", "made"]


def test_a_request_that_makes_two_large_answers_has_one_turn(monkeypatch):
    monkeypatch.setattr(budget, "WAIT_SECONDS", 0.05)
    said = []
    with Ticket().held():
        large(said)
        large(said)
    large(said)
    assert said == ["made"] * 3


def test_a_request_that_fails_gives_its_turn_back():
    with pytest.raises(RuntimeError), Ticket().held(), budget._large_answer():
        raise RuntimeError
    said = []
    large(said)
    assert said == ["made"]
