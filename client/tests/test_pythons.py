"""The client as it is installed: what the distributions hold, and that it works under old and new Pythons."""

from __future__ import annotations

import json
import subprocess
import tarfile
import uuid
import zipfile
from pathlib import Path

import pytest

from . import pythons

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("with_python.py")
PACKAGED = {
    "py.typed", "cli/parser.py", "contract.json", "attributes.pyi", "loaders.pyi", "model_type.pyi", "models/__init__.py",
    "models/__init__.pyi", "models/session.pyi",
}  # fmt: skip
EXPECTED = {
    "one class": True,
    "drop-in": {
        "response": True, "included": True, "all": 1, "loader": True, "older": 1, "unknown model": True,
    },
    "typed": {
        "time": True, "created": 5, "updated": 2, "names": ["5", "4", "3", "2", "1", "0"], "unknown field": True,
        "no such record": True, "bad row": True,
    },
    "async": {"answers": [200], "listed": True},
    "nobody there": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def distributions(tmp_path_factory) -> tuple[Path, Path]:
    """Wheel and source distribution."""
    return pythons.build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module", params=[pythons.OLDEST, "running", "newest"])
def version(request) -> str:
    """Several Pythons, as far as the machine has them."""
    return pythons.version_of(request.param)


@pytest.fixture(scope="module")
def folder(version, distributions) -> Path:
    """The programs of an environment with the client."""
    return pythons.environment(version, distributions[0])


@pytest.fixture
def run(folder, served, home):
    """Runs an installed program, with nothing in its surroundings but where the server is."""

    def program(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"HOME": str(home), "BRAINSTEM_URL": served.url, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [str(folder / name), *map(str, arguments)], env=settings | environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return program


def test_wheel_holds_both_import_names_their_types_and_nothing_else(distributions):
    names = zipfile.ZipFile(distributions[0]).namelist()

    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "brainstem_api_tools", "brainstem_api_client", "brainstem_python_api_tools",
    }  # fmt: skip
    assert {"brainstem_api_tools/py.typed", "brainstem_api_client/py.typed"} <= set(names)
    assert {f"brainstem_api_tools/{name}" for name in PACKAGED} <= set(names)


def test_source_distribution_can_be_read_and_built_from(distributions):
    with tarfile.open(distributions[1]) as file:
        names = {name.partition("/")[2] for name in file.getnames()}

    assert {"README.md", "LICENSE", "pyproject.toml", *(f"brainstem_api_tools/{name}" for name in PACKAGED)} <= names


def test_all_kinds_of_calls_work(run, version, served):
    done = run("python", "-W", "error", DRIVER, served.url, served.token("alice"), uuid.uuid4().hex)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"python": version, **EXPECTED}


def test_command_is_there_and_loads(run, served):
    assert "load" in run("brainstem", "--help").stdout
    done = run("brainstem", "load", "project", "--limit", "1", BRAINSTEM_TOKEN=served.token("alice"))

    assert done.returncode == 0, done.stderr
    assert "projects" in json.loads(done.stdout)


def test_command_says_what_to_do_without_a_token(run):
    done = run("brainstem", "load", "project")

    assert done.returncode == 1
    assert "BRAINSTEM_TOKEN" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
