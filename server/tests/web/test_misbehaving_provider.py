"""Another server that says who people are may be slow, broken or hostile: nobody is signed in, and a page says so."""

from __future__ import annotations

import base64
import json
import re
import select
import time
import tracemalloc
from urllib.parse import unquote_plus

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from brainstem.web.accounts import openid, others

from .identity_server import CLIENT_ID, CLIENT_SECRET, KEY, ORCID
from .test_accounts_connections import ORCID_START, START, come_back, elsewhere, go_there, signed_in

__all__ = ["elsewhere"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CALLBACK = "/account/connections/oidc/sso/login/callback/"
DISCOVERY, RECORD = "/.well-known/openid-configuration", f"/record/{ORCID}"
SORRY = "did not confirm your identity"
PATHS = [(START, DISCOVERY), (START, "/token"), (START, "/userinfo"), (START, "/jwks"), (ORCID_START, "/token"),
         (ORCID_START, RECORD)]  # fmt: skip
each_path = pytest.mark.parametrize(("start", "path"), PATHS)


@pytest.fixture
def connected(elsewhere, alice):
    """The other server, which knows Alice in both ways."""
    SocialAccount.objects.create(user=alice.user, provider="sso", uid="person-1")
    SocialAccount.objects.create(user=alice.user, provider="orcid", uid=ORCID)
    return elsewhere


def refused(server, start=START, spoil=lambda: None) -> None:
    """Come back from a server that is spoiled once one is on the way there; a page says that it did not work."""
    client = Client()
    asked = dict(re.findall(r"[?&]([^=&]+)=([^&]*)", go_there(client, start)))
    page = server.page({name: unquote_plus(value) for name, value in asked.items()})
    back = re.search(r"href='http://testserver([^']+)'", page)[1].replace("&amp;", "&")
    spoil()
    answer = client.get(back)
    assert answer.status_code == 401
    assert SORRY in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert not signed_in(client)


def test_a_server_that_behaves_signs_in(connected):
    for start in (START, ORCID_START):
        client = Client()
        assert come_back(client, connected, start).status_code == 302
        assert signed_in(client)


# --- slow and large ------------------------------------------------------------------------------------------------


def drip(handler) -> None:
    """Begin an answer, and send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_head(handler) -> None:
    """Never come to the end of the head."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        handler.wfile.write(f"X-{number}: x\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.1)


def silence(handler) -> None:
    """Say nothing, until whoever asks goes away."""
    select.select([handler.connection], [], [], 4)


@pytest.mark.parametrize("slow", [drip, drip_head, silence])
@pytest.mark.parametrize(("start", "path"), [(START, "/token"), (ORCID_START, RECORD)])
def test_a_slow_answer_is_waited_for_a_while(connected, monkeypatch, start, path, slow):
    monkeypatch.setattr(others, "DEADLINE_SECONDS", 1.0)
    connected.acts[path] = slow
    began = time.monotonic()
    refused(connected, start)
    assert time.monotonic() - began < 4


def test_all_that_one_sign_in_asks_has_one_deadline(connected, monkeypatch):
    monkeypatch.setattr(others, "DEADLINE_SECONDS", 2.0)
    asked = []

    def slowly(handler):
        asked.append(handler.path)
        time.sleep(1.2)
        handler._say(200, json.dumps(connected.discovery()).encode(), "application/json")

    def spoil():
        connected.acts = {DISCOVERY: slowly, "/token": silence, "/userinfo": silence}

    began = time.monotonic()
    refused(connected, spoil=spoil)
    assert asked
    assert time.monotonic() - began < 5


def flood(handler) -> None:
    """An answer without end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b"[" * 1_000_000)


@each_path
def test_an_endless_answer_is_not_read_to_its_end(connected, start, path):
    def spoil():
        connected.acts[path] = flood

    tracemalloc.start()
    try:
        refused(connected, start, spoil)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def test_few_threads_wait_for_another_server(elsewhere, monkeypatch):
    monkeypatch.setattr(others, "PATIENCE_SECONDS", 0.05)
    taken = [others._waiting.acquire(timeout=1) for _ in range(others.AT_ONCE)]
    try:
        answer = Client().post(START)
    finally:
        for _ in taken:
            others._waiting.release()
    assert answer.status_code == 401
    assert SORRY in answer.content.decode()
    assert go_there(Client())


# --- elsewhere -----------------------------------------------------------------------------------------------------


@each_path
def test_an_answer_that_leads_elsewhere_is_not_followed(connected, start, path):
    visited = []

    def away(handler):
        handler.send_response(307 if path == "/token" else 302)
        handler.send_header("Location", f"{connected.url}/trap")
        handler.end_headers()

    def spoil():
        connected.acts[path] = away
        connected.acts["/trap"] = lambda handler: visited.append(handler.path)

    refused(connected, start, spoil)
    assert not visited


@pytest.mark.parametrize("name", openid.ENDPOINTS)
def test_discovery_names_no_place_that_is_less_safe(connected, name):
    for where in ("http://127.0.0.1:1/x", "file:///etc/passwd", "gopher://x", None, 7):
        connected.says[DISCOVERY] = connected.discovery() | {name: where}
        answer = Client().post(START)
        assert answer.status_code == 401
        assert SORRY in answer.content.decode()


def test_discovery_of_another_issuer_is_refused(connected):
    connected.says[DISCOVERY] = connected.discovery() | {"issuer": "https://evil.example"}
    assert Client().post(START).status_code == 401


# --- nonsense ------------------------------------------------------------------------------------------------------

NONSENSE = [None, [], 7, "text", {}, {"keys": []}, {"keys": 1}, {"access_token": 7}, {"sub": None}, {"sub": ["x"]}]


@each_path
def test_nonsense_in_json_signs_nobody_in(connected, start, path):
    for answer in NONSENSE:
        connected.says.clear()

        def spoil(said=answer):
            connected.says[path] = said

        refused(connected, start, spoil)


def html(handler) -> None:
    handler._say(200, b"<!doctype html><title>Maintenance</title>", "text/html")


def fails(handler) -> None:
    handler._say(500, b"<h1>broken</h1>", "text/html")


def deep(handler) -> None:
    handler._say(200, b"[" * 100_000, "application/json")


def garbage(handler) -> None:
    handler.wfile.write(b"\x00\xff\xfe not http at all\r\n\r\n")


@each_path
def test_what_is_no_json_signs_nobody_in(connected, start, path):
    for act in (html, fails, deep, garbage):
        connected.acts.clear()

        def spoil(done=act):
            connected.acts[path] = done

        refused(connected, start, spoil)


def test_a_server_that_cannot_be_reached_is_told_before_one_goes_there(connected):
    connected.acts[DISCOVERY] = fails
    answer = Client().post(START)
    assert answer.status_code == 401
    assert SORRY in answer.content.decode()


# --- identity tokens -----------------------------------------------------------------------------------------------


def unsigned(identity) -> str:
    return jwt.encode(identity, None, algorithm="none", headers={"kid": "one"})


def cut(identity) -> str:
    return jwt.encode(identity, KEY, algorithm="RS256", headers={"kid": "one"}).rpartition(".")[0] + "."


def by_secret(identity) -> str:
    return jwt.encode(identity, CLIENT_SECRET * 2, algorithm="HS256", headers={"kid": "one"})


def by_another(identity) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(identity, other, algorithm="RS256", headers={"kid": "one"})


def by_unknown(identity) -> str:
    return jwt.encode(identity, KEY, algorithm="RS256", headers={"kid": "two"})


def changed(identity) -> str:
    head, body, sign = jwt.encode(identity, KEY, algorithm="RS256", headers={"kid": "one"}).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"name": "changed"}
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), sign])


@pytest.mark.parametrize("sign", [unsigned, cut, by_secret, by_another, by_unknown, changed, lambda _: "", lambda _: 7])
def test_a_token_that_the_server_did_not_sign_signs_nobody_in(connected, sign):
    connected.sign = sign
    refused(connected)


WRONG = [
    {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["another"]}, {"exp": 1}, {"exp": "soon"},
    {"nonce": "another"}, {"nonce": None}, {"nonce": ["x"]}, {"sub": ""}, {"sub": None}, {"sub": 7},
    {"sub": "x" * 300}, {"sub": "person-2"}, {"nbf": 9_999_999_999},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_token_for_another_server_sign_in_or_person_signs_nobody_in(connected, wrong):
    connected.token = wrong
    refused(connected)


def test_without_an_identity_token_nobody_is_signed_in(connected):
    connected.says["/token"] = {"access_token": "opaque", "token_type": "Bearer"}
    refused(connected)


def test_who_the_server_speaks_of_must_be_who_the_token_names(connected):
    connected.says["/userinfo"] = connected.claims | {"sub": "person-2"}
    refused(connected)


def test_another_person_there_is_another_person_here(connected):
    connected.claims["sub"] = "person-2"
    client = Client()
    assert come_back(client, connected)["Location"] == "/account/connections/signup/"
    assert not signed_in(client)


@pytest.mark.parametrize(
    "claims", [{"email": ["a@b.c"]}, {"email": 7}, {"given_name": {"x": 1}}, {"email": "x" * 5000}]
)
def test_odd_claims_harm_nothing(elsewhere, claims):
    elsewhere.claims |= claims
    client = Client()
    answer = come_back(client, elsewhere)
    assert answer["Location"] == "/account/connections/signup/"
    assert client.get("/account/connections/signup/").status_code == 200


@pytest.mark.parametrize(
    "orcid", ["../../x", "", None, 7, "0000-0002-1825-009", f"{ORCID}/../x", "0000-0001-5109-3700"]
)
def test_an_orcid_that_is_none_or_somebody_elses_signs_nobody_in(connected, orcid):
    connected.says["/token"] = {"access_token": "opaque", "orcid": orcid}
    connected.says["/record/0000-0001-5109-3700"] = connected.record()
    refused(connected, ORCID_START)


# --- state ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=forged", "?error=server_error&state=x", "?state=%00"])
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(connected, query):
    client = Client()
    go_there(client)
    answer = client.get(CALLBACK + query)
    assert answer.status_code == 401
    assert not signed_in(client)


def test_the_answer_to_somebody_else_is_refused(connected):
    mine, theirs = Client(), Client()
    asked = dict(re.findall(r"[?&]([^=&]+)=([^&]*)", go_there(theirs)))
    assert asked["client_id"] == CLIENT_ID
    assert mine.get(f"{CALLBACK}?code=x&state={asked['state']}").status_code == 401
    assert not signed_in(mine)
