"""The pages of a list. Pure: it says which address to ask next, and is given the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .errors import NotAnAnswer
from .redirects import origin
from .wire import Pairs, with_query

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

PAGE = 100


def records_of(body: object, url: str = "") -> list[dict[str, Any]]:
    """The records of a page, asked for at an address.

    Raises
    ------
    NotAnAnswer
        If there is none, not even an empty list.
    """
    found = next((value for value in body.values() if isinstance(value, list)), None) if _is_object(body) else None
    if found is None:
        raise _none("a list of records", url)
    return found


def record_of(body: object, url: str = "") -> tuple[str, dict[str, Any]]:
    """The record in an answer, and its key.

    Raises
    ------
    NotAnAnswer
        If there is none.
    """
    items = body.items() if _is_object(body) else ()
    for key, value in items:
        if isinstance(value, dict) and key != "meta":
            return key, value
    raise _none("a record", url)


def count_of(body: object, url: str = "") -> int:
    """The number of records; NotAnAnswer if it is missing."""
    told = body.get("count") if _is_object(body) else None
    if not isinstance(told, int):
        raise _none("the number of records", url)
    return told


def _none(what: str, url: str) -> NotAnAnswer:
    who = origin(url) if url else "The server"
    return NotAnAnswer(f"{who} answered without {what}, not as a BrainSTEM server does.")


def _is_object(body: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(body, Mapping)


class Pages:
    """The pages of one list.

    Follows cursors, with which nothing is skipped or repeated while others write; on a server that knows none, it goes
    on by offset.

    Parameters
    ----------
    limit : int, optional
        Records at most, over all pages.
    """

    def __init__(self, url: str, query: Pairs, *, limit: int | None = None, size: int = PAGE) -> None:
        self.url, self.query, self.left, self.size = url, query, limit, size
        self.cursor: str | None = ""
        self.seen = 0
        self.done = limit == 0

    def next_url(self) -> str:
        """The address of the next page."""
        size = self.size if self.left is None else min(self.size, self.left)
        start = ("offset", self.seen) if self.cursor is None else ("cursor", self.cursor)
        return with_query(self.url, [*self.query, ("limit", size), start])

    def take(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The records of a page."""
        records = records_of(body, self.url)
        self.seen += len(records)
        following = parse_qs(urlsplit(str(body.get("next") or "")).query)
        # Only the cursor is taken over: the address may be that of another host, behind a proxy.
        if "cursor" in following:
            self.cursor = following["cursor"][0]
        elif self.cursor:
            self.done = True
        else:
            self.cursor = None
            self.done = self.seen >= int(body.get("count") or 0)
        if self.left is not None:
            records = records[: self.left]
            self.left -= len(records)
            self.done = self.done or self.left <= 0
        self.done = self.done or not records
        return records
