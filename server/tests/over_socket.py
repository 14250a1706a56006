"""The server of the test process on a real socket: requests travel over HTTP, and share the test's database connection.

So a request can be made within a transaction that is rolled back afterwards. One request at a time: whoever asks waits for
the answer, and two threads never use the connection at once.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.test import RequestFactory
from django.test.client import ClientHandler

from .error_codes import hold_to_documented_codes

SECONDS = 30


class _Handler(WSGIRequestHandler):
    # Head and body of an answer are sent apart; the second must not wait for the receipt of the first.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        """As in other servers, except that wsgiref treats a request without a content type as plain text."""
        found: dict[str, Any] = super().get_environ()
        if self.headers.get("content-type") is None:
            found["CONTENT_TYPE"] = ""
        return found

    def log_message(self, *_: Any) -> None:
        """Log nothing: the server's own middleware logs requests."""


class _Server(ThreadedWSGIServer):
    """Threads, since only they keep a connection open from one request to the next; here there is one."""

    def _close_connections(self) -> None:
        """Keep the database connection, which belongs to the test."""


class Wire:
    """A persistent connection to the server."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """Status and parsed body of one request below ``/api/``."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, f"/api/{path}", content, headers)
        with self.connection.getresponse() as answer:
            text = answer.read()
        hold_to_documented_codes(answer.status, answer.headers, asked=f"{method} {path}")
        return answer.status, json.loads(text) if text else None


class Direct:
    """Sends the same requests without a socket, in half the time.

    Not a client of Django's: that would let signals close the connection again which :func:`listening` keeps open.
    """

    def __init__(self) -> None:
        self.handler = ClientHandler()
        self.handler.load_middleware()

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """Status and parsed body of one request below ``/api/``."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content, kind = ("", "") if body is None else (json.dumps(body), "application/json")
        request = RequestFactory().generic(method, f"/api/{path}", content, kind, headers=headers)
        answer = self.handler.get_response(request)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, json.loads(text) if text else None


@contextmanager
def listening() -> Iterator[Wire]:
    """A server on a free port for the duration of the block; the caller is in a transaction."""
    shared = connections[DEFAULT_DB_ALIAS]
    shared.inc_thread_sharing()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it takes a connection in a transaction for one left behind
    server = _Server(("127.0.0.1", 0), _Handler, connections_override={DEFAULT_DB_ALIAS: shared})
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    wire = Wire(server.server_address[1])
    try:
        yield wire
    finally:
        if wire.connection.sock is not None:
            wire.connection.sock.shutdown(socket.SHUT_RDWR)
        wire.connection.close()
        server.shutdown()
        server.server_close()
        thread.join(SECONDS)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        shared.dec_thread_sharing()
