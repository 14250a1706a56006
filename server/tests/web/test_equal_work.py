"""A forgotten password takes the same work whether or not there is an account, so that its time tells nothing."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brainstem.web import mail as web_mail

pytestmark = pytest.mark.django_db
RESET = "/account/password/reset/"
CASES = ["account", "nobody", "closed account"]


@pytest.fixture
def ask(alice, bob):
    """Ask for a new password as one of three; gives the answer."""
    type(bob.user).objects.filter(pk=bob.user.pk).update(is_active=False)
    addresses = dict(zip(CASES, (alice.email, "nobody@lab.example", bob.email), strict=True))
    return lambda case: Client().post(RESET, {"email": addresses[case]})


def statements(ask, case):
    """The SQL of one request, without its values."""
    with CaptureQueriesContext(connection) as recorded:
        assert ask(case).status_code == 302
    return [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"]) for query in recorded]


def test_the_database_is_asked_the_same(ask):
    statements(ask, "account")  # what is only done the first time
    asked = {case: statements(ask, case) for case in CASES}
    assert asked["account"]
    assert asked["nobody"] == asked["closed account"] == asked["account"]


def test_a_link_and_a_mail_are_made_for_each_and_one_is_sent(ask, monkeypatch):
    done = []
    make, compose, pretend = PasswordResetTokenGenerator.make_token, web_mail.compose, web_mail._pretend
    monkeypatch.setattr(
        PasswordResetTokenGenerator, "make_token", lambda self, user: done.append("link") or make(self, user)
    )
    monkeypatch.setattr(web_mail, "compose", lambda *given: done.append(given[0]) or compose(*given))
    monkeypatch.setattr(web_mail, "_pretend", lambda message: done.append("not sent") or pretend(message))
    for case in CASES:
        done.clear()
        ask(case)
        kept_back = [] if case == "account" else ["not sent"]
        assert done == ["link", "account/password_reset_key", *kept_back], case
    assert len(mail.outbox) == 1


def test_what_is_not_sent_is_written_as_what_is(ask, monkeypatch):
    written = []
    pretend = web_mail._pretend
    monkeypatch.setattr(web_mail, "_pretend", lambda message: written.append(message) or pretend(message))
    ask("nobody")
    ask("account")
    lengths = [len(message.message().as_bytes()) for message in (*written, *mail.outbox)]
    assert abs(lengths[0] - lengths[1]) < 100


def test_a_link_for_nobody_opens_nothing(client):
    assert b"has already been used or has expired" in client.get(f"{RESET}key/0-abc-123/", follow=True).content
