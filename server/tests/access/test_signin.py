"""Signing in with a password over HTTP: what is answered, what is refused, and that neither tells too much."""

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import throttle, tokens
from brainstem.apps.users.token_models import SignInBucket, Token
from brainstem.config import environment

PASSWORD = "correct horse battery"
SHORT, PAIR, REFRESH = "/api/token/", "/api/auth/token/", "/api/auth/token/refresh/"
ALICE = {"email": "alice@lab.org", "password": PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return get_user_model().objects.create_user(**ALICE)


@pytest.fixture
def clock(monkeypatch):
    """Time of the rate limits; starts at the beginning of a window."""
    moment = [1_800_000_000]
    monkeypatch.setattr(throttle, "time", lambda: moment[0])
    return moment


def post(client, url, body, **more):
    return client.post(url, body, content_type="application/json", **more)


def change(user, **values):
    get_user_model().objects.filter(pk=user.pk).update(**values)


# --- right credentials ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [SHORT, SHORT[:-1]])
def test_the_older_clients_get_a_personal_token_under_both_names(client, alice, url):
    answer = post(client, url, {"username": "alice@lab.org", "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["access", "token", "token_id", "message"]
    assert body["access"] == body["token"]
    assert body["message"] == "Token created successfully"
    kept = Token.objects.get(pk=body["token_id"])
    assert (kept.user, kept.kind) == (alice, "personal")
    assert abs(kept.expires_at - timezone.now() - dt.timedelta(days=365)) < dt.timedelta(minutes=1)
    assert tokens.authenticate(body["access"]).user_id == alice.pk


@pytest.mark.parametrize("url", [PAIR, PAIR[:-1]])
def test_a_pair_of_tokens_is_answered_as_documented(client, alice, url):
    answer = post(client, url, ALICE)
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["access", "refresh", "token_type", "expires_in"]
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert tokens.authenticate(body["access"]).user_id == alice.pk


@pytest.mark.parametrize("url", [SHORT, PAIR])
@pytest.mark.parametrize("name", ["username", "email"])
@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_either_name_of_the_e_mail_is_taken_as_json_and_as_a_form(client, alice, url, name, form):
    body = {name: "alice@lab.org", "password": PASSWORD}
    answer = client.post(url, body) if form else post(client, url, body)
    assert answer.status_code == 200


def test_the_case_of_an_e_mail_does_not_matter(client, alice):
    assert post(client, SHORT, {"username": " Alice@LAB.org ", "password": PASSWORD}).status_code == 200


def test_an_answer_with_a_token_is_not_kept_by_caches(client, alice):
    assert "no-store" in post(client, SHORT, ALICE)["Cache-Control"]


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [SHORT, PAIR])
@pytest.mark.parametrize("case", ["unknown", "wrong password", "deactivated", "no password"])
def test_wrong_credentials_are_refused_in_the_same_words(client, alice, url, case):
    expected = post(client, url, ALICE | {"password": "wrong"})
    if case == "deactivated":
        change(alice, is_active=False)
    if case == "no password":
        change(alice, password="!")
    body = {"unknown": ALICE | {"email": "nobody@lab.org"}, "wrong password": ALICE | {"password": "no"}}.get(
        case, ALICE
    )
    answer = post(client, url, body)
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])
    assert answer.json() == expected.json()
    assert not Token.objects.exists()


@pytest.mark.parametrize("url", [SHORT, PAIR, REFRESH])
def test_an_account_with_two_factor_is_sent_to_the_device_flow(client, alice, url):
    body = ALICE if url != REFRESH else {"refresh": tokens.create_pair(alice).refresh.raw}
    change(alice, two_factor_enabled=True)
    answer = post(client, url, body)
    assert answer.status_code == 401
    assert "/api/auth/device/" in answer.json()["detail"]
    change(alice, two_factor_enabled=False)
    assert post(client, url, body).status_code == 200


def test_a_wrong_password_does_not_tell_that_two_factor_is_on(client, alice):
    wrong = ALICE | {"password": "wrong"}
    expected = post(client, SHORT, wrong).json()
    change(alice, two_factor_enabled=True)
    assert post(client, SHORT, wrong).json() == expected


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "alice@lab.org"}, {"password"}),
        ({"password": PASSWORD}, {"email"}),
        ({"email": 3, "password": PASSWORD}, {"email"}),
        ({"email": ["alice@lab.org"], "password": PASSWORD}, {"email"}),
        ({"email": "alice@lab.org", "password": None}, {"password"}),
        ({"email": "a\0@lab.org", "password": PASSWORD}, {"email"}),
        ({"username": "a" * 2000, "password": PASSWORD}, {"username"}),
        ([1, 2], {"non_field_errors"}),
        ("{", {"non_field_errors"}),
        ("", {"non_field_errors"}),
        (r'{"email": "\ud800", "password": "x"}', {"non_field_errors"}),
        ("[" * 5000, {"non_field_errors"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_a_malformed_body_is_told_by_field(client, body, fields):
    answer = post(client, PAIR, body)
    assert answer.status_code == 400
    assert set(answer.json()) == fields
    assert all(isinstance(message, str) for texts in answer.json().values() for message in texts)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("application/xml", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
        ("application/x-www-form-urlencoded; charset=utf-16", 415),
    ],
)
def test_a_wrong_content_type_is_a_clear_refusal(client, content_type, status):
    answer = client.post(PAIR, b'{"email": "alice@lab.org"}', content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


def test_an_enormous_body_is_refused_unread(client):
    assert post(client, PAIR, ALICE | {"password": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize("url", [SHORT, PAIR, REFRESH])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_only_post_signs_in(client, alice, url, method):
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not Token.objects.exists()


# --- the same work -------------------------------------------------------------------------------------------------


def statements(client, url, body):
    with CaptureQueriesContext(connection) as recorded:
        answer = post(client, url, body)
    return answer.status_code, [re.match(r"\w+", query["sql"])[0] for query in recorded]


@pytest.mark.parametrize("url", [SHORT, PAIR])
@pytest.mark.parametrize("limits", ["on", "off"])
def test_right_and_wrong_credentials_take_as_many_statements(client, alice, settings, url, limits):
    settings.BRAINSTEM_THROTTLE = limits
    wrong = {
        "wrong password": statements(client, url, ALICE | {"password": "wrong"}),
        "unknown": statements(client, url, ALICE | {"email": "nobody@lab.org"}),
    }
    status, right = statements(client, url, ALICE)
    change(alice, is_active=False)
    wrong["deactivated"] = statements(client, url, ALICE)
    change(alice, is_active=True, two_factor_enabled=True)
    wrong["two-factor"] = statements(client, url, ALICE)
    assert status == 200
    assert wrong == dict.fromkeys(wrong, (401, right))


@pytest.mark.parametrize("case", ["right", "wrong", "unknown", "deactivated", "no password"])
def test_every_try_computes_one_hash(client, alice, monkeypatch, case):
    change(alice, is_active=case != "deactivated")
    if case == "no password":
        change(alice, password="!unusable")
    hasher, computed = type(get_hasher()), []
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **k: computed.append(1) or encode(self, *a, **k))
    monkeypatch.setattr(hasher, "verify", lambda self, *a, **k: computed.append(1) or verify(self, *a, **k))
    body = {"wrong": ALICE | {"password": "no"}, "unknown": ALICE | {"email": "nobody@lab.org"}}.get(case, ALICE)
    post(client, PAIR, body)
    assert len(computed) == 1


# --- renewing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def first(client, alice):
    return post(client, PAIR, ALICE).json()


def renew(client, pair, url=REFRESH):
    return post(client, url, {"refresh": pair["refresh"]})


@pytest.mark.parametrize("url", [REFRESH, REFRESH[:-1]])
def test_a_refresh_token_gives_the_next_pair_once(client, first, alice, url):
    answer = renew(client, first, url)
    assert answer.status_code == 200
    second = answer.json()
    assert list(second) == list(first)
    assert second["refresh"] != first["refresh"]
    assert tokens.authenticate(second["access"]).user_id == alice.pk
    assert renew(client, second).status_code == 200


def test_a_refresh_token_used_twice_ends_its_whole_family(client, first, alice):
    second = renew(client, first).json()
    other = post(client, PAIR, ALICE).json()
    assert tokens.authenticate(second["access"])
    assert renew(client, first).status_code == 401
    assert tokens.authenticate(first["access"]) is None
    assert tokens.authenticate(second["access"]) is None
    assert renew(client, second).status_code == 401
    assert tokens.authenticate(other["access"])
    assert renew(client, other).status_code == 200


def test_two_uses_at_once_end_the_family_too(first):
    found = tokens.find_refresh(first["refresh"])
    second = tokens.rotate(found, address="")
    with pytest.raises(tokens.NotSignedIn):
        tokens.rotate(found, address="")
    assert tokens.authenticate(second.access.raw) is None


@pytest.mark.django_db(transaction=True)
def test_a_refresh_token_sent_by_many_at_the_same_time_gives_one_pair_at_most(first):
    gate = threading.Barrier(4)

    def use(_):
        try:
            gate.wait()
            return tokens.rotate(tokens.find_refresh(first["refresh"]), address="")
        except tokens.NotSignedIn:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        given = [pair for pair in pool.map(use, range(4)) if pair]
    assert len(given) == 1
    assert tokens.authenticate(given[0].access.raw) is None


def test_a_family_ends_thirty_days_after_the_sign_in(client, first):
    end = Token.objects.get(kind="refresh").expires_at
    assert abs(end - timezone.now() - dt.timedelta(days=30)) < dt.timedelta(minutes=1)
    renew(client, first)
    assert set(Token.objects.filter(kind="refresh").values_list("expires_at", flat=True)) == {end}


@pytest.mark.parametrize("case", ["expired", "revoked", "deactivated", "access", "malformed"])
def test_a_refresh_token_that_is_not_valid_is_refused(client, first, alice, case):
    kept = Token.objects.filter(kind="refresh")
    if case == "expired":
        kept.update(expires_at=timezone.now())
    if case == "revoked":
        kept.update(revoked_at=timezone.now())
    if case == "deactivated":
        change(alice, is_active=False)
    raw = {"access": first["access"], "malformed": "bst_x"}.get(case, first["refresh"])
    answer = renew(client, {"refresh": raw})
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


def test_a_body_without_a_refresh_token_is_told_so(client):
    answer = post(client, REFRESH, {})
    assert (answer.status_code, list(answer.json())) == (400, ["refresh"])


# --- limits --------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    return clock


def fail(client, times, email="alice@lab.org", address="10.0.0.1"):
    body = {"email": email, "password": "wrong"}
    return [post(client, PAIR, body, REMOTE_ADDR=address).status_code for _ in range(times)]


def test_too_many_wrong_passwords_are_slowed_down_and_said_how_long(client, alice, limited):
    assert fail(client, 11) == [401] * 10 + [429]
    limited[0] += 100
    answer = post(client, PAIR, ALICE, REMOTE_ADDR="10.0.0.1")
    assert (answer.status_code, answer["Retry-After"]) == (429, "200")
    assert "200 seconds" in answer.json()["detail"]
    limited[0] += 200
    assert post(client, PAIR, ALICE, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_both_ways_of_signing_in_are_counted_together(client, alice, limited):
    fail(client, 10)
    assert post(client, SHORT, ALICE, REMOTE_ADDR="10.0.0.1").status_code == 429


@pytest.mark.parametrize("value", ["off", "OFF", "false", "0", "none"])
def test_the_switch_turns_limits_off(client, alice, limited, settings, value):
    assert fail(client, 11)[-1] == 429
    settings.BRAINSTEM_THROTTLE = environment.throttle(value)
    assert fail(client, 12) == [401] * 12


def test_one_who_fails_keeps_nobody_else_from_signing_in(client, alice, limited):
    get_user_model().objects.create_user(email="bob@lab.org", password=PASSWORD)
    assert fail(client, 11)[-1] == 429
    assert post(client, PAIR, ALICE, REMOTE_ADDR="10.0.0.2").status_code == 200
    assert post(client, PAIR, ALICE | {"email": "bob@lab.org"}, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_right_passwords_are_not_counted_against_an_e_mail(client, alice, limited):
    answers = {post(client, PAIR, ALICE).status_code for _ in range(30)}
    assert answers == {200}


def test_one_address_cannot_try_many_e_mails(client, limited, monkeypatch):
    monkeypatch.setattr(throttle, "BY_ADDRESS", throttle.Limit("address", tries=20, seconds=300))
    answers = [fail(client, 1, email=f"{number}@lab.org")[0] for number in range(21)]
    assert answers == [401] * 20 + [429]


def test_addresses_of_one_ipv6_network_count_as_one(client, alice, limited):
    answers = [fail(client, 1, address=f"2001:db8::{number}")[0] for number in range(1, 12)]
    assert answers[-1] == 429
    assert fail(client, 1, address="2001:db8:0:1::1") == [401]


def test_many_addresses_cannot_lock_an_owner_out(client, alice, limited):
    assert post(client, PAIR, ALICE, REMOTE_ADDR="10.0.0.1").status_code == 200
    for number in range(10):
        fail(client, 10, address=f"10.6.6.{number}")
    assert fail(client, 1, address="10.6.6.99") == [429]
    assert post(client, PAIR, ALICE, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_a_known_and_an_unknown_e_mail_are_limited_alike(client, alice, limited):
    assert fail(client, 12) == fail(client, 12, email="nobody@lab.org", address="10.0.0.2")


def test_counters_name_nobody_and_are_forgotten(client, alice, limited):
    fail(client, 1)
    assert SignInBucket.objects.count() == 3
    assert not SignInBucket.objects.filter(key__contains="alice").exists()
    limited[0] += 3 * 3600
    post(client, PAIR, ALICE)
    assert not SignInBucket.objects.filter(ends__lt=limited[0]).exists()
