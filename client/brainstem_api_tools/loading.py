"""All records of a list, in the fastest way that is safe with the server.

A server that streams gives all records in one answer, as they were at one moment; where the transfer is cut, what came
is thrown away and the list is read in pages. One that knows cursors gives page after page, the next one being fetched
while the last one is used. On any other, pages are asked for by offset, several at once: there, records that others add
or delete meanwhile move those behind them from page to page, so they are told apart by their ids and counted in the
end.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable

from .core import Core
from .paging import PAGE, Pages, records_of
from .progress import bar
from .streams import Cut, batches, expected
from .transport import CONNECTIONS, NDJSON, is_stream
from .wire import Conversation, Pairs, with_query

Row = dict[str, Any]
Body = Mapping[str, Any]
PASSES = 2


@dataclass
class Listing:
    """One list of a server.

    Attributes
    ----------
    run : callable
        Carries conversations; by several threads at once.
    ask : callable
        The conversation that gives the body of a page.
    limit : int, optional
        Records at most.
    connections : int
        Pages by offset that are asked for at once.
    """

    core: Core
    run: Callable[[Conversation[Any]], Any]
    ask: Callable[[str], Conversation[Any]]
    url: str
    query: Pairs
    limit: int | None = None
    offset: int = 0
    size: int = PAGE
    connections: int = 4
    progress: bool | None = None
    label: str = "records"
    told: int | None = None  # how many records there are, as soon as it is known

    # --- all at once ---

    def everything(self) -> list[Row]:
        """All records, in their order."""
        small = self.limit is not None and self.limit <= self.size
        found = None if small else self.streamed()
        return self.collected(self.pages()) if found is None else found

    def streamed(self) -> list[Row] | None:
        """All records as of one moment; None if the server does not stream, or the transfer was cut."""
        if self.core.facts.streams is False:
            return None
        response = self._open()
        if response is None:
            return None
        count = expected(response, limit=self.limit, offset=self.offset)
        try:
            self.told = count
            return self.collected(batches(response, count))
        except Cut:
            return None

    def collected(self, parts: Iterator[list[Row]]) -> list[Row]:
        """All records of some parts, with a bar as they come."""
        found: list[Row] = []
        with bar(self.label, wanted=self.progress) as advance:
            for part in parts:
                found += part
                advance(len(part), self.told)
        return found

    def _open(self) -> Any:
        """The response that streams, still to be read; None if the server has none."""
        bounds = [("limit", self.limit), ("offset", self.offset or None)]
        answer = self.run(self.core.ask_stream(with_query(self.url, [*self.query, *bounds]), NDJSON))
        streams = answer.ok and is_stream(answer.headers)
        if answer.ok or answer.status in {406, 415}:
            self.core.facts.streams = streams
        return answer.raw if streams else None

    # --- page by page ---

    def pages(self) -> Iterator[list[Row]]:
        """The pages, no more than a few ahead of who reads them."""
        pages = Pages(self.url, self.query, limit=self.limit, size=self.size)
        if self.offset:
            pages.cursor, pages.seen = None, self.offset
        if pages.done:
            return
        body = self._page(pages.next_url())
        if pages.cursor is None or not _has_cursor(body):
            yield from self.by_offset(body)
        else:
            yield from self._by_cursor(pages, body)

    def _by_cursor(self, pages: Pages, body: Body) -> Iterator[list[Row]]:
        """One page after the other, the next being on its way while one is used."""
        with _threads(1) as pool:
            while True:
                records = pages.take(body)
                coming = None if pages.done else pool.submit(self._page, pages.next_url())
                yield records
                if coming is None:
                    return
                body = coming.result()

    def by_offset(self, first: Body) -> Iterator[list[Row]]:
        """The first page, and all others by their offset."""
        seen: set[Any] = set()
        came = count = 0
        for number in range(PASSES):
            counts = set()
            for body in self._bodies(first if number == 0 else None):
                records, count = _new(records_of(body, self.url), seen), self._wanted(body)
                counts.add(count)
                if self.limit is not None:
                    records = records[: self.limit - came]
                came += len(records)
                yield records
            # A count that changed tells that pages moved: what has left one for the page before it was not seen.
            if came >= count and len(counts) == 1:
                return
        if came < count:
            self._warn(came, count)

    def _warn(self, came: int, count: int) -> None:
        warnings.warn(
            f"The list changed while it was being read: {came} of {count} records arrived."
            " Read it again when nobody is writing.",
            stacklevel=3,
        )

    def _bodies(self, first: Body | None) -> Iterator[Body]:
        """The pages by offset, in order."""
        body = first or self._page(self._at(0, self.size))
        yield body
        step, at = len(records_of(body, self.url)), len(records_of(body, self.url))
        if not step or at >= self._wanted(body):
            return
        total = self._wanted(body)
        waiting: deque[Future[Body]] = deque()
        with _threads(self.connections) as pool:
            while at < total or waiting:
                while at < total and len(waiting) < self.connections:
                    waiting.append(pool.submit(self._page, self._at(at, step)))
                    at += step
                body = waiting.popleft().result()
                total = self._wanted(body)
                yield body

    def _at(self, start: int, size: int) -> str:
        return with_query(self.url, [*self.query, ("limit", size), ("offset", self.offset + start)])

    def _wanted(self, body: Body) -> int:
        """The number of records to load, according to a page."""
        left = max(0, int(body.get("count") or 0) - self.offset)
        return left if self.limit is None else min(left, self.limit)

    def _page(self, url: str) -> Body:
        body: Body = self.run(self.ask(url))
        self.told = self._wanted(body)
        return body


def _has_cursor(body: Body) -> bool:
    return "cursor=" in str(body.get("next") or "")


def _new(records: list[Row], seen: set[Any]) -> list[Row]:
    """Those that have not been seen; what has no id is always new."""
    found = []
    for record in records:
        key = record.get("id")
        if key is None or key not in seen:
            seen.add(key)
            found.append(record)
    return found


@contextmanager
def _threads(number: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are gone afterwards; what has not begun by then, when an error ends all, never begins."""
    pool = ThreadPoolExecutor(max_workers=min(max(1, number), CONNECTIONS), thread_name_prefix="brainstem")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
