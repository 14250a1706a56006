"""The memory of a worker that has answered pages of an API: ``python benchmarks/memory.py [--databases ...]``.

A lab is served as in production, by one worker, and asked for 60 pages of 100 sessions, half of them with includes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "server"))

import psutil  # noqa: E402

from benchmarks import databases  # noqa: E402

PAGES, AT_ONCE = 60, 100
MOST_MB = 75


def measure(database: str, sessions: int) -> float:
    """Megabytes that the worker has in the end."""
    port = databases.free_port()
    environment = os.environ | {
        "DATABASE_URL": databases.ensure(database, sessions),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_URLCONF": "brainstem.config.urls",
        "BRAINSTEM_TASKS_BESIDE": "off",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'server'}",
    }
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.one", "token"], cwd=ROOT, env=environment, check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    token = json.loads(told.splitlines()[-1])["token"]
    server = subprocess.Popen(
        [sys.executable, "-m", "brainstem.config", "serve", "--port", str(port)], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        before = _largest(server.pid)
        for page in range(PAGES):
            offset = page % (PAGES // 2) * AT_ONCE % max(1, sessions)
            more = "&include[]=dataacquisition&include[]=behaviors" if page >= PAGES // 2 else ""
            _get(port, f"/api/private/stem/session/?limit={AT_ONCE}&offset={offset}{more}", token)
        found = _largest(server.pid)
    finally:
        server.terminate()
        server.wait()
    print(
        f"{database:10} {before:6.1f} MB at first, {found:6.1f} MB after {PAGES} pages of {AT_ONCE} sessions"
        f" (at most {MOST_MB} MB wanted)",
        flush=True,
    )
    return found


def _largest(pid: int) -> float:
    """Resident memory of the worker, the largest of the server's processes that it has started."""
    children = psutil.Process(pid).children(recursive=True)
    return float(max(one.memory_info().rss for one in children) / 1024 / 1024)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            _get(port, "/healthz", "")
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def _get(port: int, path: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)) as answer:
        answer.read()


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--sessions", type=int, default=3000)
    asked = parser.parse_args()
    for database in asked.databases:
        measure(database, asked.sessions)


if __name__ == "__main__":
    main()
