"""The recipes of CONTRIBUTING, followed to the letter in a copy of the repository."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..templates import copy_sqlite

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("server", "client", "docs/api.md", "pyproject.toml", "Makefile", "CONTRIBUTING.md")
CONTRACT = "server/contract"
CLIENT = "client/brainstem_api_tools"
FACTS = {f"{CONTRACT}/models.json", f"{CONTRACT}/openapi.json", f"{CLIENT}/contract.json"}
MIGRATION = "server/brainstem/apps/stem/migrations/{}_tried.py"

# Recipe -> what is written by `makemigrations` and `make contract`.
GENERATED = {
    "A field": FACTS | {MIGRATION, f"{CLIENT}/models/subject.pyi"},
    "A model": FACTS
    | {MIGRATION}
    | {f"{CLIENT}/{name}.pyi" for name in ("models/litter", "models/__init__", "attributes", "model_type")},
    "A type": FACTS | {f"{CLIENT}/models/subjectlog.pyi"},
    "An operator": {f"{CONTRACT}/{name}.json" for name in ("models", "openapi", "operators")}
    | {f"{CLIENT}/_operators.py", "docs/api.md"},
}


@dataclass(frozen=True)
class Recipe:
    """A file, the line behind which something is added (empty for a new file), and what."""

    file: str
    after: str
    text: str


def recipe(name: str) -> Recipe:
    """A recipe as CONTRIBUTING has it."""
    part = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split(f"### {name}\n")[1].split("\n#")[0]
    said = re.search(
        r"`(\S+\.(?:py|json))`(?:,\s+after\s+`([^`]+)`)?:\n\n```\w+\n(.*?)^```", part, re.DOTALL | re.MULTILINE
    )
    assert said, part
    return Recipe(said[1], said[2] or "", said[3])


def tracked() -> list[str]:
    """Files of the repository, below what the recipes need."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *NEEDED],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = [path for one in NEEDED for path in ((ROOT / one).rglob("*") if (ROOT / one).is_dir() else [ROOT / one])]
    return [str(path.relative_to(ROOT)) for path in found if path.is_file() and "__pycache__" not in path.parts]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository, with its own copy of every file."""
    folder = tmp_path / "copy"
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def follow(copy: Path, one: Recipe) -> None:
    """What a person does."""
    file = copy / one.file
    if not one.after:
        assert not file.exists(), one.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(one.text, encoding="utf-8")
        return
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    (place,) = [number for number, line in enumerate(lines) if line.strip().startswith(one.after)]
    lines.insert(place + 1, one.text)
    file.write_text("".join(lines), encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """File -> digest of what is in it."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tried(copy: Path, name: str, database: Path) -> subprocess.CompletedProcess[str]:
    """Generate what follows, and use it over the API, in one process that knows the copy alone."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BRAINSTEM_", "PYTEST_"))}
    environment |= {
        "PYTHONPATH": os.pathsep.join(str(copy / part) for part in ("server", "client", "client/tests")),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "RUFF_NO_CACHE": "true",
    }
    command = [sys.executable, "-m", "tests.recipes.tried", name]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", GENERATED)
def test_a_recipe_takes_what_it_says_and_no_more(name, copy, tmp_path):
    one = recipe(name)
    before = digests(copy)
    copy_sqlite(tmp_path / "lab.sqlite3")
    follow(copy, one)
    done = tried(copy, name, tmp_path / "lab.sqlite3")
    assert done.returncode == 0, done.stdout + done.stderr
    after = digests(copy)
    changed = {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    number = f"{1 + max(int(file.name[:4]) for file in (ROOT / MIGRATION).parent.glob('0*.py')):04}"
    assert changed == {one.file} | {file.format(number) for file in GENERATED[name]}


def test_make_contract_is_what_the_recipes_run():
    target = re.search(r"^contract:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert target
    assert [line.split("/", 1)[1] for line in target[1].splitlines()] == [
        "brainstem-server contract",
        "python client/tools/generate.py",
    ]
