"""The server as users meet it: a separate process on a real port, with its own database.

On SQLite that is a file in a temporary folder; when ``DATABASE_URL`` names a PostgreSQL, a new database on it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from psycopg import sql

from .error_codes import hold_to_documented_codes
from .shapes import NOTES
from .templates import connected, copy_sqlite, named, postgres_template

SERVER = Path(__file__).resolve().parents[1]
START_SECONDS = 60
PASSWORD = "correct horse battery staple"
PEOPLE = ("admin", "alice", "bob", "charlie")
ADD_PEOPLE = """
import json, sys
import django
django.setup()
from django.contrib.auth import get_user_model
users = get_user_model().objects
for email, password in json.load(sys.stdin).items():
    add = users.create_superuser if email.startswith("admin") else users.create_user
    add(email=email, password=password)
"""


@dataclass
class Served:
    """A running server, and the people who have accounts on it."""

    url: str
    environment: dict[str, str] = field(repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def email(self, name: str) -> str:
        """Address with which a person signs in."""
        return f"{name}@lab.example"

    def token(self, name: str) -> str:
        """A personal access token of one of ``PEOPLE``, obtained with the password on first use."""
        if name not in self.tokens:
            status, body = self.send("POST", "token/", {"username": self.email(name), "password": PASSWORD})
            assert status == 200, body
            self.tokens[name] = body["token"]
        return self.tokens[name]

    def send(self, method: str, path: str, data: Any = None, *, who: str = "") -> tuple[int, Any]:
        """Status and parsed body of one request below ``/api/``."""
        headers = {"Content-Type": "application/json"}
        if who:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.url}/api/{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                hold_to_documented_codes(error.code, error.headers, asked=f"{method} {path}")
                return error.code, json.loads(error.read() or b"null")

    def one(self, path: str, name: str, **fields: Any) -> str:
        """Id of the record of this name, such as one of a catalogue; the administrator adds it if needed."""
        query = urlencode({"filter{name}": name})
        status, body = self.send("GET", f"super/{path}/?{query}", who="admin")
        assert status == 200, body
        if found := next(iter(body.values())):
            return str(found[0]["id"])
        status, body = self.send("POST", f"super/{path}/", {"name": name} | fields, who="admin")
        assert status == 201, (path, name, fields, body)
        return str(next(iter(body.values()))["id"])


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def new_database(folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """``DATABASE_URL`` of an empty database that is deleted afterwards."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        file = folder / "brainstem.sqlite3"
        if migrated:
            copy_sqlite(file)
        yield f"sqlite:///{file}"
        return
    name = f"served_{os.getpid()}_{free_port()}"
    like = postgres_template(given) if migrated else "template1"
    with connected(given) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like)))
        try:
            yield named(given, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def environment_of(url: str, database: str, folder: Path) -> dict[str, str]:
    """The environment of the server, without the test settings, which other processes must not share."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.watched_settings" if NOTES in os.environ else "brainstem.config.settings",
        "PYTHONPATH": str(SERVER),
        "DATABASE_URL": database,
        "DEBUG": "on",
        "BRAINSTEM_DATA_DIR": str(folder),
        "BRAINSTEM_URL": url,
        "BRAINSTEM_THROTTLE": "off",
        "BRAINSTEM_PEOPLE": "everyone",
        "LOG_LEVEL": "WARNING",
    }


def manage(environment: dict[str, str], *arguments: str, text: str = "") -> None:
    """Run Python with the server's settings to its end."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=SERVER,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def wait_until_healthy(
    url: str, process: subprocess.Popen[bytes], log: Path, *, seconds: float = START_SECONDS
) -> None:
    """Return as soon as ``/healthz`` answers 200; fail with the server's log if it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text()}")


@contextmanager
def running(
    environment: dict[str, str], *options: str, port: int, folder: Path, code: Path = SERVER
) -> Iterator[subprocess.Popen[bytes]]:
    """``brainstem-server serve`` for the duration of the block; its workers are in its session."""
    log = folder / "served.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "brainstem.config", "serve", "--port", str(port), *options],
            env=environment, cwd=code, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            # Its workers are in the same process group, which is the server's own.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A migrated server with accounts for ``PEOPLE``, of whom ``admin`` is an administrator."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(folder) as database:
        environment = environment_of(url, database, folder)
        found = Served(url, environment)
        manage(environment, "-c", ADD_PEOPLE, text=json.dumps({found.email(name): PASSWORD for name in PEOPLE}))
        with running(environment, port=port, folder=folder):
            yield found


@contextmanager
def demo_lab(folder: Path) -> Iterator[Served]:
    """What ``make serve`` starts: a server with the demo lab."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(folder) as database:
        environment = environment_of(url, database, folder)
        manage(environment, "-m", "brainstem.config", "demo")
        with running(environment, port=port, folder=folder):
            yield Served(url, environment)
