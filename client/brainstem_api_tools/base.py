"""What both clients have: one core, the released calls on it, and the models as attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import bulk, rehearsal, storage
from .calls import Calls, names_of, queries_of, query_of
from .contract import attributes
from .core import Core, Options
from .environment import clean_token
from .loaders import Loaders
from .names import DEFAULT_URL, Name, address, older_route, portal_name
from .record import record_named
from .search import Search
from .wire import Conversation, Pairs


class ClientBase(Loaders):
    """A client, but for how its conversations are carried."""

    BASE_URL = DEFAULT_URL

    def __init__(self, options: Options, search: type[Search[Any]]) -> None:
        self._core = Core(options)
        self._calls = Calls(self._core)
        self._search = search

    def _run(self, conversation: Conversation[Any]) -> Any:
        """The result of a conversation, or what gives it when it is awaited."""
        raise NotImplementedError

    if not TYPE_CHECKING:  # type checkers know the attributes that there are

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            from .resource import resource_of

            found = resource_of(name, self._core, self._run, self._search)
            self.__dict__[name] = found
            return found

        def __dir__(self) -> list[str]:
            return sorted({*super().__dir__(), *attributes()})

    # --- released calls, as both clients carry them out ---

    def _load(
        self,
        model: Name,
        portal: Name,
        record_id: object,
        options: str | None,
        filters: Mapping[str, Any] | None,
        sort: Iterable[str] | None,
        include: Iterable[str] | None,
        limit: int | None,
        offset: int | None,
        load_all: bool,
    ) -> Any:
        if load_all and record_id is not None:
            raise ValueError("load_all=True cannot be used together with id.")
        url = self._calls.url(model, portal, record_id, options)
        queries = queries_of(filters, sort, include)
        if load_all and len(queries) > 1:
            record = None if options else record_named(model)
            return self._run(self._calls.load_parts(url, queries, record, names_of(sort), limit, offset or 0))
        if load_all:
            return self._load_all(url, queries[0], limit, offset)
        query = query_of(filters, sort, include) if len(queries) > 1 else queries[0]
        return self._run(self._calls.load(url, record_id, options, [*query, ("limit", limit), ("offset", offset)]))

    def _load_all(self, url: str, query: Pairs, limit: int | None, offset: int | None) -> Any:
        return self._run(self._calls.load_all(url, query, limit, offset))

    def _save(
        self, model: Name, portal: Name, record_id: object, data: object, options: str | None, strict: bool = False
    ) -> Any:
        url = self._calls.url(model, portal, record_id, options)
        return self._run(self._calls.save(url, record_id, options, data, strict=strict))

    def _delete(self, model: Name, portal: Name, record_id: object) -> Any:
        if record_id is None:
            raise ValueError("'id' is required to delete a record.")
        return self._run(self._calls.delete(self._calls.url(model, portal, record_id)))

    def _older_url(self, model: Name, portal: Name, record_id: str | None, options: str | None) -> str:
        try:
            app, name = older_route(model)
        except KeyError:
            return ""
        return address(self._core.base, portal_name(portal), app, name, record_id, options or "")

    # --- many records at once, and where data are kept ---

    def _bulk_create(self, model: Name, rows: object, portal: Name, size: int, strict: bool = False) -> Any:
        return self._run(bulk.create(self._core, model, rows, portal=portal, size=size, strict=strict))

    def _upsert(self, model: Name, rows: object, key: str, portal: Name, size: int, strict: bool = False) -> Any:
        return self._run(bulk.upsert(self._core, model, rows, key=key, portal=portal, size=size, strict=strict))

    def _rehearse(self, model: Name, rows: object, key: str, portal: Name, size: int) -> Any:
        return self._run(rehearsal.of_rows(self._core, model, rows, key=key, portal=portal, size=size))

    def _data_path(self, session: object, wanted: storage.Wanted, portal: Name) -> Any:
        return self._run(storage.data_path(self._core, session, wanted, portal=portal))

    # --- names that scripts and programs reach for ---

    @property
    def _token(self) -> str:
        return self._core.credentials.current

    @_token.setter
    def _token(self, token: str) -> None:
        self._core.credentials.current = clean_token(token)

    @property
    def _address(self) -> str:
        return self._core.base

    @_address.setter
    def _address(self, base: str) -> None:
        self._core.base = base

    def __repr__(self) -> str:
        return f"{type(self).__name__}(url={self._core.url!r})"
