"""A served front in front of an application whose requests take as long as a test says."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from ..served import Served, free_port, running

# An application of which a test can say how long it takes, and what it saw; everything else is the server's own.
SETTINGS = """
from brainstem.config.settings import *

ROOT_URLCONF = "front_urls"
"""
URLS = """
import threading, time
from pathlib import Path
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from brainstem.config.health import healthz
from brainstem.core.sql import deadlines

FOLDER = Path(__file__).parent
running, cancelled = [], []
cancel = deadlines.Ticket.cancel

def noted(ticket):
    cancelled.append(ticket)
    cancel(ticket)

deadlines.Ticket.cancel = noted

def slow(request):
    running.append(request)
    before = len(cancelled)
    ends = time.monotonic() + float(request.GET["s"])
    try:
        while time.monotonic() < ends and len(cancelled) == before:
            time.sleep(0.02)
    finally:
        running.remove(request)
    return HttpResponse("slow")

def seen(request):
    return JsonResponse({"running": len(running), "cancelled": len(cancelled)})

def large(request):
    return HttpResponse(b"x" * (int(request.GET["mb"]) << 20))

def stream(request):
    def pieces():
        running.append(request)
        try:
            for _ in range(int(request.GET["mb"]) << 4):
                yield b"y" * (1 << 16)
        finally:
            running.remove(request)
    return StreamingHttpResponse(pieces())

def breaks(request):
    def pieces():
        yield b"y" * 1000
        raise RuntimeError("in the middle")
    return StreamingHttpResponse(pieces())

def file(request):
    return FileResponse((FOLDER / "large.bin").open("rb"))

@csrf_exempt
def echo(request):
    return JsonResponse({"length": len(request.body), "said": request.META.get("CONTENT_LENGTH"),
                         "headers": dict(request.headers), "path": request.path, "query": request.GET})

def health(request):
    while (FOLDER / "stuck").exists():
        time.sleep(0.05)
    return healthz(request)

urlpatterns = [
    path("healthz", health),
    path("t/slow", slow), path("t/seen", seen), path("t/large", large), path("t/stream", stream),
    path("t/breaks", breaks), path("t/file", file), path("api/t/echo", echo), path("t/echo", echo),
    path("api/t/stream", stream), path("", include("brainstem.config.urls")),
]
from brainstem.config.urls import handler400, handler403, handler404, handler429, handler500
"""
SHORT = {
    "BRAINSTEM_HEAD_SECONDS": "1",
    "BRAINSTEM_STALL_SECONDS": "2",
    "BRAINSTEM_IDLE_SECONDS": "2",
    "BRAINSTEM_WAIT_SECONDS": "60",
    "BRAINSTEM_STOP_SECONDS": "3",
    "BRAINSTEM_MAX_STREAMS": "2",
    "BRAINSTEM_TRUSTED_PROXIES": "0",
}
MB = 1 << 20
LARGE_FILE = 30 * MB
PATIENCE = 20.0


class Place:
    """A served front."""

    def __init__(self, port: int, environment: dict[str, str], log: Path, process: subprocess.Popen[bytes]) -> None:
        self.port, self.environment, self.log, self.process = port, environment, log, process

    def open(self, *, receive_buffer: int = 0) -> socket.socket:
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.port))
        return connection

    def ask(self, text: str, *, receive_buffer: int = 0) -> socket.socket:
        """A connection on which something was sent."""
        connection = self.open(receive_buffer=receive_buffer)
        connection.sendall(text.replace("\n", "\r\n").encode())
        return connection

    def get(self, path: str, *, timeout: float = PATIENCE, **headers: str) -> tuple[int, bytes]:
        with self.http(timeout) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    @contextmanager
    def http(self, timeout: float = PATIENCE):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            yield connection
        finally:
            connection.close()

    def seen(self) -> dict[str, int]:
        return json.loads(self.get("/t/seen")[1])

    def until(self, **wanted: int) -> None:
        """Wait until the application has seen so much."""
        ends = time.monotonic() + PATIENCE
        while (found := self.seen()) and any(found[name] != value for name, value in wanted.items()):
            assert time.monotonic() < ends, (wanted, found)
            time.sleep(0.05)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    found = bytearray()
    with suppress(ConnectionError):
        while part := connection.recv(1 << 20):
            found += part
    return bytes(found)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@contextmanager
def front(served: Served, folder: Path, *options: str, **settings: str):
    """A server of its own, with the addresses above and the database of ``served``."""
    (folder / "front_settings.py").write_text(SETTINGS)
    (folder / "front_urls.py").write_text(URLS)
    (folder / "large.bin").write_bytes(b"z" * LARGE_FILE)
    environment = (
        served.environment
        | SHORT
        | settings
        | {"DJANGO_SETTINGS_MODULE": "front_settings", "BRAINSTEM_TASKS_BESIDE": "off"}
    )
    environment["PYTHONPATH"] += os.pathsep + str(folder)
    port = free_port()
    with running(environment, *options, port=port, folder=folder) as process:
        yield Place(port, environment, folder / "served.log", process)
