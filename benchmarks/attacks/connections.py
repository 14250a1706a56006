"""Connections that are opened and not used as they are meant to be: anonymous, and almost free for the attacker."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import wire
from .base import CLOSED, REFUSED, STILL_OPEN, Scale, Target, attack
from .queries import FOUR, SESSIONS, large_but_allowed

HALF_HEAD = f"GET /healthz HTTP/1.1\r\nHost: {wire.HOME}\r\nX-Half: ".encode()
TAKES_LITTLE = 4096
STEP_SECONDS = 0.5
OPENING_SECONDS = 10
STREAM = {"Accept": "application/x-ndjson"}


@contextmanager
def opened(target: Target, number: int, first: bytes, **options: int) -> Iterator[list[socket.socket]]:
    """So many connections, each with the same first bytes sent; all closed in the end."""
    found: list[socket.socket] = []
    ends = time.monotonic() + OPENING_SECONDS
    try:
        for _ in range(number):
            if time.monotonic() > ends:
                break
            # Whom the server turns away at the door has been refused.
            with contextlib.suppress(OSError):
                connection = wire.connect(target.port, seconds=2, **options)
                found.append(connection)
                connection.sendall(first)
        yield found
    finally:
        for connection in found:
            connection.close()


def _hold(connections: list[socket.socket], seconds: float, act: Callable[[socket.socket], object]) -> None:
    """Do something with each connection twice a second, as long as the server lets one."""
    ends, alive = time.monotonic() + seconds, list(connections)
    while time.monotonic() < ends:
        time.sleep(STEP_SECONDS)
        for connection in list(alive):
            try:
                act(connection)
            except OSError:
                alive.remove(connection)


def _nothing(_connection: socket.socket) -> None:
    """Leave it as it is."""


def _one_more_byte(connection: socket.socket) -> None:
    connection.send(b"a")


@attack("1,100 half-sent heads")
def half_heads(target: Target, scale: Scale) -> list[int]:
    """A request line, and then silence."""
    with opened(target, 1100, HALF_HEAD) as connections:
        _hold(connections, scale.hold_seconds, _nothing)
        return [wire.fate(one) for one in connections]


@attack("heads that drip")
def slow_heads(target: Target, scale: Scale) -> list[int]:
    """A request line, and then two bytes a second."""
    with opened(target, 50, HALF_HEAD) as connections:
        _hold(connections, scale.hold_seconds, _one_more_byte)
        return [wire.fate(one) for one in connections]


def _posted(length: int) -> bytes:
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(length)}
    return wire.head("POST", "/api/token/", kind) + b"username=a"


@attack("10 half-sent bodies")
def half_bodies(target: Target, scale: Scale) -> list[int]:
    """Ten bytes of the thousand that are promised."""
    with opened(target, 10, _posted(1000)) as connections:
        _hold(connections, scale.hold_seconds, _nothing)
        return [wire.fate(one) for one in connections]


@attack("bodies that drip", expected=REFUSED)
def slow_bodies(target: Target, scale: Scale) -> list[int]:
    """A body at two bytes a second, so that something arrives all the time."""
    with opened(target, 10, _posted(1000)) as connections:
        _hold(connections, scale.hold_seconds, _one_more_byte)
        return [wire.fate(one) for one in connections]


@attack("slow readers of streams", expected=REFUSED | {200})
def slow_streams(target: Target, scale: Scale) -> list[int]:
    """Ten streams of everything, read at 32 bytes a second."""
    asked = wire.query(*(("include[]", part) for part in FOUR))
    return _read_slowly(target, scale, wire.head("GET", f"{SESSIONS}?{asked}", STREAM), number=10)


@attack("slow readers of streams of Arrow", expected=REFUSED | {200, 406})
def slow_arrow(target: Target, scale: Scale) -> list[int]:
    """The same, in the other format."""
    kind = {"Accept": "application/vnd.apache.arrow.stream"}
    return _read_slowly(target, scale, wire.head("GET", SESSIONS, kind), number=10)


@attack("slow readers of large answers", expected=REFUSED | {200})
def slow_answers(target: Target, scale: Scale) -> list[int]:
    """Ten answers of many megabytes, read at 32 bytes a second."""
    asked = wire.head("GET", large_but_allowed(target, scale), {"Accept": "application/json"})
    return _read_slowly(target, scale, asked, number=10)


def _read_slowly(target: Target, scale: Scale, asked: bytes, *, number: int) -> list[int]:
    """What each was answered; a connection that still waits for its turn to be answered was not served."""
    with opened(target, number, asked, receive_buffer=TAKES_LITTLE) as connections:
        heads: dict[socket.socket, bytes] = dict.fromkeys(connections, b"")

        def take(connection: socket.socket) -> None:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                heads[connection] += connection.recv(16)

        _hold(connections, scale.hold_seconds, take)
        return [wire.status_of(got) if got else CLOSED for got in heads.values()]


@attack("hundreds of idle keep-alive connections", expected=REFUSED | {200, STILL_OPEN})
def idle(target: Target, scale: Scale) -> list[int]:
    """One request on each of 500 connections, which then stay."""
    with opened(target, 500, wire.head("GET", "/healthz")) as connections:
        _hold(connections, scale.hold_seconds, _nothing)
        return [wire.fate(one) for one in connections]
