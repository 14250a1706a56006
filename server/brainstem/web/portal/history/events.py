"""Everything that one write changed, over all models: in numbers, and field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked
from brainstem.core.history.grouped import Part, parts_of
from brainstem.core.model.ids import uuid_of
from brainstem.core.models import Event
from brainstem.web.views import error_page

from ..gathering import Gathering
from ..where import answered, viewer_in
from .entries import Entry, Wire, ask, entries_of
from .refusals import NOTHING, Refusal
from .writes import counted, summary, types_of, verb_of

PER = 50


@dataclass(frozen=True)
class Number:
    """How many records of a model something was done to: "12 subjects", "changed"."""

    what: str
    did: str


def event(request: HttpRequest, portal: str, event_id: str) -> HttpResponse:
    """Everything that one write changed."""

    def enter() -> HttpResponse:
        viewer = viewer_in(request, portal)
        if portal == "public":
            raise Missing
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return event_page(request, event_in(event_id), viewer)

    return answered(request, enter)


def event_in(text: str) -> Event:
    """The event of an address.

    Raises
    ------
    Missing
        If there is none.
    """
    number = uuid_of(text)
    found = None if number is None else Event.objects.filter(pk=number).first()
    if found is None:
        raise Missing
    return found


def event_page(request: HttpRequest, found: Event, viewer: Viewer, refusal: Refusal = NOTHING) -> HttpResponse:
    """What a write changed, as far as the viewer may read the history of that."""
    cursor = "" if refusal else request.GET.get("cursor", "")
    told = reading.of_event(found, Asked(limit=PER, cursor=cursor), viewer=viewer, counted=False)
    if not told.entries and refusal:
        return error_page(request, refusal.status, refusal.message)
    if not told.entries:
        raise Missing
    parts, entries = parts_of(found, viewer=viewer), drawn(told.entries, viewer)
    path, count = f"/{viewer.portal}/history/{found.pk}/", sum(part.count for part in parts)
    context = {
        "viewer": viewer,
        "entries": entries,
        "first": entries[0],
        "event": str(found.pk),
        "url": path,
        "api_url": f"/api{path}",
        "summary": summary(parts),
        "numbers": numbers_of(parts),
        "count": count,
        "several": count > 1,
        "is_part": bool(told.next_cursor or cursor),
        "older": f"{path}?{urlencode({'cursor': told.next_cursor})}" if told.next_cursor else "",
        "newest": path if cursor else "",
        "refusal": refusal,
    }
    return render(request, "portal/history/event.html", context, status=refusal.status)


def drawn(wires: Sequence[Wire], viewer: Viewer) -> list[Entry]:
    """Entries with all names that they need; two statements, and one for each model with types."""
    gathering = Gathering(viewer)
    ask(wires, gathering)
    gathering.run()
    return entries_of(wires, gathering, types_of(wires))


def numbers_of(parts: Sequence[Part]) -> list[Number]:
    """What was done in numbers, to show when it is more than a sentence says."""
    return [Number(counted(part.model, part.count), verb_of(part.kind)) for part in parts]


__all__ = ["drawn", "event", "event_in", "event_page", "numbers_of"]
