"""When a request is sent again, and what it then carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from brainstem_api_tools import BrainstemClient, RetryPolicy
from brainstem_api_tools.wire import Answer, Failure, retry_after

POLICY = RetryPolicy(chance=lambda: 0.0)
LIST = "/api/private/stem/session/"
ONE = f"{LIST}x/"
MADE = (201, {"session": {"id": "x"}})
BUSY = (503, {"detail": "busy"})


def answer(status: int, **headers: str) -> Answer:
    return Answer(status, headers, b"")


@pytest.mark.parametrize(
    ("outcome", "repeatable", "pause"),
    [
        (answer(200), True, None),
        (answer(400), True, None),
        (answer(500), True, None),
        (answer(502), True, 0.5),
        (answer(503), True, 0.5),
        (answer(504), True, 0.5),
        (answer(429), True, 0.5),
        (answer(503), False, None),
        (answer(429), False, 0.5),
        (answer(503, **{"retry-after": "7"}), True, 7.0),
        (answer(503, **{"retry-after": "3600"}), True, None),
        (answer(503, **{"retry-after": "soon"}), True, 0.5),
        (Failure(OSError()), True, 0.5),
        (Failure(OSError()), False, None),
        (Failure(OSError(), sent=False), False, 0.5),
        (Failure(OSError(), passing=False), True, None),
    ],
)
def test_pause_after_the_first_try(outcome, repeatable, pause):
    assert POLICY.pause(outcome, tried=1, repeatable=repeatable) == pause


def test_pauses_double_up_to_a_limit_and_end():
    policy = RetryPolicy(tries=9, longest_s=5.0, chance=lambda: 0.0)

    assert [policy.pause(answer(503), tried=tried, repeatable=True) for tried in range(1, 10)] == [
        0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0, None,
    ]  # fmt: skip


def test_chance_takes_off_up_to_half():
    assert RetryPolicy(chance=lambda: 1.0).pause(answer(503), tried=1, repeatable=True) == 0.25


def test_retry_after_may_be_a_date():
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert 25 < retry_after({"retry-after": then}) <= 30


@pytest.fixture
def waited(monkeypatch) -> list[float]:
    """Pauses that were made, none of which took time."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


@pytest.fixture
def busy(scripted, waited):
    """A client of a server that answers as it is told."""
    with BrainstemClient(token="t", url=scripted.url) as client:
        yield client


def test_reading_is_tried_again(busy, scripted, waited):
    scripted.answer("GET", LIST, BUSY, None, (200, {"sessions": []}))

    assert busy.load("session").status_code == 200
    assert len(waited) == 2


def test_server_is_waited_for_as_long_as_it_asks(busy, scripted, waited):
    scripted.answer("GET", LIST, (429, {"detail": "slowly"}, {"Retry-After": "11"}), (200, {"sessions": []}))

    assert busy.load("session").status_code == 200
    assert waited == [11.0]


def test_last_answer_is_handed_over(busy, scripted, waited):
    scripted.answer("GET", LIST, BUSY)

    assert busy.load("session").status_code == 503
    assert len(scripted.seen) == POLICY.tries


def test_answer_that_never_comes_raises_as_requests_does(busy, scripted):
    scripted.answer("GET", LIST, None)

    with pytest.raises(requests.ConnectionError):
        busy.load("session")


def test_change_of_fields_is_tried_again(busy, scripted):
    scripted.answer("PATCH", ONE, BUSY, (200, {"session": {}}))

    assert busy.save("session", id="x", data={"name": "n"}).status_code == 200


def test_action_is_not_repeated(busy, scripted):
    scripted.answer("PATCH", "/api/private/modules/subjectlog/x/add_entry", BUSY, (200, {}))

    assert busy.save("subjectlog", id="x", options="add_entry", data={}).status_code == 503


def test_creation_is_not_repeated_where_keys_are_not_remembered(busy, scripted):
    scripted.answer("POST", LIST, BUSY, MADE)
    scripted.answer("OPTIONS", LIST, (200, {}))

    assert busy.save("session", data={"name": "n"}).status_code == 503
    assert [method for method, *_ in scripted.seen] == ["POST", "OPTIONS"]


def test_creation_is_repeated_with_the_same_key_where_keys_are_remembered(busy, scripted):
    scripted.answer("POST", LIST, None, BUSY, MADE)
    scripted.answer("OPTIONS", LIST, (200, {}, {"Idempotency-Key": "remembered"}))

    assert busy.save("session", data={"name": "n"}).status_code == 201
    keys = [headers.get("Idempotency-Key") for _, _, headers, body in scripted.seen if body]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert keys[0]


def test_each_creation_has_a_key_of_its_own(busy, scripted):
    scripted.answer("POST", LIST, MADE)
    busy.save("session", data={"name": "n"})
    busy.save("session", data={"name": "n"})

    assert len({headers["Idempotency-Key"] for _, _, headers, _ in scripted.seen}) == 2


def test_creation_is_tried_again_where_it_was_not_looked_at(busy, scripted):
    scripted.answer("POST", LIST, (429, {"detail": "slowly"}), MADE)

    assert busy.save("session", data={"name": "n"}).status_code == 201


def test_server_that_was_never_reached_is_tried_again_for_a_creation(waited):
    with BrainstemClient(token="t", url="http://127.0.0.1:9") as client, pytest.raises(requests.ConnectionError):
        client.save("session", data={"name": "n"})

    assert len(waited) == POLICY.tries - 1
