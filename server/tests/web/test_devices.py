"""The device flow as programs meet it: what they are told, when they get a token, and that they get it once."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import accounts, device_text, devices, events, throttle, tokens
from brainstem.apps.users.device_models import DeviceRequest
from brainstem.apps.users.token_models import Token

START, POLL = "/api/auth/device/", "/api/auth/device/token/"
HERE = {"address": "10.0.0.1", "agent": "Firefox"}
JSON = {"content_type": "application/json"}

pytestmark = pytest.mark.django_db


def start(client, body=None, **more):
    answer = client.post(START, json.dumps(body if body is not None else {}), **JSON, **more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def poll(client, started):
    answer = client.post(POLL, json.dumps({"device_code": started["device_code"]}), **JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()


def approve(started, user, **values):
    asked = devices.by_session(started["session_id"])
    return devices.approve(asked, user=user, **({"name": "rig", "read_only": False} | HERE | values))


def deny(started, user):
    return devices.deny(devices.by_session(started["session_id"]), user=user, **HERE)


def over(started):
    """Let the 15 minutes pass."""
    DeviceRequest.objects.filter(pk=devices.by_session(started["session_id"]).pk).update(
        expires_at=timezone.now() - dt.timedelta(seconds=1)
    )


# --- starting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [START, START[:-1]])
def test_a_program_is_told_what_auth_json_says(client, settings, url):
    settings.BRAINSTEM_URL = "https://brainstem.example"
    answer = client.post(url, '{"client_name": "brainstem-python"}', **JSON)
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert "no-store" in answer["Cache-Control"]
    assert list(body) == [
        "session_id", "device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval",
    ]  # fmt: skip
    assert body["verification_uri"] == "https://brainstem.example/account/authorize/"
    assert body["verification_uri_complete"] == f"{body['verification_uri']}?session={body['session_id']}"
    assert (body["expires_in"], body["interval"]) == (900, 5)


@pytest.mark.parametrize(
    ("body", "content_type", "name"),
    [
        (b'{"client_name": "brainstem-python"}', "application/json", "brainstem-python"),
        (b"{}", "application/json", ""),
        (b'{"client_name": null}', "application/json", ""),
        (b"", "application/json", ""),
        (b"", "", ""),
        (b"", "text/plain", ""),
        (b"client_name=matlab", "application/x-www-form-urlencoded", "matlab"),
        (b"", "application/x-www-form-urlencoded", ""),
        (json.dumps({"client_name": "a\0b\u202e\nc" + "x" * 300}).encode(), "application/json", "a b c" + "x" * 95),
    ],
    ids=["json", "empty object", "null", "empty json", "nothing", "empty text", "form", "empty form", "odd name"],
)
def test_a_program_says_its_name_in_many_ways_or_not_at_all(client, body, content_type, name):
    answer = client.generic("POST", START, body, content_type=content_type)
    assert answer.status_code == 200
    assert devices.by_session(answer.json()["session_id"]).client_name == name


@pytest.mark.parametrize(
    ("url", "body", "content_type", "status", "key"),
    [
        (START, '{"client_name": 3}', "application/json", 400, "client_name"),
        (START, "[]", "application/json", 400, "non_field_errors"),
        (START, "{", "application/json", 400, "non_field_errors"),
        (START, "<a/>", "application/xml", 415, "detail"),
        (START, json.dumps({"client_name": "x" * 70_000}), "application/json", 413, "detail"),
        (POLL, "{}", "application/json", 400, "device_code"),
        (POLL, '{"device_code": 3}', "application/json", 400, "device_code"),
        (POLL, '{"device_code": "a\\u0000"}', "application/json", 400, "device_code"),
        (POLL, "", "application/json", 400, "non_field_errors"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so(client, url, body, content_type, status, key):
    answer = client.post(url, body, content_type=content_type)
    assert (answer.status_code, list(answer.json())) == (status, [key])


@pytest.mark.parametrize("url", [START, POLL])
def test_only_post_is_offered(client, url):
    for method in ("get", "put", "patch", "delete", "head"):
        answer = getattr(client, method)(url)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_no_secret_of_a_request_is_stored(client):
    started = start(client, {"client_name": "rig"})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {DeviceRequest._meta.db_table}")
        kept = " ".join(str(value) for value in cursor.fetchone())
    assert "rig" in kept
    for key in ("session_id", "device_code", "user_code"):
        assert started[key] not in kept
        assert started[key].replace("-", "") not in kept


# --- polling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [POLL, POLL[:-1]])
@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_the_token_is_given_once_after_the_approval(client, user, url, form):
    started = start(client)
    body = {"device_code": started["device_code"]}
    sent = body if form else json.dumps(body)

    def ask():
        answer = client.post(url, sent) if form else client.post(url, sent, **JSON)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        return answer

    assert ask().content == b'{"status":"authorization_pending"}'
    assert approve(started, user)
    given = ask().json()
    assert list(given) == ["status", "token"]
    assert given["status"] == "success"
    actor = tokens.authenticate(given["token"])
    assert (actor.user_id, actor.read_only) == (user.pk, False)
    assert ask().content == b'{"error":"already_used"}'


def test_the_token_is_like_the_person_chose_and_says_where_it_was_collected(client, user):
    started = start(client)
    approve(started, user, name="Room 4.12", read_only=True)
    given = client.post(POLL, {"device_code": started["device_code"]}, REMOTE_ADDR="10.9.9.9").json()
    kept = Token.objects.get()
    assert tokens.authenticate(given["token"]).read_only
    assert (kept.name, kept.kind, kept.created_address) == ("Room 4.12", "personal", "10.9.9.9")
    assert abs(kept.expires_at - timezone.now() - dt.timedelta(days=365)) < dt.timedelta(minutes=1)


def test_who_is_denied_gets_nothing(client, user):
    started = start(client)
    assert deny(started, user)
    assert poll(client, started) == {"error": "access_denied"}
    assert poll(client, started) == {"error": "access_denied"}
    assert not Token.objects.exists()


@pytest.mark.parametrize("when", ["before it was approved", "after it was approved"])
def test_after_fifteen_minutes_nothing_is_given(client, user, when):
    started = start(client)
    if when.startswith("after"):
        approve(started, user)
    over(started)
    assert poll(client, started) == {"error": "expired_token"}
    assert approve(started, user) is False
    assert deny(started, user) is False
    assert not Token.objects.exists()


def test_the_request_lasts_fifteen_minutes(client):
    asked = devices.by_session(start(client)["session_id"])
    assert asked.expires_at - asked.created_at == pytest.approx(dt.timedelta(seconds=900), abs=dt.timedelta(seconds=1))


@pytest.mark.parametrize("code", ["", "x", "x" * 1000, "é", None])
def test_a_code_that_nobody_was_given_is_over(client, code):
    started = start(client)
    sent = started["session_id"] if code is None else code or started["user_code"]
    assert poll(client, {"device_code": sent}) == {"error": "expired_token"}


def test_a_request_is_decided_once(client, user, bob):
    started, other = start(client), start(client)
    assert approve(started, user)
    assert not deny(started, bob.user)
    assert not approve(started, bob.user)
    assert tokens.authenticate(poll(client, started)["token"]).user_id == user.pk
    assert deny(other, bob.user)
    assert not approve(other, user)
    assert poll(client, other) == {"error": "access_denied"}


def _new_password(user):
    user.set_password("another good phrase")
    user.save()


def _closed(user):
    accounts.switch_by_email(user.email, active=False)


def _closed_and_opened(user):
    _closed(user)
    accounts.switch_by_email(user.email, active=True)


@pytest.mark.parametrize("change", [_new_password, _closed, _closed_and_opened], ids=lambda f: f.__name__.strip("_"))
def test_what_ends_all_tokens_takes_an_approval_back(client, user, change):
    started = start(client)
    approve(started, user)
    change(user)
    assert poll(client, started) == {"error": "access_denied"}
    assert not Token.objects.filter(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_polls_at_once_one_gets_the_token(client, user):
    started, gate = start(client), threading.Barrier(4)
    approve(started, user)

    def ask(_):
        try:
            gate.wait()
            return poll(Client(), started)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(ask, range(4)))
    assert sorted(answer.get("error", "token") for answer in given) == ["already_used"] * 3 + ["token"]
    assert Token.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_decisions_at_once_one_holds(client, user):
    started, gate = start(client), threading.Barrier(4)

    def decide(number):
        try:
            gate.wait()
            return deny(started, user) if number % 2 else approve(started, user)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(4))) == [False, False, False, True]
    assert events.of(user).count() == 1


def test_waiting_costs_one_statement(client):
    started = start(client)
    with CaptureQueriesContext(connection) as recorded:
        poll(client, started)
    assert len(recorded) == 1


# --- the log -------------------------------------------------------------------------------------------------------


def test_the_log_tells_of_both_decisions_and_of_the_token(client, user):
    started = start(client, {"client_name": "rig"})
    approve(started, user)
    client.post(POLL, {"device_code": started["device_code"]}, REMOTE_ADDR="10.9.9.9", headers={"User-Agent": "curl"})
    deny(start(client, {"client_name": "other"}), user)
    prefix = Token.objects.get().prefix
    told = [(event.kind, event.about, event.address, event.agent) for event in events.of(user).order_by("id")]
    assert told == [
        ("device_approved", "rig at 127.0.0.1", "10.0.0.1", "Firefox"),
        ("token_made", f"rig ({prefix})", "10.9.9.9", "curl"),
        ("device_denied", "other at 127.0.0.1", "10.0.0.1", "Firefox"),
    ]


# --- limits --------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(settings, monkeypatch):
    """Limits are kept; the clock of their windows stands still."""
    settings.BRAINSTEM_THROTTLE = True
    moment = [1_800_000_000]
    monkeypatch.setattr(throttle, "time", lambda: moment[0])
    return moment


def test_a_network_starts_only_so_many(client, limited):
    limit = devices.STARTS.tries
    for number in range(limit):
        start(client, REMOTE_ADDR=f"2001:db8::{number:x}")
    refused = client.post(START, REMOTE_ADDR="2001:db8::ffff")
    assert (refused.status_code, list(refused.json())) == (429, ["detail"])
    assert 0 < int(refused["Retry-After"]) <= 900
    start(client, REMOTE_ADDR="2001:db8:0:1::1")
    limited[0] += 900
    start(client, REMOTE_ADDR="2001:db8::1")


def test_a_person_types_only_so_many_codes_right_or_wrong(client, user, bob, limited):
    code = start(client)["user_code"]
    for _ in range(devices.TYPED_HERE.tries - 1):
        assert devices.by_code("CCCC-CCCC", user=user, address="10.0.0.1") is None
    assert devices.by_code(code, user=user, address="10.0.0.1")
    with pytest.raises(throttle.Throttled):
        devices.by_code(code, user=user, address="10.0.0.1")
    assert devices.by_code(code, user=bob.user, address="10.0.0.1")
    assert devices.by_code(code, user=user, address="10.0.0.2")
    for number in range(devices.TYPED.tries - devices.TYPED_HERE.tries - 2):
        assert devices.by_code(code, user=user, address=f"10.0.1.{number}")
    with pytest.raises(throttle.Throttled):
        devices.by_code(code, user=user, address="10.0.2.1")


def test_all_people_together_type_only_so_many_codes(client, user, limited, monkeypatch):
    code = start(client)["user_code"]
    monkeypatch.setattr(devices, "TYPED_BY_ALL", throttle.Limit("all", tries=3, seconds=3600))
    for number in range(3):
        assert devices.by_code(code, user=user, address=f"10.0.0.{number}")
    with pytest.raises(throttle.Throttled):
        devices.by_code(code, user=user, address="10.0.0.9")


def test_what_reads_like_no_code_is_not_counted(client, user, limited):
    for _ in range(devices.TYPED_HERE.tries + 1):
        assert devices.by_code("hello", user=user, address="10.0.0.1") is None
    assert devices.by_code(start(client)["user_code"], user=user, address="10.0.0.1")


def test_requests_long_past_are_forgotten_in_passing(client):
    old, recent = start(client), start(client)
    DeviceRequest.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=59))
    DeviceRequest.objects.filter(pk=devices.by_session(old["session_id"]).pk).update(
        expires_at=timezone.now() - dt.timedelta(minutes=61)
    )
    start(client)
    assert devices.by_session(old["session_id"]) is None
    assert devices.by_session(recent["session_id"])


# --- codes ---------------------------------------------------------------------------------------------------------


def test_codes_have_two_groups_of_signs_that_look_like_no_other():
    codes = {device_text.code_of(device_text.new_secret()) for _ in range(300)}
    assert len(codes) == 300
    assert {len(code) for code in codes} == {9}
    assert {code[4] for code in codes} == {"-"}
    signs = set("".join(codes)) - {"-"}
    assert signs == set("CDFGHJKMNPRTWXY3479")
    assert not signs & set("0OQ1IL2Z5S8BUV6AE")


def test_the_code_of_a_request_is_that_of_its_session(client):
    started = start(client)
    assert device_text.code_of(started["session_id"]) == started["user_code"]


@pytest.mark.parametrize(
    "typed",
    [
        "wxyt-3479",
        "WXYT3479",
        "  wxyt 3479 ",
        "w x y t - 3 4 7 9",
        "WXYT–3479",
        "ＷＸＹＴ－３４７９",
        "WXYT.3479",
        "WXYT_3479",
    ],
)
def test_a_code_may_be_typed_carelessly(typed):
    assert device_text.parse_code(typed) == "WXYT-3479"


@pytest.mark.parametrize(("typed", "meant"), [("0CCC-CCC6", "DCCC-CCCG"), ("oqCC-CCCC", "DDCC-CCCC")])
def test_a_sign_that_looks_like_one_other_is_taken_for_it(typed, meant):
    assert device_text.parse_code(typed) == meant


@pytest.mark.parametrize("typed", ["", "-", "WXYT-347", "WXYT-34799", "WXYT-347S", "WXYT-3\x0079", "WXYT-34७9"])
def test_what_reads_like_no_code_is_none(typed):
    assert device_text.parse_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("AAAA-AAAA", "Codes never contain A."),
        ("bcdf ghjk", "Codes never contain B."),
        ("WXYT-347", "Codes have eight characters; this one has 7."),
        ("A", "Codes have eight characters; this one has 1."),
        ("WXYT-34७9", "There is no such code."),
        ("WXYT-3\x0079", "There is no such code."),
        ("WXYT-34<9", "There is no such code."),
    ],
)
def test_who_mistypes_a_code_is_told_what_is_wrong_with_it(typed, told):
    assert device_text.why_no_code(typed) == f"{told} Check it and try again."


def test_no_code_is_known_before_another():
    sessions = [device_text.new_secret() for _ in range(50)]
    assert all(device_text.code_of(a) != device_text.code_of(b) for a, b in pairwise(sessions))
