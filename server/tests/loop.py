"""Runs the quick tests on SQLite: without slow tests and browser tests.

``python server/tests/loop.py [--changed] [--share=N] [arguments of pytest]``; with ``--changed`` only the folders of tests
that belong to files which differ from the last commit, with ``--share`` one test in so many, always the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath

sys.path.append(str(Path(__file__).parent))
from surroundings import environment

ROOT = Path(__file__).resolve().parents[2]
SERVER_TESTS, CLIENT_TESTS = "server/tests", "client/tests"


def changed() -> list[str]:
    """Files that differ from the last commit, including new ones."""
    asked = ["git", "status", "--porcelain", "--no-renames", "--untracked-files=all", "-z"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line[3:] for line in told.split("\0") if line]


def targets_of(files: Iterable[str]) -> list[str]:
    """What to run after changes to these files: test modules themselves, or folders of tests."""
    found = {one for file in files for one in _targets_of(PurePath(file))}
    return sorted(one for one in found if (ROOT / one).exists())


def _targets_of(file: PurePath) -> list[str]:
    match file.parts:
        case ("server" | "client", "tests", *_, name) if name.startswith("test_"):
            return [str(file)]
        case ("server", "tests", folder, _, *_):
            return [f"{SERVER_TESTS}/{folder}"]
        case ("server", "tests", _):
            return [SERVER_TESTS]
        case ("server", "brainstem", "type_schemas", *_):
            return [f"{SERVER_TESTS}/core", f"{SERVER_TESTS}/contract"]
        case ("server", "brainstem", "core", "access", *_):
            return [f"{SERVER_TESTS}/access", f"{SERVER_TESTS}/core"]
        case ("server", "brainstem", room, *_):
            return [f"{SERVER_TESTS}/{room}"]
        case ("server", "contract", *_):
            return [f"{SERVER_TESTS}/contract"]
        case ("client", *_):
            return [CLIENT_TESTS]
    return []


def main(arguments: list[str]) -> int:
    """Run pytest; returns its exit code, or 0 if nothing with tests has changed."""
    targets: list[str] = []
    if "--changed" in arguments:
        arguments = [one for one in arguments if one != "--changed"]
        targets = targets_of(changed())
        print(f"Tests of what changed: {' '.join(targets) or 'none'}", flush=True)
        if not targets:
            return 0
    share = next((one.partition("=")[2] for one in arguments if one.startswith("--share=")), "1")
    arguments = [one for one in arguments if not one.startswith("--share=")]
    command = [sys.executable, "-m", "pytest", "-m", "not slow and not browser", *arguments, *targets]
    used = environment() | {"BRAINSTEM_TEST_SHARE": share}
    code = subprocess.run(command, cwd=ROOT, env=used, check=False).returncode
    return 0 if code == 5 else code  # of pytest: no test was chosen, since all of them are slow


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
