"""304 for programs that have what has not changed, before the view and most of the middleware.

Who sends the request, what their token may do, whether they may use the portal, and whether anything was recorded
since: all of that is asked each time, as the long way asks it. Whatever else a response depends on is in the request,
and must be as it was when the long way was taken. Whoever does not get a 304 here takes the long way.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from brainstem.api.actor import bearer_of, let_in, token_actor
from brainstem.api.conditional import ETAG, kept_for, note_answer, who
from brainstem.api.kept_tags import Kept
from brainstem.core.access.scope import PORTALS
from brainstem.core.access.viewer import PUBLIC, Viewer
from brainstem.core.errors import BrainstemError
from brainstem.core.query.moments import unchanged_since, whether_changed

from .body_limits import REFUSED

# Parts of a request that its response may depend on, besides its address and its sender.
CIRCUMSTANCES = (
    "wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "CONTENT_TYPE",
    "HTTP_ACCEPT", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_X_FORWARDED_PROTO",
    "HTTP_BRAINSTEM_MEANS", "HTTP_IDEMPOTENCY_KEY", "HTTP_PREFER",
)  # fmt: skip
# Of browsers, and of requests with a body: these take the long way.
UNUSUAL = ("HTTP_COOKIE", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING", REFUSED)


def unchanged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answers with 304 if it can, and else notes what it needs for the next time."""

    def answer(request: HttpRequest) -> HttpResponse:
        portal = _portal(request)
        if not portal:
            return get_response(request)
        circumstances = tuple(map(request.META.get, CIRCUMSTANCES))
        if "HTTP_IF_NONE_MATCH" in request.META:
            found = _not_modified(request, portal, circumstances)
            if found is not None:
                return found
        response = get_response(request)
        if not response.cookies:
            note_answer(response, circumstances)
        return response

    return answer


def _portal(request: HttpRequest) -> str:
    """The portal that is read from, if the request is of the usual kind; else empty."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or not request.path_info.startswith("/api/"):
        return ""
    if meta.get("CONTENT_LENGTH") not in (None, "", "0") or any(map(meta.get, UNUSUAL)):
        return ""
    portal = request.path_info.split("/", 3)[2]
    return portal if portal in PORTALS else ""


def _not_modified(request: HttpRequest, portal: str, circumstances: tuple[object, ...]) -> HttpResponse | None:
    kept = kept_for(request, circumstances)
    try:
        if kept is None or not _holds(kept, request, portal):
            return None
    except (BrainstemError, DatabaseError):
        return None  # The long way meets the same, and says it well.
    return HttpResponseNotModified(headers={**dict(kept.headers), ETAG: kept.tag})


def _holds(kept: Kept, request: HttpRequest, portal: str) -> bool:
    """Whether the caller is still admitted as who got the response, and nothing was changed since; one statement."""
    if portal == PUBLIC.portal:
        return kept.who == who(PUBLIC) and unchanged_since(kept.moment, kept.models)
    raw = bearer_of(request)
    if raw is None:
        return False
    changed = whether_changed(kept.moment, kept.models)
    actor = let_in(token_actor(raw, request, along=changed), portal)
    return kept.who == who(Viewer(actor, portal)) and changed.answer is not None and not changed.answer


__all__ = ["unchanged"]
