"""``python -m tests.faults [--short] [--only WORD] [--databases sqlite,postgresql]``: everything breaks, one after the other.

Prints a line for each fault: requests, clear refusals (503 with Retry-After), connections that ended without a
response, failures, tasks that were queued, and what was lost. Exits with 1 if anything failed or was lost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from . import crowd
from .cases import FAULTS, FULL, SHORT, Fault, Scale
from .trial import HEAD, Found, lab, tried

CROWD = "many people"


def run(database: str, chosen: list[Fault], scale: Scale) -> list[Found]:
    """All chosen faults on one database."""
    print(f"\n{database}: {scale.writers} writers, {scale.readers} readers, 2 workers\n{HEAD}", flush=True)
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="brainstem-faults-") as folder,
        lab(database, Path(folder), **dict(scale.settings)) as its,
    ):
        for one in chosen:
            if missing := one.missing(its):
                print(f"{one.name:<38} {missing}", flush=True)
                continue
            found.append(tried(its, one, scale))
            print(found[-1].row(), flush=True)
    return found


def crowded(database: str, scale: Scale, seconds: float) -> crowd.Seen:
    """Many people on one database."""
    with tempfile.TemporaryDirectory(prefix="brainstem-faults-") as folder, lab(database, Path(folder)) as its:
        people = crowd.SHORT if scale is SHORT else replace(crowd.FULL, seconds=seconds)
        seen = crowd.gathered(its, people)
        print(f"\n{database}: {seen.row()}", flush=True)
    return seen


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--only", default="", help='Faults whose name holds this, or "many people".')
    parser.add_argument("--short", action="store_true", help="Seconds each, as in the tests.")
    parser.add_argument(
        "--seconds", type=float, default=crowd.FULL.seconds, help="For how long many people are at work."
    )
    asked = parser.parse_args()
    chosen = [one for one in FAULTS if asked.only in one.name]
    scale = SHORT if asked.short else FULL
    databases = asked.databases.split(",")
    found = [one for database in databases for one in run(database, chosen, scale)] if chosen else []
    crowds = [crowded(database, scale, asked.seconds) for database in databases] if asked.only in CROWD else []
    wrong = [one for one in found if one.failures or one.lost]
    breached = [one for one in crowds if one.breaches()]
    print(
        f"\n{len(found)} faults, {len(wrong)} with failures or losses; {len(crowds)} crowds, {len(breached)} not served"
    )
    return 1 if wrong or breached or not (found or crowds) else 0


if __name__ == "__main__":
    sys.exit(main())
