"""The API in a browser: opening a URL shows an interactive page around the response that a program would get.

This is the only place where the API and that page meet. Responses to programs stay the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from brainstem.api.actions import handler_of
from brainstem.api.actor import actor_of
from brainstem.api.explanations import explanations_of
from brainstem.core.access.actor import ANONYMOUS, Actor
from brainstem.core.errors import BrainstemError
from brainstem.core.model.registry import Spec
from brainstem.web.api_tool.negotiation import DATA, VARY, negotiable, wants_page
from brainstem.web.api_tool.offers import Offers, Served, offers_at
from brainstem.web.api_tool.page import page
from brainstem.web.api_tool.place import place_of


def browsable(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Innermost middleware: the page needs to know who is signed in, and issues a CSRF token."""

    def answer(request: HttpRequest) -> HttpResponse:
        wanted = wants_page(request)
        if wanted:
            _ask_anew(request)
        started = perf_counter()
        response = get_response(request)
        if not negotiable(request) or not _is_json(response):
            return response
        if wanted:
            seconds = perf_counter() - started
            response = page(request, response, offers=_offers(request, response), seconds=seconds)
        patch_vary_headers(response, VARY)
        return response

    return answer


def _ask_anew(request: HttpRequest) -> None:
    # The browser may have cached the JSON of this URL and send a conditional request for it. It needs a page instead.
    for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"):
        request.META.pop(name, None)


def _is_json(response: HttpResponse) -> bool:
    """Whether this is a JSON response of the API; files, streams and redirects are passed on unchanged."""
    return not response.streaming and response.headers.get("Content-Type", "").partition(";")[0] == DATA


def _offers(request: HttpRequest, response: HttpResponse) -> Offers:
    """What the caller may do here; nothing if the API refused access."""
    place = place_of(request.path)
    if place.spec is None or response.status_code in (401, 403, 404, 500, 503):
        return Offers()
    try:
        return offers_at(place, _actor(request, place.portal), Served(_actions, explanations_of))
    except BrainstemError:
        return Offers()


def _actor(request: HttpRequest, portal: str) -> Actor:
    return ANONYMOUS if portal == "public" else actor_of(request)


def _actions(spec: Spec) -> list[str]:
    return [name for name in spec.resource.actions if handler_of(spec, name) is not None]
