"""Whether an address of the API is asked for by a person's browser (a page) or by a program (JSON).

Knows headers and parameters; knows nothing of what is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

from brainstem.core.text.numbers import float_of

PAGE, DATA = "text/html", "application/json"
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
    accept = request.headers.get("Accept", "")
    return "html" in accept.lower() and quality(accept, PAGE) > quality(accept, DATA)


def quality(accept: str, kind: str) -> float:
    """The weight of a media type in an ``Accept`` header: that of the most special range that fits, 0 if none does."""
    ranges = {kind: 3, f"{kind.partition('/')[0]}/*": 2, "*/*": 1}
    found = [(ranges[one], weight) for one, weight in _ranges(accept) if one in ranges]
    special = max((rank for rank, _ in found), default=0)
    return max((weight for rank, weight in found if rank == special), default=0.0)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        yield kind, min(1.0, max(0.0, float_of(weight) or 0.0))
