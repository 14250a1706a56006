"""Connections that break: a small TCP proxy in front of a server, which damages some responses."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

END = b"\r\n\r\n"


@dataclass
class Harm:
    """What is done to the response of a request.

    Attributes
    ----------
    after : int
        Bytes of the answer that pass before.
    stall_s : float
        The connection is left open for so long before it is cut.
    """

    after: int = 0
    stall_s: float = 0.0


@dataclass
class Proxy:
    """Passes everything on, except as ``harms`` says: tests of the request's first line, and what to do then."""

    url: str
    target: tuple[str, int]
    harms: list[tuple[Callable[[str], bool], Harm]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # first lines of the requests

    def break_once(self, words: str, harm: Harm) -> None:
        """Damage the response of the next request whose first line contains these words."""
        self.harms.append((lambda line: words in line, harm))

    def harm_for(self, line: str) -> Harm | None:
        """What to do to a request, once."""
        for at, (fits, harm) in enumerate(self.harms):
            if fits(line):
                del self.harms[at]
                return harm
        return None


@contextmanager
def proxy_of(url: str) -> Iterator[Proxy]:
    """A proxy in front of a server."""
    parts = urlsplit(url)
    listener = socket.create_server(("127.0.0.1", 0))
    found = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", (str(parts.hostname), int(parts.port or 80)))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=_serve, args=(found, client)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in [accepting, *threads]:
        thread.join(10)


def _serve(proxy: Proxy, client: socket.socket) -> None:
    """Handle the requests of a connection in turn, each with its own connection to the server."""
    client.settimeout(10)
    with client:
        while True:
            try:
                request = _request(client)
            except OSError:
                return
            if not request:
                return
            line = request.partition(b"\r\n")[0].decode()
            proxy.seen.append(line)
            if not _answer(proxy, client, request, proxy.harm_for(line)):
                return


def _answer(proxy: Proxy, client: socket.socket, request: bytes, harm: Harm | None) -> bool:
    """Pass on the response; False if the connection has ended."""
    head, _, body = request.partition(END)
    asked = head + b"\r\nConnection: close" + END + body  # so that the server's end is the answer's end
    passed = 0
    with socket.create_connection(proxy.target, timeout=30) as server:
        server.sendall(asked)
        while chunk := server.recv(1 << 14):
            if harm is not None and passed + len(chunk) > harm.after:
                _drain(server) if harm.after == 0 else None
                client.sendall(chunk[: harm.after - passed])
                time.sleep(harm.stall_s)
                return False
            try:
                client.sendall(chunk)
            except OSError:
                return False
            passed += len(chunk)
    return False


def _drain(server: socket.socket) -> None:
    """Let the server finish: the request takes effect, although nobody gets the response."""
    while server.recv(1 << 14):
        pass


def _request(client: socket.socket) -> bytes:
    """One whole request."""
    found = b""
    while END not in found:
        chunk = client.recv(1 << 14)
        if not chunk:
            return b""
        found += chunk
    head, _, body = found.partition(END)
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += client.recv(1 << 14)
    return head + END + body
