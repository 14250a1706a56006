"""Where the token comes from: the first that applies."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem_api_tools import BrainstemClient
from brainstem_api_tools.token_cache import TokenCache
from tests.served import PASSWORD

from . import approval

pytestmark = pytest.mark.slow

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
        if terminal and shown.endswith((b"Email: ", b"Password: ")):
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
    person = f"{sys.executable} {Path(approval.__file__)} {careful} '{PASSWORD}' approve %s"
    code, shown = run(home, terminal=[careful, PASSWORD], BRAINSTEM_URL=served.url, BROWSER=person)

    assert "two-factor" in shown
    assert "incorrect" not in shown
    assert (code, "status 200" in shown) == (0, True), shown


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
