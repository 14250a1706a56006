"""Which records of a list are meant, and how they are asked for. Conversations, no network.

A filter with more values than one address takes makes several lists of one. Those are read whole and put together.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Callable, ClassVar, Generic, TypeVar

from .attached import Source
from .core import Core
from .merging import check_sort, merged
from .paging import Pages, count_of
from .record import Record
from .wire import Conversation, Pairs

R = TypeVar("R", bound=Record)
Run = Callable[[Conversation[Any]], Any]
Row = dict[str, Any]


class Search(Generic[R]):
    """Which records of a list, in what order."""

    feed: ClassVar[type[Any]]  # the class of lists of anything else, for the same kind of client

    def __init__(
        self,
        core: Core,
        run: Run,
        record: type[R],
        url: str,
        queries: builtins.list[Pairs],
        limit: int | None = None,
        offset: int = 0,
    ) -> None:
        self.core, self.run, self.record = core, run, record
        self.url, self.queries, self.limit, self.offset = url, queries, limit, offset
        if len(queries) > 1:
            check_sort(record, self._asked("sort[]"))

    def made(self, row: Row) -> R:
        """A record that knows where it came from."""
        return self.record(row, self._source)

    @cached_property
    def _source(self) -> Source:
        include = (name.removesuffix(".*") for name in self._asked("include[]"))
        return Source(self.core, self.run, type(self), self._portal, tuple(include))

    @property
    def _portal(self) -> str:
        return self.url[len(self.core.base) :].partition("/")[0]

    def pages(self) -> Pages:
        """The pages, from the first one on."""
        return Pages(self.url, self.queries[0], limit=self.limit)

    def ask(self, pages: Pages) -> Conversation[builtins.list[R]]:
        """The records of the next page."""
        body = yield from self.core.ask_checked("GET", pages.next_url())
        return [self.made(one) for one in pages.take(body)]

    def ask_count(self) -> Conversation[int]:
        """How many records there are, on all pages."""
        if len(self.queries) > 1:
            return len((yield from self._ask_parts()))
        pages = Pages(self.url, self.queries[0], size=1)
        told = count_of((yield from self.core.ask_checked("GET", pages.next_url())), self.url)
        left = max(0, told - self.offset)
        return left if self.limit is None else min(left, self.limit)

    def _ask_rows(self) -> Conversation[builtins.list[Row]]:
        """All of them, page after page."""
        if len(self.queries) > 1 or self.offset:
            return (yield from self._ask_parts())
        return (yield from self._ask_pages(self.queries[0], self.limit))

    def _ask_parts(self) -> Conversation[builtins.list[Row]]:
        parts = []
        for query in self.queries:
            parts.append((yield from self._ask_pages(query, None)))
        return self._merged(parts)

    def _ask_pages(self, query: Pairs, limit: int | None) -> Conversation[builtins.list[Row]]:
        pages, rows = Pages(self.url, query, limit=limit), []
        while not pages.done:
            rows += pages.take((yield from self.core.ask_checked("GET", pages.next_url())))
        return rows

    def _merged(self, parts: Iterable[Iterable[Row]]) -> builtins.list[Row]:
        return merged(self.record, parts, sort=self._asked("sort[]"), offset=self.offset, limit=self.limit)

    def _asked(self, parameter: str) -> builtins.list[str]:
        return [name for key, value in self.queries[0] if key == parameter for name in value]

    def _known(self) -> dict[str, Any]:
        """What determines the columns, even without records."""
        return {"model": self.record.model, "include": self._asked("include[]")}

    def _ask_labels(self, rows: builtins.list[Row]) -> Conversation[dict[str, Any]]:
        from .labels import labels_of

        return (yield from labels_of(self.core, self.record, rows, portal=self._portal))
