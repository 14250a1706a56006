"""Paging through a list: which records are shown, out of how many, and links to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

LIMITS = (20, 50, 100)


@dataclass(frozen=True)
class Paging:
    """The text and links above a list; links that lead nowhere are empty."""

    label: str
    first: str
    previous: str
    next: str
    last: str
    limits: tuple[tuple[int, str], ...]
    limit: int


def paging_of(request: HttpRequest, body: object) -> Paging | None:
    """The paging of the list in a response; None if it contains no list."""
    if not isinstance(body, Mapping) or not isinstance(body.get("meta"), Mapping) or "count" not in body:
        return None
    if "cursor" in request.GET or "cursor=" in str(body.get("next")):
        return _by_cursor(request, body)
    limit, count = int(body["meta"]["per_page"]), int(body["count"])
    offset = _offset(request, limit)
    last = max(0, (count - 1) // limit * limit)
    shown = min(limit, max(0, count - offset))
    return Paging(
        label=f"{offset + 1}-{offset + shown} of {count}" if shown else f"0 of {count}",
        first=_at(request, 0, limit) if offset else "",
        previous=_at(request, max(0, offset - limit) if shown else last, limit) if offset else "",
        next=_at(request, offset + limit, limit) if offset + limit < count else "",
        last=_at(request, last, limit) if offset + limit < count else "",
        limits=tuple((one, _at(request, 0, one)) for one in LIMITS),
        limit=limit,
    )


def _by_cursor(request: HttpRequest, body: Mapping[str, Any]) -> Paging:
    following = str(body.get("next") or "").partition("?")[2]
    return Paging(
        label="read by cursor" if body["count"] is None else f"{body['count']} in all, read by cursor",
        first=_address(request, _without(request, "cursor")) if request.GET.get("cursor") else "",
        previous="",
        next=f"{request.path}?{following}" if following else "",
        last="",
        limits=(),
        limit=int(body["meta"]["per_page"]),
    )


def _offset(request: HttpRequest, limit: int) -> int:
    # The API has already refused anything that is not a number.
    if "page" in request.GET:
        return (int(request.GET["page"]) - 1) * limit
    return int(request.GET.get("offset", 0))


def _without(request: HttpRequest, *names: str) -> QueryDict:
    parameters: QueryDict = request.GET.copy()
    for name in names:
        parameters.pop(name, None)
    return parameters


def _at(request: HttpRequest, offset: int, limit: int) -> str:
    parameters = _without(request, "page", "per_page", "offset")
    if limit != LIMITS[0] or "limit" in parameters:
        parameters["limit"] = str(limit)
    if offset:
        parameters["offset"] = str(offset)
    return _address(request, parameters)


def _address(request: HttpRequest, parameters: QueryDict) -> str:
    query = parameters.urlencode(safe="{}[],")
    return f"{request.path}?{query}" if query else request.path
