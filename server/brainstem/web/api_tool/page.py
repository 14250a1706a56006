"""The interactive page around a response of the API: the same bytes that a program gets, and tools to use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from brainstem.core.query.operators import OPERATORS
from brainstem.web.shell import APPS, Link, label_of

from .offers import Offers
from .paging import paging_of
from .place import Place, hidden_names, links_of, place_of, route_of

# Larger responses are loaded on demand.
LARGEST = 512 * 1024
# Headers about the response rather than its transport; those that belong to the page are left out.
OF_THE_PAGE = frozenset({"content-type", "content-length", "content-encoding", "cache-control", "etag", "vary"})


@dataclass(frozen=True)
class Shown:
    """A response of the API, as the page shows it."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    text: SafeString
    size: int
    milliseconds: float
    body: Any

    @property
    def too_large(self) -> bool:
        """Whether it is only loaded on demand."""
        return self.size > LARGEST

    @property
    def good(self) -> bool:
        """Whether the request succeeded."""
        return self.status < 400


def page(request: HttpRequest, answer: HttpResponse, *, offers: Offers, seconds: float) -> HttpResponse:
    """The page for a JSON response, with its status and headers."""
    place, shown = place_of(request.path), _shown(request, answer, seconds)
    response = render(request, "brainstem/api_tool/page.html", _context(request, place, shown, offers),
                      status=answer.status_code)  # fmt: skip
    for name, value in answer.headers.items():
        if name.lower() not in OF_THE_PAGE:
            response.headers[name] = value
    response.cookies.update(answer.cookies)
    response.headers["Cache-Control"] = "private, no-store"
    return _compressed(request, response)


def _shown(request: HttpRequest, answer: HttpResponse, seconds: float) -> Shown:
    content, status = answer.content, answer.status_code
    small = len(content) <= LARGEST
    headers = {**answer.headers, "Content-Length": str(len(content)),
               "X-Request-ID": str(getattr(request, "request_id", ""))}  # fmt: skip
    return Shown(
        status=status,
        reason=responses.get(status, ""),
        headers=tuple(sorted((name, value) for name, value in headers.items() if value)),
        text=_as_text(content) if small else SafeString(),
        size=len(content),
        milliseconds=seconds * 1000,
        body=_parsed(content) if small else None,
    )


def _as_text(content: bytes) -> SafeString:
    """JSON as the text of an element. Quotes are harmless there, and escaping them would double its length."""
    text = content.decode("utf-8", "replace")
    return mark_safe(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S308


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The compressed page. Against BREACH, Django pads it randomly and masks the CSRF token in each response."""
    return GZipMiddleware(lambda _: response).process_response(request, response)  # type: ignore[return-value]


def _context(request: HttpRequest, place: Place, shown: Shown, offers: Offers) -> dict[str, object]:
    return {
        "place": place,
        "shown": shown,
        "offers": offers,
        "paging": paging_of(request, shown.body) if shown.good else None,
        "title": _title(place, shown),
        "crumbs": _crumbs(place, _name(place, shown)),
        "address": _address(request),
        "here": f"{request.path.rstrip('/')}/",
        "raw_url": _raw(request),
        "tool": _facts(request, place, shown, offers),
    }


def _facts(request: HttpRequest, place: Place, shown: Shown, offers: Offers) -> dict[str, object]:
    """The data for the script of the page."""
    return {
        "portal": place.portal,
        "model": route_of(place.spec) if place.spec else "",
        "record": place.record,
        "below": place.below,
        "list": bool(place.shown and (place.is_list or place.related)),
        "shown": route_of(place.shown) if place.shown else "",
        "links": links_of(place, _includes(request)),
        "hidden": hidden_names(place.portal) if place.portal else {},
        "methods": list(offers.methods),
        "actions": list(offers.actions),
        "status": shown.status,
        "operators": {one.name: one.label for one in OPERATORS.values()},
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}",
    }


def _includes(request: HttpRequest) -> list[str]:
    values = request.GET.getlist("include[]") + request.GET.getlist("include")
    return [path for value in values for path in value.split(",") if path.strip()]


def _address(request: HttpRequest) -> str:
    """The requested URL, with braces unescaped."""
    path, query = request.get_full_path().partition("?")[0], request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _raw(request: HttpRequest) -> str:
    address = _address(request)
    return f"{address}{'&' if '?' in address else '?'}format=json"


def _title(place: Place, shown: Shown) -> str:
    if place.spec is None:
        return {"/api/": "API", "/api": "API", "/api/schema/": "OpenAPI schema"}.get(place.path, place.path)
    if place.is_list:
        return label_of(place.spec)
    if not place.is_record:
        return (place.below or place.record).replace("_", " ").capitalize()
    return _name(place, shown) or place.spec.singular_name.capitalize()


def _name(place: Place, shown: Shown) -> str:
    """The name of the record of a detail."""
    if not place.is_record or not shown.good or not isinstance(shown.body, Mapping) or place.spec is None:
        return ""
    record = shown.body.get(place.spec.resource.singular)
    return _name_in(record) if isinstance(record, Mapping) else ""


def _name_in(record: Mapping[str, object]) -> str:
    return next((str(record[key]) for key in ("name", "title", "full_name") if record.get(key)), "")


def _crumbs(place: Place, name: str) -> list[Link]:
    """Everything above this; the last one is this."""
    found, spec = [Link("API", "/api/")], place.spec
    if spec is None:
        rest = place.path.removeprefix("/api").strip("/")
        return [*found, Link(rest, "")] if rest else found
    found += [Link(place.portal.capitalize(), ""), Link(APPS.get(spec.app, spec.app), "")]
    found.append(Link(label_of(spec), place.model_path))
    if place.record:
        found.append(Link(name or place.record, f"{place.model_path}{place.record}/"))
    if place.below:
        found.append(Link(place.below.replace("_", " "), ""))
    return found
