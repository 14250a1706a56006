"""Somebody at a browser, as far as tests of the client need one: signs in, and approves or denies a program.

Also a program of its own, to be named in ``BROWSER``: ``approval.py EMAIL PASSWORD DECISION ADDRESS``.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Hidden(HTMLParser):
    """The fields of a page that are not shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[str(given.get("name"))] = given.get("value") or ""


def decide(address: str, *, email: str, password: str, decision: str = "approve", code: str = "") -> str:
    """Open an address, sign in where that leads, type the code if there is one, and press a button; the last page."""
    with requests.Session() as browser:

        def send(shown: requests.Response, **fields: str) -> requests.Response:
            hidden = Hidden(shown.text).fields
            answer = browser.post(urljoin(shown.url, shown.url.partition("?")[0]), hidden | fields, timeout=30)
            assert answer.status_code == 200, (answer.status_code, answer.text)
            return answer

        page = send(browser.get(address, timeout=30), login=email, password=password)
        if code:
            page = send(page, user_code=code)
        return send(page, decision=decision, name="From a test", access="full").text


if __name__ == "__main__":
    decide(sys.argv[4], email=sys.argv[1], password=sys.argv[2], decision=sys.argv[3])
