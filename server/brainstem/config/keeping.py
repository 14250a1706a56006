"""How long browsers and caches keep an answer: what is somebody's own is not kept for others, nor secrets at all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .middleware import KEY

# Asked again each time, in which the answer may be found unchanged.
OWN = "private, no-cache"
# Pages of people who are signed in, and what holds a secret, stay out of the disk of a shared computer.
NOWHERE = "private, no-store"
_OF_PEOPLE = ("/api/private/", "/api/super/")


def keeping(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an answer that does not say itself how long it is good is marked by what it depends on."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(_OF_PEOPLE):
            response.headers.setdefault("Cache-Control", OWN)
            _vary_by_caller(response)
        elif "Cache-Control" not in response.headers and (_knows_somebody(request) or _holds_a_key(request)):
            response.headers["Cache-Control"] = NOWHERE
        return response

    return answer


def _vary_by_caller(response: HttpResponse) -> None:
    # Django's patch_vary_headers() takes a hundredth of the time that a record takes.
    said = response.headers.get("Vary", "")
    missing = [name for name in ("Authorization", "Cookie") if name not in said]
    response.headers["Vary"] = ", ".join([said, *missing] if said else missing)


def _knows_somebody(request: HttpRequest) -> bool:
    """Whether a browser session was looked at and had something in it: a person, or half a sign-in."""
    return request.session.accessed and not request.session.is_empty()


def _holds_a_key(request: HttpRequest) -> bool:
    """Whether the address is a link of a mail, whose key the page may repeat."""
    return request.resolver_match is not None and KEY in request.resolver_match.kwargs
