"""Taking back: undoing an event, and putting a record back to how it was; through the services of the API."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from brainstem.api.call import Call
from brainstem.api.writing import EVENT, written
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked
from brainstem.core.history.permission import require_open_history
from brainstem.core.model.registry import project_spec
from brainstem.core.models import Event
from brainstem.core.query.syntax import Query
from brainstem.core.undo.reverting import TO, revert
from brainstem.core.undo.undoing import Undone
from brainstem.core.undo.undoing import undo as undo_event
from brainstem.web import formats
from brainstem.web.notices import onward_of, tell

from .. import zone
from ..where import Where, answered, page, viewer_in
from .events import event_in, event_page
from .pages import history_page
from .previews import preview_page
from .refusals import REFUSED, refusal_of

FEW = 5  # entries of which at least two records tell that an event spans several


def undo(request: HttpRequest, portal: str, event_id: str) -> HttpResponse:
    """Undo everything that one write changed; before that, of several records, what this would do is shown."""

    def enter() -> HttpResponse:
        viewer = viewer_in(request, portal)
        if portal == "public":
            raise Missing
        found = event_in(event_id)
        if request.method in ("GET", "HEAD"):
            return preview_page(request, found, viewer)
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        if not request.POST.get("confirmed") and _spans_several(found, viewer):
            onward = onward_of(request, usual="")
            asked = f"?{urlencode({'next': onward})}" if onward else ""
            return HttpResponseRedirect(f"/{portal}/history/{found.pk}/undo/{asked}", status=303)
        return _undone(request, found, viewer)

    return answered(request, enter)


def _spans_several(found: Event, viewer: Viewer) -> bool:
    told = reading.of_event(found, Asked(limit=FEW), viewer=viewer, counted=False)
    return len({(one["model"], one["record"]) for one in told.entries}) > 1 or told.next_cursor is not None


def _undone(request: HttpRequest, found: Event, viewer: Viewer) -> HttpResponse:
    portal = viewer.portal
    onward = onward_of(request, usual="")
    said = ""

    def act() -> HttpResponse:
        nonlocal said
        said = _sentence(undo_event(found.pk, viewer=viewer))
        return HttpResponseRedirect(onward, status=303)

    try:
        response = written(Call(request, project_spec(), viewer), act, query=Query())
    except REFUSED as error:
        return event_page(request, found, viewer, refusal_of(error, what="Undoing it", viewer=viewer))
    event = response.headers.get(EVENT, "")
    response.headers["Location"] = onward or f"/{portal}/history/{event or found.pk}/"
    tell(request, said if event else "Nothing of it was left to undo.", response, portal=portal, onward=onward)
    return response


def _sentence(done: Undone) -> str:
    parts = ((done.changed, "set back"), (done.deleted, "deleted"), (done.restored, "restored"))
    counted = [(sum(numbers.values()), verb) for numbers, verb in parts if numbers]
    told = [f"{formats.count(number)} record{'' if number == 1 else 's'} {verb}" for number, verb in counted]
    return f"Undone: {', '.join(told)}." if told else "Undone."


@page
def restore_state(where: Where, record_id: str) -> HttpResponse:
    """Give a record the fields that it had right after an event."""
    if not where.writes or "change" not in where.spec.resource.verbs:
        raise Missing
    if where.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    pk = where.parse_id(record_id)
    require_open_history(where.spec, pk, viewer=where.viewer)
    call = Call(where.request, where.spec, where.viewer, pk)
    body = {TO: where.request.POST.get(TO, "")}
    onward = onward_of(where.request, usual=f"{where.record_path(pk)}history/")

    def act() -> HttpResponse:
        revert(where.spec, pk, body, viewer=where.viewer)
        return HttpResponseRedirect(onward, status=303)

    try:
        response = written(call, act, query=Query())
    except REFUSED as error:
        return history_page(where, pk, refusal_of(error, what="Going back to this state", viewer=where.viewer))
    if EVENT in response.headers:
        at = zone.moment(event_in(body[TO]).at.isoformat())
        tell(where.request, f"Restored as it was after {at}.", response, portal=where.portal, onward=onward)
    else:
        tell(where.request, "It is as it was then already.", response, portal=where.portal, onward=onward)
    return response


__all__ = ["restore_state", "undo"]
