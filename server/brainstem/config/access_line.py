"""What the log line of a request says, besides its text."""

from __future__ import annotations

import re
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from brainstem.api.actor import user_id_of

from .metrics.labels import OTHER, place_of

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")
_CONVERTED = re.compile(r"<\w+:(\w+)>")


def access_of(request: HttpRequest, response: HttpResponse, *, seconds: float, event: str) -> dict[str, object]:
    """Parts of a request for its log line; those that there are not are left out."""
    portal, model = place_of(request.path_info)
    parts = {
        "method": request.method,
        "route": route_of(request),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "portal": portal if portal != OTHER else None,
        "model": model if model != OTHER else None,
        "user_id": user_id_of(request),
        "event": event or None,
    }
    return {name: value for name, value in parts.items() if value is not None}


def route_of(request: HttpRequest) -> str | None:
    """The pattern of the address; None if the request was answered before it was resolved."""
    return readable(request.resolver_match.route) if request.resolver_match else None


@lru_cache(maxsize=1000)
def readable(route: str) -> str:
    """``api/<portal>/<app>/<model>[/<record_id>]/`` for the regular expression of a route."""
    named = _CONVERTED.sub(r"<\1>", _GROUP.sub(r"<\1>", route))
    for written, meant in (("(?:", "["), (")?", "]"), ("/?", "/"), ("^", ""), ("$", ""), ("\\", "")):
        named = named.replace(written, meant)
    return f"/{named}"


__all__ = ["access_of", "readable", "route_of"]
