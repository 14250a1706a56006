"""Lists and records in the form that the API returns them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, QueryDict

from brainstem.core.model.registry import Spec
from brainstem.core.query.run import Page
from brainstem.core.query.syntax import Query


def base_of(request: HttpRequest) -> str:
    """The server's public address, without a final slash."""
    if settings.BRAINSTEM_URL:
        return str(settings.BRAINSTEM_URL)
    return f"{request.scheme}://{request.get_host()}"


def list_texts(request: HttpRequest, spec: Spec, query: Query, page: Page, base: str) -> Iterator[str]:
    """A page of records under the model's name; see :func:`page_texts`."""
    return page_texts(request, spec.resource.plural, query, page, base)


def page_texts(request: HttpRequest, name: str, query: Query, page: Page, base: str) -> Iterator[str]:
    """A page in pieces: the records first, then count, next, previous and meta.

    Takes the records out of the page one by one, so that a large response is in memory only once.
    """
    per_page = query.limit
    number = query.offset // per_page + 1
    total = max(1, -(-page.count // per_page))
    following, before = _neighbours(request, query, page, base)
    meta = {"page": number, "per_page": per_page, "total_results": page.count, "total_pages": total}
    tail = {"count": page.count, "next": following, "previous": before, "meta": meta}
    yield f"{{{json.dumps(name)}:["
    records = page.records
    records.reverse()
    while records:
        yield records.pop()
        if records:
            yield ","
    yield f"],{json.dumps(tail)[1:]}"


def cursor_page(
    request: HttpRequest, name: str, records: list[object], *, count: int | None, cursor: str | None, limit: int
) -> dict[str, object]:
    """A page of a list that is always read by cursor; ``count`` is None if there are too many to count."""
    pages = None if count is None else max(1, -(-count // limit))
    meta = {"page": 1, "per_page": limit, "total_results": count, "total_pages": pages}
    following = _link(request, base_of(request), cursor=cursor) if cursor else None
    return {name: records, "count": count, "next": following, "previous": None, "meta": meta}


def record_texts(spec: Spec, record: str) -> tuple[str, ...]:
    """One record under its name, in pieces."""
    return f"{{{json.dumps(spec.resource.singular)}:", record, "}"


def _neighbours(request: HttpRequest, query: Query, page: Page, base: str) -> tuple[str | None, str | None]:
    if query.cursor is not None:
        return (_link(request, base, cursor=page.next_cursor) if page.next_cursor else None), None
    end = query.offset + query.limit
    following = _at(request, base, query, end) if end < page.count else None
    before = _at(request, base, query, max(0, query.offset - query.limit)) if query.offset > 0 else None
    return following, before


def _at(request: HttpRequest, base: str, query: Query, offset: int) -> str:
    if "page" in request.GET and offset % query.limit == 0:
        return _link(request, base, page=str(offset // query.limit + 1))
    return _link(request, base, offset=str(offset))


def _link(request: HttpRequest, base: str, **changed: str) -> str:
    parameters: QueryDict = request.GET.copy()
    for name, value in changed.items():
        parameters[name] = value
    if "offset" in changed:
        parameters.pop("page", None)
    return f"{base}{request.path}?{parameters.urlencode()}"
