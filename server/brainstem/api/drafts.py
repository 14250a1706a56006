"""``/api/private/drafts/``: unfinished input, which only the person who left it sees; see :mod:`.apps.users.drafts`.

Not below a model, and in no other portal: nobody else can be shown somebody's drafts, not even an administrator.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from functools import partial
from typing import TypedDict

import orjson
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import re_path
from django.utils.http import http_date

from brainstem.apps.users import drafts
from brainstem.apps.users.draft_models import Draft
from brainstem.core.access.actor import Actor
from brainstem.core.access.refusals import refuse_bound, refuse_read_only
from brainstem.core.errors import Code, Invalid, QueryError, UnknownName
from brainstem.core.query.run import Page
from brainstem.core.query.syntax import Query, parse
from brainstem.core.text.json_text import read_json
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from .actor import signed_in
from .draft_tags import has_it, refuse_changed
from .envelope import base_of, page_texts
from .responses import JSON, Refused, json_response, text_response
from .small_body import door

# The front refuses larger bodies before it reads them (brainstem.config.body_limits).
MOST_BYTES = drafts.MEGABYTE
ADDRESS = "private/drafts/"
FORMAT = "format"
PAGING = ("limit", "offset", "page", "per_page", "cursor", FORMAT)


class Facts(TypedDict):
    """What is told of a draft besides its content."""

    key: str
    size: int
    updated_at: dt.datetime
    expires_at: dt.datetime
    etag: str


def facts_of(draft: Draft) -> Facts:
    """What is told of a draft besides its content."""
    return {
        "key": draft.key,
        "size": draft.size,
        "updated_at": draft.updated_at,
        "expires_at": draft.updated_at + drafts.KEPT,
        "etag": tag_of(draft),
    }


def tag_of(draft: Draft) -> str:
    """The ETag of a draft: it changes with its content."""
    return f'"{draft.version}"'


# --- all drafts -----------------------------------------------------------------------------------------------------


def listed(request: HttpRequest) -> HttpResponse:
    """The caller's drafts without their content, last written first."""
    user_id = _person(request).user_id or 0
    _refuse_parameters(request, PAGING)
    query = parse(request.META.get("QUERY_STRING", ""))
    found = drafts.of(user_id)
    page = Page(*_window(found, query))
    return text_response(200, page_texts(request, "drafts", query, page, base_of(request)))


def _window(found: QuerySet[Draft], query: Query) -> tuple[list[str], int, str | None]:
    """The facts on a page as JSON, the number of all drafts, and where the next page begins."""
    count = found.count()
    if query.cursor:
        found = found.filter(_after(query.cursor))
    start = query.offset if query.cursor is None else 0
    rows = list(found[start : start + query.limit])
    onward = _cursor(rows[-1]) if query.cursor is not None and len(rows) == query.limit else None
    return [orjson.dumps(facts_of(row)).decode() for row in rows], count, onward


def _cursor(row: Draft) -> str:
    place = json.dumps([row.updated_at.isoformat(), row.pk])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _after(cursor: str) -> Q:
    """The drafts below the place in the list that a cursor stands for."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, pk = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        moment, last = dt.datetime.fromisoformat(at), int(pk)
        if moment.tzinfo is None or not 0 <= last < 2**63:
            raise ValueError("not one of ours")
    except (ValueError, TypeError, RecursionError) as error:
        message = "This cursor does not belong to this list; start again with an empty cursor."
        raise QueryError.at("cursor", message) from error
    return Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=last)


# --- one draft ------------------------------------------------------------------------------------------------------


def shown_draft(request: HttpRequest, key: str) -> HttpResponse:
    """The content of a draft, exactly as it was written."""
    user_id, key = _place(request, key)
    draft = drafts.find(user_id, key)
    headers = {"ETag": tag_of(draft), "Last-Modified": http_date(draft.updated_at.timestamp())}
    if has_it(request, headers["ETag"]):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(draft.content.encode(), content_type=JSON, headers=headers)


def put(request: HttpRequest, key: str) -> HttpResponse:
    """Store a draft; responds with what is known about it."""
    user_id, key = _place(request, key, writing=True)
    content = _content(request)
    draft, is_new = drafts.put(user_id, key, content, check=partial(_check, request))
    return json_response(201 if is_new else 200, {"draft": facts_of(draft)}, ETag=tag_of(draft))


def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a draft."""
    user_id, key = _place(request, key, writing=True)
    drafts.delete(user_id, key, check=partial(_check, request))
    return HttpResponse(status=204)


def _check(request: HttpRequest, draft: Draft | None) -> None:
    refuse_changed(request, None if draft is None else tag_of(draft))


def _content(request: HttpRequest) -> str:
    """The body, which is any JSON value, as text."""
    kind = request.content_type or JSON
    if kind != JSON and not kind.endswith("+json"):
        raise Refused(415, f"Send JSON (application/json), not {kind!r}.")
    body = request.body
    if len(body) > MOST_BYTES:
        raise Refused(413, f"A draft has at most {MOST_BYTES // drafts.MEGABYTE} MB ({MOST_BYTES} bytes).")
    try:
        read_json(body)
    except ValueError as error:
        raise Invalid.whole(f"The body is not valid JSON: {error}", code=Code.UNREADABLE) from None
    return body.decode()


# --- who asks -------------------------------------------------------------------------------------------------------


def _place(request: HttpRequest, key: str, *, writing: bool = False) -> tuple[int, str]:
    """The person and the key, both of them checked."""
    actor = _person(request)
    if writing:
        refuse_read_only(actor)
    _refuse_parameters(request, (FORMAT,))
    return actor.user_id or 0, drafts.parse_key(key)


def _person(request: HttpRequest) -> Actor:
    """The caller; a token that is bound to one project speaks for the person there only, not elsewhere."""
    actor = signed_in(request)
    refuse_bound(actor, "Using drafts")
    return actor


def _refuse_parameters(request: HttpRequest, known: tuple[str, ...]) -> None:
    for name in request.GET:
        if name not in known and name != "_":
            raise UnknownName.at(name[:200], f"There is no parameter {shown(name)} here.{nearest(name, known)}")


urlpatterns = [
    re_path(rf"^{ADDRESS}?\Z", door(GET=listed), name="drafts"),
    re_path(rf"^{ADDRESS}(?P<key>(?s:.+?))/?\Z", door(GET=shown_draft, PUT=put, DELETE=delete), name="draft"),
]
