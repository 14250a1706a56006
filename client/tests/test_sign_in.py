"""Where the token comes from: the first that applies."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem_api_tools import AuthenticationError, BrainstemClient
from brainstem_api_tools.token_cache import TokenCache
from tests.served import PASSWORD

CLIENT = Path(__file__).resolve().parents[1]
CODE = "from brainstem_api_tools import BrainstemClient; print('status', BrainstemClient().load('project').status_code)"


@pytest.fixture
def token(served) -> str:
    """Alice's."""
    return served.token("alice")


def run(home: Path, *, terminal: list[str] | None = None, **environment: str) -> tuple[int, str]:
    """Exit code and output of a script that signs in, at a terminal where these lines are typed, or without one."""
    environment |= {"HOME": str(home), "PYTHONPATH": str(CLIENT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", CODE]
    if terminal is None:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=home
        )
        return done.returncode, done.stdout + done.stderr
    master, slave = pty.openpty()
    # In a session of its own there is no other terminal that getpass could ask.
    process = subprocess.Popen(
        command, env=environment, stdin=slave, stdout=slave, stderr=slave, cwd=home, start_new_session=True
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            shown += os.read(master, 1024)
        except OSError:  # the other end is closed
            break
        if terminal and shown.endswith((b"E-mail: ", b"Password: ")):
            os.write(master, terminal.pop(0).encode() + b"\n")
    os.close(master)
    return process.wait(), shown.decode()


# --- found without asking ---


def test_token_that_is_given_comes_first(served, token, monkeypatch):
    monkeypatch.setenv("BRAINSTEM_TOKEN", "bst_other")
    with BrainstemClient(token=token, url=served.url) as client:
        assert client._token == token


@pytest.mark.parametrize("name", ["BRAINSTEM_API_TOKEN", "BRAINSTEM_TOKEN"])
def test_token_and_address_are_taken_from_the_environment(served, token, monkeypatch, name):
    monkeypatch.setenv(name, token)
    monkeypatch.setenv("BRAINSTEM_URL", served.url)
    with BrainstemClient() as client:
        assert client.load("project").status_code == 200


def test_token_and_address_are_taken_from_an_env_file(served, token):
    Path(".env").write_text(f"# lab\nexport BRAINSTEM_URL = '{served.url}'  # ours\nBRAINSTEM_TOKEN={token}\n")
    with BrainstemClient() as client:
        assert client.load("project").status_code == 200


def test_environment_comes_before_the_env_file(served, token, monkeypatch):
    Path(".env").write_text("BRAINSTEM_TOKEN=bst_other\n")
    monkeypatch.setenv("BRAINSTEM_TOKEN", token)
    with BrainstemClient(url=served.url) as client:
        assert client._token == token


def test_env_file_comes_before_the_kept_token(served, token):
    TokenCache().save(f"{served.url}/", "bst_kept")
    Path(".env").write_text(f"BRAINSTEM_TOKEN={token}\n")
    with BrainstemClient(url=served.url) as client:
        assert client._token == token


def test_kept_token_is_used_for_its_server(served, token):
    TokenCache().save(f"{served.url}/", token)
    with BrainstemClient(url=f"{served.url}/api/") as client:
        assert client.load("project").status_code == 200


def test_token_of_2_0_0_is_used_and_moved_over(served, token, home):
    folder = home / ".config" / "brainstem"
    folder.mkdir(parents=True)
    (folder / "token").write_text(token)
    with BrainstemClient(url=served.url) as client:
        assert client.load("project").status_code == 200

    assert not (folder / "token").exists()
    assert TokenCache().load(f"{served.url}/") == token


def test_address_is_the_public_server_unless_said_otherwise():
    with BrainstemClient(token="t") as client:
        assert client._address == "https://www.brainstem.org/api/"


def test_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match="https://"):
        BrainstemClient(token="t", url="lab.example.org")


# --- nobody there ---


def test_where_nobody_can_answer_there_is_an_error_that_says_what_to_set(served, home):
    code, shown = run(home, BRAINSTEM_URL=served.url)

    assert code == 1
    assert "AuthenticationError" in shown
    assert "BRAINSTEM_TOKEN" in shown


def test_program_with_a_token_needs_nobody(served, home, token):
    assert run(home, BRAINSTEM_URL=served.url, BRAINSTEM_TOKEN=token) == (0, "status 200\n")


# --- somebody at a terminal ---


def test_at_a_terminal_it_asks_for_e_mail_and_password_and_keeps_the_token(served, home):
    code, shown = run(home, terminal=[served.email("alice"), PASSWORD], BRAINSTEM_URL=served.url)

    assert code == 0, shown
    assert "status 200" in shown
    assert PASSWORD not in shown
    assert run(home, BRAINSTEM_URL=served.url)[0] == 0  # the second time nobody is asked


def test_wrong_password_may_be_typed_again(served, home):
    typed = [served.email("alice"), "wrong", served.email("alice"), PASSWORD]
    code, shown = run(home, terminal=typed, BRAINSTEM_URL=served.url)

    assert code == 0, shown
    assert "incorrect" in shown


def test_wrong_passwords_end_in_a_login_error(served, home):
    code, shown = run(home, terminal=[served.email("alice"), "wrong"] * 3, BRAINSTEM_URL=served.url)

    assert code == 1
    assert "LoginError" in shown


def test_two_factor_account_is_led_to_the_device_flow(careful, served, home):
    _, shown = run(home, terminal=[careful, PASSWORD], BRAINSTEM_URL=served.url)

    assert "two-factor" in shown
    assert "incorrect" not in shown


# --- a kept token that is not valid any more ---


def test_refused_kept_token_signs_in_again_once(served, home):
    cache = TokenCache(home / ".config" / "brainstem")
    cache.save(f"{served.url}/", "bst_none_none")
    code, shown = run(home, terminal=[served.email("alice"), PASSWORD], BRAINSTEM_URL=served.url)

    assert code == 0, shown
    assert "status 200" in shown
    assert cache.load(f"{served.url}/").startswith("bst_")
    assert cache.load(f"{served.url}/") != "bst_none_none"


def test_refused_kept_token_where_nobody_is_there_is_a_401(served, home):
    TokenCache(home / ".config" / "brainstem").save(f"{served.url}/", "bst_none_none")

    assert run(home, BRAINSTEM_URL=served.url) == (0, "status 401\n")


def test_refused_token_that_was_given_is_a_401_also_at_a_terminal(served, home):
    code, shown = run(home, terminal=[], BRAINSTEM_URL=served.url, BRAINSTEM_TOKEN="bst_none_none")

    assert (code, shown.strip()) == (0, "status 401")


# --- approval in a browser: by auth.json, on a server of the test's own ---

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


def test_headless_prints_address_and_code_and_waits_for_approval(device, capsys):
    device.answer(
        "POST",
        "/api/auth/device/token/",
        (200, {"status": "authorization_pending"}),
        (200, {"status": "authorization_pending"}),
        (200, {"status": "success", "token": "bst_new"}),
    )
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client._token == "bst_new"

    assert f"Open {device.url}/account/authorize/ and enter: WXYZ-1234" in capsys.readouterr().out
    assert device.bodies("/api/auth/device/") == [{"client_name": "brainstem-python"}]
    assert device.bodies("/api/auth/device/token/") == [{"device_code": "secret-device-code"}] * 3
    assert device.waited == [5.0, 5.0, 5.0]
    assert TokenCache().load(f"{device.url}/") == "bst_new"


def test_browser_opens_the_complete_address(device, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(browser=True, url=device.url) as client:
        client.load("project")

    assert opened == [f"{device.url}/account/authorize/?session=abc"]
    assert device.seen[-1][2]["Authorization"] == "Bearer bst_new"


@pytest.mark.parametrize("reason", ["access_denied", "expired_token", "already_used"])
def test_refusal_in_the_browser_is_an_authentication_error(device, reason):
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

    with pytest.raises(AuthenticationError, match="does not let anybody sign in by approval"):
        BrainstemClient(headless=True, url=scripted.url)


def test_page_that_is_none_of_the_web_is_not_opened(device, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    device.answer("POST", "/api/auth/device/", (200, STARTED | {"verification_uri": "file:///etc/passwd"}))

    with pytest.raises(AuthenticationError, match="file:"):
        BrainstemClient(browser=True, url=device.url)
    assert opened == []


def test_refused_kept_token_signs_in_again_by_device(device):
    TokenCache().save(f"{device.url}/", "bst_old")
    device.answer("GET", "/api/private/stem/project/", (401, {"detail": "no"}), (200, {"projects": []}))
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client.load("project").status_code == 200

    assert json.loads(TokenCache().file(f"{device.url}/").read_text())["token"] == "bst_new"


def test_server_that_refuses_every_token_is_asked_twice_and_no_more(device):
    TokenCache().save(f"{device.url}/", "bst_old")
    device.answer("GET", "/api/private/stem/project/", (401, {"detail": "no"}))
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(headless=True, url=device.url) as client:
        assert client.load("project").status_code == 401
        assert client.load("project").status_code == 401

    assert len(device.bodies("/api/auth/device/")) == 1


def test_token_is_not_kept_where_that_is_not_wanted(device):
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    with BrainstemClient(headless=True, url=device.url, keep_token=False) as client:
        assert client._token == "bst_new"

    assert TokenCache().load(f"{device.url}/") == ""


def test_what_is_said_while_signing_in_can_be_shown_elsewhere(device, capsys):
    said: list[str] = []
    device.answer("POST", "/api/auth/device/token/", (200, {"status": "success", "token": "bst_new"}))
    BrainstemClient(headless=True, url=device.url, say=said.append).close()

    assert capsys.readouterr().out == ""
    assert "WXYZ-1234" in said[0]
