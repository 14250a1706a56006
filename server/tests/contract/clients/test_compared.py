"""What released clients do wrong and ours does right: each row of docs/client/compared.md, shown with both."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from .installed import OURS, bin_folder

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[4] / "docs" / "client" / "compared.md"
PRELUDE = """
import datetime, json, os, pathlib, stat, sys, uuid
import requests
import brainstem_api_tools as tools
url, token, ids = os.environ["URL"], os.environ["TOKEN"], json.loads(os.environ["IDS"])
sent = []
send = requests.Session.send
def watched(session, request, **more):
    sent.append((request.headers.get("Authorization"), more.get("timeout")))
    assert len(sent) <= 20, "endless"
    return send(session, request, **more)
requests.Session.send = watched
try:
    client = tools.BrainstemClient(token=token, url=url)
except TypeError:
    client = tools.BrainstemClient(token=token)
    client._address = url + "/api/"
load = getattr(client, "load", None) or client.load_model
save = getattr(client, "save", None) or client.save_model
def work():
{code}
try:
    result = work()
except Exception as error:
    result = str(error) if isinstance(error, AssertionError) else type(error).__name__
print(json.dumps(result))
"""
OTHER_SERVER = """
    file = pathlib.Path.home() / ".config/brainstem/token"
    file.parent.mkdir(parents=True)
    file.write_text("of the public server")
    try:
        tools.BrainstemClient(url=url).load("project")
    except tools.AuthenticationError:
        pass
    return [one for one, _ in sent]"""
TOKEN_FILE = """
    os.umask(0)
    modes, chmod = [], pathlib.Path.chmod
    def watch(path, mode):
        modes.append(oct(path.stat().st_mode & 0o777))
        chmod(path, mode)
    pathlib.Path.chmod = watch
    if hasattr(client, "_save_token"):
        client._save_token("x")
        return modes
    from brainstem_api_tools.token_cache import TokenCache
    return [oct(TokenCache().save(url, "x").stat().st_mode & 0o777)]"""
ENVIRONMENT = """
    def stop(session, request, **more):
        raise AssertionError(request.path_url)
    requests.Session.send = stop
    os.environ["BRAINSTEM_TOKEN"] = token
    tools.BrainstemClient(url=url).load("project")"""
ALL_PAGES = """
    filters = {"projects.id": ids["project"]}
    if hasattr(client, "load"):
        return len(client.load("session", filters=filters, load_all=True)["sessions"])
    return len(load("session", filters=filters).json()["sessions"])"""
# Name of the row -> (the newest release that does it, code, what comes of it there, what comes of it with ours).
ROWS = {
    "include with an id": (
        "2.0.0",
        "return [type(one).__name__ for one in load('project', id=ids['project'], include=['sessions']).json()['project']['sessions']][:1]",
        ["str"], ["dict"],
    ),
    "filters on the relation of a record": (
        "2.0.0",
        "return load('project', id=ids['project'], options='sessions', filters={'name': 'no such'}).json()['count']",
        105, 0,
    ),
    "load_all with a limit above 100": (
        "2.0.0",
        "return len(load('session', filters={'projects.id': ids['project']}, limit=500, load_all=True)['sessions'])",
        "endless", 105,
    ),
    "times in what is saved": (
        "2.0.0",
        "return save('session', id=ids['session'], data={'date_time': datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)}).status_code",
        "TypeError", 200,
    ),
    "a token in the environment": (
        "2.0.0",
        ENVIRONMENT,
        "/api/auth/device/", "/api/private/stem/project/",
    ),
    "a saved token and another server": (
        "2.0.0",
        OTHER_SERVER,
        ["Bearer of the public server"], [],
    ),
    "the file of a saved token": (
        "2.0.0",
        TOKEN_FILE,
        ["0o666"], ["0o600"],
    ),
    "~/.netrc": (
        "2.0.0",
        "(pathlib.Path.home() / '.netrc').write_text('machine 127.0.0.1 login a password b'); return load('project').status_code",
        401, 200,
    ),
    "timeouts": ("0.2.0", "load('project'); return sent[0][1]", None, [10.0, 30]),
    "members of ModelType": ("0.2.0", "return load(tools.ModelType.project).status_code", "TypeError", 200),
    "special characters in filters": (
        "0.2.0", "return load('session', filters={'name': 'rat & mouse'}).status_code", 400, 200,
    ),
    "values in filters": (
        "0.2.0", "return load('session', filters={'projects.id': uuid.UUID(ids['project'])}).json()['count']", "TypeError", 105,
    ),
    "more than the first page": (
        "0.2.0",
        ALL_PAGES,
        20, 105,
    ),
}  # fmt: skip
COMMANDS = {
    "--sort -name": (["load", "project", "--sort", "-name", "--url", "{url}", "--token", "{token}"], 2, "", 0, '"projects"'),
    "options before the command": (["--url", "{url}", "--token", "{token}", "load", "project"], 1, "", 0, '"projects"'),
    "login shows the token": (["login", "--url", "{url}", "--token", "{token}"], 0, "{token}", 0, "Signed in"),
    "a server that cannot be reached": (
        ["load", "project", "--url", "http://127.0.0.1:9", "--token", "t"], 1, "Traceback", 1, "brainstem: ",
    ),
}  # fmt: skip


@pytest.fixture(scope="session")  # of a module, it would be made again when a worker comes back to it
def ids(served) -> str:
    """A project with 105 sessions, one of them with a sign in its name."""
    project = served.send("POST", "private/stem/project/", {"name": "Compared"}, who="alice")[1]["project"]["id"]
    names = ["rat & mouse", *(f"Compared {at:03}" for at in range(104))]
    made = [
        served.send("POST", "private/stem/session/", {"name": name, "projects": [project]}, who="alice")[1]
        for name in names
    ]
    return json.dumps({"project": project, "session": made[1]["session"]["id"]})


@pytest.fixture
def outcome(served, ids, tmp_path):
    """What comes of the code with a release, in a home with nothing in it."""

    def run(version: str, code: str) -> object:
        home = tmp_path / version
        home.mkdir()
        environment = {"HOME": str(home), "URL": served.url, "TOKEN": served.token("alice"), "IDS": ids}
        done = subprocess.run(
            [bin_folder(version) / "python", "-c", PRELUDE.replace("{code}", f"    {code}")], env=environment, cwd=home,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def command(served, tmp_path):
    """Exit code and all output of ``brainstem`` of a release, in a home with nothing in it and with nobody there."""

    def run(version: str, arguments: list[str]) -> tuple[int, str]:
        home = tmp_path / version
        home.mkdir()
        values = {"url": served.url, "token": served.token("alice")}
        # The public server is not asked: where 2.0.0 forgets the address, a proxy that is not there is in its way.
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "HTTPS_PROXY": "http://127.0.0.1:9"}
        done = subprocess.run(
            [bin_folder(version) / "brainstem", *(one.format(**values) for one in arguments)], env=environment, cwd=home,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize("row", ROWS)
def test_released_client_does_it_wrong(outcome, row):
    version, code, released, _ = ROWS[row]

    assert outcome(version, code) == released


@pytest.mark.parametrize("row", ROWS)
def test_ours_does_it_right(outcome, row):
    _, code, _, ours = ROWS[row]

    assert outcome(OURS, code) == ours


@pytest.mark.parametrize("row", COMMANDS)
def test_released_command_does_it_wrong(command, served, row):
    arguments, code, shown, _, _ = COMMANDS[row]
    ended, printed = command("2.0.0", arguments)

    assert ended == code
    assert shown.format(token=served.token("alice")) in printed


@pytest.mark.parametrize("row", COMMANDS)
def test_our_command_does_it_right(command, served, row):
    arguments, _, _, code, shown = COMMANDS[row]
    ended, printed = command(OURS, arguments)

    assert (ended, shown in printed) == (code, True), printed
    assert served.token("alice") not in printed
    assert "Traceback" not in printed


def test_page_has_a_row_for_each_and_no_other():
    rows = re.findall(r"^\| ([^|]+?) \| [0-9]", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {row.replace("`", "") for row in rows} == {*ROWS, *COMMANDS}
