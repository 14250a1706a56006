"""``client.changes(since=...)``: what changed since somebody last asked, for programs that keep a copy in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .core import Core
from .entries import Changed
from .errors import NotAnAnswer
from .feeds import AsyncFeed, Feed
from .paging import records_of
from .past import asked
from .wire import Conversation, Pairs, with_query

if TYPE_CHECKING:
    from .search import Run

__all__ = ["AsyncChanges", "Changes"]


class Changes(Feed[Changed]):
    """Changes of records, oldest first, as ``Changed`` objects; they end where nothing more has happened.

    To go through them again gives what has happened since.

    Attributes
    ----------
    cursor : str
        Where to go on, for ``client.changes(since=...)``: after the last page whose changes were all used.
    """

    def __init__(self, run: Run, core: Core, cursor: str = "") -> None:
        super().__init__(run, lambda: _Reading(core, self), "changes")
        self.cursor = cursor


class AsyncChanges(AsyncFeed[Changed]):
    """The same as ``Changes``, to be gone through with ``async for``."""

    def __init__(self, run: Run, core: Core, cursor: str = "") -> None:
        super().__init__(run, lambda: _Reading(core, self), "changes")
        self.cursor = cursor


class _Reading:
    """Where somebody is in the changes."""

    def __init__(self, core: Core, feed: Changes | AsyncChanges) -> None:
        self._core, self._feed, self._cursor = core, feed, feed.cursor
        self.done = False

    def next(self) -> Conversation[list[Changed]]:
        """The next changes; whoever asks for them has used those before."""
        self._feed.cursor = self._cursor
        query: Pairs = [("since", self._cursor or None)]
        url = f"{self._core.base}private/changes/"
        body = (yield from asked(self._core, "GET", with_query(url, query), what="a feed of changes")).checked()
        rows, cursor = records_of(body, url), body.get("cursor")
        if cursor is None:
            raise NotAnAnswer(f"{self._core.url} answered without a cursor, not as a BrainSTEM server does.")
        self._cursor = str(cursor)
        if not rows:
            self._feed.cursor, self.done = self._cursor, True
        return [Changed.of(row) for row in rows]
