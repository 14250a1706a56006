"""``load``, ``save`` and ``delete`` as released clients have them: they give responses. Conversations, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .core import UNAUTHORISED, Core
from .errors import AuthenticationError, NotAnAnswer, ValidationError
from .filters import Given, alternatives
from .merging import check_sort, merged
from .names import Name, address, portal_name, route
from .record import Record
from .redirects import origin
from .wire import Answer, Conversation, Pairs, with_query

Body = dict[str, Any]
PAGE = 100  # the largest that servers give
EXPIRED = "API token is invalid or expired."
TOO_MANY = "A filter has more values than fit in one request, or values that contain a comma."
IN_PARTS = "Use load_all=True or client.sessions.list(...), which split them over several requests. Nothing was sent."
NO_LIST = "load_all=True needs a list of records, but the answer does not contain one."


def include_of(names: Iterable[str] | None) -> list[str]:
    """The relations to include, in the form that asks for whole records."""
    listed = names_of(names)
    return [name if name.endswith(".*") else f"{name}.*" for name in listed]


def queries_of(filters: Given, sort: Iterable[str] | None, include: Iterable[str] | None) -> list[Pairs]:
    """The parameters of a list; of several, where a filter has more values than one address takes."""
    rest: Pairs = [("sort[]", names_of(sort)), ("include[]", include_of(include))]
    return [[*pairs, *rest] for pairs in alternatives(filters)]


def query_of(filters: Given, sort: Iterable[str] | None, include: Iterable[str] | None) -> Pairs:
    """The parameters of a page.

    Raises
    ------
    ValidationError
        If a filter has more values than one address takes.
    """
    queries = queries_of(filters, sort, include)
    if len(queries) > 1:
        raise ValidationError(TOO_MANY, advice=IN_PARTS)
    return queries[0]


def names_of(names: Iterable[str] | None) -> list[str]:
    """Names, of which a single one may stand for itself."""
    return [names] if isinstance(names, str) else list(names or ())


class Calls:
    """The calls of released clients, on one core."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def load(self, url: str, record_id: object, options: str | None, query: Pairs) -> Conversation[Any]:
        """One page or one record."""
        # The address of a record takes only what it includes; a list of its related records takes everything.
        wanted = [pair for pair in query if pair[0] == "include[]"] if record_id and not options else query
        return (yield from self.core.ask("GET", with_query(url, wanted))).raw

    def page(self, url: str) -> Conversation[Body]:
        """The body of a page; raises what released clients raise."""
        return _page((yield from self.core.ask("GET", url)))

    def load_all(self, url: str, query: Pairs, limit: int | None, offset: int | None) -> Conversation[Body]:
        """The first page's answer with the records of all pages."""
        merged: dict[str, Any] = {}
        key, start = "", offset or 0
        while True:
            answer = yield from self.core.ask("GET", with_query(url, _at(query, limit, start)))
            body = _page(answer)
            key = key or records_key(body, url)
            records = body.get(key) or []
            if not merged:
                merged = {name: value for name, value in body.items() if name != key}
                merged[key] = []
            merged[key] += records
            start += len(records)
            # Counted by what came: a server may give fewer than were asked for. The count may change meanwhile.
            if not records or start >= body.get("count", start):
                return merged

    def load_parts(
        self,
        url: str,
        queries: list[Pairs],
        record: type[Record] | None,
        sort: list[str],
        limit: int | None,
        offset: int,
    ) -> Conversation[Body]:
        """The records of several lists as those of one, each once."""
        check_sort(record, sort)
        bodies = []
        for query in queries:
            bodies.append((yield from self.load_all(url, query, limit, None)))
        key = records_key(bodies[0], url)
        found = merged(record, (body[key] for body in bodies), sort=sort, offset=offset, limit=None)
        return {**bodies[0], "count": len(found) + offset, key: found}

    def save(
        self, url: str, record_id: object, options: str | None, data: object, *, strict: bool = False
    ) -> Conversation[Any]:
        """Change a record, or add one."""
        method = "POST" if record_id is None else "PATCH"
        # An action such as add_entry does more when done twice; a change of fields does not.
        repeatable = False if options else None
        body = {} if data is None else data
        return (yield from self.core.ask(method, url, body, repeatable=repeatable, strict=strict)).raw

    def delete(self, url: str) -> Conversation[Any]:
        """Delete a record."""
        return (yield from self.core.ask("DELETE", url)).raw

    def url(self, model: Name, portal: Name, record_id: object = None, options: str | None = None) -> str:
        """The address of a model, a record or an action; ValueError for names that do not exist."""
        return address(self.core.base, portal_name(portal), *route(model), record_id, options or "")


def _at(query: Pairs, limit: int | None, start: int) -> Pairs:
    return [*query, ("limit", limit or PAGE), ("offset", start)]


def _page(answer: Answer) -> dict[str, Any]:
    if answer.status == UNAUTHORISED:
        raise AuthenticationError(EXPIRED, status=answer.status, body=answer.body)
    answer.raw.raise_for_status()
    body = answer.checked()
    return body if isinstance(body, dict) else {}


def records_key(body: Mapping[str, Any], url: str) -> str:
    """The key of the records; ValueError if there are none."""
    for key, value in body.items():
        if isinstance(value, list):
            return key
    raise NotAnAnswer(f"{origin(url)}: {NO_LIST}", advice="Load a model, or a relation of a record that is a list.")
