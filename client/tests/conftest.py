"""A real server, a home of the test's own, and a small server for what the real one does not do on demand."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from brainstem_api_tools import BrainstemClient
from tests.served import PASSWORD, Served, manage, served

__all__ = ["served"]
TWO_FACTORS = """
import sys
import django
django.setup()
from django.contrib.auth import get_user_model
get_user_model().objects.create_user(email=sys.argv[1], password=sys.argv[2], two_factor_enabled=True)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working folder with nothing in them, and no settings in the environment."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("BRAINSTEM_TOKEN", "BRAINSTEM_API_TOKEN", "BRAINSTEM_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def as_person(served: Served) -> Iterator[Callable[[str], BrainstemClient]]:
    """A client of ours, signed in as one of the people; closed after the test."""
    made: list[BrainstemClient] = []

    def sign_in(name: str) -> BrainstemClient:
        made.append(BrainstemClient(token=served.token(name), url=served.url))
        return made[-1]

    yield sign_in
    for client in made:
        client.close()


@pytest.fixture
def client(as_person: Callable[[str], BrainstemClient]) -> BrainstemClient:
    """Alice."""
    return as_person("alice")


@pytest.fixture(scope="session")
def careful(served: Served) -> str:
    """Email address of somebody with two-factor authentication."""
    email = "careful@lab.example"
    manage(served.environment, "-c", TWO_FACTORS, email, PASSWORD)
    return email


class Script:
    """Answers that a small server gives, one after the other by address, and the requests that it got."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, list[Any]] = {}
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        # What answers an address by the query, or by what is accepted, in the place of a list of answers.
        self.by_query: dict[str, Callable[[dict[str, str]], Any]] = {}
        self.by_accept: dict[str, Callable[[str], Any]] = {}

    def answer(self, method: str, path: str, *answers: Any) -> None:
        """Give these in turn, the last one for ever: (status, body) or (status, body, headers), None to break off."""
        self.answers[f"{method} {path}"] = list(answers)

    def bodies(self, path: str) -> list[Any]:
        """What was sent to an address, parsed."""
        return [json.loads(body) for _, seen, _, body in self.seen if seen == path]

    def next(self, method: str, path: str, query: str = "", accept: str = "") -> Any:
        key = f"{method} {path}"
        if key in self.by_query:
            return self.by_query[key](dict(parse_qsl(query)))
        if key in self.by_accept:
            return self.by_accept[key](accept)
        left = self.answers[f"{method} {path}"]
        return left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def scripted() -> Iterator[Script]:
    """A small HTTP server that answers as it is told; for what a server of ours cannot be made to do on demand."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.seen.append((self.command, path, dict(self.headers), body))
            answer = script.next(self.command, path, query, self.headers.get("Accept", ""))
            if answer is None:
                self.close_connection = True
                return
            status, value, headers = (*answer, {})[:3]
            text = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            for name, content in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, content)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    yield script
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def listed(scripted: Script) -> Iterator[BrainstemClient]:
    """A client of a server that answers as it is told."""
    with BrainstemClient(token="t", url=scripted.url) as client:
        yield client


@pytest.fixture
def project(client: BrainstemClient) -> Iterator[Any]:
    """A project of the test's own."""
    made = client.projects.create(name=uuid.uuid4().hex)
    yield made
    client.projects.delete(made.id)


@pytest.fixture
def command(served: Served, home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``brainstem`` as Alice, in this process; gives exit code, output and what was said beside it."""
    from brainstem_api_tools.cli import main

    def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
        with monkeypatch.context() as surroundings:
            settings = {"BRAINSTEM_URL": served.url, "BRAINSTEM_TOKEN": served.token("alice"), **(environment or {})}
            for name, value in settings.items():
                surroundings.setenv(name, value)
            capfd.readouterr()
            with pytest.raises(SystemExit) as end:
                main(arguments)
        shown, said = capfd.readouterr()
        return int(end.value.code or 0), shown, said

    return run
