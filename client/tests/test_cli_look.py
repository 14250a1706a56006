"""``brainstem whoami``, ``models``, ``fields``, ``open``, ``completion``, and how commands end."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.served import PASSWORD

CLIENT = Path(__file__).resolve().parents[1]
COMMANDS = (
    "login", "logout", "servers", "whoami", "load", "save", "delete", "import", "export", "models", "fields", "open", "completion",
)  # fmt: skip


def test_whoami_tells_who_where_and_by_which_token(command, served):
    about = json.loads(command("whoami", "--output", "json")[1])

    assert about["email"] == served.email("alice")
    assert about["server"] == f"{served.url}/"
    assert about["token"] == "BRAINSTEM_TOKEN"
    assert about["expires"] > "2026"


def test_whoami_does_not_show_the_token(command, served):
    _, shown, said = command("whoami", "--token", served.token("bob"))

    assert served.email("bob") in shown
    assert "--token" in shown
    assert served.token("bob") not in shown + said


def test_whoami_names_the_file_of_the_token(command, served, tmp_path):
    (tmp_path / ".env").write_text(f"BRAINSTEM_API_TOKEN={served.token('alice')}")

    assert "BRAINSTEM_API_TOKEN in .env" in command("whoami", environment={"BRAINSTEM_TOKEN": ""})[1]


def test_models_lists_each_model_once(command):
    found = [one["model"] for one in json.loads(command("models", "--output", "json")[1])]

    assert {"session", "subject", "brainregion"} <= set(found)
    assert len(set(found)) == len(found)
    assert "project_membership_invitation" not in found


def test_fields_are_those_that_the_server_describes(command):
    found = {one["name"]: one for one in json.loads(command("fields", "session", "--output", "json")[1])}

    assert found["name"]["required"] is True
    assert found["projects"]["related"] == "project"
    assert found["created_at"]["read_only"] is True


def test_fields_of_a_server_that_does_not_tell_are_those_that_the_client_knows(command, scripted):
    scripted.answer("OPTIONS", "/api/private/stem/session/", (405, {"detail": "No."}))
    _, shown, said = command("fields", "session", "--output", "json", "--url", scripted.url)

    assert [one["name"] for one in json.loads(shown) if one["required"]] == ["name", "projects"], said


def test_fields_make_a_table(command):
    lines = command("fields", "session")[1].splitlines()

    assert any(line.split()[:4] == ["projects", "m2m", "of", "project"] for line in lines)


def test_open_prints_the_address_where_there_is_no_browser(command, served, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)

    assert command("open", "session", "a/b")[1] == f"{served.url}/private/stem/session/a%2Fb/\n"


def test_open_hands_the_address_to_the_browser(command, served, tmp_path):
    # A browser that writes down what it is told to open.
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {tmp_path}/opened\n")
    browser.chmod(0o755)
    code, shown, _ = command("open", "project", "1", environment={"BROWSER": f"{browser} %s"})

    assert (code, shown) == (0, "")
    assert (tmp_path / "opened").read_text() == f"{served.url}/private/stem/project/1/\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lo"], {"load", "login", "logout"}),
        (["load", "sess"], {"session", "sessiondatastorage"}),
        (["load", "session", "--out"], {"--output"}),
        (["load", "session", "--output", ""], {"table", "json", "jsonl", "csv", "parquet"}),
        (["load", "session", "--portal", "p"], {"public", "private"}),
        (["completion", ""], {"bash", "zsh", "fish"}),
        (["delete", "session", "--id", ""], set()),
        (["--ur"], {"--url"}),
        (["load", "session", "--sort", "-na"], {"-name", "-name_used_in_storage"}),
        (["load", "session", "--filters", "name=x", "tag"], {"tags="}),
        (["load", "session", "--include", "da"], {"dataacquisition", "datastorage"}),
        (["load", "session", "--columns", "name,tag"], {"name,tags"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_completion_offers(command, words, expected):
    code, shown, _ = command("__complete", *words)

    assert code == 0
    assert set(shown.split()) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_has_a_script_that_its_shell_reads(command, shell, tmp_path):
    script = tmp_path / shell
    script.write_text(command("completion", shell)[1])

    assert "brainstem __complete" in script.read_text()
    if shutil.which(shell):
        assert subprocess.run([shell, "-n", script], check=False).returncode == 0


def test_completion_works_in_bash(command, tmp_path):
    (tmp_path / "brainstem").write_text(f'#!/bin/sh\nexec {sys.executable} -m brainstem_api_tools.cli "$@"\n')
    (tmp_path / "brainstem").chmod(0o755)
    (tmp_path / "script").write_text(command("completion", "bash")[1])
    ask = "source ./script; COMP_WORDS=(brainstem load subjectl); COMP_CWORD=2; _brainstem; echo ${COMPREPLY[*]}"
    done = subprocess.run(
        ["bash", "-c", ask], cwd=tmp_path, env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(CLIENT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == "subjectlog"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_has_an_example(command, name):
    code, shown, _ = command(name, "--help")

    assert code == 0
    assert "example" in shown
    assert f"brainstem {name}" in shown


def test_data_comes_from_a_file(command, tmp_path):
    (tmp_path / "project.json").write_text(json.dumps({"name": uuid.uuid4().hex}), encoding="utf-8-sig")
    code, shown, said = command("save", "project", "--data", "@project.json")

    assert code == 0, said
    assert json.loads(shown)["project"]["id"]


@pytest.mark.parametrize("sign", ["@-", "-"])
def test_data_comes_from_the_input(command, monkeypatch, sign):
    name = uuid.uuid4().hex
    given = SimpleNamespace(buffer=io.BytesIO(json.dumps({"name": name}).encode()))
    monkeypatch.setattr(sys, "stdin", given)

    assert json.loads(command("save", "project", "--data", sign)[1])["project"]["name"] == name


def test_data_that_cannot_be_read_makes_no_sense(command):
    code, _, said = command("save", "project", "--data", "@nowhere.json")

    assert code == 2
    assert "nowhere.json" in said


def test_server_is_another_name_for_url(command, served):
    assert command("whoami", "--server", served.url, environment={"BRAINSTEM_URL": "http://127.0.0.1:1"})[0] == 0


def test_traceback_is_shown_only_when_asked_for(command):
    wrong = ("load", "project", "--url", "lab.example.org", "--output", "csv")

    assert "Traceback" not in command(*wrong)[2]
    with pytest.raises(ValueError, match="not the address"):
        command(*wrong, "--debug")


def brainstem_at_a_terminal(*arguments, **environment):
    """A process with a terminal of its own: the process, and the other end of the terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "brainstem_api_tools.cli", *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, env={"PYTHONPATH": str(CLIENT), "TERM": "xterm", **environment},
        start_new_session=True,
        # A test run in the background of a shell passes on that it ignores interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    os.close(theirs)
    return process, ours


def read_until(terminal, text):
    """What was shown up to a text; fails after a while."""
    shown, deadline = "", time.monotonic() + 30
    while text not in shown:
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 1000).decode()
    return shown


def test_login_asks_at_a_terminal_and_does_not_show_the_password(served, home):
    process, terminal = brainstem_at_a_terminal("login", HOME=str(home), BRAINSTEM_URL=served.url)
    read_until(terminal, ":")
    os.write(terminal, f"{served.email('alice')}\n".encode())
    read_until(terminal, "assword")
    time.sleep(0.3)
    os.write(terminal, f"{PASSWORD}\n".encode())
    shown = read_until(terminal, "Cached at")
    os.close(terminal)

    assert process.wait(10) == 0
    assert PASSWORD not in shown


def test_interruption_is_quiet_and_ends_with_130(served, home):
    process, terminal = brainstem_at_a_terminal("login", HOME=str(home), BRAINSTEM_URL=served.url)
    read_until(terminal, ":")
    process.send_signal(signal.SIGINT)
    code = process.wait(10)
    os.set_blocking(terminal, False)
    with contextlib.suppress(OSError):  # nothing was said
        assert "Traceback" not in os.read(terminal, 10_000).decode()
    os.close(terminal)

    assert code == 130


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_are_for_terminals_that_want_them(served, home, more, coloured):
    (home / "table.csv").write_text("name,colour\n")
    process, terminal = brainstem_at_a_terminal(
        "import", str(home / "table.csv"), "--model", "session",
        HOME=str(home), BRAINSTEM_URL=served.url, BRAINSTEM_TOKEN=served.token("alice"), **more,
    )  # fmt: skip
    shown = read_until(terminal, "Nothing was written")
    process.wait(10)
    os.close(terminal)

    assert ("\033[31mwrong" in shown) is coloured
