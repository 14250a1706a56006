"""Images and documents of records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from ..core import reached
from ..wire import Answer, Request
from .connection import Server

_NAME = re.compile(r'filename="?([^";]+)')


@dataclass(frozen=True)
class Content:
    """A file."""

    name: str
    content: bytes


def content_of(server: Server, value: Any) -> Content | None:
    """The file at an address; None if it cannot be read.

    The token goes to the server only: other hosts, where servers keep files, are asked without it.
    """
    url = urljoin(server.core.url, str(value))
    if urlsplit(url)[:2] == urlsplit(server.core.url)[:2]:
        answer: Any = server.transport.run(reached(server.core.ask("GET", url)))
    else:
        answer = server.transport.send(Request("GET", url))
    if not isinstance(answer, Answer) or not answer.ok:
        return None
    return Content(_name(answer, url), answer.content)


def _name(answer: Answer, url: str) -> str:
    """The name that the server gives, or the end of the address; never a way out of the folder."""
    match = _NAME.search(answer.headers.get("content-disposition", ""))
    text = match[1] if match else unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return re.sub(r"[^\w.-]+", "_", text).strip("._")[-100:] or "file"
