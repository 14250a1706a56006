"""Which server is meant when none is named, and that no password and no token goes to another one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem_api_tools import AuthenticationError, BrainstemClient
from brainstem_api_tools.names import DEFAULT_URL
from brainstem_api_tools.servers import Known, Servers
from brainstem_api_tools.token_cache import TokenCache
from tests.served import PASSWORD

CLIENT = Path(__file__).resolve().parents[1]
LAB, OTHER = "http://lab.example/", "http://other.example/"


@pytest.fixture
def cache(home) -> TokenCache:
    return TokenCache(home / ".config" / "brainstem")


@pytest.fixture
def servers(cache) -> Servers:
    return Servers(cache)


def url_of(**more) -> str:
    """The server that a client takes, asked nothing."""
    with BrainstemClient(**{"anonymous": True, **more}) as client:
        return client._core.url


@pytest.fixture
def shell(served, home):
    """Runs ``brainstem`` at a terminal where these lines are typed, with no server named; exit code, what was shown."""

    def run(*arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "brainstem_api_tools.cli", *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            env={"PYTHONPATH": str(CLIENT), "HOME": str(home), "TERM": "dumb"}, cwd=home, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        shown, left = b"", list(typed)
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
            if left and shown.endswith((b"Email: ", b"Password: ")):
                os.write(ours, left.pop(0).encode() + b"\n")
        os.close(ours)
        return process.wait(), shown.decode()

    return run


def test_server_that_one_signed_in_to_is_asked_from_then_on_and_named_in_every_question(shell, served):
    typed = (served.email("alice"), PASSWORD)
    first = shell("login", "--url", served.url, typed=typed)
    loaded = shell("load", "project", "--limit", "1")
    out = shell("logout")
    again = shell("load", "project", "--limit", "1", typed=typed)

    assert (first[0], loaded[0], out[0], again[0]) == (0, 0, 0, 0), (first, loaded, out, again)
    for _, shown in (first, again):
        assert f"[{served.url}/] Email: " in shown
        assert f"[{served.url}/] Password: " in shown
    assert DEFAULT_URL not in first[1] + loaded[1] + again[1]


def test_questions_do_not_go_into_a_file_of_records(served, home):
    """The output is a pipe, the terminal is the error output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "brainstem_api_tools.cli", "load", "project", "--limit", "1", "--url", served.url],
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True, cwd=home,
        env={"PYTHONPATH": str(CLIENT), "HOME": str(home), "TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    shown, left = b"", [served.email("alice"), PASSWORD]
    while left:
        shown += os.read(ours, 4096)
        if shown.endswith((b"Email: ", b"Password: ")):
            os.write(ours, left.pop(0).encode() + b"\n")
    output = process.communicate(timeout=30)[0]
    os.close(ours)

    assert process.returncode == 0
    assert output.startswith(b"{")


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ((), DEFAULT_URL),
        ((LAB,), LAB),
        ((LAB, OTHER), OTHER),
        ((LAB, OTHER, LAB), LAB),
        ((LAB, DEFAULT_URL), DEFAULT_URL),
    ],
)
def test_default_is_the_server_that_was_signed_in_to_last(servers, cache, kept, expected):
    for url in kept:
        cache.save(url, "bst_x" if url != DEFAULT_URL else "x")
        servers.choose(url)

    assert url_of() == expected


def test_tokens_that_an_earlier_version_kept_tell_the_default_too(cache):
    cache.save(LAB, "bst_x")
    assert url_of() == LAB

    os.utime(cache.save(OTHER, "bst_y"), (1, 1))
    assert url_of() == LAB


def test_token_of_2_0_0_keeps_the_public_server_the_default(cache):
    cache.folder.mkdir(parents=True)
    cache.older_file.write_text("public")

    assert Servers(cache).known() == [Known(DEFAULT_URL, signed_in=True, default=True)]


@pytest.mark.parametrize("named", ["argument", "environment", "file"])
def test_server_that_is_named_comes_before_the_default(servers, monkeypatch, named):
    servers.choose(LAB)
    if named == "environment":
        monkeypatch.setenv("BRAINSTEM_URL", OTHER)
    if named == "file":
        Path(".env").write_text(f"BRAINSTEM_URL={OTHER}")

    assert url_of(**({"url": OTHER} if named == "argument" else {})) == OTHER


def test_client_that_keeps_no_tokens_remembers_no_server(servers):
    servers.choose(LAB)

    assert url_of(keep_token=False) == DEFAULT_URL


def test_class_with_an_address_of_its_own_means_that_one(servers):
    class Ours(BrainstemClient):
        BASE_URL = OTHER

    servers.choose(LAB)
    with Ours(anonymous=True) as client:
        assert client._core.url == OTHER


def test_token_of_the_public_server_does_not_go_to_the_default(servers):
    servers.choose(LAB)

    assert url_of(token="public", anonymous=False) == DEFAULT_URL
    assert url_of(token="bst_ours", anonymous=False) == LAB


def test_token_of_a_lab_does_not_go_to_the_public_server(monkeypatch):
    with pytest.raises(AuthenticationError, match="url="):
        BrainstemClient(token="bst_ours")
    monkeypatch.setenv("BRAINSTEM_TOKEN", "bst_ours")
    with pytest.raises(AuthenticationError, match="no server was named"):
        BrainstemClient()


def test_servers_are_listed_chosen_and_forgotten(command, servers, cache):
    nowhere = {"BRAINSTEM_URL": "", "BRAINSTEM_TOKEN": ""}
    for url in (LAB, OTHER):
        cache.save(url, "bst_x")
        servers.choose(url)

    assert command("servers", environment=nowhere)[1] == f"  {LAB}\n* {OTHER}\n"
    assert command("servers", "default", LAB, environment=nowhere)[0] == 0
    assert command("servers", environment=nowhere)[1] == f"* {LAB}\n  {OTHER}\n"
    assert command("servers", "forget", "http://lab.example", environment=nowhere)[0] == 0
    assert command("servers", environment=nowhere)[1] == f"* {OTHER}\n"
    assert cache.load(LAB) == ""


def test_forgetting_what_is_not_known_is_refused(command):
    code, shown, said = command("servers", "forget", LAB)

    assert (code, shown) == (1, "")
    assert LAB in said


def test_choosing_needs_an_address(command):
    assert command("servers", "default")[0] == 1
    assert "https://" in command("servers", "default", "lab")[2]


def test_setting_that_comes_before_the_default_is_told(command, servers, served):
    servers.choose(LAB)

    assert served.url in command("servers")[2]
