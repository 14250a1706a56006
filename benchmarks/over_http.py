"""The whole server over HTTP: our front beside other servers, one worker each, with keep-alive connections.

``python benchmarks/over_http.py [--sessions 20000] [--seconds 4] [--only granian]``, on PostgreSQL and SQLite. The
client is on the same cores, so read factors, not digits.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

import psutil  # noqa: E402

from benchmarks import databases  # noqa: E402

PORT = databases.free_port()
WSGI = "brainstem.config.wsgi:application"
BRIDGE = "benchmarks.bridge:application"
SERVERS = {
    "our front, 8 threads": ["brainstem.config", "serve", "--threads", "8", "--port", str(PORT)],
    "our front, 2 threads": ["brainstem.config", "serve", "--threads", "2", "--port", str(PORT)],
    "granian WSGI, 2 threads": [*f"granian --interface wsgi --blocking-threads 2 --port {PORT}".split(), WSGI],
    "granian WSGI, 8 threads": [*f"granian --interface wsgi --blocking-threads 8 --port {PORT}".split(), WSGI],
    "granian ASGI, bridge, 8 threads": [*f"granian --interface asgi --port {PORT}".split(), BRIDGE],
    "uvicorn, bridge, 8 threads": [*f"uvicorn --no-access-log --port {PORT}".split(), BRIDGE],
    "gunicorn, gthread, 8 threads": [*f"gunicorn --threads 8 --keep-alive 5 --bind 127.0.0.1:{PORT}".split(), WSGI],
    "waitress, 8 threads": [*f"waitress --threads=8 --listen=127.0.0.1:{PORT}".split(), WSGI],
}
SESSIONS = "/api/private/stem/session/"
UNCHANGED = "detail, unchanged"  # asked for with its ETag
PATHS = {
    "healthz": "/healthz",
    "list 20": SESSIONS + "?limit=20",
    "list 100 + 4 includes": SESSIONS + "?limit=100&" + "&".join(
        f"include[]={name}.*" for name in ("dataacquisition", "behaviors", "manipulations", "epochs")
    ),
    "detail": SESSIONS + "{id}/",
    UNCHANGED: SESSIONS + "{id}/",
}  # fmt: skip


def serve(name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A server of this kind."""
    command = [sys.executable, "-m", *SERVERS[name]]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def get(connection: http.client.HTTPConnection, path: str, raw: str, *, tag: str = "") -> bytes:
    """The body of one answer, whole; with ``tag``, of who has the answer with this ETag."""
    headers = {"Authorization": f"Bearer {raw}", "Accept": "application/json"}
    connection.request("GET", path, headers=headers | ({"If-None-Match": tag} if tag else {}))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != (304 if tag else 200):
        raise SystemExit(f"{path}: {answer.status} {body[:300]!r}")
    return body


def tag_of(path: str, raw: str) -> str:
    """The ETag of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", path, headers={"Authorization": f"Bearer {raw}", "Accept": "application/json"})
    return connection.getresponse().headers["ETag"] or ""


def load(path: str, raw: str, *, clients: int, seconds: float, tag: str = "") -> tuple[float, float, float]:
    """Requests per second, p50 and p99 in ms."""
    taken: list[float] = []
    ends = time.perf_counter() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        # At least once: on a busy machine a short measurement may be over before it begins.
        while (started := time.perf_counter()) < ends or not taken:
            get(connection, path, raw, tag=tag)
            taken.append(time.perf_counter() - started)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken)
    middle, late = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return round(len(taken) / seconds, 1), round(middle * 1000, 2), round(late * 1000, 2)


def ready(raw: str) -> str:
    """Wait for the server; the id of a session in the middle of what the reader sees."""
    for _ in range(150):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT)
            body = json.loads(get(connection, "/api/private/stem/session/?limit=1&offset=20", raw))
            return str(body["sessions"][0]["id"])
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def memory(process: subprocess.Popen[bytes]) -> float:
    """MB of the largest process of the server: its worker."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return round(max(one.memory_info().rss for one in family) / 2**20, 1)


def processor(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time of the server: what a busy machine does not change."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return float(sum(sum(one.cpu_times()[:2]) for one in family))


def measure(name: str, url: str, seconds: float) -> dict[str, Any]:
    """All requests of one server."""
    raw = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.one", "token"], cwd=ROOT, env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.PIPE, check=True,
        ).stdout.splitlines()[-1]
    )["token"]  # fmt: skip
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_URLCONF": "brainstem.config.urls",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'server'}",
    }
    process = serve(name, environment)
    try:
        session = ready(raw)
        found: dict[str, Any] = {}
        for question, path in PATHS.items():
            whole = path.replace("{id}", session)
            tag = tag_of(whole, raw) if question == UNCHANGED else ""
            load(whole, raw, clients=2, seconds=min(0.5, seconds), tag=tag)
            for clients in (1, 4):
                before = processor(process)
                rate, middle, late = load(whole, raw, clients=clients, seconds=seconds, tag=tag)
                spent = (processor(process) - before) / max(rate * seconds, 1) * 1000
                found[f"{question}, {clients} at once"] = (rate, middle, late, round(spent, 2))
        return found | {"memory_mb": memory(process)}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def main() -> None:
    """All servers on both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="servers with this in their name")
    asked = parser.parse_args()
    results: dict[str, Any] = {}
    for database in asked.databases.split(","):
        url = databases.ensure(database, asked.sessions)
        for name in (one for one, words in SERVERS.items() if asked.only in one and find_spec(words[0])):
            found = results[f"{database}, {name}"] = measure(name, url, asked.seconds)
            print(f"\n{database}, {name}: {found.pop('memory_mb')} MB")
            for question, (rate, middle, late, spent) in found.items():
                times = f"p50 {middle:>8} ms   p99 {late:>8} ms   CPU {spent:>6} ms"
                print(f"  {question:<34}{rate:>9} /s   {times}", flush=True)
    (databases.BENCH / "over_http.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
