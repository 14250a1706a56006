"""What undoing a write would do: found out by undoing it and rolling that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.core.access.viewer import Viewer
from brainstem.core.bulk.rehearsal import undone
from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked
from brainstem.core.history.events import one_event
from brainstem.core.history.grouped import Part, parts_of
from brainstem.core.models import Event
from brainstem.core.undo.undoing import undo
from brainstem.web.notices import safe_next
from brainstem.web.views import error_page

from .entries import Entry
from .events import drawn, numbers_of
from .refusals import NOTHING, REFUSED, refusal_of
from .writes import summary

# Changes of an event up to which undoing it is tried; a larger one would keep others from writing for seconds.
MOST_TRIED = 500
SHOWN = 50  # entries


@dataclass(frozen=True)
class Trial:
    """What undoing would do, as the history would tell it; ``more`` if there are other entries."""

    parts: Sequence[Part]
    entries: Sequence[Entry]
    more: bool


def preview_page(request: HttpRequest, found: Event, viewer: Viewer) -> HttpResponse:
    """What undoing an event would do, or why it is not possible, before it is done."""
    told = reading.of_event(found, Asked(limit=1), viewer=viewer, counted=False)
    parts = parts_of(found, viewer=viewer)
    if not told.entries:
        return _of_unseen(request, found, viewer)
    trial, refusal, tried = None, NOTHING, sum(part.count for part in parts) <= MOST_TRIED
    if tried:
        try:
            trial = undone(lambda: _tried(found, viewer))
        except REFUSED as error:
            refusal = refusal_of(error, what="Undoing it", viewer=viewer)
    path = f"/{viewer.portal}/history/{found.pk}/"
    context = {
        "viewer": viewer,
        "first": drawn(told.entries, viewer)[0],
        "summary": summary(parts),
        "several": sum(part.count for part in parts) > 1,
        "most": MOST_TRIED,
        "tried": tried,
        "trial": trial,
        "does": numbers_of(trial.parts) if trial else (),
        "url": path,
        "next": safe_next(request.GET.get("next", "")),
        "refusal": refusal,
    }
    return render(request, "portal/history/undo.html", context, status=refusal.status)


def _of_unseen(request: HttpRequest, found: Event, viewer: Viewer) -> HttpResponse:
    """What undoing answers to somebody who sees nothing of the event: as when it is sent, and nothing more."""
    try:
        undone(lambda: undo(found.pk, viewer=viewer))
    except REFUSED as error:
        refusal = refusal_of(error, what="Undoing it", viewer=viewer)
        return error_page(request, refusal.status, refusal.message)
    raise Missing


def _tried(found: Event, viewer: Viewer) -> Trial:
    """Undo an event and read what that did; the caller rolls it back. Names are read while it is so."""
    with one_event() as writing:
        undo(found.pk, viewer=viewer)
    if not writing.wrote:
        return Trial((), (), more=False)
    made = Event.objects.get(pk=writing.id)
    told = reading.of_event(made, Asked(limit=SHOWN), viewer=viewer, counted=False)
    entries, more = drawn(told.entries, viewer), told.next_cursor is not None
    # In the order in which it is done: what comes back, then what refers to it again.
    return Trial(parts_of(made, viewer=viewer), entries if more else entries[::-1], more)


__all__ = ["preview_page"]
