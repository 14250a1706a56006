"""The description as it is served, with an ETag."""

from __future__ import annotations

from functools import cache

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ..responses import answered, method_refused, tag_of, tagged
from .document import document


@csrf_exempt
def schema(request: HttpRequest) -> HttpResponse:
    """The description as JSON; 304 for callers that already have it."""
    return answered(_read, request)


def _read(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        raise method_refused(request.method, use="GET", allow="GET, HEAD")
    body, tag = _served()
    return tagged(request, body, tag, keep="public, max-age=300")


@cache
def _served() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, tag_of(body)
