"""``client.sessions.list(...)``: records that are asked for when they are needed, shown as a table."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, overload

from .feeds import AsyncFeed, Feed
from .paging import count_of, records_of
from .search import R, Row, Run, Search
from .wire import Conversation, Pairs

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from .loading import Listing
    from .show import Preview

__all__ = ["AsyncQuery", "Query", "Run"]
SHOWN = 10  # records of a table that is shown by itself


class Query(Search[R]):
    """Records, loaded page by page as needed: ``for session in client.sessions.list(...)``.

    Has a length, gives single records and slices (``found[0]``, ``found[:20]``), and shows itself as a table of its
    first records. Each of these asks the server anew.
    """

    feed = Feed

    def __iter__(self) -> Iterator[R]:
        if len(self.queries) > 1:
            yield from map(self.made, self._rows(None, False))
            return
        for page in self._listing(progress=False).pages():
            yield from map(self.made, page)

    def __len__(self) -> int:
        return self.count()

    @overload
    def __getitem__(self, index: int) -> R: ...

    @overload
    def __getitem__(self, index: slice) -> builtins.list[R]: ...

    def __getitem__(self, index: int | slice) -> R | builtins.list[R]:
        """One record, or a slice of them; no others are loaded."""
        if isinstance(index, slice):
            return self._slice(index)
        at = index + self.count() if index < 0 else index
        found = self._window(at, at + 1).all(progress=False) if at >= 0 else []
        if not found:
            raise IndexError(f"This list has no record {index}.")
        return found[0]

    def _slice(self, index: slice) -> builtins.list[R]:
        start, stop = index.start or 0, index.stop
        if start < 0 or (stop is not None and stop < 0) or (index.step or 1) < 0:
            return self.all()[index]
        return self._window(start, stop).all()[:: index.step]

    def _window(self, start: int, stop: int | None) -> Query[R]:
        """The records from one position to another."""
        ends = [one for one in (stop, self.limit) if one is not None]
        limit = max(0, min(ends) - start) if ends else None
        return Query(self.core, self.run, self.record, self.url, self.queries, limit, self.offset + start)

    def __repr__(self) -> str:
        from .show import as_text

        return as_text(self._preview())

    def _repr_html_(self) -> str:
        """The table that notebooks show."""
        from .show import as_html

        return as_html(self._preview())

    def _preview(self) -> Preview:
        """The first records; where they cannot be had, the reason, since what shows itself must not fail."""
        from .errors import BrainstemError
        from .show import Preview

        label = self.record.plural.replace("_", " ")
        try:
            rows, total = self.run(self._ask_preview())
        except (BrainstemError, OSError) as error:
            return Preview(label, [], problem=str(error))
        return Preview(label, rows, total)

    def _ask_preview(self) -> Conversation[tuple[builtins.list[Row], int]]:
        if len(self.queries) > 1:
            rows = yield from self._ask_parts()
            return rows[:SHOWN], len(rows)
        if self.limit == 0:
            return [], 0
        from .wire import with_query

        most = SHOWN if self.limit is None else min(SHOWN, self.limit)
        window = [("limit", most), ("offset", self.offset or None)]
        body = yield from self.core.ask_checked("GET", with_query(self.url, [*self.queries[0], *window]))
        left = max(0, count_of(body, self.url) - self.offset)
        return records_of(body, self.url), left if self.limit is None else min(left, self.limit)

    def all(self, *, connections: int | None = None, progress: bool | None = None) -> builtins.list[R]:
        """All records, in one transfer if the server offers that.

        Parameters
        ----------
        connections : int, optional
            Pages to load at once from servers without streams or cursors. Default: as in the client, 4.
        progress : bool, optional
            Whether to show a progress bar (extra ``progress``). Default: only at a terminal or in a notebook.
        """
        return [self.made(row) for row in self._rows(connections, progress)]

    def to_pandas(
        self,
        *,
        flatten: bool = False,
        names: bool = False,
        connections: int | None = None,
        progress: bool | None = None,
    ) -> pd.DataFrame:
        """All records as a pandas DataFrame; see ``brainstem_api_tools.frames.to_pandas`` and ``all``.

        Parameters
        ----------
        names : bool
            Add the names of related records next to their ids, as ``projects.name``.
        """
        from .frames import to_pandas

        rows, more = self._table(names, connections, progress)
        return to_pandas(rows, flatten=flatten, **more)

    def to_polars(
        self,
        *,
        flatten: bool = False,
        names: bool = False,
        connections: int | None = None,
        progress: bool | None = None,
    ) -> pl.DataFrame:
        """All records as a polars DataFrame; see ``to_pandas``."""
        from .frames import to_polars

        rows, more = self._table(names, connections, progress)
        return to_polars(rows, flatten=flatten, **more)

    def to_arrow(
        self,
        *,
        flatten: bool = False,
        names: bool = False,
        connections: int | None = None,
        progress: bool | None = None,
    ) -> pa.Table:
        """All records as an Arrow table; see ``to_pandas``."""
        from .frames import to_arrow

        rows, more = self._table(names, connections, progress)
        return to_arrow(rows, flatten=flatten, **more)

    def _table(
        self, names: bool, connections: int | None, progress: bool | None
    ) -> tuple[builtins.list[Row], dict[str, Any]]:
        """Records, and what determines their columns."""
        rows = self._rows(connections, progress)
        labels = self.run(self._ask_labels(rows)) if names else {}
        return rows, {**self._known(), "labels": labels}

    def _rows(self, connections: int | None, progress: bool | None) -> builtins.list[Row]:
        if self.limit == 0:
            return []
        listings = [self._listing(query, connections=connections, progress=progress) for query in self.queries]
        if len(listings) == 1:
            return listings[0].everything()
        return self._merged(one.everything() for one in listings)

    def _listing(
        self, query: Pairs | None = None, *, connections: int | None = None, progress: bool | None = None
    ) -> Listing:
        from .loading import Listing

        core, is_whole = self.core, len(self.queries) == 1
        return Listing(
            core,
            self.run,
            lambda url: core.ask_checked("GET", url),
            self.url,
            query or self.queries[0],
            limit=self.limit if is_whole else None,
            offset=self.offset if is_whole else 0,
            connections=connections or core.connections,
            progress=core.progress if progress is None else progress,
            label=self.record.plural.replace("_", " "),
        )

    def first(self) -> R | None:
        """The first record, or None."""
        return next(iter(self._window(0, 1)), None)

    def count(self) -> int:
        """The number of records; one small request."""
        return int(self.run(self.ask_count()))


class AsyncQuery(Search[R]):
    """Records, loaded page by page as needed: ``async for session in client.sessions.list(...)``."""

    feed = AsyncFeed

    async def __aiter__(self) -> AsyncIterator[R]:
        if len(self.queries) > 1:
            for row in await self.run(self._ask_rows()):
                yield self.made(row)
            return
        pages = self.pages()
        while not pages.done:
            for record in await self.run(self.ask(pages)):
                yield record

    def __repr__(self) -> str:
        return f"<{self.record.plural} of {self.core.url}: await .all(), .first() or .count(), or use async for>"

    async def all(self) -> builtins.list[R]:
        """All records."""
        return [record async for record in self]

    async def to_pandas(self, *, flatten: bool = False, names: bool = False) -> pd.DataFrame:
        """All records as a pandas DataFrame; see ``Query.to_pandas``."""
        from .frames import to_pandas

        rows, more = await self._table(names)
        return to_pandas(rows, flatten=flatten, **more)

    async def to_polars(self, *, flatten: bool = False, names: bool = False) -> pl.DataFrame:
        """All records as a polars DataFrame; see ``Query.to_pandas``."""
        from .frames import to_polars

        rows, more = await self._table(names)
        return to_polars(rows, flatten=flatten, **more)

    async def to_arrow(self, *, flatten: bool = False, names: bool = False) -> pa.Table:
        """All records as an Arrow table; see ``Query.to_pandas``."""
        from .frames import to_arrow

        rows, more = await self._table(names)
        return to_arrow(rows, flatten=flatten, **more)

    async def _table(self, names: bool) -> tuple[builtins.list[Row], dict[str, Any]]:
        rows = await self.run(self._ask_rows())
        labels = await self.run(self._ask_labels(rows)) if names else {}
        return rows, {**self._known(), "labels": labels}

    async def first(self) -> R | None:
        """The first record, or None."""
        only = type(self)(self.core, self.run, self.record, self.url, self.queries, 1)
        return next(iter(await only.all()), None)

    async def count(self) -> int:
        """The number of records; one small request."""
        return int(await self.run(self.ask_count()))
