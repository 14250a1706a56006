"""The tutorial, as a script and as a notebook, against a demo lab that is served; notebooks run in a real kernel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.served import Served, demo_lab

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).resolve().parents[1]
TUTORIAL = CLIENT.parent / "examples" / "tutorial.py"
EMAIL, DEMO_PASSWORD = "alice@example.org", "demo-alice-hippocampus"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """What ``make serve`` starts: a server with the demo lab."""
    with demo_lab(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="module")
def token(demo) -> str:
    """Of the owner of the demo lab."""
    return demo.send("POST", "token/", {"username": EMAIL, "password": DEMO_PASSWORD})[1]["token"]


@pytest.fixture
def run(demo, home):
    """Runs Python as somebody with a home of their own, the client installed."""

    def python(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(CLIENT), "BRAINSTEM_URL": demo.url}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, env=settings | environment, capture_output=True, text=True, check=False, timeout=300,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return python


@pytest.fixture
def in_kernel(run):
    """Runs a notebook or a cell in a kernel; what was shown."""

    def kernel(*arguments: object, **environment: str) -> list[str]:
        done = run(CLIENT / "tests" / "kernel.py", *arguments, **environment)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.splitlines()[-1])

    return kernel


def test_notebook_says_what_the_script_says(run):
    done = run(CLIENT / "tools" / "write_notebook.py", "--check")

    assert done.returncode == 0, done.stdout


def test_script_runs_to_its_end(run, token):
    done = run("-W", "error", TUTORIAL, BRAINSTEM_TOKEN=token)

    assert done.returncode == 0, done.stderr
    assert "8 sessions since 2025" in done.stdout
    assert "2 changed, 2 added" in done.stdout


def test_notebook_runs_to_its_end(in_kernel, token):
    shown = "".join(in_kernel("notebook", TUTORIAL.with_suffix(".ipynb"), BRAINSTEM_TOKEN=token))

    assert "8 sessions since 2025" in shown
    assert "2 changed, 2 added" in shown


def test_tutorial_leaves_nothing_behind(run, token, demo):
    run(TUTORIAL, BRAINSTEM_TOKEN=token)
    demo.tokens["alice"] = token

    for model in ("stem/project", "stem/session", "personal_attributes/datastorage"):
        body = demo.send("GET", f"private/{model}/?limit=100", who="alice")[1]
        names = [one["name"] for one in next(iter(body.values()))]
        assert names, model
        assert not [name for name in names if "Tutorial" in name or " day " in name]


SIGN_IN = "from brainstem_api_tools import BrainstemClient; print(BrainstemClient().load('project').status_code)"


def test_in_a_notebook_it_asks_for_e_mail_and_password_of_the_server(in_kernel, demo):
    shown = in_kernel("cell", SIGN_IN, EMAIL, DEMO_PASSWORD)
    questions = [f"[{demo.url}/] Email: ", f"[{demo.url}/] Password: "]

    assert [one for one in shown if one in questions] == questions
    assert "200" in "".join(shown)


def test_notebook_that_a_program_runs_is_told_what_to_set_and_asks_nobody(run):
    done = run(CLIENT / "tests" / "kernel.py", "notebook", TUTORIAL.with_suffix(".ipynb"))

    assert done.returncode == 1
    assert "AuthenticationError" in done.stderr
    assert "BRAINSTEM_TOKEN" in done.stderr


# --- the README, as somebody types it who sees the client for the first time ---


TIDY = """
for model in (client.sessions, client.projects):
    for one in model.list(name__in=["Day 1", "Place cells", "Grid cells"]).all():
        model.delete(one.id)
client.close()
"""


def readme_code(heading: str) -> str:
    """The first code of a section of the README."""
    section = (CLIENT / "README.md").read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    start = section[section.index("\n    ") :].splitlines()[1:]
    code = [line[4:] for line in takewhile(lambda line: not line or line.startswith("    "), start)]
    return "\n".join(code)


def test_code_of_the_readme_runs(run, token, demo, tmp_path):
    first = readme_code("# The client").partition("\n\n")[2]  # after the line for the shell
    program = first.replace("https://lab.example.org", demo.url) + "\n" + readme_code("## Records with names and types")
    (tmp_path / "readme.py").write_text(program + TIDY)
    done = run("-W", "error", tmp_path / "readme.py", BRAINSTEM_TOKEN=token)

    assert "client.save(" in program
    assert "client.sessions.create(" in program
    assert done.returncode == 0, done.stderr


# --- the page about tables, block by block ---


TABLES = CLIENT.parent / "docs" / "client" / "dataframes.md"
ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def blocks_of(page: str) -> list[tuple[str, str]]:
    """The code of a page, each block with the output that the page shows below it."""
    found: list[tuple[str, str]] = []
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        assert kind in {"python", "text"}, kind
        if kind == "python":
            found.append((text, ""))
        else:
            found[-1] = (found[-1][0], text)
    return found


def test_every_code_block_about_tables_runs_and_prints_what_the_page_shows(run, token, tmp_path):
    blocks, mark = blocks_of(TABLES.read_text(encoding="utf-8")), "--- end of a block ---"
    (tmp_path / "page.py").write_text("\n".join(f"{code}\nprint({mark!r})" for code, _ in blocks), encoding="utf-8")
    done = run("-W", "error", tmp_path / "page.py", BRAINSTEM_TOKEN=token, PYTHONIOENCODING="utf-8")

    assert done.returncode == 0, done.stderr
    printed = done.stdout.split(f"{mark}\n")
    assert len(blocks) >= 6
    for (_, shown), output in zip(blocks, printed, strict=False):
        # Ids are made anew in each lab.
        assert re.sub(ID, "ID", output).split() == re.sub(ID, "ID", shown).split()


def test_page_about_tables_installs_what_there_is():
    line = re.search(r"pip install '\./client\[(.*?)\]'", TABLES.read_text(encoding="utf-8"))
    declared = tomllib.loads((CLIENT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]

    assert set(line[1].split(",")) <= set(declared)
