"""HTTP by hand: what no well-behaved client would send, and what it would never wait for. To 127.0.0.1 only."""

from __future__ import annotations

import json
import re
import select
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .base import CLOSED, GAVE_UP, STILL_OPEN

HOME = "127.0.0.1"
ANOTHER = "127.0.0.2"  # another caller's address: Linux lets anybody send from all of 127.0.0.0/8
PIECE = 64 * 1024
LARGEST_HEAD = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back: ``status`` is ``CLOSED`` or ``GAVE_UP`` where there was no answer."""

    status: int
    head: str = ""
    body: bytes = field(default=b"", repr=False)

    def cookies(self) -> dict[str, str]:
        """The cookies that it sets."""
        return dict(re.findall(r"(?im)^set-cookie: ([^=;]+)=([^;\r]*)", self.head))


def connect(port: int, *, source: str = HOME, receive_buffer: int = 0, seconds: float = 5) -> socket.socket:
    """A connection; ``receive_buffer`` makes a reader that takes little at a time."""
    found = socket.socket()
    if receive_buffer:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    found.settimeout(seconds)
    found.bind((source, 0))
    try:
        found.connect((HOME, port))
    except OSError:
        found.close()
        raise
    return found


def head(method: str, path: str, headers: dict[str, str] | None = None) -> bytes:
    """The first lines of a request, with the empty one that ends them."""
    named = {"Host": HOME} | (headers or {})
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def query(*pairs: tuple[str, Any]) -> str:
    """A query string."""
    return urlencode(pairs)


def send(
    port: int, method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes | Iterable[bytes] = b"",
    length: int | None = None, seconds: float, source: str = HOME,
) -> Answer:  # fmt: skip
    """Send one request and wait for its answer; the body stops as soon as an answer comes."""
    pieces = _cut(body) if isinstance(body, bytes) else iter(body)
    size = length if length is not None else len(body) if isinstance(body, bytes) else 0
    lengths = {"Content-Length": str(size)} if size or method not in {"GET", "HEAD"} else {}
    first = head(method, path, {"Connection": "close"} | lengths | (headers or {}))
    return send_raw(port, first, pieces, seconds=seconds, source=source)


def send_raw(port: int, first: bytes, pieces: Iterator[bytes], *, seconds: float, source: str = HOME) -> Answer:
    """Send bytes until an answer comes, and wait for it."""
    try:
        with connect(port, source=source, seconds=seconds) as connection:
            return _exchange(connection, _chain(first, pieces), time.monotonic() + seconds)
    except TimeoutError:
        return Answer(GAVE_UP)
    except OSError:
        return Answer(CLOSED)


def send_json(port: int, method: str, path: str, data: Any, *, seconds: float, **more: Any) -> Answer:
    """Send JSON; a text goes as it stands."""
    body = data.encode() if isinstance(data, str) else json.dumps(data).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"} | more.pop("headers", {})
    return send(port, method, path, headers=headers, body=body, seconds=seconds, **more)


def _chain(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


def _exchange(connection: socket.socket, pieces: Iterator[bytes], deadline: float) -> Answer:
    connection.setblocking(False)
    waiting, got = next(pieces), b""
    while (left := deadline - time.monotonic()) > 0:
        readable, writable, _ = select.select([connection], [connection] if waiting else [], [], left)
        if readable:
            try:
                part = connection.recv(PIECE)
            except (BlockingIOError, ConnectionError):
                part = b""
            got += part
            if not part or _whole(got):
                return _answer(got)
        elif writable:
            try:
                waiting = waiting[connection.send(waiting) :] or next(pieces, b"")
            except BlockingIOError:
                continue
            except ConnectionError:
                waiting = b""  # An answer may be there all the same.
    return _answer(got) if _length(got) is not None else Answer(GAVE_UP)


def _whole(got: bytes) -> bool:
    length = _length(got)
    return length is not None and len(got) >= length


def _length(got: bytes) -> int | None:
    """Bytes of head and body together, once the head tells them."""
    end = got.find(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: (\d+)", got[:end]) if end >= 0 else None
    return end + 4 + int(found[1]) if found else None


def _answer(got: bytes) -> Answer:
    first, _, body = got.partition(b"\r\n\r\n")
    return Answer(status_of(first), first.decode("latin-1"), body)


def status_of(got: bytes) -> int:
    """The status in the first bytes of an answer; ``CLOSED`` where they hold none."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})", got)
    return int(found[1]) if found else CLOSED


def fate(connection: socket.socket) -> int:
    """What became of a connection: the status it was answered with, ``CLOSED``, or ``STILL_OPEN``."""
    connection.setblocking(False)
    try:
        got = connection.recv(LARGEST_HEAD)
    except BlockingIOError:
        return STILL_OPEN
    except OSError:
        return CLOSED
    return _answer(got).status
