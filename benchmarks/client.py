"""Our client beside the released 2.0.0: loading everything, adding many records, importing. Time, and memory at most.

``python benchmarks/client.py [--rows 20000] [--creates 10000] [--database sqlite|postgresql] [--rounds 3]``. Both
clients take turns on one served instance, each measurement in a new process of the client's own environment. The server
is on the same cores, so read ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server" / "tests" / "contract" / "clients")]

import installed  # noqa: E402

from benchmarks import databases  # noqa: E402

PORT = databases.free_port()
URL = f"http://127.0.0.1:{PORT}/"
RELEASED = "2.0.0"
TASKS = Path(__file__).with_name("client_tasks.py")
WAYS = {
    "load(load_all=True), a dict": "load",
    "for one in list(...)": "iterate",
    "list(...).to_arrow()": "arrow",
    "list(...).to_pandas()": "pandas",
}
TABLES = {"arrow": "pyarrow", "pandas": "pandas"}
IMPORTS = 7


def install(ways: list[str]) -> None:
    """Both clients, and what ours makes tables with."""
    installed.bin_folder(RELEASED)
    python = installed.bin_folder(installed.OURS) / "python"
    if wanted := sorted({TABLES[way] for way in ways if way in TABLES}):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)


@contextmanager
def served(database: str) -> Iterator[str]:
    """A server of the lab at an address; the token of its reader."""
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_URLCONF": "brainstem.config.urls",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'server'}",
    }
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.one", "token"], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    ).stdout
    command = [sys.executable, "-m", "brainstem.config", "serve", "--port", str(PORT)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait()
        yield json.loads(told.splitlines()[-1])["token"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait() -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{URL}healthz").close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def task(version: str, *arguments: object) -> dict[str, Any]:
    """What one process of a client measured."""
    done = subprocess.run(
        [str(installed.bin_folder(version) / "python"), TASKS, *map(str, arguments)],
        capture_output=True, text=True, check=False, env=os.environ | {"BRAINSTEM_BENCH_VERSION": version},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{version} {arguments[0]}\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_loading(token: str, rounds: int, wanted: list[str]) -> None:
    """Everything, with four includes."""
    ways = {name: way for name, way in WAYS.items() if way in wanted}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in (RELEASED, *ways)}
    for _ in range(rounds):
        found[RELEASED].append(task(RELEASED, "load", URL, token))
        for name, way in ways.items():
            found[name].append(task(installed.OURS, way, URL, token))
    base_s, base_mb = _middle(found[RELEASED], "seconds"), max(_middle(found[RELEASED], "peak_mb"), 1e-9)
    records = found[RELEASED][0]["records"]
    print(f"\nLoading {records} sessions with four includes; median of {rounds} rounds")
    for name, results in found.items():
        seconds, peak = _middle(results, "seconds"), _middle(results, "peak_mb")
        if any(one["records"] != records for one in results):
            raise SystemExit(f"{name}: not all records came.")
        print(
            f"  {name:<30}{seconds:>7.1f} s  {base_s / seconds:>5.1f} x as fast"
            f"{peak:>9.0f} MB  {peak / base_mb:>5.2f} of the memory",
            flush=True,
        )


def measure_creating(token: str, rows: int) -> None:
    """Sessions one by one, and in bulk."""
    project = _post("api/private/stem/project/", token, {"name": f"bench {uuid.uuid4().hex}"})["project"]["id"]
    alone = task(RELEASED, "create", URL, token, project, rows)
    together = task(installed.OURS, "bulk", URL, token, project, rows)
    rates = [one["records"] / one["seconds"] for one in (alone, together)]
    print(f"\nAdding {rows} sessions")
    print(f"  {RELEASED}, one by one {rates[0]:>18.0f} rows/s")
    print(f"  bulk_create {rates[1]:>24.0f} rows/s  {rates[1] / rates[0]:.1f} x as fast", flush=True)


def measure_importing() -> None:
    """The time of an import, the least of several."""
    print("\nImporting")
    least = {}
    for version in (RELEASED, installed.OURS):
        for what in ("import", "import_client"):
            least[version, what] = min(task(version, what)["seconds"] for _ in range(IMPORTS)) * 1000
    for (version, what), taken in least.items():
        factor = least[RELEASED, what] / taken
        print(f"  {version} {what:<16}{taken:>8.1f} ms  {factor:>5.1f} x as fast", flush=True)


def _middle(results: list[dict[str, Any]], key: str) -> float:
    return statistics.median(one[key] for one in results)


def _post(path: str, token: str, data: Any) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(URL + path, json.dumps(data).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def main() -> None:
    """Everything, on one database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--creates", type=int, default=0, help="half of --rows if left out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", default=",".join(WAYS.values()), help="Of loading.")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--only", choices=["load", "create", "import"])
    asked = parser.parse_args()
    ways = asked.ways.split(",")
    install(ways)
    if asked.only in {None, "import"}:
        measure_importing()
    if asked.only == "import":
        return
    with served(databases.ensure(asked.database, asked.rows, "open")) as token:
        if asked.only in {None, "load"}:
            measure_loading(token, asked.rounds, ways)
        if asked.only in {None, "create"}:
            measure_creating(token, asked.creates or asked.rows // 2)


if __name__ == "__main__":
    main()
