"""``client.sessions``: the records of one model, with names and values checked before anything is sent.

Written once for both clients: what is done is a conversation, and the client's own ``run`` carries it, at once or when
it is awaited.
"""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from .calls import include_of
from .checks import checked_fields, checked_names, filter_pairs
from .core import Core
from .names import Name, address, nearest, portal_name
from .paging import Pages, count_of, record_of
from .record import Record, record_class
from .wire import Conversation, Pairs

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from .loading import Listing

R = TypeVar("R", bound=Record)
Many = TypeVar("Many")
One = TypeVar("One")
Done = TypeVar("Done")
Run = Callable[[Conversation[Any]], Any]


class Search(Generic[R]):
    """Which records of a list, in what order."""

    def __init__(self, core: Core, run: Run, record: type[R], url: str, query: Pairs, limit: int | None) -> None:
        self.core, self.run, self.record = core, run, record
        self.url, self.query, self.limit = url, query, limit

    def pages(self) -> Pages:
        """The pages, from the first one on."""
        return Pages(self.url, self.query, limit=self.limit)

    def ask(self, pages: Pages) -> Conversation[builtins.list[R]]:
        """The records of the next page."""
        body = yield from self.core.ask_checked("GET", pages.next_url())
        return [self.record(one) for one in pages.take(body)]

    def _known(self) -> dict[str, Any]:
        """What tells the columns, also where there are no records."""
        included = [name for key, value in self.query if key == "include[]" for name in value]
        return {"model": self.record.model, "include": included}

    def ask_count(self) -> Conversation[int]:
        """How many records there are, on all pages."""
        pages = Pages(self.url, self.query, size=1)
        body = yield from self.core.ask_checked("GET", pages.next_url())
        return count_of(body, self.url)


class Query(Search[R]):
    """Records, page by page as they are asked for: ``for session in client.sessions.list(...)``."""

    def __iter__(self) -> Iterator[R]:
        for page in self._listing(progress=False).pages():
            yield from map(self.record, page)

    def all(self, *, connections: int | None = None, progress: bool | None = None) -> builtins.list[R]:
        """All of them, in one transfer where the server offers that.

        Parameters
        ----------
        connections : int, optional
            Pages that are loaded at once from servers that give neither streams nor cursors; that of the client, 4.
        progress : bool, optional
            Whether a bar is shown (extra ``progress``); otherwise to people only, at a terminal or in a notebook.
        """
        return [self.record(row) for row in self._rows(connections, progress)]

    def to_pandas(
        self, *, flatten: bool = False, connections: int | None = None, progress: bool | None = None
    ) -> pd.DataFrame:
        """All of them as a DataFrame of pandas; see ``brainstem_api_tools.frames.to_pandas`` and ``all``."""
        from .frames import to_pandas

        return to_pandas(self._rows(connections, progress), flatten=flatten, **self._known())

    def to_polars(
        self, *, flatten: bool = False, connections: int | None = None, progress: bool | None = None
    ) -> pl.DataFrame:
        """All of them as a DataFrame of polars; see ``brainstem_api_tools.frames.to_polars`` and ``all``."""
        from .frames import to_polars

        return to_polars(self._rows(connections, progress), flatten=flatten, **self._known())

    def to_arrow(
        self, *, flatten: bool = False, connections: int | None = None, progress: bool | None = None
    ) -> pa.Table:
        """All of them as a table of Arrow; see ``brainstem_api_tools.frames.to_arrow`` and ``all``."""
        from .frames import to_arrow

        return to_arrow(self._rows(connections, progress), flatten=flatten, **self._known())

    def _rows(self, connections: int | None, progress: bool | None) -> builtins.list[dict[str, Any]]:
        return self._listing(connections=connections, progress=progress).everything()

    def _listing(self, *, connections: int | None = None, progress: bool | None = None) -> Listing:
        from .loading import Listing

        core = self.core
        return Listing(
            core,
            self.run,
            lambda url: core.ask_checked("GET", url),
            self.url,
            self.query,
            limit=self.limit,
            connections=connections or core.connections,
            progress=core.progress if progress is None else progress,
            label=self.record.plural.replace("_", " "),
        )

    def first(self) -> R | None:
        """The first one, or None."""
        return next(iter(type(self)(self.core, self.run, self.record, self.url, self.query, 1)), None)

    def count(self) -> int:
        """How many there are; one small request."""
        return int(self.run(self.ask_count()))


class AsyncQuery(Search[R]):
    """Records, page by page as they are asked for: ``async for session in client.sessions.list(...)``."""

    async def __aiter__(self) -> AsyncIterator[R]:
        pages = self.pages()
        while not pages.done:
            for record in await self.run(self.ask(pages)):
                yield record

    async def all(self) -> builtins.list[R]:
        """All of them."""
        return [record async for record in self]

    async def to_pandas(self, *, flatten: bool = False) -> pd.DataFrame:
        """All of them as a DataFrame of pandas; see ``brainstem_api_tools.frames.to_pandas``."""
        from .frames import to_pandas

        return to_pandas(await self.all(), flatten=flatten, **self._known())

    async def to_polars(self, *, flatten: bool = False) -> pl.DataFrame:
        """All of them as a DataFrame of polars; see ``brainstem_api_tools.frames.to_polars``."""
        from .frames import to_polars

        return to_polars(await self.all(), flatten=flatten, **self._known())

    async def to_arrow(self, *, flatten: bool = False) -> pa.Table:
        """All of them as a table of Arrow; see ``brainstem_api_tools.frames.to_arrow``."""
        from .frames import to_arrow

        return to_arrow(await self.all(), flatten=flatten, **self._known())

    async def first(self) -> R | None:
        """The first one, or None."""
        only = type(self)(self.core, self.run, self.record, self.url, self.query, 1)
        return next(iter(await only.all()), None)

    async def count(self) -> int:
        """How many there are; one small request."""
        return int(await self.run(self.ask_count()))


class Resource(Generic[R, Many, One, Done]):
    """The records of one model; the generated classes say the same with the model's own fields."""

    def __init__(self, record: type[R], core: Core, run: Run, search: Callable[..., Any]) -> None:
        self.record, self.core, self._run, self._search = record, core, run, search
        self.__doc__ = record.__doc__

    def __repr__(self) -> str:
        return f"<{self.record.plural} of {self.core.url}>"

    def delete(self, id: Any, *, portal: Name = "private") -> Done:
        """Delete the record with this id."""
        done: Done = self._run(self._delete(self._url(portal, id)))
        return done

    if not TYPE_CHECKING:  # type checkers see those of the generated classes

        def list(
            self,
            *,
            portal: Name = "private",
            sort: Iterable[str] = (),
            include: Iterable[str] = (),
            search: str = "",
            limit: int | None = None,
            filters: Mapping[str, Any] | None = None,
            **where: Any,
        ) -> Any:
            """Records that fit all filters, on as many pages as it takes.

            Parameters
            ----------
            sort : str or list of str
                Fields; with ``-`` in front, the greatest first.
            include : str or list of str
                Relations whose records take the place of ids, such as ``"behaviors.setup"``.
            search : str
                Words that all occur in names and texts.
            limit : int, optional
                Records at most.
            filters : dict, optional
                Filters as servers spell them, such as ``{"-tags": "pilot"}``.
            **where
                ``field=value``, ``field__operator=value``, ``relation__field__operator=value``.
            """
            query: Pairs = filter_pairs(self.record, where)
            query += [(f"filter{{{path}}}", value) for path, value in (filters or {}).items()]
            query.append(("sort[]", checked_names(self.record, sort, kind="sort")))
            query.append(("include[]", include_of(checked_names(self.record, include, kind="include"))))
            query.append(("search", search or None))
            return self._search(self.core, self._run, self.record, self._url(portal), query, limit)

        def get(self, id: Any, *, include: Iterable[str] = (), portal: Name = "private") -> Any:
            """The record with this id.

            Raises
            ------
            NotFound
                If there is none, or not for the caller.
            """
            included = include_of(checked_names(self.record, include, kind="include"))
            return self._run(self._get(self._url(portal, id), [("include[]", included)]))

        def create(self, *, portal: Name = "private", **fields: Any) -> Any:
            """Add a record.

            Raises
            ------
            ValidationError
                If a field does not exist, is missing, or holds what is no value of it.
            """
            data = checked_fields(self.record, fields, creating=True)
            return self._run(self._write("POST", self._url(portal), data))

        def update(self, id: Any, *, portal: Name = "private", **fields: Any) -> Any:
            """Change some fields of the record with this id."""
            data = checked_fields(self.record, fields, creating=False)
            return self._run(self._write("PATCH", self._url(portal, id), data))

    def _url(self, portal: Name, record_id: Any = None) -> str:
        found = record_id["id"] if isinstance(record_id, Record) else record_id
        return address(self.core.base, portal_name(portal), self.record.app, self.record.model, found)

    def _get(self, url: str, query: Pairs) -> Conversation[Record]:
        from .wire import with_query

        return self._one((yield from self.core.ask_checked("GET", with_query(url, query))))

    def _write(self, method: str, url: str, data: Mapping[str, Any]) -> Conversation[Record]:
        return self._one((yield from self.core.ask_checked(method, url, data)))

    def _delete(self, url: str) -> Conversation[None]:
        from .core import reached

        answer = yield from reached(self.core.ask("DELETE", url))
        # Gone after a second try: the answer to the first one got lost.
        if not (answer.status == 404 and answer.tries > 1):
            answer.checked()

    def _one(self, body: Mapping[str, Any]) -> Record:
        """The record of an answer; who may only propose gets the proposal."""
        key, data = record_of(body, self.core.base)
        if key == self.record.singular:
            return self.record(data)
        return record_class(key.replace("_", "").replace(" ", ""))(data)


def resource_of(name: str, core: Core, run: Run, search: Callable[..., Any]) -> Any:
    """The resource that an attribute of a client stands for.

    Raises
    ------
    AttributeError
        If there is none; the message names the nearest.
    """
    from .models import ATTRIBUTES

    plain = {key.replace("_", ""): model for key, model in ATTRIBUTES.items()}
    model = ATTRIBUTES.get(name) or plain.get(name.replace("_", ""))
    if model is None:
        raise AttributeError(f"There is no '{name}'. {nearest(name, ATTRIBUTES)}".strip())
    return Resource(record_class(model), core, run, search)
