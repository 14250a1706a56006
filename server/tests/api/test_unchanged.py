"""The short way to a 304 is as strict as the long one, and says the same.

A cookie makes a request take the long way, and has no effect otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.api import conditional
from brainstem.apps.users.models import User
from brainstem.apps.users.token_models import Token
from brainstem.config import unchanged
from brainstem.core.models import Event
from brainstem.core.query import moments
from brainstem.core.sql import dialect

from ..people import Person, unique

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
LONG_WAY = {"HTTP_COOKIE": "theme=dark"}


@pytest.fixture(autouse=True)
def nothing_kept():
    conditional.kept_tags.clear()


def had(who: Person, path: str, query: str = "", **extra: Any) -> str:
    """The ETag of a response, of which all is kept."""
    answer = who.get(path, query, **extra)
    assert answer.status == 200, answer.body
    return str(answer.headers["ETag"])


def again(who: Person, path: str, query: str = "", *, having: str, **extra: Any) -> tuple[Any, int]:
    """The answer to who has a response, and the number of statements that it took."""
    with CaptureQueriesContext(connection) as found:
        answer = who.get(path, query, HTTP_IF_NONE_MATCH=having, **extra)
    return answer, len(found.captured_queries)


def takes_short_way(who: Person, path: str, query: str = "") -> str:
    """The ETag of a response that the sender is then told to have by one statement."""
    tag = had(who, path, query)
    answer, statements = again(who, path, query, having=tag)
    assert (answer.status, statements) == (304, 1)
    return tag


def told(answer: Any) -> tuple[int, str, dict[str, str]]:
    return answer.status, answer.text, {k: v for k, v in answer.headers.items() if k != "X-Request-ID"}


# -- the same answer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "circumstances",
    [
        {},
        {"HTTP_ORIGIN": "https://viewer.example"},
        {"HTTP_ACCEPT": "application/json", "HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "https"},
    ],
)
@pytest.mark.parametrize("portal", ["private", "super", "public"])
@pytest.mark.parametrize("path", ["stem/project/{}", "stem/project"])
def test_the_headers_are_those_of_the_long_way(lab, alice, admin, nobody, settings, circumstances, portal, path):
    settings.CORS_ALLOWED_ORIGINS = ["https://viewer.example"]
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    who = {"private": alice, "super": admin.through("super"), "public": nobody}[portal]
    path = path.format(lab["project"])
    tag = had(who, path, **circumstances)
    # A list is kept once somebody asks with its tag.
    assert again(who, path, having=tag, **circumstances)[0].status == 304
    short, statements = again(who, path, having=tag, **circumstances)
    long, more = again(who, path, having=tag, **circumstances, **LONG_WAY)
    assert statements == 1
    assert more >= statements
    assert short.status == 304
    assert told(short) == told(long)
    head = who.request("head", path, HTTP_IF_NONE_MATCH=tag, **circumstances)
    assert told(head) == told(long)


def test_a_304_of_the_long_way_is_the_first_of_the_short_way(lab, alice):
    path = f"stem/session/{lab['session']}"
    tag = had(alice, path, **LONG_WAY)
    first, _ = again(alice, path, having=tag)
    second, statements = again(alice, path, having=tag)
    assert told(first) == told(second)
    assert statements == 1


# -- as strict --------------------------------------------------------------------------------------------------------

Change = Callable[[Any, Person, Person], object]


def token_is(**values: Any) -> Change:
    return lambda lab, alice, bob: Token.objects.filter(user=bob.user).update(
        **{name: value(lab) if callable(value) else value for name, value in values.items()}
    )


def person_is(**values: Any) -> Change:
    return lambda lab, alice, bob: User.objects.filter(pk=bob.user.pk).update(**values)


def patched(path: str, **body: Any) -> Change:
    def change(lab: Any, alice: Person, bob: Person) -> None:
        sent = {name: value(bob) if callable(value) else value for name, value in body.items()}
        answer = alice.patch(path.format(lab), sent)
        assert answer.status == 200, answer.body

    return change


YESTERDAY = dt.timedelta(days=1)
CHANGES: dict[str, tuple[int, Change]] = {
    "the token is revoked": (401, token_is(revoked_at=lambda _: timezone.now())),
    "the token has expired": (401, token_is(expires_at=lambda _: timezone.now() - YESTERDAY)),
    "the person is deactivated": (401, person_is(is_active=False)),
    "the role is taken away": (404, patched("stem/project/{0[project]}", users=lambda c: {c.email: {"remove": True}})),
    "the token is bound to another project": (
        404, token_is(project_id=lambda lab: lab.owner.make("stem/project", name=unique("P"))["id"]),
    ),
    "the record changed": (200, patched("stem/session/{0[session]}", description="new")),
    "a list of other records changed": (200, lambda lab, alice, bob: lab.add("epoch")),
    "the record is deleted": (404, lambda lab, alice, bob: alice.delete(f"stem/session/{lab['session']}")),
}  # fmt: skip


@pytest.mark.parametrize("cause", CHANGES)
def test_what_has_changed_is_answered_as_the_long_way_answers_it(lab, alice, bob, cause):
    status, change = CHANGES[cause]
    lab.owner = alice
    path = f"stem/session/{lab['session']}"
    tag = takes_short_way(bob, path)
    change(lab, alice, bob)
    short, _ = again(bob, path, having=tag)
    long, _ = again(bob, path, having=tag, **LONG_WAY)
    assert short.status == status
    assert told(short) == told(long)


def test_who_is_no_longer_an_administrator_gets_no_304_in_the_super_portal(lab, alice, bob):
    person_is(is_superuser=True)(lab, alice, bob)
    path, administrator = f"stem/session/{lab['session']}", bob.through("super")
    tag = takes_short_way(administrator, path)
    person_is(is_superuser=False)(lab, alice, bob)
    assert again(administrator, path, having=tag)[0].status == 403


def test_a_token_that_may_no_longer_write_is_told_what_it_would_read(lab, alice, bob):
    path = f"stem/session/{lab['session']}"
    tag = takes_short_way(bob, path)
    token_is(read_only=True)(lab, alice, bob)
    answer, statements = again(bob, path, having=tag)
    assert statements > 1
    assert answer.status == 304


@pytest.mark.parametrize("token", ["", "nonsense", "other"])
def test_a_token_of_somebody_else_gets_its_own_answer(lab, alice, charlie, token):
    path = f"stem/session/{lab['session']}"
    tag = takes_short_way(alice, path)
    other = Person()
    other.token = charlie.token if token == "other" else token
    assert again(other, path, having=tag)[0].status == (404 if token == "other" else 401)


def test_the_use_of_the_token_is_still_noted(lab, alice):
    path = f"stem/session/{lab['session']}"
    tag = takes_short_way(alice, path)
    Token.objects.filter(user=alice.user).update(last_used_at=timezone.now() - YESTERDAY)
    assert again(alice, path, having=tag)[0].status == 304
    assert Token.objects.get(user=alice.user).last_used_at > timezone.now() - YESTERDAY / 2


# -- what takes the long way ------------------------------------------------------------------------------------------


def test_requests_that_differ_in_what_is_read_take_the_long_way(lab, alice):
    path = f"stem/session/{lab['session']}"
    tag, listed = takes_short_way(alice, path), had(alice, "stem/session")
    for unusual in (
        LONG_WAY,
        {"HTTP_ACCEPT": "text/html"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_HOST": "localhost"},
    ):
        assert again(alice, path, having=tag, **unusual)[1] > 1
    packed, _ = again(alice, path, having=tag, HTTP_CONTENT_ENCODING="gzip")
    assert packed.status == 415
    stream, _ = again(alice, "stem/session", having=listed, HTTP_ACCEPT="application/x-ndjson")
    assert stream.headers["Content-Type"].startswith("application/x-ndjson")


def test_what_is_checked_before_the_record_is_read_is_always_checked(lab, alice):
    below = f"stem/session/{lab['session']}/epochs"
    assert again(alice, below, having=had(alice, below))[1] > 1
    path = f"stem/session/{lab['session']}"
    then = f"as_of={timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    assert again(alice, path, then, having=had(alice, path, then))[1] > 1


class Watched(dict[str, Any]):
    """The headers of a request as WSGI has them, and which of them were read."""

    def __init__(self, meta: dict[str, Any]) -> None:
        super().__init__(meta)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return super().__contains__(name)


class Named:
    """The same by their names in HTTP; Django would read all of them at once."""

    def __init__(self, meta: Watched) -> None:
        self.meta = meta

    def get(self, name: str, default: Any = None) -> Any:
        return self.meta.get(self._key(name), default)

    def __getitem__(self, name: str) -> Any:
        return self.meta[self._key(name)]

    def __contains__(self, name: object) -> bool:
        return self._key(str(name)) in self.meta

    @staticmethod
    def _key(name: str) -> str:
        key = name.upper().replace("-", "_")
        return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def test_all_that_the_long_way_reads_of_a_request_is_compared(lab, alice, monkeypatch):
    """A header that a response comes to depend on some day has to be among the circumstances."""
    read: set[str] = set()
    handler = type(alice.client.handler)
    handle = handler.get_response

    def watching(self: Any, request: Any) -> Any:
        request.META = Watched(request.META)
        request.__dict__["headers"] = Named(request.META)
        response = handle(self, request)
        read.update(request.META.read)
        return response

    monkeypatch.setattr(handler, "get_response", watching)
    for path in (f"stem/session/{lab['session']}", "stem/session"):
        alice.get(path, HTTP_COOKIE="a=b", HTTP_ORIGIN="https://elsewhere.example")
    # The address and the sender are part of the key or asked for, and the rest has no effect on a response.
    known = {
        "QUERY_STRING",
        "HTTP_AUTHORIZATION",
        "HTTP_IF_NONE_MATCH",
        "CONTENT_LENGTH",
        "REQUEST_METHOD",
        "PATH_INFO",
    }
    without_effect = {
        "HTTP_USER_AGENT", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID", "CSRF_COOKIE_NEEDS_UPDATE",
    }  # fmt: skip
    assert "HTTP_ACCEPT" in read
    assert read - {*unchanged.CIRCUMSTANCES, *unchanged.UNUSUAL} - known - without_effect == set()


# -- how much is looked at --------------------------------------------------------------------------------------------


def recorded_around(moment: str) -> int:
    """How many writes are looked at from a moment on: more than came later, while other databases write for long."""
    if connection.vendor == "sqlite":
        return 0
    return Event.objects.filter(transaction__gte=int(moment.partition(":")[0])).count()


def test_after_many_changes_elsewhere_it_is_read_again(lab, alice, monkeypatch):
    assert lab["setup"]
    moment = moments.moment_now()
    monkeypatch.setattr(dialect, "MOST_RECORDED", recorded_around(moment) + 4)
    for number in range(4):
        assert moments.unchanged_since(moment, ["stem.Session"]), number
        assert alice.patch(f"personal_attributes/setup/{lab['setup']}", {"description": unique("x")}).status == 200
    assert not moments.unchanged_since(moment, ["stem.Session"])
    moment = moments.moment_now()
    monkeypatch.setattr(dialect, "MOST_RECORDED", recorded_around(moment) + 4)
    assert moments.unchanged_since(moment, ["stem.Session"])


def test_after_a_large_write_elsewhere_it_is_read_again(lab, alice, monkeypatch):
    monkeypatch.setattr(dialect, "MOST_OF_EVENT", 10)
    assert lab["project"]
    for rows, expected in ((9, True), (10, False)):
        moment = moments.moment_now()
        monkeypatch.setattr(dialect, "MOST_RECORDED", recorded_around(moment) + 10)
        body = {"create": [{"name": unique("S"), "projects": [lab["project"]]} for _ in range(rows)]}
        assert alice.post("stem/session/bulk/", body).status == 200
        assert moments.unchanged_since(moment, ["modules.Epoch"]) is expected
