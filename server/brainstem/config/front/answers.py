"""Responses as bytes: the head of the application's responses, and the front's own refusals."""

from __future__ import annotations

import html
import time
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus

import orjson

from brainstem.api.error_codes import HEADER, usual_code

Headers = Iterable[tuple[str, str]]
BODILESS = ("1", "204", "304")  # prefixes of statuses without a body
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{text}</p></html>'

_date: tuple[int, str] = (0, "")


def has_body(method: str, status: str) -> bool:
    """Whether a body may follow the head."""
    return method != "HEAD" and not status.startswith(BODILESS)


def head_of(status: str, headers: Headers, *, version: str, keep_alive: bool, length: int | None) -> bytes:
    """Status line and headers.

    Parameters
    ----------
    length : int or None
        Length of the body, if the application did not set it; None for a chunked body.
    """
    lines = [f"HTTP/1.1 {status}"]
    has_length = False
    # Where no body is allowed, a length of 0 would be misleading.
    is_bodiless = status.startswith(BODILESS)
    for name, value in headers:
        if name.lower() == "content-length":
            if is_bodiless:
                continue
            has_length = True
        lines.append(f"{name}: {value}")
    if not (has_length or is_bodiless):
        if length is not None:
            lines.append(f"Content-Length: {length}")
        elif version == "1.1":
            lines.append("Transfer-Encoding: chunked")
    lines.append(f"Date: {_now()}")
    if not keep_alive:
        lines.append("Connection: close")
    elif version == "1.0":
        lines.append("Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def refusal(status: int, message: str, *, for_page: bool, **headers: str) -> tuple[str, Headers, bytes]:
    """A response of the front itself: a page for a browser, else JSON like the API's errors."""
    phrase = HTTPStatus(status).phrase
    fixed = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if for_page:
        fixed["Content-Type"] = "text/html; charset=utf-8"
        body = PAGE.format(title=phrase, text=html.escape(message)).encode()
    else:
        fixed[HEADER] = usual_code(status).value
        body = orjson.dumps({"detail": message})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return f"{status} {phrase}", [*(fixed | named).items()], body


def chunk(data: bytes) -> bytes:
    """The data as one chunk of a body of unknown length."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def _now() -> str:
    global _date  # noqa: PLW0603 - made once a second, not once an answer
    second = int(time.time())
    if _date[0] != second:
        _date = (second, formatdate(second, usegmt=True))
    return _date[1]


__all__ = ["LAST_CHUNK", "Headers", "chunk", "has_body", "head_of", "refusal"]
