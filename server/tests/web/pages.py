"""People who open pages without a script: what tests of the portals' pages ask with."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.test import Client

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass
class Page:
    """A page as it came: status, address where it leads, and text."""

    status: int
    to: str
    text: str
    headers: Any

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return _Links.of(self.text)

    @property
    def words(self) -> str:
        """What people read of it."""
        return " ".join(_Words.of(self.text))


class Reader:
    """Somebody with a browser that runs no scripts; not signed in without a person."""

    def __init__(self, person: Any = None) -> None:
        self.client = Client(headers={"accept": BROWSER})
        if person is not None:
            self.client.force_login(getattr(person, "user", person))

    def get(self, path: str, **query: Any) -> Page:
        """Open a page."""
        address = f"{path}{'&' if '?' in path else '?'}{urlencode(query, doseq=True)}" if query else path
        return self._page(self.client.get(address))

    def post(self, path: str, **data: Any) -> Page:
        """Send a form."""
        return self._page(self.client.post(path, data))

    def _page(self, response: Any) -> Page:
        body = b"".join(response) if response.streaming else response.content
        return Page(
            response.status_code,
            response.headers.get("Location", ""),
            body.decode("utf-8", "replace"),
            response.headers,
        )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.found.append(str(found["href"]))

    @classmethod
    def of(cls, text: str) -> list[str]:
        parser = cls()
        parser.feed(text)
        return parser.found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(" ".join(data.split()))

    @classmethod
    def of(cls, text: str) -> list[str]:
        parser = cls()
        parser.feed(text)
        return parser.found
