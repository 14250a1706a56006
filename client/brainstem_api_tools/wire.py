"""Requests, answers and conversations: what is said to a server, independent of the transport. Pure: no network.

A *conversation* is a generator. It yields a ``Request`` and is sent an ``Answer`` or a ``Failure``; it yields a
``Wait`` and is sent None; what it returns is its result. ``transport.py`` and ``async_transport.py`` carry
conversations, so that whatever is written as one works for both clients.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union
from urllib.parse import urlencode, urlsplit

from . import errors
from ._version import __version__
from .sending import sendable

T = TypeVar("T")
USER_AGENT = f"brainstem_python_api_tools/{__version__}"
JSON = "application/json"
EVENT = "brainstem-event"  # the header that names a write in the history; in small letters, as all names here
NO_CONTENT = frozenset({204, 205})
Pairs = list[tuple[str, Any]]


@dataclass(frozen=True)
class Request:
    """One HTTP request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a token
    body: bytes | None = field(default=None, repr=False)
    streamed: bool = False  # whether the caller reads the content itself, from ``raw``


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``raw`` is the response object of the library that carried it."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes = field(repr=False)
    raw: Any = field(default=None, repr=False)
    tries: int = 1
    url: str = ""

    @property
    def ok(self) -> bool:
        """Whether it succeeded; a redirect (3xx) is not an answer."""
        return self.status < 300

    @property
    def body(self) -> Any:
        """Parsed JSON, or the text if it is not JSON."""
        try:
            return json.loads(self.content) if self.content else None
        except (ValueError, RecursionError):
            return self.content.decode("utf-8", "replace")

    def checked(self) -> Any:
        """The body of a successful answer.

        Raises
        ------
        BrainstemError
            The one of the tree in ``errors`` that the status stands for.
        """
        if self.ok:
            return self._parsed()
        number = self.headers.get(errors.REQUEST_ID, "")
        raise errors.error_of(
            self.status, self.body, request_id=number, retry_after=retry_after(self.headers), server=self.server
        )

    @property
    def server(self) -> str:
        """Address of the server that answered."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/" if parts.netloc else ""

    def no_answer(self, what: str) -> errors.NotAnAnswer:
        """The error for an answer that is not one of a BrainSTEM server."""
        return errors.NotAnAnswer(
            f"{self.server or 'The server'} answered {what}, not as a BrainSTEM server does.", status=self.status
        )

    def _parsed(self) -> Any:
        """The body as JSON; None for a status without content."""
        if self.status in NO_CONTENT:
            return None
        if not self.content.strip():
            raise self.no_answer("with nothing")
        body = self.body
        if isinstance(body, (dict, list)):
            return body
        kind = self.headers.get("content-type", "")
        if "html" in kind or self.content.lstrip()[:1] == b"<":
            raise self.no_answer("with a page")
        raise self.no_answer("with broken JSON" if "json" in kind else "with something that is not JSON")


@dataclass(frozen=True)
class Failure:
    """A request without an answer.

    ``sent`` is False only if the server cannot have seen it; ``passing`` tells what may go away by itself from what
    does not, such as a certificate that does not fit. ``silent_s`` are seconds that were waited for nothing.
    ``sentence`` says what happened, with the address.
    """

    error: Exception
    sent: bool = True
    passing: bool = True
    silent_s: float = 0.0
    sentence: str = ""


@dataclass(frozen=True)
class Wait:
    """A pause."""

    seconds: float


Step = Union[Request, Wait]
Outcome = Union[Answer, Failure, None]
Conversation = Generator[Step, Outcome, T]


class NoAnswer(Exception):
    """Carries the error of the HTTP library out of a conversation."""

    def __init__(self, error: Exception, sentence: str = "") -> None:
        super().__init__(sentence or str(error))
        self.error = error

    def released(self) -> Exception:
        """The error of the HTTP library, of the type that released clients raise, saying it in one sentence."""
        try:
            found = type(self.error)(str(self))
        except Exception:  # noqa: BLE001  # one that takes other arguments stays as it is
            return self.error
        for name in ("request", "response"):
            with contextlib.suppress(RuntimeError):  # httpx2 has no request to tell before one is sent
                if getattr(self.error, name, None) is not None:
                    setattr(found, name, getattr(self.error, name))
        return found


class Verbatim(bytes):
    """A body that is sent as it is: JSON already, or of the media type that its headers tell."""


def json_request(method: str, url: str, data: object = None, *, token: str = "", key: str = "") -> Request:
    """A request that sends and wants JSON; ``key`` lets a server tell a repetition from a second request."""
    headers: dict[str, str] = {"Accept": JSON, "User-Agent": USER_AGENT}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    if data is None:
        return Request(method, url, headers)
    headers["Content-Type"] = JSON
    return Request(method, url, headers, data if isinstance(data, Verbatim) else encoded(data))


def encoded(data: object) -> Verbatim:
    """A value as JSON."""
    return Verbatim(json.dumps(sendable(data), allow_nan=False).encode())


def with_query(url: str, pairs: Iterable[tuple[str, Any]]) -> str:
    """The address with parameters; those without a value are left out, lists are repeated."""
    flat = [(key, one) for key, value in pairs for one in _values(value) if one is not None]
    if not flat:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(flat)}"


def _values(value: object) -> Iterable[object]:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return (value,)
    return list(value)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: given as such, or as a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        return _seconds_until(text)


def _seconds_until(text: str) -> float | None:
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=timezone.utc)
    return max(0.0, (then - datetime.now(timezone.utc)).total_seconds())
