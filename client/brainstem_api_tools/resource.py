"""``client.sessions``: the records of one model, with names and values checked before anything is sent.

Written once for both clients: what is done is a conversation, and the client's own ``run`` carries it, at once or when
it is awaited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import new_class
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .attached import Source
from .calls import include_of
from .checks import checked_fields, checked_filters, checked_names
from .contract import attributes, models
from .core import Core, reached
from .filters import alternatives
from .names import Name, address, nearest, portal_name
from .query import AsyncQuery, Query, Run
from .record import Record, id_of, record_class
from .saving import made
from .search import Search
from .wire import Conversation, Pairs, with_query

__all__ = ["AsyncQuery", "Done", "Many", "One", "Query", "Resource", "resource_of"]
R = TypeVar("R", bound=Record)
Many = TypeVar("Many")
One = TypeVar("One")
Done = TypeVar("Done")


class Resource(Generic[R, Many, One, Done]):
    """The records of one model; the generated classes say the same with the model's own fields."""

    def __init__(self, record: type[R], core: Core, run: Run, search: type[Search[Any]]) -> None:
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
            include_version: bool = False,
            **where: Any,
        ) -> Any:
            """Records that match all filters, from all pages.

            Parameters
            ----------
            sort : str or list of str
                Fields to sort by; prefix with ``-`` for descending order.
            include : str or list of str
                Relations whose ids are replaced by records, such as ``"behaviors.setup"``.
            search : str
                Words that must all occur in names or texts.
            limit : int, optional
                Maximum number of records.
            filters : dict, optional
                Filters in the server's spelling, such as ``{"-tags": "pilot"}``.
            include_version : bool
                Read the version of each record too, so that ``save()`` need not ask for it.
            **where
                ``field=value``, ``field__operator=value``, ``relation__field__operator=value``.
            """
            wanted = [*checked_filters(self.record, where), *(filters or {}).items()]
            rest: Pairs = [("sort[]", checked_names(self.record, sort, kind="sort"))]
            rest.append(("include[]", include_of(checked_names(self.record, include, kind="include"))))
            rest += [("search", search or None), ("include_version", "true" if include_version else None)]
            queries = [[*pairs, *rest] for pairs in alternatives(wanted)]
            return self._search(self.core, self._run, self.record, self._url(portal), queries, limit)

        def get(self, id: Any, *, include: Iterable[str] = (), portal: Name = "private") -> Any:
            """The record with this id.

            Raises
            ------
            NotFound
                If it does not exist, or you do not have access to it.
            """
            included = checked_names(self.record, include, kind="include")
            return self._run(self._get(self._url(portal, id), self._source(portal, included)))

        def create(self, *, portal: Name = "private", **fields: Any) -> Any:
            """Create a record.

            Raises
            ------
            ValidationError
                If a field does not exist, is missing, or has an invalid value.
            """
            data = checked_fields(self.record, fields, creating=True)
            return self._run(self._write("POST", self._url(portal), data, self._source(portal)))

        def update(self, id: Any, *, portal: Name = "private", **fields: Any) -> Any:
            """Change some fields of the record with this id."""
            data = checked_fields(self.record, fields, creating=False)
            return self._run(self._write("PATCH", self._url(portal, id), data, self._source(portal)))

    def _url(self, portal: Name, record_id: Any = None) -> str:
        return address(self.core.base, portal_name(portal), self.record.app, self.record.model, id_of(record_id))

    def _source(self, portal: Name, include: Iterable[str] = ()) -> Source:
        return Source(self.core, self._run, self._search, portal_name(portal), tuple(include))

    def _get(self, url: str, source: Source) -> Conversation[Record]:
        query = [("include[]", include_of(source.include))]
        return made(self.record, (yield from reached(self.core.ask("GET", with_query(url, query)))), source)

    def _write(self, method: str, url: str, data: Mapping[str, Any], source: Source) -> Conversation[Record]:
        return made(self.record, (yield from reached(self.core.ask(method, url, data))), source)

    def _delete(self, url: str) -> Conversation[None]:
        answer = yield from reached(self.core.ask("DELETE", url))
        # Gone after a second try: the answer to the first one got lost.
        if not (answer.status == 404 and answer.tries > 1):
            answer.checked()


@cache
def calls_class(model: str) -> type[Resource[Any, Any, Any, Any]]:
    """The class of ``client.sessions`` and the like, made when it is first needed."""
    record = record_class(model)
    bases = (Resource[record, Many, One, Done], Generic[Many, One, Done])  # type: ignore[valid-type,index]
    names = {"__module__": record.__module__, "__doc__": models()[model]["description"]}
    return new_class(f"{record.__name__}Calls", bases, exec_body=lambda body: body.update(names))


def resource_of(name: str, core: Core, run: Run, search: type[Search[Any]]) -> Any:
    """The resource for an attribute of a client.

    Raises
    ------
    AttributeError
        If there is none; the message suggests similar names.
    """
    plain = {key.replace("_", ""): model for key, model in attributes().items()}
    model = attributes().get(name) or plain.get(name.replace("_", ""))
    if model is None:
        raise AttributeError(f"There is no '{name}'. {nearest(name, attributes())}".strip())
    return calls_class(model)(record_class(model), core, run, search)
