"""Attacks on a served lab, and what another person sees of them: times, memory, and how soon all is well again.

``python benchmarks/abuse.py [--databases sqlite,postgresql] [--only WORD] [--short] [--sessions 20000]``

While each attack lasts, another person asks for one record again and again: half of the answers come within 500 ms, all
within two seconds. No process of the server takes 200 MB. Five seconds after the attack all is as before. Exits with 1
where something of that does not hold. Everything goes to 127.0.0.1, and ends after a bounded time.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "server"))

from benchmarks import databases  # noqa: E402
from benchmarks.attacks import ATTACKS, FULL, SHORT, Attack, Scale, told  # noqa: E402
from benchmarks.attacks.measuring import Measured, measure  # noqa: E402
from benchmarks.attacks.serving import serving  # noqa: E402

FILES = 8192  # connections of an attack and of a server that inherits the limit
HEAD = f"{'attack':<46}{'p50 ms':>9}{'max ms':>9}{'failed':>8}{'MB':>7}{'disk MB':>9}{'back s':>8}  ok"


def allow_many_connections() -> None:
    """Raise this process's limit of open files as far as needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))


def row(found: Measured, scale: Scale) -> str:
    """One line of the table, with what is wrong."""
    breaches = found.breaches(scale)
    outcomes = ", ".join(f"{number} x {told(one)}" for one, number in found.outcomes.most_common(4))
    line = (
        f"{found.attack.name:<46}{found.p50 * 1000:>9.0f}{found.longest * 1000:>9.0f}{found.failed:>8}"
        f"{found.memory_mb:>7.0f}{found.disk_mb:>9.1f}{found.back:>8.1f}  {'no' if breaches else 'yes'}  ({outcomes})"
    )
    return "\n".join([line, *(f"      {text}" for text in breaches)])


def run(database: str, scale: Scale, chosen: list[Attack]) -> list[dict[str, Any]]:
    """Every attack on one database."""
    folder = Path(tempfile.mkdtemp(prefix="brainstem-abuse-"))
    url, found = databases.migrated(database, "abuse"), []
    try:
        with serving(url, folder, databases.free_port(), scale) as served:
            print(f"\n{database}, {scale.sessions} sessions\n{HEAD}", flush=True)
            for one in chosen:
                measured = measure(served, one, scale)
                print(row(measured, scale), flush=True)
                found.append(_as_json(database, measured, scale))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _as_json(database: str, found: Measured, scale: Scale) -> dict[str, Any]:
    return {
        "database": database, "attack": found.attack.name, "p50_ms": round(found.p50 * 1000, 1),
        "max_ms": round(found.longest * 1000, 1), "failed": found.failed, "memory_mb": round(found.memory_mb),
        "disk_mb": round(found.disk_mb, 1), "back_s": round(found.back, 1),
        "outcomes": {told(one): number for one, number in found.outcomes.items()}, "breaches": found.breaches(scale),
    }  # fmt: skip


def as_markdown(found: list[dict[str, Any]]) -> str:
    """The figures of both databases side by side, an attack a line."""
    by_attack: dict[str, dict[str, dict[str, Any]]] = {}
    for one in found:
        by_attack.setdefault(one["attack"], {})[one["database"]] = one
    kinds = list(dict.fromkeys(one["database"] for one in found))
    lines = ["| attack | " + " | ".join(f"{kind}: median / longest, ms; MB" for kind in kinds) + " | answers |"]
    lines.append("|---|" + "---|" * (len(kinds) + 1))
    for name, rows in by_attack.items():
        cells = [f"{one['p50_ms']:.0f} / {one['max_ms']:.0f}; {one['memory_mb']}" for one in rows.values()]
        answers = dict.fromkeys(outcome for one in rows.values() for outcome in one["outcomes"])
        lines.append(f"| {name} | {' | '.join(cells)} | {', '.join(answers)} |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="Attacks whose name holds this.")
    parser.add_argument("--short", action="store_true", help="A small lab, seconds, generous limits: as in the tests.")
    parser.add_argument("--sessions", type=int, help="In the lab.")
    parser.add_argument("--patience", type=float, help="Seconds that the attacker waits for an answer.")
    parser.add_argument("--markdown", action="store_true", help="Print the table of SECURITY.md, too.")
    parser.add_argument("--json", type=Path, help="Write the figures to this file, too.")
    return parser.parse_args()


def main() -> None:
    """Run what is asked for; exit with 1 where a server does not hold."""
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is ended as well
    allow_many_connections()
    scale = SHORT if asked.short else FULL
    if asked.sessions:
        scale = replace(scale, sessions=asked.sessions)
    if asked.patience:
        scale = replace(scale, patience_seconds=asked.patience)
    chosen = [one for one in ATTACKS if asked.only in one.name]
    if not chosen:
        raise SystemExit(f"No attack has {asked.only!r} in its name.")
    found = [one for database in asked.databases.split(",") for one in run(database, scale, chosen)]
    breached = sorted({one["attack"] for one in found if one["breaches"]})
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1))
    if asked.markdown:
        print(as_markdown(found))
    print(f"\n{len(chosen)} attacks; held: {len(chosen) - len(breached)}")
    sys.exit(bool(breached))


if __name__ == "__main__":
    main()
