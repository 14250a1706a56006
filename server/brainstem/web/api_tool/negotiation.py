"""Whether an address of the API is asked for by a person's browser (a page) or by a program (JSON).

Knows headers and parameters; knows nothing of what is asked for.
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
    """Whether a page could be the answer: something of the API is read, in no format that the address names."""
    return request.path.startswith(API) and request.method in ("GET", "HEAD") and "format" not in request.GET


def wants_page(request: HttpRequest) -> bool:
    """Whether the caller would rather have a page than JSON.

    Who sends a token is a program, whatever it accepts: Java's and old MATLAB's libraries ask for ``text/html`` first.
    """
    scheme = request.headers.get("Authorization", "").strip().partition(" ")[0]
    if not negotiable(request) or scheme.lower() == "bearer":
        return False
    named = "html" in request.headers.get("Accept", "").lower()
    return named and weight(request, PAGE) > weight(request, JSON)
