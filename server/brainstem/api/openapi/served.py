"""The description as it is served, with an ETag."""

from __future__ import annotations

import hashlib
from functools import cache

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ..responses import JSON, refusal
from .document import document


@csrf_exempt
def schema(request: HttpRequest) -> HttpResponse:
    """The description as JSON; 304 to who has it already."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, f"{request.method} is not offered here; use GET.", Allow="GET, HEAD")
    body, tag = _served()
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=JSON, headers=headers)


@cache
def _served() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
