"""A kept token that several find expired at the same moment: one signs in, the others wait for what comes of it."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from brainstem_api_tools import AsyncBrainstemClient, AuthenticationError, BrainstemClient
from brainstem_api_tools.token_cache import TokenCache
from brainstem_api_tools.wire import Answer, Request, Wait
from tests.served import PASSWORD

pytestmark = pytest.mark.slow

MANY = 6
EXPIRED = "bst_none_none"


class Alice:
    """Somebody at a terminal, who is slow enough for everybody else to be refused meanwhile."""

    def __init__(self, email: str, password: str = PASSWORD) -> None:
        self.answer, self.asked = (email, password), 0

    def ask(self) -> tuple[str, str]:
        self.asked += 1
        threading.Event().wait(0.3)
        return self.answer

    def sits_before(self, client):
        """The client, which asks her."""
        client._core.credentials.sign_in.ask = self.ask
        client._core.credentials.can_ask = lambda: True
        return client


@pytest.fixture
def alice(served) -> Alice:
    return Alice(served.email("alice"))


@pytest.fixture
def kept(served) -> None:
    """A token is kept that is not valid any more."""
    TokenCache().save(f"{served.url}/", EXPIRED)


def statuses(client) -> set[int]:
    """What many threads are answered that all ask at once."""
    start = threading.Barrier(MANY)

    def ask(_: int) -> int:
        start.wait(10)
        return client.load("project", limit=1).status_code

    with ThreadPoolExecutor(MANY) as threads:
        return set(threads.map(ask, range(MANY)))


def test_threads_sign_in_once_and_all_are_served(served, kept, alice):
    with alice.sits_before(BrainstemClient(url=served.url)) as client:
        assert statuses(client) == {200}

    assert alice.asked == 1


def test_threads_are_all_refused_when_signing_in_fails(served, kept):
    impostor = Alice(served.email("alice"), "wrong")
    with impostor.sits_before(BrainstemClient(url=served.url)) as client, ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(client.load, "project") for _ in range(2)]
        errors = [one.exception() for one in answers]

    assert impostor.asked == 3  # the tries of one sign-in, not of two
    assert sorted(type(error).__name__ for error in errors) == ["LoginError", "NoneType"]
    assert {one.result().status_code for one in answers if not one.exception()} == {401}


def test_tasks_sign_in_once_and_all_are_served(served, kept, alice):
    async def work() -> set[int]:
        client = alice.sits_before(AsyncBrainstemClient(url=served.url))
        answers = await asyncio.gather(*(client.load("project", limit=1) for _ in range(MANY)))
        await client.close()
        return {answer.status_code for answer in answers}

    assert asyncio.run(work()) == {200}
    assert alice.asked == 1


def test_tasks_without_a_token_sign_in_once(served, alice):
    async def work() -> set[int]:
        client = alice.sits_before(AsyncBrainstemClient(url=served.url))
        answers = await asyncio.gather(*(client.load("project", limit=1) for _ in range(MANY)))
        await client.close()
        return {answer.status_code for answer in answers}

    assert asyncio.run(work()) == {200}
    assert alice.asked == 1


def test_token_that_another_program_renewed_is_taken_over_without_asking(served, kept, alice):
    with alice.sits_before(BrainstemClient(url=served.url)) as client:
        TokenCache().save(f"{served.url}/", served.token("alice"))
        assert client.load("project", limit=1).status_code == 200

    assert alice.asked == 0


# --- the same, step by step ---


@pytest.fixture
def credentials(served, kept, alice):
    """Those of a client whose token was just refused."""
    with alice.sits_before(BrainstemClient(url=served.url)) as client:
        yield client._core.credentials


def signed_in(token: str) -> Answer:
    return Answer(200, {}, json.dumps({"token": token}).encode())


def outcome(conversation, step: Answer | None) -> str:
    """What a conversation returns after its last step."""
    with pytest.raises(StopIteration) as end:
        conversation.send(step)
    return end.value.value


def test_second_waits_for_the_first_and_gets_its_token(credentials):
    first, second = credentials.renewed(EXPIRED), credentials.renewed(EXPIRED)

    assert isinstance(next(first), Request)
    assert isinstance(next(second), Wait)
    assert isinstance(second.send(None), Wait)
    assert outcome(first, signed_in("bst_new")) == "bst_new"
    assert outcome(second, None) == "bst_new"


def test_second_goes_on_when_the_first_is_broken_off(credentials):
    first, second = credentials.renewed(EXPIRED), credentials.renewed(EXPIRED)
    next(first)
    next(second)
    first.close()

    assert outcome(second, None) == ""


def test_who_waited_in_vain_for_a_first_token_is_not_asked_again(credentials):
    credentials.current = ""
    credentials.cache = None
    first, second = credentials.token(), credentials.token()
    next(first)
    next(second)
    first.close()

    with pytest.raises(AuthenticationError, match="sign-in failed"):
        second.send(None)
