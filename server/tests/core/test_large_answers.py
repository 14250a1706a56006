"""Large answers are made one after the other, and a few may wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from brainstem.core.errors import Throttled
from brainstem.core.query import budget


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
    taken = [budget._waiting.acquire(blocking=False) for _ in range(budget.WAITING)]
    try:
        assert all(taken)
        with pytest.raises(Throttled, match="stream"):
            large([])
    finally:
        for _ in taken:
            budget._waiting.release()


def test_an_answer_that_fails_makes_room(monkeypatch):
    with pytest.raises(RuntimeError), budget._large_answer():
        raise RuntimeError
    said = []
    large(said)
    assert said == ["made"]
