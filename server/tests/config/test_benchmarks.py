"""Every script in ``benchmarks/`` runs, with numbers so small that its figures mean nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import DATABASE

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 300

# script -> its arguments, and what stands in the last part of what it prints
SCRIPTS = {
    "read_path": (
        ("--sizes", "400", "--databases", DATABASE, "--seconds", "0.01", "--rounds", "1"),
        "memory of a worker",
    ),
    "over_http": (
        ("--sessions", "400", "--databases", DATABASE, "--seconds", "0.05", "--only", "our front, 2"),
        "detail, 4 at once",
    ),
    "bulk": (("--rows", "20", "--sessions", "400", "--databases", DATABASE), "arrow of"),
    "imports": (("--rows", "40", "--databases", DATABASE), "done"),
    "deleting": (("--records", "20", "--databases", DATABASE), "another writer waited"),
    "memory": (("--sessions", "400", "--databases", DATABASE), "MB after 60 pages"),
    "details": (
        ("--writes", "2", "--rounds", "1", "--database", DATABASE, "--aim", "2"),
        "median share of details in a write",
    ),
    "history": (("--writes", "6", "--rounds", "1", "--databases", DATABASE), "DRF, no history"),
    "history_as_of": (
        ("--sessions", "400", "--changes", "1000", "--rounds", "2", "--databases", DATABASE),
        "list 20",
    ),
    "files_run": (("--database", DATABASE), "sign-in"),
    "pages": (("--sessions", "400", "--times", "1", "--database", DATABASE), "API tool, index"),
    "client": (
        ("--rows", "400", "--creates", "4", "--rounds", "1", "--ways", "load,iterate", "--database", DATABASE),
        "bulk_create",
    ),
}
# What has no figures of its own: parts of the scripts, and the attacks, which test_abuse runs.
PARTS = {
    "__init__", "abuse", "bare_peer", "bridge", "client_tasks", "databases", "drf_peer", "history_peer",
    "history_settings", "history_sizes", "history_worker", "imports_workbook", "lab", "one", "past", "questions", "settings",
    "timing", "urls",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_runs_to_its_end(script, bench):
    arguments, last = SCRIPTS[script]
    done = subprocess.run(
        [sys.executable, f"benchmarks/{script}.py", *arguments],
        cwd=ROOT, env=bench, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert last in done.stdout, done.stdout[-2000:]


def test_every_script_is_run_here():
    found = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert SCRIPTS.keys() <= found <= SCRIPTS.keys() | PARTS
