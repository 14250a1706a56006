"""How long records as they stood a month ago take, beside the same records as they are.

``python benchmarks/history_as_of.py [--sessions 200000] [--changes 1000000] [--databases sqlite,postgresql]``. The
changes are spread over the two years until now: every session was added at some time, a few were deleted, and the
others are of fields, tags and projects of sessions, and of the behaviors in them. The first run
builds the labs, in minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import databases  # noqa: E402

AIM = "list 20"


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=41, help="Requests of each kind, of the past and of now in turn.")
    return parser.parse_args()


def ask(url: str, *command: str) -> dict[str, Any]:
    """What a process with this database as its own answers."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.past", *command],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def ensure(database: str, sessions: int, changes: int) -> str:
    """The address of a lab with a history."""
    kind = f"past{changes}"
    url = databases.ensure(database, sessions, kind)
    if not ask(url, "filled")["filled"]:
        print(f"{database}: filling {ask(url, 'fill', str(changes))}", flush=True)
    return url


def run(database: str, asked: argparse.Namespace) -> float:
    """Print the times of one database; how many times as long as now the list takes that the aim is about."""
    url = ensure(database, asked.sessions, asked.changes)
    found = ask(url, "time", str(asked.rounds))
    print(f"\n{database}: {asked.sessions} sessions, {asked.changes} changes; median and 90th percentile, ms")
    print(f"{'':26}{'now':>16}{'a month ago':>18}{'times':>8}")
    for name, (now, then) in found.items():
        told = "".join(f"{one[0]:8.1f} /{one[1]:7.1f}" for one in (now, then))
        print(f"{name:26}{told}{then[0] / now[0]:8.2f}", flush=True)
    now, then = found[AIM]
    return float(then[0] / now[0])


def main() -> None:
    """Run what is asked for."""
    asked = arguments()
    times = {database: run(database, asked) for database in asked.databases.split(",")}
    told = ", ".join(f"{database} {one:.2f}" for database, one in times.items())
    print(f"\n{AIM} as of a month ago, times now: {told}")


if __name__ == "__main__":
    main()
