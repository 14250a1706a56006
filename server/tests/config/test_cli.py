"""``brainstem-server`` before the server is set up."""

import os
import subprocess
import sys

import pytest

from brainstem import __version__
from brainstem.config.cli import asks_for_help

RUN = "from brainstem.config.cli import main; main()"


def run(folder, *arguments):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0] = 'brainstem-server'; {RUN}", *arguments],
        cwd=folder, env=bare | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False,
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
    assert "SECRET_KEY: is not set." in done.stderr


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
