"""Passkeys: only the right one, at the right place, once; what no browser sends is refused without harm."""

from __future__ import annotations

import html
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from brainstem.apps.users.models import SecurityEvent

from .passkey import ORIGIN, SecurityKey
from .two_factor import CHALLENGE, confirmed, fresh, is_signed_in, sign_in

PASSKEY = f"{CHALLENGE}passkey/"
ALONE = "/account/two_factor/passkeys/sign_in/"
ADD = "/account/two_factor/passkeys/add/"
REFUSED = "This passkey was not accepted"
SECURE = {"secure": True, "headers": {"Accept": "application/json"}}


@pytest.fixture
def client():
    """A browser that comes over https."""
    return Client(headers={"Host": "testserver"})


@pytest.fixture
def key(alice):
    """Alice's security key, which the server knows."""
    made = SecurityKey(alice.user)
    made.register()
    return made


def challenged(client, key):
    """What the page asks the browser for, after the password."""
    sign_in(client, key.user)
    page = client.get(PASSKEY, secure=True).content.decode()
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', page)[1]))


def asked_alone(client):
    """What the sign-in page asks for."""
    return client.get(ALONE, **SECURE).json()["request_options"]


def send(client, path, credential):
    return client.post(path, {"credential": credential}, secure=True, follow=True).content.decode()


def test_the_key_finishes_the_sign_in(client, key):
    send(client, PASSKEY, key.answer(challenged(client, key)))
    assert is_signed_in(client)
    assert Authenticator.objects.get().last_used_at


def test_a_key_that_checked_its_owner_signs_in_alone(client, key):
    send(client, ALONE, key.answer(asked_alone(client)))
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(user=key.user, kind="signed_in").count() == 1


def test_a_key_alone_must_have_checked_its_owner(client, key):
    assert REFUSED in send(client, ALONE, key.answer(asked_alone(client), verified=False))
    assert not is_signed_in(client)


def test_a_closed_account_stays_closed_for_its_key(client, key):
    type(key.user).objects.filter(pk=key.user.pk).update(is_active=False)
    send(client, ALONE, key.answer(asked_alone(client)))
    assert not is_signed_in(client)


def test_an_answer_is_good_once(client, key):
    answer = key.answer(challenged(client, key))
    send(client, PASSKEY, answer)
    thief = Client()
    challenged(thief, key)
    assert REFUSED in send(thief, PASSKEY, answer)
    assert not is_signed_in(thief)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver", "https://testserver.evil.example"])
def test_an_answer_that_was_given_to_another_site_is_refused(client, key, origin):
    assert REFUSED in send(client, PASSKEY, key.answer(challenged(client, key), origin=origin))
    assert not is_signed_in(client)


def test_the_key_of_somebody_else_is_refused(client, key, bob):
    other = SecurityKey(bob.user)
    other.register()
    assert REFUSED in send(client, PASSKEY, other.answer(challenged(client, key)))
    assert not is_signed_in(client)


def test_a_key_cannot_say_that_it_is_somebody_else(client, key, bob):
    SecurityKey(bob.user).register()
    handle = json.loads(SecurityKey(bob.user).answer(asked_alone(client)))["response"]["userHandle"]
    assert REFUSED in send(client, ALONE, key.answer(asked_alone(client), userHandle=handle))
    assert not is_signed_in(client)


def test_a_forged_signature_is_refused_and_told(client, key):
    forger = SecurityKey(key.user)
    assert REFUSED in send(client, PASSKEY, forger.answer(challenged(client, key)))
    assert not is_signed_in(client)
    assert SecurityEvent.objects.latest("id").kind == "second_factor_failed"


def test_the_owner_hears_of_wrong_passkeys(client, key):
    challenged(client, key)
    for sent in (0, 0, 1, 1):
        send(client, PASSKEY, "{}")
        assert [each.subject for each in mail.outbox] == ["Wrong codes for your account"] * sent


NONSENSE = ["", "null", "[]", "{}", "1", '"x"', '{"id": 1}', "{", '{"response": {"userHandle": null}}', "[" * 1000]


@pytest.mark.parametrize("credential", NONSENSE)
def test_what_no_browser_sends_is_refused(client, key, credential):
    challenged(client, key)
    assert REFUSED in send(client, PASSKEY, credential)
    stranger = Client()
    asked_alone(stranger)
    assert REFUSED in send(stranger, ALONE, credential)
    adding = confirmed(fresh(key.user))
    adding.get(ADD, secure=True)
    page = adding.post(ADD, {"name": "Key", "credential": credential}, secure=True).content.decode()
    assert REFUSED in page
    assert Authenticator.objects.count() == 1


@pytest.mark.parametrize("name", ["userHandle", "clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", ["", "!!!", None, 1, [], {}, "AAAA", "9" * 4000])
def test_a_spoiled_answer_is_refused(client, key, name, value):
    answer = key.answer(asked_alone(client), **{name: value})
    assert REFUSED in send(client, ALONE, answer)
    assert not is_signed_in(client)


def test_without_having_been_asked_no_answer_is_good(client, key):
    answer = key.answer(asked_alone(Client()))
    assert REFUSED in send(client, ALONE, answer)
    assert not is_signed_in(client)


def test_signing_in_alone_leads_where_one_wanted_to_go_but_not_elsewhere(client, key):
    for wanted, led in (("/account/profile/", "/account/profile/"), ("https://evil.example/", "/")):
        browser = Client()
        answer = key.answer(asked_alone(browser))
        got = browser.post(ALONE, {"credential": answer, "next": wanted}, secure=True)
        assert got["Location"] == led, ORIGIN
