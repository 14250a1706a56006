"""``brainstem-server`` before the server is set up."""

import os
import socket
import subprocess
import sys

import pytest

from brainstem import __version__
from brainstem.config.cli import asks_for_help

pytestmark = pytest.mark.slow

RUN = "from brainstem.config.cli import main; main()"


def command_of(*arguments):
    return [sys.executable, "-c", f"import sys; sys.argv[0] = 'brainstem-server'; {RUN}", *arguments]


def environment_of(**settings):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return bare | {"PYTHONPATH": os.pathsep.join(sys.path)} | settings


def run(folder, *arguments, **settings):
    return subprocess.run(
        command_of(*arguments), cwd=folder, env=environment_of(**settings), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [["mail", "--help"], ["help", "mail"], ["--help"], []])
def test_help_needs_no_settings(tmp_path, arguments):
    done = run(tmp_path, *arguments)
    assert done.returncode == 0
    assert "mail" in done.stdout
    assert "SECRET_KEY" not in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())


def test_the_version_is_that_of_the_server(tmp_path):
    assert run(tmp_path, "--version").stdout == f"{__version__}\n"


def test_a_command_that_does_something_needs_safe_settings(tmp_path):
    done = run(tmp_path, "mail", "preview")
    assert done.returncode == 1
    assert "SECRET_KEY is not set." in done.stderr


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ([], True),
        (["help"], True),
        (["serve", "-h"], True),
        (["serve"], False),
        (["undelete", "help", "1"], False),
        (["serve", "--", "--help"], False),
    ],
)
def test_what_asks_for_help(words, asks):
    assert asks_for_help(words) is asks


# -- what goes wrong is one sentence ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://user@host/name", "postgres://", "postgres://host", "://", "sqlite"]
)
@pytest.mark.parametrize("command", ["migrate", "doctor"])
def test_a_database_url_that_is_none_is_one_sentence_that_says_what_is_right(tmp_path, command, url):
    done = run(tmp_path, command, DEBUG="on", DATABASE_URL=url, BRAINSTEM_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "DATABASE_URL is not a database URL" in done.stderr
    assert "postgres://user:password@host/name" in done.stderr


@pytest.mark.parametrize("command", ["migrate", "serve", "demo", "createsuperuser"])
@pytest.mark.parametrize("url", ["postgres://nobody:secret@127.0.0.1:1/none", "sqlite:////nowhere/at/all.sqlite3"])
def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(tmp_path, command, url):
    done = run(tmp_path, command, DEBUG="on", DATABASE_URL=url, BRAINSTEM_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Cannot connect to the database (" in done.stderr
    assert "secret" not in done.stderr


def test_whoever_needs_it_gets_the_traceback(tmp_path):
    url = "postgres://nobody@127.0.0.1:1/none"
    done = run(tmp_path, "migrate", "--traceback", DEBUG="on", DATABASE_URL=url, BRAINSTEM_DATA_DIR=str(tmp_path))
    assert "Traceback" in done.stderr


def test_a_port_in_use_is_one_sentence_and_the_other_server_keeps_it(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(tmp_path, "serve", "--port", port, DEBUG="on", BRAINSTEM_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use." in done.stderr
    assert "Listening" not in done.stdout


def test_a_reader_that_has_seen_enough_ends_a_command_quietly(tmp_path):
    environment = environment_of(DEBUG="on", BRAINSTEM_DATA_DIR=str(tmp_path))
    process = subprocess.Popen(
        command_of("mail", "preview"), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""
    assert process.returncode == 1


def test_the_data_folder_is_made_whatever_the_database_is(tmp_path):
    folder = tmp_path / "new" / "data"
    url = "postgres://nobody@127.0.0.1:1/none"
    run(tmp_path, "migrate", DEBUG="on", SECRET_KEY="x" * 60, DATABASE_URL=url, BRAINSTEM_DATA_DIR=str(folder))
    assert folder.is_dir()
