"""How fast and how big reading is, beside two peers on the same rows in the same run.

``python benchmarks/read_path.py [--sizes 20000,200000] [--databases sqlite,postgresql] [--seconds 2]``

Prints a table and writes it as JSON to var/bench/. The first run builds the labs, which takes minutes; ``--stop`` stops
the PostgreSQL server that keeps them, and removes its labs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import databases  # noqa: E402

HEAD = ("request", "ours/s", "DRF/s", "bare/s", "x DRF", "x bare", "p50 ms", "p99 ms", "SQL", "SQL+note", "DRF SQL")


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="20000,200000", help="Sessions, separated by commas.")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seconds", type=float, default=2.0, help="For each request of each contestant.")
    parser.add_argument("--rounds", type=int, default=7, help="In which the contestants take turns.")
    parser.add_argument("--stop", action="store_true", help="Only stop the PostgreSQL server of earlier runs.")
    return parser.parse_args()


def ask(url: str, *command: str, **environment: str) -> dict[str, Any]:
    """What a process of its own answers."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.one", *command],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url} | environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run(database: str, sessions: int, seconds: float, *, rounds: int) -> dict[str, Any]:
    """Times and memory for one lab."""
    url = databases.ensure(database, sessions)
    result = {"database": database, "sessions": sessions} | ask(url, "time", str(seconds), str(rounds))
    result["memory"] = {
        "ours": ask(url, "memory", "ours", BENCH_URLCONF="brainstem.config.urls")["rss_mb"],
        "drf": ask(url, "memory", "drf")["rss_mb"],
    }
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """One lab as a table."""
    print(f"\n{result['database']}, {result['sessions']} sessions, of which the reader sees {result['sessions_seen']}")
    print(("{:<24}" + "{:>9}" * (len(HEAD) - 1)).format(*HEAD))
    for name, row in result["questions"].items():
        ours, drf, bare = row["ours"], row["drf"], row["bare"]
        values = (
            *(one["per_second"] for one in (ours, drf, bare)),
            round(ours["per_second"] / drf["per_second"], 1),
            round(ours["per_second"] / bare["per_second"], 2),
            round(ours["p50_ms"], 2),
            round(ours["p99_ms"], 2),
            ours["statements"],
            ours["statements_with_note"],
            drf["statements"],
        )
        print(("{:<24}" + "{:>9}" * len(values)).format(name, *values))
    print(f"memory of a worker, MB: ours {result['memory']['ours']}, DRF {result['memory']['drf']}", flush=True)


def growth(results: list[dict[str, Any]]) -> dict[str, float]:
    """Time of the unfiltered list 20 in the largest lab over that in the smallest, for each database."""
    found = {}
    for database in {one["database"] for one in results}:
        labs = sorted((one for one in results if one["database"] == database), key=lambda one: one["sessions"])
        times = [one["questions"]["list 20"]["ours"]["p50_ms"] for one in labs]
        found[database] = round(times[-1] / times[0], 2)
    return found


def main() -> None:
    """Run what is asked for."""
    asked = arguments()
    if asked.stop:
        databases.stop()
        return
    results = [
        run(database, int(size), asked.seconds, rounds=asked.rounds)
        for database in asked.databases.split(",")
        for size in asked.sizes.split(",")
    ]
    grown = growth(results)
    print(f"\nlist 20, largest lab over smallest: {grown}")
    when = dt.datetime.now(dt.UTC)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()}
    path = databases.BENCH / f"read_path-{when:%Y%m%d-%H%M%S}.json"
    path.write_text(
        json.dumps({"at": when.isoformat(), "machine": machine, "growth": grown, "runs": results}, indent=1)
    )
    print(f"written to {path}")


if __name__ == "__main__":
    main()
