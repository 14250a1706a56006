"""Limits hold by account and address; a browser in which the owner signed in before is not locked out by others."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from brainstem.apps.users import known_browsers, second_factor, throttle
from brainstem.config.settings import ACCOUNT_RATE_LIMITS
from brainstem.web.two_factor import passkeys

from ..people import PASSWORD
from .two_factor import CHALLENGE, LOGIN, app_code, fresh, give_app, is_signed_in, wrong_code

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.1"
APP = f"{CHALLENGE}app/"
RESET = "/account/password/reset/"


@pytest.fixture(autouse=True)
def limits(settings, monkeypatch):
    """Limits as on a real server, at the beginning of a window."""
    settings.BRAINSTEM_THROTTLE = True
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    monkeypatch.setattr(throttle, "time", lambda: 1_800_000_000)


def browser():
    """Somebody whom a proxy that nobody counted makes look like everybody else."""
    return Client(REMOTE_ADDR=PROXY)


def enter(client, user, password=PASSWORD):
    """What the sign-in form says."""
    return client.post(LOGIN, {"login": user.email, "password": password})


def is_throttled(answer) -> bool:
    return answer.status_code == 200 and b"Too many sign-in attempts" in answer.content


@pytest.fixture
def known(alice):
    """A browser in which Alice signed in, and out again."""
    client = browser()
    assert enter(client, alice.user).status_code == 302
    client.post("/account/logout/")
    assert not is_signed_in(client)
    return client


def lock(user, times=10):
    """Type wrong passwords in a strange browser at the same address."""
    stranger = browser()
    for _ in range(times):
        enter(stranger, user, "wrong")
    return stranger


def test_ten_wrong_passwords_lock_a_strange_browser_and_not_a_known_one(alice, known):
    stranger = lock(alice.user)
    assert is_throttled(enter(stranger, alice.user))
    assert enter(known, alice.user).status_code == 302
    assert is_signed_in(known)


def test_an_address_that_tries_without_end_does_not_lock_a_known_browser(alice, known, monkeypatch):
    monkeypatch.setattr(throttle, "BY_ADDRESS", throttle.Limit("address", tries=3, seconds=300))
    assert is_throttled(enter(lock(alice.user, 3), alice.user))
    assert enter(known, alice.user).status_code == 302


def test_wrong_passwords_everywhere_do_not_lock_a_known_browser_in_a_new_place(alice, known):
    for number in range(10):
        stranger = Client(REMOTE_ADDR=f"10.6.6.{number}")
        for _ in range(10):
            enter(stranger, alice.user, "wrong")
    known.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert is_throttled(enter(Client(REMOTE_ADDR="192.0.2.77"), alice.user))
    assert enter(known, alice.user).status_code == 302


def test_a_browser_that_bob_knows_is_a_strange_one_to_alice(alice, bob):
    of_bob = browser()
    enter(of_bob, bob.user)
    of_bob.post("/account/logout/")
    lock(alice.user)
    assert is_throttled(enter(of_bob, alice.user))


def test_a_computer_that_several_share_is_known_to_each(alice, bob, known):
    enter(known, bob.user)
    known.post("/account/logout/")
    for person in (alice.user, bob.user):
        lock(person)
        assert enter(known, person).status_code == 302
        known.post("/account/logout/")


@pytest.mark.parametrize("spoil", ["", "nonsense", "x" * 9000, "e30:1:x", "signed elsewhere"])
def test_a_forged_cookie_is_that_of_a_strange_browser(alice, known, spoil, settings):
    cookie = known.cookies[known_browsers.COOKIE].value
    if spoil == "signed elsewhere":
        key, settings.SECRET_KEY = settings.SECRET_KEY, "another key" * 9
        spoil, settings.SECRET_KEY = known_browsers.remember("", alice.user), key
    known.cookies[known_browsers.COOKIE] = spoil
    lock(alice.user)
    assert is_throttled(enter(known, alice.user))
    known.cookies[known_browsers.COOKIE] = cookie
    assert enter(known, alice.user).status_code == 302


def test_a_new_password_makes_all_browsers_strange(alice, known):
    alice.user.set_password("a new and longer password")
    alice.user.save()
    lock(alice.user)
    assert is_throttled(enter(known, alice.user, "a new and longer password"))


def test_a_stolen_known_browser_may_not_guess_without_end(alice, known, monkeypatch):
    monkeypatch.setattr(throttle, "BY_BROWSER", throttle.Limit("known browser", tries=5, seconds=3600))
    for _ in range(5):
        assert not is_throttled(enter(known, alice.user, "wrong"))
    assert is_throttled(enter(known, alice.user))
    assert enter(browser(), alice.user).status_code == 302


def test_the_cookie_is_for_the_pages_of_accounts_and_names_nobody(alice, known):
    cookie = known.cookies[known_browsers.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/account/"
    assert int(cookie["max-age"]) == known_browsers.LIFETIME_SECONDS
    assert alice.email.partition("@")[0] not in cookie.value


def test_half_a_sign_in_makes_no_browser_known(alice):
    give_app(alice.user)
    client = browser()
    enter(client, fresh(alice.user))
    assert known_browsers.COOKIE not in client.cookies


def test_many_people_fit_into_one_cookie(lab_people):
    cookie = ""
    for person in lab_people:
        cookie = known_browsers.remember(cookie, person)
    assert len(cookie) < known_browsers.LONGEST
    assert known_browsers.id_of(cookie, lab_people[-1])
    assert not known_browsers.id_of(cookie, lab_people[0])


@pytest.fixture
def lab_people(alice):
    """More people than a browser remembers."""
    make = type(alice.user).objects.create_user
    return [make(email=f"p{number}@lab.example") for number in range(known_browsers.MOST_PEOPLE + 1)]


# --- the second factor ---------------------------------------------------------------------------------------------


def two_factors(client, user):
    """Let a person add an app, which makes all browsers strange, and sign in and out again with it."""
    give_app(user)
    enter(client, fresh(user))
    assert client.post(APP, {"code": app_code()}).status_code == 302
    client.post("/account/logout/")
    return fresh(user)


def test_wrong_codes_of_a_stranger_do_not_lock_a_known_browser(alice, known):
    user, stranger = two_factors(known, alice.user), browser()
    enter(stranger, user)
    for _ in range(second_factor.FROM_NETWORK.tries):
        stranger.post(APP, {"code": wrong_code()})
    assert b"Too many wrong codes" in stranger.post(APP, {"code": app_code()}).content
    enter(known, user)
    assert known.post(APP, {"code": app_code(steps=1)}).status_code == 302
    assert is_signed_in(known)


def test_wrong_codes_in_a_known_browser_are_limited(alice, known):
    enter(known, two_factors(known, alice.user))
    for _ in range(second_factor.IN_BROWSER.tries):
        known.post(APP, {"code": wrong_code()})
    assert b"Too many wrong codes" in known.post(APP, {"code": app_code(steps=1)}).content


# --- forged addresses ----------------------------------------------------------------------------------------------

FORGED = [
    "6.6.6.{n}, 10.0.0.9",
    "6.6.6.{n}, 7.7.7.{n}, 8.8.8.8, 10.0.0.9",
    "garbage {n}, 10.0.0.9",
    "[2001:db8::{n}]:443, 10.0.0.9",
    "6.6.6.{n}, not an address",
    "6.6.6.{n}, ",
]


@pytest.mark.parametrize(
    ("door", "forged"),
    [("page", FORGED[0]), ("token", FORGED[0]), ("reset", FORGED[0]), *(("passkey", one) for one in FORGED)],
)
def test_nobody_chooses_by_which_address_they_are_limited(alice, settings, monkeypatch, door, forged):
    settings.BRAINSTEM_TRUSTED_PROXIES = 1
    monkeypatch.setattr(passkeys, "ALONE", throttle.Limit("passkeys", tries=10, seconds=300))
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS | {"reset_password": "10/m/ip"}
    client = Client(REMOTE_ADDR=PROXY)

    def is_refused(number):
        headers = {"X-Forwarded-For": forged.format(n=number)}
        if door == "page":
            answer = client.post(LOGIN, {"login": alice.email, "password": "wrong"}, headers=headers)
            return is_throttled(answer)
        if door == "token":
            sent = {"username": alice.email, "password": "wrong"}
            return client.post("/api/token/", sent, headers=headers).status_code == 429
        if door == "passkey":
            ask = headers | {"Accept": "application/json"}
            return client.get("/account/two_factor/passkeys/sign_in/", headers=ask).status_code == 429
        return client.post(RESET, {"email": f"nobody{number}@lab.example"}, headers=headers).status_code == 429

    assert [is_refused(number) for number in range(11)] == [False] * 10 + [True]


def test_limits_of_allauth_take_a_household_of_ipv6_as_one(settings):
    settings.BRAINSTEM_TRUSTED_PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS | {"reset_password": "3/m/ip"}
    client = Client(REMOTE_ADDR=PROXY)

    def status(number, address):
        sent = {"email": f"nobody{number}@lab.example"}
        return client.post(RESET, sent, headers={"X-Forwarded-For": address}).status_code

    assert [status(number, f"2001:db8::{number}") for number in range(1, 5)] == [302, 302, 302, 429]
    assert status(5, "2001:db8:0:1::5") == 302
    assert not mail.outbox
