"""What tests of the scripts in ``benchmarks/`` share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GIVEN = os.environ.get("DATABASE_URL", "")
DATABASE = "postgresql" if GIVEN.startswith("postgres") else "sqlite"


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """The environment of a script: a folder of its own for what it keeps, and the PostgreSQL server of the run."""
    found = {
        name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    folder = tmp_path_factory.mktemp(f"bench_{os.getpid()}_")
    found |= {"BENCH_DIR": str(folder), "BENCH_POSTGRES": GIVEN if DATABASE == "postgresql" else ""}
    yield found
    databases_of(found, "drop_all()")


def databases_of(bench, call):
    """What a function of ``benchmarks.databases`` gives, in a process with this environment."""
    code = f"from benchmarks import databases; print(databases.{call})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=bench, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]
