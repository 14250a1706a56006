"""The API in a browser: opening a URL shows an interactive page around the response that a program would get.

Responses to programs stay the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from brainstem.api.actor import actor_of
from brainstem.api.responses import JSON
from brainstem.core.access.viewer import PUBLIC, Viewer
from brainstem.core.errors import BrainstemError
from brainstem.web.api_tool.negotiation import VARY, negotiable, wants_page
from brainstem.web.api_tool.offers import Offers, offers_at
from brainstem.web.api_tool.page import page
from brainstem.web.api_tool.place import place_of

NOT_MODIFIED = 304  # what a page replaces is asked for anew, so this is always the response to a program


def browsable(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Innermost middleware: the page needs to know who is signed in, and issues a CSRF token."""

    def answer(request: HttpRequest) -> HttpResponse:
        wanted = wants_page(request)
        if wanted:
            _ask_anew(request)
        started = perf_counter()
        response = get_response(request)
        if not negotiable(request) or not (_is_json(response) or response.status_code == NOT_MODIFIED):
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
    return not response.streaming and response.headers.get("Content-Type", "").partition(";")[0] == JSON


def _offers(request: HttpRequest, response: HttpResponse) -> Offers:
    """What the caller may do here; nothing if the API refused access."""
    place = place_of(request.path)
    if place.spec is None or response.status_code in (401, 403, 404, 500, 503):
        return Offers()
    try:
        return offers_at(place, _viewer(request, place.portal))
    except BrainstemError:
        return Offers()


def _viewer(request: HttpRequest, portal: str) -> Viewer:
    return PUBLIC if portal == PUBLIC.portal else Viewer(actor_of(request), portal)
