"""A request as read, and its WSGI environ."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from httptools import HttpParserInvalidURLError, parse_url

from .bodies import Body

Environ = dict[str, Any]
MAX_KEYS = 300
_PLAIN = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
_keys: dict[bytes, str] = dict(_PLAIN)


class Unreadable(Exception):
    """What was sent is not a valid request."""


class Request:
    """One request; its head first, its body piece by piece."""

    __slots__ = (
        "body", "close_wanted", "expects_more", "has_head", "headers", "keep_alive", "limit", "method", "path",
        "query", "too_large", "url", "version",
    )  # fmt: skip

    def __init__(self, body: Body) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = body
        self.has_head = False
        self.method = self.version = self.path = self.query = ""
        self.keep_alive = True
        self.close_wanted = False  # by the client
        self.expects_more = False  # waits for 100 Continue before sending its body
        self.too_large = False
        self.limit = 0

    def seal(self, method: str, version: str, *, keep_alive: bool) -> None:
        """The head is complete.

        Raises
        ------
        Unreadable
            If its URL or version is invalid.
        """
        if version not in {"1.0", "1.1"}:
            raise Unreadable("This server speaks HTTP/1.1.")
        self.method, self.version = method, version
        self.keep_alive, self.close_wanted = keep_alive, not keep_alive
        self.has_head = True
        self.expects_more = version == "1.1" and self.header(b"expect").lower() == b"100-continue"
        self.path, self.query = _parts(self.url)

    def header(self, name: bytes) -> bytes:
        """The first header of this name (lowercase); empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), b"")

    def environ(self, base: Environ) -> Environ:
        """The WSGI environ; ``base`` is the part common to all requests of a connection."""
        found = base.copy()
        found["REQUEST_METHOD"] = self.method
        found["PATH_INFO"] = self.path
        found["QUERY_STRING"] = self.query
        found["SERVER_PROTOCOL"] = f"HTTP/{self.version}"
        for name, value in self.headers:
            key = _keys.get(name) or _key(name)
            if not key:
                continue
            text = value.decode("latin-1")
            if key in found:
                text = f"{found[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
            found[key] = text
        # By now the length is known even if the body came in chunks.
        found.pop("HTTP_TRANSFER_ENCODING", None)
        if not self.too_large and (self.body.size or "CONTENT_LENGTH" in found):
            found["CONTENT_LENGTH"] = str(self.body.size)
        found["wsgi.input"] = self.body.reader()
        return found


def base_environ(peer: object, here: object) -> Environ:
    """The part of the environ common to all requests of a connection."""
    address, port = (peer[0], str(peer[1])) if isinstance(peer, tuple) else ("", "")
    host, served_port = (here[0], str(here[1])) if isinstance(here, tuple) else ("localhost", "80")
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": served_port,
        "REMOTE_ADDR": address,
        "REMOTE_PORT": port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }


def _parts(url: bytes) -> tuple[str, str]:
    if url == b"*":
        return "*", ""
    try:
        parsed = parse_url(url)
    except HttpParserInvalidURLError:
        raise Unreadable("The URL of the request is not valid.") from None
    path = parsed.path or b"/"
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("latin-1"), (parsed.query or b"").decode("latin-1")


def _key(name: bytes) -> str:
    """The WSGI name of a header; empty for one with an underscore, which could impersonate one with a dash."""
    if b"_" in name:
        return ""
    lower = name.lower()
    key = _PLAIN.get(lower) or "HTTP_" + lower.decode("latin-1").upper().replace("-", "_")
    if len(_keys) < MAX_KEYS and len(name) < 40:
        _keys[name] = key
    return key


__all__ = ["Environ", "Request", "Unreadable", "base_environ"]
