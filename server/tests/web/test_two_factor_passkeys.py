"""Passkeys: only the right one, at the right place, once; what no browser sends is refused without harm."""

from __future__ import annotations

import html
import itertools
import json
import re

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from brainstem.apps.users.event_models import SecurityEvent
from brainstem.web.session_store import SessionStore
from brainstem.web.two_factor import ceremony
from brainstem.web.two_factor.ceremony import LIFETIME_SECONDS, Purpose

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


def test_the_session_of_somebody_who_only_looks_ends_with_the_question(client, key):
    asked_alone(client)
    assert client.session.get_expiry_age() <= LIFETIME_SECONDS


def test_the_session_of_somebody_who_then_signs_in_lasts_as_long_as_any(client, key, settings):
    send(client, ALONE, key.answer(asked_alone(client)))
    assert is_signed_in(client)
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_an_answer_to_no_question_leaves_no_session(client, key):
    answer = key.answer(asked_alone(Client()))
    before = Session.objects.count()
    send(client, ALONE, answer)
    assert Session.objects.count() == before


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
    for wanted, led in (("/account/profile/", "/account/profile/"), ("https://evil.example/", "/private/")):
        browser = Client()
        answer = key.answer(asked_alone(browser))
        got = browser.post(ALONE, {"credential": answer, "next": wanted}, secure=True)
        assert got["Location"] == led, ORIGIN


# --- what was asked for one purpose is no answer for another ----------------------------------------------------------

CONFIRM = "/account/two_factor/reauthenticate/passkey/"


def test_a_stolen_key_without_its_pin_does_not_sign_in_with_the_question_of_a_half_sign_in(client, key):
    answer = key.answer(challenged(client, key), verified=False)
    send(client, ALONE, answer)
    assert not is_signed_in(client)


def test_after_the_password_a_touch_of_the_key_is_enough(client, key):
    send(client, PASSKEY, key.answer(challenged(client, key), verified=False))
    assert is_signed_in(client)


def test_a_question_of_a_half_sign_in_opens_nothing_alone_even_with_the_pin(client, key):
    send(client, ALONE, key.answer(challenged(client, key)))
    assert not is_signed_in(client)


def test_a_touch_confirms_who_is_signed_in_already(key):
    client = confirmed(fresh(key.user))
    page = client.get(CONFIRM, secure=True).content.decode()
    asked = json.loads(html.unescape(re.search(r'data-options="([^"]+)"', page)[1]))
    answer = client.post(CONFIRM, {"credential": key.answer(asked, verified=False)}, secure=True)
    assert answer.status_code == 302


@pytest.fixture
def request_(alice):
    """A request of Alice's, with a session; passkeys are asked about within it."""
    made = RequestFactory().get("/", secure=True)
    made.session, made.user = SessionStore(), alice.user
    with request_context(made):
        yield made


def asked_for(request, purpose, user):
    """The question of a purpose, as its page asks it."""
    if purpose is Purpose.REGISTER:
        return ceremony.ask_to_register(request, user)
    return ceremony.ask(request, purpose, None if purpose is Purpose.SIGN_IN else user)


def taken(request, purpose, user, credential):
    """Whether an answer is taken for a purpose."""
    try:
        if purpose is Purpose.REGISTER:
            ceremony.registered(request, user, credential)
        else:
            ceremony.signed(request, purpose, user, credential)
    except (ValidationError, ValueError):
        return False
    return True


def answered_for(key, purpose, options):
    """What the key answers to the question of a purpose."""
    return key.create(options) if purpose is Purpose.REGISTER else json.loads(key.answer(options))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_an_answer_is_taken_for_its_purpose_once(request_, key, purpose):
    answer = answered_for(key, purpose, asked_for(request_, purpose, key.user))
    assert taken(request_, purpose, key.user, answer)
    assert not taken(request_, purpose, key.user, answer)


@pytest.mark.parametrize(("asked", "used"), list(itertools.permutations(Purpose, 2)))
@pytest.mark.parametrize("both", [False, True], ids=["one question", "both asked"])
def test_an_answer_is_taken_for_no_other_purpose(request_, key, asked, used, both):
    options = asked_for(request_, asked, key.user)
    if both:
        asked_for(request_, used, key.user)
    # The form of the answer fits what it is used for, so that nothing but the question refuses it.
    answer = answered_for(key, used, options)
    assert not taken(request_, used, key.user, answer)
    assert taken(request_, asked, key.user, answered_for(key, asked, options))


@pytest.mark.parametrize("purpose", [Purpose.REGISTER, Purpose.SECOND_FACTOR, Purpose.CONFIRM])
def test_an_answer_of_another_person_is_not_taken(request_, key, bob, purpose):
    other = SecurityKey(bob.user)
    other.register()
    options = asked_for(request_, purpose, key.user)
    assert not taken(request_, purpose, bob.user, answered_for(other, purpose, options))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_an_answer_that_took_too_long_is_not_taken(request_, key, purpose, monkeypatch):
    answer = answered_for(key, purpose, asked_for(request_, purpose, key.user))
    later = ceremony.time.time() + ceremony.LIFETIME_SECONDS + 5
    monkeypatch.setattr(ceremony.time, "time", lambda: later)
    assert not taken(request_, purpose, key.user, answer)


def test_a_key_alone_is_refused_by_its_own_answer_even_if_the_question_was_lenient(request_, key):
    options = asked_for(request_, Purpose.SIGN_IN, key.user)
    request_.session[ceremony.ASKED][Purpose.SIGN_IN.value]["state"]["user_verification"] = "preferred"
    assert not taken(request_, Purpose.SIGN_IN, key.user, json.loads(key.answer(options, verified=False)))
