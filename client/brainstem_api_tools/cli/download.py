"""Images and documents of records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from ..core import reached
from ..redirects import REDIRECTS
from ..wire import Answer, Conversation, Outcome, Request
from .connection import Server

HOPS = 5
_NAME = re.compile(r'filename="?([^";]+)')


@dataclass(frozen=True)
class Content:
    """A file."""

    name: str
    content: bytes


def content_of(server: Server, value: object) -> Content | None:
    """The file at an address; None if it could not be read.

    The token goes to the server only: other hosts, where servers keep files, are asked without it.
    """
    url = urljoin(server.core.url, str(value))
    if urlsplit(url)[:2] == urlsplit(server.core.url)[:2]:
        answer: Any = server.transport.run(reached(server.core.ask("GET", url)))
    else:
        answer = server.transport.run(fetched(url))
    if not isinstance(answer, Answer) or not answer.ok:
        return None
    return Content(_name(answer, url), answer.content)


def fetched(url: str) -> Conversation[Outcome]:
    """What another host answers, which may send the request on to any other: there is no token in it."""
    outcome: Outcome = None
    for _ in range(HOPS):
        outcome = yield Request("GET", url)
        if not isinstance(outcome, Answer) or outcome.status not in REDIRECTS or not outcome.headers.get("location"):
            break
        url = urljoin(url, outcome.headers["location"])
    return outcome


def _name(answer: Answer, url: str) -> str:
    """The name that the server gives, or the end of the address; never a way out of the folder."""
    match = _NAME.search(answer.headers.get("content-disposition", ""))
    text = match[1] if match else unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return re.sub(r"[^\w.-]+", "_", text).strip("._")[-100:] or "file"
