"""Surroundings that are not as one expects: no home, other encodings, closed outputs, tokens with line ends."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from brainstem_api_tools import AuthenticationError, BrainstemClient
from brainstem_api_tools.environment import decoded
from brainstem_api_tools.token_cache import TokenCache

CLIENT = Path(__file__).resolve().parents[1]
NAME = "Zoë 日本 ☃"


@pytest.fixture
def shell(served, home):
    """Runs a line of a shell in which ``$b`` is ``brainstem``; exit code, output, error output."""

    def run(line: str, **environment: str) -> tuple[int, str, str]:
        settings = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(CLIENT), "HOME": str(home), "BRAINSTEM_URL": served.url,
            "BRAINSTEM_TOKEN": served.token("alice"), "b": f"{sys.executable} -m brainstem_api_tools.cli",
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "-c", line], env=settings | environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            cwd=home, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    return run


@pytest.fixture
def project(client):
    made = client.projects.create(name=f"{NAME} {uuid.uuid4().hex}")
    yield made
    client.projects.delete(made.id)


# --- no home ---


@pytest.fixture
def homeless(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)


def test_without_a_home_everything_works_but_nothing_is_kept(homeless, served, command):
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        assert client.load("project", limit=1).status_code == 200
    cache = TokenCache()
    assert (cache.load("http://lab.example/"), cache.servers()) == ("", [])
    assert cache.save("http://lab.example/", "bst_x") is None
    assert cache.remove("http://lab.example/") is False

    assert "could not be saved" in command("login")[1]
    assert command("logout")[0] == 0
    assert command("servers")[0] == 0
    assert command("servers", "default", "http://lab.example")[0] == 1


@pytest.mark.parametrize("home", ["", "/nonexistent"])
def test_home_that_is_not_there_is_no_reason_to_fail(served, tmp_path, monkeypatch, home):
    monkeypatch.setenv("HOME", home)
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        assert client.load("project", limit=1).status_code == 200


# --- encodings ---


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_every_name_is_shown_in_every_encoding(shell, project, encoding):
    one = f"--filters id={project.id}"
    for line in (f"$b load project {one}", f"$b load project {one} --output table", "$b fields session", "$b whoami"):
        code, _, said = shell(line, PYTHONIOENCODING=encoding)
        assert (code, said) == (0, ""), line
    code, _, said = shell(f"$b load project --filters 'nme={NAME}'", PYTHONIOENCODING=encoding)
    assert code == 1
    assert "Traceback" not in said


def test_records_are_utf_8_whatever_the_terminal_has(shell, project):
    for form in ("csv", "jsonl"):
        assert NAME in shell(f"$b load project --filters id={project.id} --output {form}", PYTHONIOENCODING="cp1252")[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_env_file_is_read_as_editors_of_all_systems_save_it(served, encoding):
    text = f"# für das Labor\r\nBRAINSTEM_URL={served.url}\r\nBRAINSTEM_TOKEN={served.token('alice')}\r\n"
    first = "BRAINSTEM_TOKEN=x\r\n" if encoding in {"utf-16-le", "utf-16-be"} else ""  # without a mark: ASCII tells
    Path(".env").write_bytes((first + text).encode(encoding))
    with BrainstemClient() as client:
        assert client.load("project", limit=1).status_code == 200


def test_bytes_that_are_no_text_break_nothing():
    assert decoded(b"\xff\xfe\x00") != ""
    assert decoded(b"") == ""
    Path(".env").write_bytes(os.urandom(200))
    with BrainstemClient(token="bst_x", url="http://lab.example") as client:
        assert client._token == "bst_x"


# --- tokens ---


@pytest.mark.parametrize("around", ["{}\n", " {}\r\n", "\ufeff{}", "\t{}"])
def test_line_ends_and_blanks_around_a_token_are_taken_off(served, home, around, monkeypatch):
    token = around.format(served.token("alice"))
    with BrainstemClient(token=token, url=served.url) as client:
        assert client.load("project", limit=1).status_code == 200
    TokenCache().save(f"{served.url}/", token.strip("\ufeff"))
    with BrainstemClient(url=served.url) as client:
        assert client.load("project", limit=1).status_code == 200
    monkeypatch.setenv("BRAINSTEM_TOKEN", token)
    with BrainstemClient(url=served.url) as client:
        assert client.load("project", limit=1).status_code == 200


@pytest.mark.parametrize("token", ["bst_geheim\nbst_zwei", "bst_ge heim", "bst_gehéim", "bst_geheim\x00"])
def test_token_that_is_none_is_refused_and_never_shown(command, token):
    with pytest.raises(AuthenticationError, match="incomplete") as error:
        BrainstemClient(token=token, url="http://lab.example")
    code, shown, said = command("load", "project", "--token", token)

    assert code == 1
    for text in (str(error.value), shown, said):
        assert "geh" not in text
        assert "zwei" not in text


# --- outputs ---


@pytest.mark.parametrize(
    "command_line",
    ["load session", "load session --output table", "load session --output csv --all", "models", "fields session",
     "--help", "load --help", "", "completion bash", "servers --quiet"],
)  # fmt: skip
def test_output_that_nobody_reads_ends_quietly(shell, command_line):
    # The reader is gone before anything is written.
    code, _, said = shell(f"set -o pipefail; $b {command_line} | (exec 0<&-; true)")

    assert code in {0, 2, 141}
    assert said == ""


def test_errors_that_nobody_reads_end_quietly(shell):
    assert shell("$b load nonsense 2>&1 | (exec 0<&-; true)")[2] == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_output_that_is_closed_is_no_error(shell, closed):
    for line in ("load project --limit 1", "load project --limit 1 --output csv", "--help"):
        code, _, said = shell(f"$b {line} {closed}")
        assert (code, "Traceback" in said) == (0, False), (line, said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_output_that_cannot_be_written_is_one_sentence(shell, project):
    for line in ("load project --limit 1", "models", "--help", "load project --output csv"):
        code, _, said = shell(f"$b {line} >/dev/full")
        assert code == 1, line
        assert said.startswith("brainstem: "), line
        assert said.count("\n") == 1, said
