"""Threads of people who are signed in and of anonymous requests: neither kind keeps the other one waiting."""

from __future__ import annotations

import gc
import secrets
import subprocess
import sys
import threading
import weakref
from contextlib import ExitStack, contextmanager

import pytest

from brainstem.apps.users.token_text import checksum
from brainstem.config.front.admission import Admission
from brainstem.config.front.bodies import Body, Store
from brainstem.config.front.exchange import Exchange
from brainstem.config.front.lanes import Standing, shares
from brainstem.config.front.limits import Limits
from brainstem.config.front.pools import Pool
from brainstem.config.front.pressure import Pressure
from brainstem.config.front.request import Request
from brainstem.config.front.slots import Slots
from brainstem.config.front.unread import Unread
from brainstem.config.person import PLACE, Person
from brainstem.config.recognition import Recognition

from ..metrics_text import read
from ..served import served  # noqa: F401
from ..waiting import eventually
from .fronts import PATIENCE, front

pytestmark = pytest.mark.slow

SIGNED_IN, ANONYMOUS = Standing.SIGNED_IN, Standing.ANONYMOUS
MANY = 6  # more than either kind may have of four threads


@pytest.fixture(scope="module")
def place(served, tmp_path_factory):  # noqa: F811
    with front(served, tmp_path_factory.mktemp("admission"), "--threads", "4", BRAINSTEM_MAX_WAITING="6") as found:
        yield found


@pytest.fixture(scope="module")
def token(served):  # noqa: F811
    return f"Authorization: Bearer {served.token('alice')}"


@pytest.fixture(scope="module")
def cookie(served):  # noqa: F811
    """The cookie of a browser in which Bob has signed in."""
    script = (
        "import django; django.setup()\n"
        "from django.contrib.auth import get_user_model\n"
        "from django.test import Client\n"
        "client = Client()\n"
        f"client.force_login(get_user_model().objects.get(email={served.email('bob')!r}))\n"
        "print(client.cookies['sessionid'].value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=served.environment, capture_output=True, text=True, check=True
    )
    return f"Cookie: csrftoken=a; sessionid={done.stdout.strip()}"


def forged_token() -> str:
    body = f"bst_{secrets.token_hex(6)}_{secrets.token_hex(16)}"
    return f"Authorization: Bearer {body}{checksum(body)}"


def forged_cookie() -> str:
    return f"Cookie: sessionid={secrets.token_hex(16)}"


def load(place, standing) -> tuple[float, float]:
    found = read(place.get("/metrics")[1].decode())
    return tuple(found.value(f"brainstem_requests_{name}", standing=standing) for name in ("running", "waiting"))


def limited(place, limit) -> float:
    return read(place.get("/metrics")[1].decode()).value("brainstem_limited_total", limit=limit)


@contextmanager
def held(place, standing, *, running: int, header=str, number: int = MANY):
    """So many slow requests, each with a header of its own; as many of them run as may, and the others wait."""
    with ExitStack() as stack:
        for _ in range(number):
            sent = f"{line}\n" if (line := header()) else ""
            stack.enter_context(place.ask(f"GET /t/slow?s=60 HTTP/1.1\nHost: x\n{sent}\n"))
        assert eventually(lambda: load(place, standing) == (running, number - running))
        yield
    assert eventually(lambda: load(place, standing) == (0, 0))


def asked(place, header: str, path: str = "/t/seen") -> int:
    name, _, value = header.partition(": ")
    return place.get(path, **({name: value} if name else {}))[0]


@pytest.mark.parametrize("who", ["token", "cookie"])
@pytest.mark.parametrize("forged", [str, forged_token, forged_cookie], ids=["nothing", "made-up token", "made-up key"])
def test_somebody_signed_in_is_answered_while_anonymous_requests_hold_all_their_threads(place, request, forged, who):
    with held(place, ANONYMOUS, running=2, header=forged):
        assert asked(place, request.getfixturevalue(who)) == 200
        assert load(place, ANONYMOUS) == (2, MANY - 2)


def test_an_anonymous_request_is_answered_while_people_who_are_signed_in_hold_all_their_threads(place, token):
    with held(place, SIGNED_IN, running=3, header=lambda: token):
        assert asked(place, "") == 200
        assert load(place, SIGNED_IN) == (3, MANY - 3)


def test_more_anonymous_requests_than_may_wait_are_refused_and_people_who_are_signed_in_are_not(place, token):
    before = limited(place, "threads_anonymous")
    with held(place, ANONYMOUS, running=2, number=8):
        with place.http() as connection:
            connection.request("GET", "/t/seen")
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
            assert answer.headers["Brainstem-Error-Code"] == "busy"
        assert asked(place, token) == 200
    assert limited(place, "threads_anonymous") == before + 1
    assert asked(place, "") == 200


@contextmanager
def no_garbage_collection():
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Sender:
    """Takes the response."""

    def answered(self, exchange, pieces, *, is_last):
        self.pieces = pieces


def test_a_request_that_was_answered_is_let_go_of_at_once():
    posted, sender = [], Sender()
    admission = Admission(
        Limits(), threads=2, recognition=Recognition(lambda _: Person(7)), pressure=Pressure(0, room=int),
        post=lambda *call: posted.append(call),
    )  # fmt: skip

    def application(environ, start_response):
        start_response("200 OK", [])
        return [str(environ[PLACE].user_id).encode()]

    def exchange():
        request = Request(Body(Store(most=1)))
        request.version, request.method = "1.1", "GET"
        environ = {"PATH_INFO": "/x", "REQUEST_METHOD": "GET", "HTTP_COOKIE": f"sessionid={'a' * 32}"}
        return Exchange(
            request, environ, sender=sender, application=application, places=admission.slots, unread=Unread(),
            post=lambda *call: posted.append(call),
        )  # fmt: skip

    with no_garbage_collection():
        asked = exchange()
        kept = weakref.ref(asked)
        assert admission.dispatch(asked) is None
        for _ in ("looked up", "answered"):
            assert eventually(lambda: posted)
            function, *arguments = posted.pop()
            function(*arguments)
        assert sender.pieces[-1] == b"7"
        del asked, function, arguments
        assert eventually(lambda: kept() is None)


# -- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threads", "percent", "anonymous", "signed_in"),
    [(1, 50, 1, 1), (2, 50, 1, 1), (4, 50, 2, 3), (8, 50, 4, 6), (8, 1, 1, 7), (8, 100, 7, 6), (16, 75, 12, 12)],
)
def test_each_kind_leaves_threads_to_the_other(threads, percent, anonymous, signed_in):
    assert shares(threads, anonymous_percent=percent) == {ANONYMOUS: anonymous, SIGNED_IN: signed_in}


def test_a_thread_that_one_kind_may_not_use_is_given_to_the_other_in_the_order_of_asking():
    done, go = [], threading.Event()
    pool = Pool("test", threads=2, waiting=2, shares={"a": 1, "b": 2})

    def job(name):
        return lambda: (go.wait(PATIENCE), done.append(name))

    assert all(pool.submit(job("a"), "a") for _ in range(3))
    assert not pool.submit(job("a"), "a")
    assert pool.load("a") == (1, 2)
    assert [pool.submit(one := job("b"), "b"), pool.load("b")] == [True, (1, 0)]
    assert pool.submit(waiting := job("b"), "b")
    assert [pool.forget(one), pool.forget(waiting), pool.forget(waiting)] == [False, True, False]
    go.set()
    assert eventually(lambda: pool.is_quiet)
    assert sorted(done) == ["a", "a", "a", "b"]
    assert (pool.load("a"), pool.load("b")) == ((0, 0), (0, 0))


def test_anonymous_requests_get_half_of_the_places_for_streams():
    slots = Slots(4)
    assert [slots.take(one, is_anonymous=True) for one in "abc"] == [True, True, False]
    assert [slots.take(one) for one in "cde"] == [True, True, False]
    slots.give_back("a", is_anonymous=True)
    assert slots.take("d", is_anonymous=True)
