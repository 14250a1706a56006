"""PgBouncer in transaction mode before the PostgreSQL of the tests: each transaction may get another connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from .postgres import other_user
from .served import free_port

PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
START_SECONDS = 20


@contextmanager
def pooled(database: str, *, connections: int) -> Iterator[str]:
    """``DATABASE_URL`` of the pooler, which shares a few connections among all of its clients."""
    parts, port = urlsplit(database), free_port()
    host, _, there = parts.netloc.rpartition("@")[2].partition(":")
    server = f"host={unquote(host)} port={there or 5432} user={parts.username or 'postgres'}"
    settings = {
        "listen_addr": "127.0.0.1", "listen_port": port, "unix_socket_dir": "", "auth_type": "any",
        "pool_mode": "transaction", "default_pool_size": connections, "max_client_conn": 200,
        "server_reset_query": "", "ignore_startup_parameters": "extra_float_digits",
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in settings.items()]
    url = f"postgres://{parts.username or 'postgres'}@127.0.0.1:{port}{parts.path}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)  # root cannot run it, and its user must read the file
        file, log = folder / "pgbouncer.ini", folder / "log"
        file.write_text("\n".join(["[databases]", f"* = {server}", "[pgbouncer]", *lines, ""]))
        with log.open("wb") as said:
            process = subprocess.Popen([str(PROGRAM), str(file)], stdout=said, stderr=said, **other_user())
        try:
            _wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(url, connect_timeout=2):
                return
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.05)
