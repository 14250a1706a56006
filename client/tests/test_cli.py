"""``brainstem``, where it does better than that of 2.0.0; what both do is tested with the released clients."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem_api_tools.cli import joined
from brainstem_api_tools.token_cache import TokenCache

CLIENT = Path(__file__).resolve().parents[1]


@pytest.fixture
def brainstem(served, home):
    """Runs a command; gives exit code, output and what was said beside it."""

    def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
        environment = {"HOME": str(home), "PYTHONPATH": str(CLIENT), "BRAINSTEM_URL": served.url, **environment}
        command = [sys.executable, "-m", "brainstem_api_tools.cli", *arguments]
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=home
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def cache(home, served) -> TokenCache:
    return TokenCache(home / ".config" / "brainstem")


def test_login_keeps_a_token_that_the_server_takes(brainstem, served, cache):
    code, shown, _ = brainstem("login", "--token", served.token("alice"))

    assert code == 0
    assert served.token("alice") not in shown
    assert cache.load(f"{served.url}/") == served.token("alice")
    assert brainstem("load", "project")[0] == 0


def test_login_refuses_a_token_that_the_server_does_not_take(brainstem, served, cache):
    code, _, said = brainstem("login", "--token", "bst_none_none")

    assert code == 1
    assert "401" in said
    assert cache.load(f"{served.url}/") == ""


def test_login_where_nobody_can_answer_says_what_to_set(brainstem):
    code, _, said = brainstem("login")

    assert code == 1
    assert "BRAINSTEM_TOKEN" in said
    assert "Traceback" not in said


def test_logout_forgets_the_token_of_this_server_only(brainstem, served, cache):
    cache.save(f"{served.url}/", "bst_here")
    cache.save("https://lab.example.org/", "bst_there")

    assert brainstem("logout")[:1] == (0,)
    assert cache.load(f"{served.url}/") == ""
    assert cache.load("https://lab.example.org/") == "bst_there"
    assert brainstem("logout")[:2] == (0, "No cached token found.\n")


def test_options_stand_before_or_after_the_command(brainstem, served):
    token = served.token("alice")

    assert brainstem("--token", token, "load", "project")[0] == 0
    assert brainstem("load", "project", "--token", token)[0] == 0


def test_sort_takes_a_field_with_a_minus(brainstem, served):
    code, shown, said = brainstem(
        "load", "project", "--sort", "-name", "-created_at", "--limit", "1", BRAINSTEM_TOKEN=served.token("alice")
    )

    assert code == 0, said
    assert "projects" in json.loads(shown)


def test_public_portal_asks_for_nothing(brainstem):
    assert brainstem("load", "project", "--portal", "public")[0] == 0


def test_include_works_with_an_id(brainstem, served):
    token = {"BRAINSTEM_TOKEN": served.token("alice")}
    made = json.loads(brainstem("save", "project", "--data", '{"name": "Included by the shell"}', **token)[1])[
        "project"
    ]["id"]
    _, shown, _ = brainstem("load", "project", "--id", made, "--include", "created_by", **token)
    brainstem("delete", "project", "--id", made, **token)

    assert json.loads(shown)["project"]["created_by"]["email"] == served.email("alice")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("load",),
        ("load", "sesion"),
        ("load", "session", "--filters", "name"),
        ("load", "session", "--limit", "many"),
        ("load", "session", "--portal", "secret"),
        ("save", "session"),
        ("save", "session", "--data", "{"),
        ("delete", "session"),
    ],
    ids=" ".join,
)
def test_command_that_makes_no_sense_ends_with_2(brainstem, arguments):
    assert brainstem(*arguments)[0] == 2


def test_server_that_is_not_there_ends_with_1_and_a_sentence(brainstem):
    code, _, said = brainstem("load", "project", "--url", "lab.example.org", "--token", "t")

    assert code == 1
    assert said.startswith("brainstem: ")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["load", "--sort", "-name"], ["load", "--sort=-name"]),
        (["--sort", "name", "-date", "--limit", "2"], ["--sort=name", "--sort=-date", "--limit", "2"]),
        (["--sort"], ["--sort"]),
        (["--sort", "-h"], ["--sort", "-h"]),
        (["--id", "-x"], ["--id", "-x"]),
    ],
)
def test_fields_to_sort_by_are_joined_to_their_option(given, expected):
    assert joined(given) == expected
