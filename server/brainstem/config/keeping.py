"""Cache headers: personal responses are not shared, and secrets are not cached at all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .logs import KEY

# Revalidated on every request.
OWN = "private, no-cache"
# Pages of signed-in users, and anything with a secret, must not end up on the disk of a shared computer.
NOWHERE = "private, no-store"
_OF_PEOPLE = ("/api/private/", "/api/super/")


def keeping(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: sets Cache-Control on responses that lack it, by what they depend on."""

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
    # Django's patch_vary_headers() takes a hundredth of the time of serving a record.
    said = response.headers.get("Vary", "")
    missing = [name for name in ("Authorization", "Cookie") if name not in said]
    response.headers["Vary"] = ", ".join([said, *missing] if said else missing)


def _knows_somebody(request: HttpRequest) -> bool:
    """Whether a non-empty browser session was accessed: a user, or a sign-in in progress."""
    return request.session.accessed and not request.session.is_empty()


def _holds_a_key(request: HttpRequest) -> bool:
    """Whether the URL is a link from an email, whose key the page may repeat."""
    return request.resolver_match is not None and KEY in request.resolver_match.kwargs
