"""The type schemas over HTTP: an index, and each version of each type, for forms and scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from brainstem.core.errors import Missing
from brainstem.core.text.words import nearest
from brainstem.core.types.schemas import current, schemas, unknown_type

from .envelope import base_of
from .responses import answered, method_refused, tag_of, tagged

# A published version never changes; the index and "the newest" may change with every release.
FOREVER, AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"
_AWAY = "There is no such version of"


def schema_index(request: HttpRequest) -> HttpResponse:
    """Every type of every model: label, group, versions and the URLs of its schemas."""
    body = _index(base_of(request))
    return tagged(request, body, tag_of(body), keep=AN_HOUR)


def schema(request: HttpRequest, group: str, name: str, version: str | None = None) -> HttpResponse:
    """The newest schema of a type, or the requested version."""
    if group not in schemas():
        raise Missing(f"There are no type schemas of {group!r}.{nearest(group, schemas())}")
    newest = current(group, name)
    if newest is None:
        raise Missing(unknown_type(group, name))
    found = schemas()[group][name].get(version) if version else newest
    if found is None:
        raise Missing(f"{_AWAY} {name}.{nearest(version or '', schemas()[group][name])}")
    body = orjson.dumps(found.body)
    return tagged(request, body, tag_of(body), keep=FOREVER if version else AN_HOUR)


@lru_cache(maxsize=16)  # depends on the server's host names, which callers choose
def _index(base: str) -> bytes:
    found: dict[str, dict[str, Any]] = {}
    for group, types in schemas().items():
        found[group] = {}
        for name, versions in types.items():
            newest = versions[next(reversed(versions))]
            found[group][name] = {
                "title": newest.body["title"],
                "label": newest.label,
                "group": newest.body.get("x-group"),
                "version": newest.version,
                "versions": list(versions),
                "shape": "list" if newest.is_list else "object",
                "url": f"{base}/api/public/schemas/{group}/{name}/",
            }
    return orjson.dumps(found)


def _reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def door(request: HttpRequest, **named: str) -> HttpResponse:
        return answered(_read_only, request, view, **named)

    return door


def _read_only(request: HttpRequest, view: Callable[..., HttpResponse], **named: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise method_refused(request.method, use="GET", allow="GET, HEAD, OPTIONS")
    return view(request, **named)


urlpatterns = [
    re_path(r"^public/schemas/?$", _reading(schema_index), name="type-schemas"),
    re_path(r"^public/schemas/(?P<group>\w+)/(?P<name>\w+)/?$", _reading(schema), name="type-schema"),
    re_path(
        r"^public/schemas/(?P<group>\w+)/(?P<name>\w+)/(?P<version>[\d.]+)/?$",
        _reading(schema),
        name="type-schema-version",
    ),
]
