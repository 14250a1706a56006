"""Signing in by approval in a browser: on the server itself, and what a small one does that ours does not on demand."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from brainstem_api_tools import AsyncBrainstemClient, AuthenticationError, BrainstemClient
from brainstem_api_tools.token_cache import TokenCache
from tests.served import PASSWORD

from .approval import decide

pytestmark = pytest.mark.slow

# --- on the server ---


@pytest.fixture
def person(served):
    """Alice at her browser: opens an address and decides."""

    def person(address: str, **how: str) -> str:
        return decide(address, email=served.email("alice"), password=PASSWORD, **how)

    return person


@pytest.fixture
def waited(monkeypatch) -> list[float]:
    """How long the client waited between polls; no time passes."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def browser(monkeypatch, person, **how: str) -> list[str]:
    """The addresses that the client opens; the person decides on each."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or bool(person(url, **how)))
    return opened


def test_browser_opens_the_complete_address_and_the_token_works(served, person, waited, monkeypatch):
    opened = browser(monkeypatch, person)
    with BrainstemClient(browser=True, url=served.url) as client:
        assert client.load("project").status_code == 200
        assert client.load("user", id="me").json()["user"]["email"] == served.email("alice")
        token = client._token

    [address] = opened
    assert re.fullmatch(re.escape(served.url) + r"/account/authorize/\?session=[\w-]{20,}", address)
    assert waited == [5.0]
    assert TokenCache().load(f"{served.url}/") == token


def test_async_client_signs_in_through_the_browser_too(served, person, monkeypatch):
    opened, waited, sleep = browser(monkeypatch, person), [], asyncio.sleep

    async def brief(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    async def load() -> int:
        async with AsyncBrainstemClient(browser=True, url=served.url) as client:
            return (await client.load("project")).status_code

    monkeypatch.setattr("asyncio.sleep", brief)
    assert asyncio.run(load()) == 200
    assert (len(opened), waited) == (1, [5.0])


def test_headless_prints_address_and_code_and_waits_for_approval(served, person, capsys, monkeypatch):
    said, waited = "", []

    def approve_in_the_third_pause(seconds: float) -> None:
        nonlocal said
        waited.append(seconds)
        if len(waited) == 3:
            said = capsys.readouterr().out
            address, code = re.search(r"Open (\S+) and enter: (\S+)", said).groups()
            person(address, code=code.lower())

    monkeypatch.setattr("time.sleep", approve_in_the_third_pause)
    with BrainstemClient(headless=True, url=served.url) as client:
        assert client.load("project").status_code == 200

    assert f"Open {served.url}/account/authorize/ and enter: " in said
    assert waited == [5.0, 5.0, 5.0]


def test_refusal_in_the_browser_is_an_authentication_error(served, person, waited, monkeypatch):
    browser(monkeypatch, person, decision="deny")
    with pytest.raises(AuthenticationError, match="access_denied"):
        BrainstemClient(browser=True, url=served.url)
    assert TokenCache().load(f"{served.url}/") == ""


def test_refused_kept_token_signs_in_again_by_device(served, person, waited, monkeypatch):
    TokenCache().save(f"{served.url}/", "bst_old")
    browser(monkeypatch, person)
    with BrainstemClient(browser=True, url=served.url) as client:
        assert client.load("project").status_code == 200

    assert json.loads(TokenCache().file(f"{served.url}/").read_text())["token"] == client._token != "bst_old"


def test_token_is_not_kept_where_that_is_not_wanted(served, person, waited, monkeypatch):
    browser(monkeypatch, person)
    with BrainstemClient(browser=True, url=served.url, keep_token=False) as client:
        assert client.load("project").status_code == 200

    assert TokenCache().load(f"{served.url}/") == ""


def test_what_is_said_while_signing_in_can_be_shown_elsewhere(served, person, waited, monkeypatch, capsys):
    said: list[str] = []
    opened = browser(monkeypatch, person)
    BrainstemClient(browser=True, url=served.url, say=said.append).close()

    assert capsys.readouterr().out == ""
    assert said == [f"Approve the request in your browser. If none opened: {opened[0]}"]


# --- what the server cannot be made to do on demand, by auth.json ---

STARTED = {
    "session_id": "abc", "device_code": "secret-device-code", "user_code": "WXYZ-1234", "expires_in": 900, "interval": 5,
}  # fmt: skip


@pytest.fixture
def device(scripted, monkeypatch):
    """A server that starts a device flow; no time passes between polls."""
    pages = {"verification_uri": "/account/authorize/", "verification_uri_complete": "/account/authorize/?session=abc"}
    started = STARTED | {key: scripted.url + page for key, page in pages.items()}
    scripted.answer("POST", "/api/auth/device/", (200, started))
    scripted.answer("GET", "/api/private/stem/project/", (200, {"projects": [], "count": 0}))
    scripted.waited = []
    monkeypatch.setattr("time.sleep", scripted.waited.append)
    return scripted


@pytest.mark.parametrize("reason", ["expired_token", "already_used"])
def test_request_that_is_over_is_an_authentication_error(device, reason):
    device.answer("POST", "/api/auth/device/token/", (200, {"error": reason}))

    with pytest.raises(AuthenticationError, match=reason):
        BrainstemClient(headless=True, url=device.url)


@pytest.mark.parametrize("reason", ["access_denied", "expired_token"])
def test_refusal_with_400_is_an_authentication_error_too(device, reason):
    device.answer("POST", "/api/auth/device/token/", (400, {"error": reason}))

    with pytest.raises(AuthenticationError, match=reason):
        BrainstemClient(headless=True, url=device.url)


def test_server_that_asks_for_fewer_polls_gets_fewer(device):
    device.answer(
        "POST",
        "/api/auth/device/token/",
        (400, {"error": "authorization_pending"}),
        (400, {"error": "slow_down"}),
        (400, {"error": "authorization_pending"}),
        (200, {"status": "success", "token": "bst_new"}),
    )
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client._token == "bst_new"

    assert device.waited == [5.0, 5.0, 10.0, 10.0]


@pytest.mark.parametrize("lost", [None, (502, {})], ids=["no answer", "proxy without a server"])
def test_poll_that_gets_lost_does_not_end_the_sign_in(device, lost):
    device.answer("POST", "/api/auth/device/token/", *[lost] * 6, (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client._token == "bst_new"


@pytest.mark.parametrize("answer", [(200, {}), (200, {"status": "success"}), (500, {"detail": "no"}), (404, {})])
def test_answer_to_a_poll_that_makes_no_sense_ends_the_sign_in(device, answer):
    device.answer("POST", "/api/auth/device/token/", answer)

    with pytest.raises(AuthenticationError, match="Authorization failed"):
        BrainstemClient(headless=True, url=device.url)
    assert len(device.bodies("/api/auth/device/token/")) == 1


def test_polling_ends_when_the_time_is_over(device):
    device.answer("POST", "/api/auth/device/", (200, {**STARTED, "verification_uri": "/a/", "expires_in": 0.05}))
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "authorization_pending"}))

    with pytest.raises(AuthenticationError, match="not approved in time"):
        BrainstemClient(headless=True, url=device.url)
    assert len(device.bodies("/api/auth/device/token/")) >= 1


def test_server_without_this_sign_in_says_so(scripted):
    scripted.answer("POST", "/api/auth/device/", (404, {"detail": "Not found."}))

    with pytest.raises(AuthenticationError, match="does not support signing in through a browser"):
        BrainstemClient(headless=True, url=scripted.url)


def test_page_that_is_none_of_the_web_is_not_opened(device, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    device.answer("POST", "/api/auth/device/", (200, STARTED | {"verification_uri": "file:///etc/passwd"}))

    with pytest.raises(AuthenticationError, match="file:"):
        BrainstemClient(browser=True, url=device.url)
    assert opened == []


def test_server_that_refuses_every_token_is_asked_twice_and_no_more(device):
    TokenCache().save(f"{device.url}/", "bst_old")
    device.answer("GET", "/api/private/stem/project/", (401, {"detail": "no"}))
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client.load("project").status_code == 401
        assert client.load("project").status_code == 401

    assert len(device.bodies("/api/auth/device/")) == 1
