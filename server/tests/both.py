"""Runs all tests on SQLite, then those that may differ on PostgreSQL, and compares the runs.

``python server/tests/both.py [--everything] [arguments of pytest]``; fails if a run fails or if a test was neither run nor
left out. What PostgreSQL need not see is decided by :mod:`selection` from what each test did on SQLite;
with ``--everything`` it sees all tests, and tests that otherwise ask a selection ask all. What was seen and left out stays in ``.pytest_cache/both.json``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))
import postgres
import surroundings
from selection import Done, left_out

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".pytest_cache" / "both.json"
LEFT_OUT = "left out"
Report = dict[str, dict[str, Any]]


def run(arguments: list[str], *, name: str, **given: str) -> tuple[int, Report]:
    """Exit code and report of the run."""
    print(f"\n=== {name} ===", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        environment = surroundings.environment() | {"BRAINSTEM_TEST_REPORT": str(report)} | given
        command = [sys.executable, "-m", "pytest", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        found = json.loads(report.read_text()) if report.exists() else {"outcomes": {}, "seen": {}}
    print(f"{name}: {(time.monotonic() - started) / 60:.1f} minutes", flush=True)
    return code, found


def done(seen: dict[str, Any], outcome: str) -> Done:
    """What a test did, in the form that the selection uses."""
    always = seen["about"] or seen["threads"] or seen["processes"] or outcome != "passed"
    return Done(
        frozenset(seen["shapes"]), seen["statements"], browser=seen["browser"], control=seen["control"], always=always
    )


def not_needed(report: Report) -> dict[str, str]:
    """Test id -> why it can skip PostgreSQL; tests that were not watched are left out."""
    return left_out({name: done(seen, report["outcomes"].get(name, "")) for name, seen in report["seen"].items()})


def count(outcomes: dict[str, str]) -> str:
    """``120 tests: 118 passed, 2 skipped``."""
    parts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(Counter(outcomes.values()).items()))
    return f"{len(outcomes)} tests: {parts or 'nothing'}"


def main(arguments: list[str]) -> int:
    """Both runs, then the comparison."""
    everything = "--everything" in arguments
    arguments = [one for one in arguments if one != "--everything"]
    thorough = {"BRAINSTEM_TEST_THOROUGH": "on"} if everything else {}
    sqlite_code, sqlite = run(arguments, name="SQLite", BRAINSTEM_TEST_WATCH="on", **thorough)
    reasons = {} if everything else not_needed(sqlite)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(sqlite | {"left out": reasons}, sort_keys=True))
    with postgres.server() as url, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(reasons, file)
        file.flush()
        postgres_code, postgresql = run(
            arguments, name="PostgreSQL", DATABASE_URL=url, BRAINSTEM_TEST_LEFT_OUT=file.name, **thorough
        )
    outcomes = postgresql["outcomes"] | dict.fromkeys(reasons, LEFT_OUT)
    print(f"\nSQLite:     {count(sqlite['outcomes'])}\nPostgreSQL: {count(outcomes)}")
    for reason, number in sorted(Counter(reasons.values()).items()):
        print(f"  {number} left out: {reason}")
    only_one = sorted(sqlite["outcomes"].keys() ^ outcomes.keys())
    for test in only_one:
        print(f"only on {'SQLite' if test in sqlite['outcomes'] else 'PostgreSQL'}: {test}")
    if not only_one:
        print(f"The same {len(outcomes)} test ids on both.")
    return sqlite_code or postgres_code or int(bool(only_one) or not outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
