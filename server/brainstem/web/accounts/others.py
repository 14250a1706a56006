"""Asking another server who a person is, with limits on time, size and redirects.

It is trusted about people but may misbehave: slow, endless and redirecting responses become errors of ``requests``,
which allauth shows as a page.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import requests
from allauth.core import context
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as Unreachable
from requests.exceptions import Timeout, TooManyRedirects
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# For everything in one request of ours: discovery, token, keys, person. A thread waits this long.
DEADLINE_SECONDS = 10.0
READ_SECONDS = 5.0
LARGEST_ANSWER = 512 * 1024
_CHUNK = 4096  # a response that expands to a thousand times its size stays below 4 MB at a time
AT_ONCE = 2  # threads that may wait for another server; the rest keep responding
PATIENCE_SECONDS = 2.0
_KEPT = "asks_others_until"

_waiting = threading.BoundedSemaphore(AT_ONCE)
_connections: ContextVar[list[object]] = ContextVar("connections")


class _Watched:
    """Registers itself when it connects, so that it can be closed."""

    def connect(self) -> None:
        """Connect, watched."""
        made = _connections.get([])
        made.append(lambda: self.sock)  # type: ignore[attr-defined]
        super().connect()  # type: ignore[misc]
        # A connection releases its socket after the headers of its last response, before the body.
        connected = self.sock  # type: ignore[attr-defined]
        made.append(lambda: connected)


class _Http(_Watched, HTTPConnection):
    pass


class _Https(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Adapter(HTTPAdapter):
    """Connections that can be closed."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Create the pools of watched connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class Session(requests.Session):
    """A session that only accepts small, timely responses from the requested URL."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def request(self, method: str, url: str, *args: Any, **more: Any) -> requests.Response:  # type: ignore[override]
        """The whole response.

        Raises
        ------
        RequestException
            If it takes too long, is too large, or leads elsewhere.
        """
        if not _waiting.acquire(timeout=PATIENCE_SECONDS):
            raise Timeout("Too many sign-ins wait for the other server.")
        try:
            seconds = _seconds_left()
            with _cut_off_after(seconds) as is_over:
                more |= {"allow_redirects": False, "stream": True, "timeout": min(READ_SECONDS, seconds)}
                try:
                    with super().request(method, url, *args, **more) as response:
                        found = _whole(response)
                except (OSError, AttributeError, ValueError) as error:
                    # Libraries raise many kinds of errors if their connection is closed.
                    if is_over():
                        raise Timeout(f"{url} took longer than {DEADLINE_SECONDS} s.") from error
                    raise
                if is_over():  # a response without a length seems complete when it is cut off
                    raise Timeout(f"{url} took longer than {DEADLINE_SECONDS} s.")
                return found
        finally:
            _waiting.release()


def _whole(response: requests.Response) -> requests.Response:
    if response.is_redirect:
        raise TooManyRedirects(f"{response.url} leads elsewhere; set its final address.", response=response)
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise Unreachable(f"{response.url} answers more than {LARGEST_ANSWER} bytes.", response=response)
    response._content = bytes(content)
    return response


def _seconds_left() -> float:
    """How much longer the current request may wait for other servers."""
    now, ours = time.monotonic(), context.request
    until: float = getattr(ours, _KEPT, now + DEADLINE_SECONDS)
    if ours is not None:
        setattr(ours, _KEPT, until)
    if until - now < 0.1:
        raise Timeout(f"The other server took longer than {DEADLINE_SECONDS} s.")
    return until - now


@contextmanager
def _cut_off_after(seconds: float) -> Iterator[Any]:
    """Close connections opened in this block when the time is over: a server may send one byte per second."""
    made: list[Any] = []
    over = threading.Event()

    def cut_off() -> None:
        over.set()
        for socket_of in made:
            with suppress(OSError, AttributeError):
                socket_of().shutdown(socket.SHUT_RDWR)

    timer, token = threading.Timer(seconds, cut_off), _connections.set(made)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()
        _connections.reset(token)
