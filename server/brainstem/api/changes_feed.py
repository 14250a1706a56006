"""``GET /api/{portal}/changes/``: what changed among the records that the caller may change, for synchronising."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing, UnknownName
from brainstem.core.history.asking import limit_of, parameters
from brainstem.core.history.feed import MOST, USUAL, read_feed
from brainstem.core.model.registry import Spec, routes
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from .actor import admitted
from .responses import answered, json_response, offer_only

# Whether to ask again at once: an answer may have few changes, or none, although there are others behind it.
MORE = "Brainstem-More"
NAMES = ("since", "limit", "model")


@csrf_exempt
def changes(request: HttpRequest, portal: str) -> HttpResponse:
    """Changes since a cursor, and the next cursor."""
    return answered(_changes, request, portal)


def _changes(request: HttpRequest, portal: str) -> HttpResponse:
    viewer = Viewer(admitted(request, portal), portal)
    if portal == "public":
        raise Missing("There is nothing at /api/public/changes.")
    offer_only(request.method, "GET", "HEAD")
    given = parameters(request.META.get("QUERY_STRING", ""), NAMES)
    limit = limit_of(given, usual=USUAL, most=MOST)
    model = _model(given["model"], portal) if "model" in given else None
    feed = read_feed(given.get("since", ""), limit=limit, viewer=viewer, model=model)
    more = {MORE: "true" if feed.more else "false"}
    return json_response(200, {"changes": feed.changes, "cursor": feed.cursor}, **more)


def _model(text: str, portal: str) -> Spec:
    """A model by its name in answers: app and model, such as stem/session."""
    app, _, segment = text.strip("/").partition("/")
    spec = routes().get((app, segment))
    if spec is None or (portal != "super" and portal not in spec.resource.portals):
        names = [f"{one}/{name}" for one, name in routes()]
        raise UnknownName.at("model", f"There is no model {shown(text)}.{nearest(text, names)}")
    return spec
