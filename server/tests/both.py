"""Runs all tests on SQLite, then those that touch the database on PostgreSQL, and compares what was run.

``python server/tests/both.py [arguments of pytest]``; fails if a run fails or if a test was neither run nor left out.
What is left out on PostgreSQL is decided by ``conftest.touches_database``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import postgres

ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str], *, name: str, url: str | None) -> tuple[int, dict[str, str]]:
    """Exit code, and test id -> outcome."""
    print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment["BRAINSTEM_TEST_REPORT"] = str(report)
        environment["PYTHONHASHSEED"] = "0"  # workers must name tests alike, also where a set is part of the name
        if url:
            environment |= {"DATABASE_URL": url, "BRAINSTEM_TEST_ONLY_DATABASE": "on"}
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
        ).returncode
        return code, json.loads(report.read_text()) if report.exists() else {}


def count(outcomes: dict[str, str]) -> str:
    """``120 tests: 118 passed, 2 skipped``."""
    parts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(Counter(outcomes.values()).items()))
    return f"{len(outcomes)} tests: {parts or 'nothing'}"


def main(arguments: list[str]) -> int:
    """Both runs, then the comparison."""
    sqlite_code, sqlite = run(arguments, name="SQLite", url=None)
    with postgres.server() as url:
        postgres_code, postgresql = run(arguments, name="PostgreSQL", url=url)
    print(f"\nSQLite:     {count(sqlite)}\nPostgreSQL: {count(postgresql)}")
    only_one = sorted(sqlite.keys() ^ postgresql.keys())
    for test in only_one:
        print(f"only on {'SQLite' if test in sqlite else 'PostgreSQL'}: {test}")
    if not only_one:
        print(f"The same {len(sqlite)} test ids on both; left out on PostgreSQL is what cannot differ there.")
    return sqlite_code or postgres_code or int(bool(only_one) or not sqlite)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
