"""The released clients and ours, each in an environment of its own under ``var/clients``, made once and kept."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
ENVIRONMENTS = ROOT / "var" / "clients"
PACKAGE = "brainstem_python_api_tools"
OURS = "3.0.0"
# Ours, called by the names that 0.x has for the same calls.
OURS_BY_OLD_CALLS = f"old calls of {OURS}"
MODERN = ("2.0.0", OURS)
VERSIONS = ("0.1.0", "0.2.0", *MODERN, OURS_BY_OLD_CALLS)
# What the clients need, and what examples/load_dataset.py asks for beside the client.
BESIDE = ("requests", "tqdm")


def bin_folder(version: str) -> Path:
    """Folder with the programs of the environment that holds this release; made when it is not there."""
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    version = version.rsplit(maxsplit=1)[-1]
    folder = ENVIRONMENTS / version
    stamp = folder / ".installed"
    with (ENVIRONMENTS / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the processes of pytest-xdist come here at once
        if not stamp.exists():
            _install(version, folder)
            stamp.touch()
    return folder / "bin"


def _install(version: str, folder: Path) -> None:
    _run(sys.executable, "-m", "venv", "--clear", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, *BESIDE)
    if version == OURS:
        _run(*pip, "--editable", ROOT / "client")
        return
    # Without what they ask for: 0.1.0 and 0.2.0 want all of Jupyter, for their tutorials, and import none of it.
    _run(*pip, "--no-deps", f"{PACKAGE}=={version}")


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
