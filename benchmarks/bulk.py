"""Rows a second, one by one and together; and a whole list as a stream and in pages, with the memory of the server.

``python benchmarks/bulk.py [--rows 2000] [--sessions 20000] [--databases sqlite postgresql]``. Writing goes through the
whole application in a process of its own, on an empty database; reading over HTTP, from the labs of ``lab.py``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "server"))

import psutil  # noqa: E402

from benchmarks import databases  # noqa: E402

PORT = databases.free_port()
AT_ONCE = 1000
KINDS = ("subject", "session", "procedure", "behavior", "dataacquisition", "epoch")
FORMATS = {"ndjson": "application/x-ndjson", "arrow": "application/vnd.apache.arrow.stream"}


def write(rows: int) -> None:
    """Measure in this process, whose settings name an empty database."""
    import django  # noqa: PLC0415 - the process that starts this one has no settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after Django is set up

    from tests.lab import Lab, path_of  # noqa: PLC0415 - after Django is set up
    from tests.people import person  # noqa: PLC0415 - after Django is set up

    call_command("migrate", verbosity=0)
    alice = person("alice")
    lab = Lab(alice, person("admin", admin=True))
    for kind in KINDS:
        path = path_of(kind)
        lab[kind]
        few = max(min(100, rows), rows // 10)
        alone = _rate(few, lambda payload, path=path: _ok(alice.post(path, payload), 201), lab, kind)
        payloads = [lab.payload(kind) | {"tags": ["a", "b"]} for _ in range(rows)]
        started = time.perf_counter()
        for at in range(0, rows, AT_ONCE):
            _ok(alice.post(f"{path}/bulk/", {"create": payloads[at : at + AT_ONCE]}), 200)
        together = rows / (time.perf_counter() - started)
        print(f"{kind:16} {alone:8.0f} rows/s alone {together:8.0f} together {together / alone:6.1f} times", flush=True)


def _rate(number: int, send: Any, lab: Any, kind: str) -> float:
    payloads = [lab.payload(kind) | {"tags": ["a", "b"]} for _ in range(number)]
    started = time.perf_counter()
    for payload in payloads:
        send(payload)
    return number / (time.perf_counter() - started)


def _ok(answer: Any, status: int) -> None:
    if answer.status != status:
        raise SystemExit(f"{answer.status} {str(answer.body)[:500]}")


def measure_writing(database: str, rows: int) -> None:
    """Each database from nothing."""
    print(f"\n{database}: writing")
    environment = os.environ | {
        "DATABASE_URL": databases.migrated(database, "bulk"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]),
    }
    code = f"from benchmarks.bulk import write; write({rows})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def measure_reading(database: str, sessions: int) -> None:
    """A served lab, read whole in pages and as streams."""
    url = databases.ensure(database, sessions)
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_URLCONF": "brainstem.config.urls",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'server'}",
    }
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.one", "token"], cwd=ROOT, env=environment, check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    token = json.loads(told.splitlines()[-1])["token"]
    command = [sys.executable, "-m", "brainstem.config", "serve", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait()
        print(f"\n{database}: reading {sessions} sessions' epochs")
        for name in ("pages", *FORMATS):
            print(_read(name, token, server.pid), flush=True)
    finally:
        server.terminate()
        server.wait()


def _wait() -> None:
    for _ in range(300):
        try:
            _get("/healthz", "", "").read()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _get(path: str, token: str, accept: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}", "Accept": accept})
    return connection.getresponse()


def _memory(pid: int) -> float:
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(one.memory_info().rss for one in processes) / 2**20


def _read(name: str, token: str, pid: int) -> str:
    path, before, most = "/api/private/stem/epoch/", _memory(pid), 0.0
    started, size, first = time.perf_counter(), 0, 0.0
    if name == "pages":
        following: str | None = f"{path}?limit=100&cursor="
        while following:
            body = _get(following, token, "application/json").read()
            size += len(body)
            first = first or time.perf_counter() - started
            address = json.loads(body)["next"]
            following = address and "/" + address.split("/", 3)[3]
            most = max(most, _memory(pid))
    else:
        answer = _get(path, token, FORMATS[name])
        rows = int(answer.headers["X-Total-Count"])
        while part := answer.read(1 << 20):
            size += len(part)
            first = first or time.perf_counter() - started
            most = max(most, _memory(pid))
        name += f" of {rows} rows"
    taken = time.perf_counter() - started
    return (
        f"{name:28} {taken:6.1f} s, first after {first * 1000:5.0f} ms, {size / 2**20:6.0f} MB;"
        f" server {before:5.0f} -> {most:5.0f} MB"
    )


def main() -> None:
    """Everything, one database after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=20000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--only", choices=["write", "read"])
    chosen = parser.parse_args()
    for database in chosen.databases:
        if chosen.only != "read":
            measure_writing(database, chosen.rows)
        if chosen.only != "write":
            measure_reading(database, chosen.sessions)


if __name__ == "__main__":
    main()
