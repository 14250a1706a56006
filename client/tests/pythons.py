"""The client built and installed, for each Python that is tried, under ``var/pythons``; made again when it changes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

CLIENT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = CLIENT.parent / "var" / "pythons"
KNOWN = tuple(f"3.{minor}" for minor in range(9, 16))
OLDEST, RUNNING = KNOWN[0], f"3.{sys.version_info.minor}"


@cache
def interpreter(version: str) -> str:
    """A Python of this version: the running one, on the PATH, or of pyenv; nothing if there is none that starts."""
    if version == RUNNING:
        return sys.executable
    of_pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for found in (*map(str, of_pyenv), shutil.which(f"python{version}") or ""):
        code = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
        if found and _run(found, "-c", code, check=False).stdout.strip() == version:
            return found
    return ""


def version_of(name: str) -> str:
    """The version that a name stands for; the test is left out where this machine has none."""
    if name == "newest":
        return next(version for version in reversed(KNOWN) if interpreter(version))
    version = RUNNING if name == "running" else name
    if not interpreter(version):
        pytest.skip(f"This machine has no Python {version}.")
    return version


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution of the client as it is now."""
    copy = folder / "client"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "build", "tests"))
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", copy)
    return next((folder / "dist").glob("*.whl")), next((folder / "dist").glob("*.tar.gz"))


def environment(version: str, wheel: Path) -> Path:
    """Folder with the programs of an environment of this Python, into which the wheel is installed."""
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    folder, stamp = ENVIRONMENTS / version, ENVIRONMENTS / f"{version}.installed"
    with (ENVIRONMENTS / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of tests come here at once
        if not stamp.exists() or stamp.read_text() != _sources():
            stamp.unlink(missing_ok=True)
            if not (folder / "bin" / "python").exists():
                _run(interpreter(version), "-m", "venv", "--clear", folder)
            pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            _run(*pip, f"{wheel}[async]")
            _run(*pip, "--force-reinstall", "--no-deps", wheel)  # the version is the same, the code may be not
            stamp.write_text(_sources())
    return folder / "bin"


def _sources() -> str:
    packaged = sorted(file for file in CLIENT.glob("brainstem_api_*/**/*") if file.suffix in {".py", ".pyi", ".json"})
    files = [CLIENT / "pyproject.toml", *packaged]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _run(*command: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    # Of the surroundings only what finds packages: a PYTHONPATH of the tests would hide what was installed.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([str(part) for part in command], env=settings, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done
