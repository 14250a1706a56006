"""Whose credentials a request carries: valid ones are somebody's, made-up ones nobody's, and neither for long."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from brainstem.apps.users.token_models import Token
from brainstem.config.person import NOBODY, Person
from brainstem.config.recognition import KNOWN_S, MOST, UNKNOWN_S, Recognition, credential_of, owner_of

pytestmark = pytest.mark.django_db

KEY = "a" * 32


def bearer(token):
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def cookie(key):
    return {"HTTP_COOKIE": f"csrftoken=x; sessionid={key}"}


@pytest.fixture
def key(alice):
    """The key of a session in which Alice is signed in."""
    client = Client()
    client.force_login(alice.user)
    return client.cookies["sessionid"].value


def expire(rows, name):
    rows.update(**{name: timezone.now() - dt.timedelta(seconds=1)})


def test_a_token_is_its_owners(alice):
    token = Token.objects.get(user=alice.user)
    assert owner_of(bearer(alice.token)) == Person(alice.user.pk, token.pk)


@pytest.mark.parametrize("change", ["revoked", "expired", "inactive", "made up"])
def test_a_token_that_is_not_valid_is_nobodys(alice, change):
    token = alice.token
    match change:
        case "revoked":
            Token.objects.update(revoked_at=timezone.now())
        case "expired":
            expire(Token.objects, "expires_at")
        case "inactive":
            type(alice.user).objects.update(is_active=False)
        case "made up":
            Token.objects.update(digest="0" * 64)
    assert owner_of(bearer(token)) == NOBODY


def test_a_session_is_of_whom_it_is_signed_in(alice, key):
    assert owner_of(cookie(key)) == Person(alice.user.pk)


@pytest.mark.parametrize("change", ["expired", "inactive", "another password", "made up", "not signed in"])
def test_a_session_that_is_not_valid_is_nobodys(alice, key, change):
    match change:
        case "expired":
            expire(Session.objects, "expire_date")
        case "inactive":
            type(alice.user).objects.update(is_active=False)
        case "another password":
            alice.user.set_password("another horse battery staple")
            alice.user.save()
        case "made up":
            key = KEY
        case "not signed in":
            client = Client()
            client.session.save()
            key = client.session.session_key
    assert owner_of(cookie(key)) == NOBODY


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ""),
        (cookie(KEY), KEY),
        ({"HTTP_COOKIE": f"sessionid={'b' * 32};sessionid={KEY}"}, KEY),
        ({"HTTP_COOKIE": f"notsessionid={KEY}"}, ""),
        (cookie("A" * 32), ""),
        (cookie("a" * 31), ""),
        (cookie(""), ""),
        ({"HTTP_COOKIE": f"x={'y' * 40_000}; sessionid={KEY}"}, ""),
        ({"HTTP_AUTHORIZATION": "Basic abc"} | cookie(KEY), KEY),
        (bearer("bst_no_token") | cookie(KEY), ""),
        (bearer(""), ""),
    ],
)
def test_only_what_may_be_valid_is_looked_up(environ, expected):
    assert credential_of(environ) == expected


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.mark.parametrize(("person", "kept"), [(Person(7), KNOWN_S), (NOBODY, UNKNOWN_S)], ids=["somebody", "nobody"])
def test_what_was_looked_up_is_known_for_a_while(person, kept):
    asked, clock = [], Clock()
    recognition = Recognition(lambda environ: asked.append(environ) or person, now=clock)
    assert recognition.at_once(cookie(KEY)) is None
    assert recognition.person(cookie(KEY)) == recognition.person(cookie(KEY)) == person
    assert len(asked) == 1
    clock.seconds = kept
    assert recognition.at_once(cookie(KEY)) is None
    assert recognition.person(cookie(KEY)) == person
    assert len(asked) == 2


def test_a_request_without_credentials_is_nobodys_at_once():
    assert Recognition(owner_of).at_once({}) == NOBODY


def test_while_the_database_does_not_answer_nobody_is_known_and_that_is_not_kept():
    answers = [RuntimeError(), Person(7)]

    def look_up(_environ):
        if isinstance(found := answers.pop(0), Exception):
            raise found
        return found

    recognition = Recognition(look_up)
    assert [recognition.person(cookie(KEY)), recognition.person(cookie(KEY))] == [NOBODY, Person(7)]


def test_made_up_credentials_do_not_fill_the_memory():
    recognition = Recognition(lambda _: NOBODY)
    for at in range(MOST + 1):
        recognition.looked_up(cookie(f"{at:032}"))
    assert recognition.at_once(cookie(f"{0:032}")) is None
    assert recognition.at_once(cookie(f"{MOST:032}")) == NOBODY
