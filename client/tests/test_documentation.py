"""The commands of README, docs and examples, as somebody copies them: run against a demo lab, in the order in which they stand.

What stands for something of the reader's own (a server's name, an id, a password) is filled in; what no test can run
is named here with the reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.clients.installed import bin_folder
from tests.served import Served, demo_lab

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "server/README.md", "client/README.md", "examples/README.md",
    "benchmarks/README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")),
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs" / "client").glob("*.md")),
]  # fmt: skip
EMAIL, PASSWORD = "alice@example.org", "demo-alice-hippocampus"
# The first word of a command; other lines of code are Python, configuration or what a command prints.
COMMANDS = (
    "brainstem", "brainstem-server", "curl", "TOKEN=", "export", "git", "make", "pip", "python", "python3", "jq", "echo",
    "sqlite3", "pg_dump", "pg_restore", "cp", "install", "DATABASE_URL=", ".venv/bin/", "analysis/bin/", "loader/bin/",
)  # fmt: skip
ELSEWHERE = {  # beginning of a command -> where it is tried, or why it is not
    "git clone": "there is no address yet",
    "make": "what the targets do is what the other tests, and whoever runs these, do",
    "python3 -m venv": "nothing of ours",
    "python -m venv": "nothing of ours",
    "pip install": "test_pythons installs the client; tests/config/test_installed the server",
    "analysis/bin/pip": "test_pythons",
    "analysis/bin/brainstem login": "asks at a terminal: test_servers",
    "analysis/bin/jupyter": "test_tutorial runs the notebook",
    "loader/bin/pip": "the environment of the released client is made by tests.contract.clients",
    "brainstem login": "asks at a terminal: test_servers",
    "brainstem import lab.xlsx": "needs a workbook: test_cli_import",
    "brainstem undo": "names an event of the reader's own: test_past_served",
    "brainstem restore": "test_past_served",
    "brainstem-server init": "tests/config/test_installed",
    "brainstem-server demo --serve": "tests/config/test_installed",
    "brainstem-server backup": "tests/config/test_backup",
    "brainstem-server restore": "tests/config/test_backup",
    "brainstem-server serve": "the lab of this test is served by it",
    "export": "settings of a production server: tests/config/test_safety",
    "cp ": "tests/config/test_backup",
    "install ": "users of a system",
    "python benchmarks/": "tests/config/test_benchmarks runs each in short form",
    ".venv/bin/pytest": "this",
    "DATABASE_URL=": "this, on PostgreSQL",
    "echo 'source": "changes the shell of whoever runs it; test_cli completes in both shells",
}


def commands(page: str) -> list[str]:
    """The commands of a page: indented or fenced code that begins with the name of a program."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fenced = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).splitlines()
    indented = [
        line[4:]
        for line in re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
        if line[:4] == "    "
    ]
    return [line for line in [*fenced, *indented] if re.match(rf"(?:{'|'.join(map(_word, COMMANDS))})", line)]


def _word(name: str) -> str:
    return re.escape(name) + ("" if name[-1] in "=/" else r"\s")


def is_elsewhere(command: str) -> bool:
    return command.startswith(tuple(ELSEWHERE))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with demo_lab(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="module")
def token(demo) -> str:
    status, body = demo.send("POST", "token/", {"username": EMAIL, "password": PASSWORD})
    assert status == 200, body
    demo.tokens["alice"] = body["token"]
    return str(body["token"])


@pytest.fixture(scope="module")
def project(demo, token) -> str:
    path = "private/stem/project/?limit=1&filter{name}=Place%20cells"
    if not demo.send("GET", path, who="alice")[1]["projects"]:
        demo.send("POST", "private/stem/project/", {"name": "Place cells"}, who="alice")
    return str(demo.send("GET", path, who="alice")[1]["projects"][0]["id"])


@pytest.fixture(scope="module")
def session(demo, project) -> str:
    """Id of a session that nothing else holds on to."""
    status, body = demo.send("POST", "private/stem/session/", {"name": "Day 0", "projects": [project]}, who="alice")
    assert status == 201, body
    return str(body["session"]["id"])


@pytest.fixture(scope="module")
def shell(demo, token, session, project, tmp_path_factory):
    """Runs a command in a folder of its own with the programs that it may name; what it printed."""
    folder = tmp_path_factory.mktemp("reader")
    programs = folder / "bin"
    programs.mkdir()
    for name, module in (("brainstem", "brainstem_api_tools.cli"), ("brainstem-server", "brainstem.config.cli")):
        (programs / name).write_text(f"#!{sys.executable}\nimport sys\nfrom {module} import main\nsys.exit(main())\n")
        (programs / name).chmod(0o755)
    (folder / ".config" / "fish" / "completions").mkdir(parents=True)
    environment = demo.environment | {
        "PATH": os.pathsep.join(map(str, [programs, os.environ["PATH"]])), "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(str(ROOT / one) for one in ("server", "client")), "BRAINSTEM_TOKEN": token,
        "BRAINSTEM_URL": demo.url,
    }  # fmt: skip

    def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", filled(command, demo, token, session, project)],
            cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


def filled(command: str, demo: Served, token: str, session: str, project: str) -> str:
    """A command with what stands for the reader's own filled in."""
    kept = "projects" in command and "<id>" in command
    pairs = {
        "<id>": project if kept else session, "https://lab.example.org": demo.url, "http://localhost:8000": demo.url,
        "localhost:8000": demo.url, "<email>": EMAIL, "<password>": PASSWORD, "you@lab.example": EMAIL,
        "password=...": f"password={PASSWORD}", "bst_...": token, "jq ... |": "sed s,file,pipe, session.json |",
        "loader/bin/python": f"PYTHONPATH= {bin_folder('2.0.0') / 'python'}", "examples/": f"{ROOT}/examples/",
        "deactivate alice@": "deactivate bob@",
    }  # fmt: skip
    for placeholder, value in pairs.items():
        command = command.replace(placeholder, value)
    if "jq -r" in command and shutil.which("jq") is None:
        command = command.replace("jq -r .name", "cat")
    return command


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_page_run_as_they_are_written(page, shell, project, tmp_path):
    (tmp_path / "session.json").write_text(json.dumps({"name": "From a file", "projects": [project]}))
    before: list[str] = []  # `TOKEN=...` holds for the commands after it
    for command in commands(page):
        if is_elsewhere(command):
            continue
        done = shell("\n".join([*before, command]), tmp_path)
        told = done.stdout + done.stderr
        # doctor has something to say of a lab that is for trying things.
        assert done.returncode == 0 or " to fix." in told, f"{command}\n{told}"
        assert "Traceback" not in told
        if command.startswith("TOKEN="):
            before.append(command)


def test_every_command_that_is_left_out_is_still_there():
    """What no page tells any more needs no excuse."""
    told = [command for page in PAGES for command in commands(page)]
    assert [start for start in ELSEWHERE if not any(command.startswith(start) for command in told)] == []
    assert len([command for command in told if not is_elsewhere(command)]) > 20
