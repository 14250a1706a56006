"""Whether a URL of the API is requested by a browser (which gets a page) or by a program (JSON).

Knows headers and parameters, but nothing about the resource.
"""

from __future__ import annotations

from django.http import HttpRequest

from brainstem.api.accept import weight
from brainstem.api.responses import JSON

PAGE = "text/html"
API = "/api/"
# What the choice between page and JSON depends on, for caches.
VARY = ("Accept", "Authorization")


def negotiable(request: HttpRequest) -> bool:
    """Whether the response could be a page: the request reads from the API, and the URL names no format."""
    return request.path.startswith(API) and request.method in ("GET", "HEAD") and "format" not in request.GET


def wants_page(request: HttpRequest) -> bool:
    """Whether the caller prefers a page to JSON.

    A request with a token comes from a program, whatever it accepts: the libraries of Java and old MATLAB versions ask
    for ``text/html`` first.
    """
    scheme = request.headers.get("Authorization", "").strip().partition(" ")[0]
    if not negotiable(request) or scheme.lower() == "bearer":
        return False
    named = "html" in request.headers.get("Accept", "").lower()
    return named and weight(request, PAGE) > weight(request, JSON)
