"""Pages of the past: the history of a record, and everything that one write changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked, asked_of
from brainstem.core.history.differences import fields_told
from brainstem.core.history.permission import require_open_history
from brainstem.core.model.ids import RecordId, uuid_of
from brainstem.core.model.registry import Spec
from brainstem.core.models import Event
from brainstem.web import formats
from brainstem.web.views import error_page

from .. import words
from ..gathering import Gathering
from ..where import Where, answered, page, viewer_in
from .entries import ACTIONS, Wire, ask, entries_of, spec_of, title_then, told_by, who
from .refusals import NOTHING, Refusal

PER = 20
MOST_OF_EVENT = 100


@page
def record_history(where: Where, record_id: str) -> HttpResponse:
    """What happened to a record, newest first, for those who may change it."""
    if not where.writes:
        raise Missing
    if where.request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    return history_page(where, where.parse_id(record_id))


def history_page(where: Where, pk: RecordId, refusal: Refusal = NOTHING) -> HttpResponse:
    """The history of a record; with what was refused, if something was."""
    spec, viewer = where.spec, where.viewer
    require_open_history(spec, pk, viewer=viewer)
    sent = {} if refusal else where.request.GET
    given = {name: str(value) for name, value in sent.items() if value}
    keys = fields_told(spec, viewer.shows)
    asked = asked_of(urlencode({"limit": str(PER)} | given), actor=viewer.actor, fields=keys)
    found = reading.of_record(spec, pk, asked, viewer=viewer)
    gathering = Gathering(viewer)
    gathering.name(spec, [pk])
    ask(found.entries, gathering)
    gathering.run()
    entries = entries_of(found.entries, gathering, _types(spec, pk))
    path = where.record_path(pk)
    query = urlencode(given)
    context = {
        "where": where,
        "title": gathering.caption(spec, pk) or _title_then(found.entries, spec, pk),
        "is_there": bool(gathering.caption(spec, pk)),
        "model": words.model_name(spec),
        "models": words.models_name(spec),
        "url": path,
        "api_url": f"/api{path}history/" + (f"?{query}" if query else ""),
        "entries": entries,
        "count": found.count,
        "older": f"{path}history/?{urlencode(given | {'cursor': found.next_cursor})}" if found.next_cursor else "",
        "newest": f"{path}history/?{urlencode(_without(given, 'cursor'))}" if asked.cursor else "",
        "fields": sorted(((key, words.field_name(spec, key)) for key in keys), key=lambda one: one[1].lower()),
        "people": _people(found.entries, viewer, given.get("by", "")),
        "asked": asked,
        "by": "me" if given.get("by") == str(viewer.actor.user_id) else given.get("by", ""),
        "can_change": "change" in spec.resource.verbs,
        "refusal": refusal,
    }
    return render(where.request, "portal/history/record.html", context, status=refusal.status)


def _types(spec: Spec, pk: RecordId) -> Mapping[str, str]:
    """The present type of a record, in whose words its details are told; one statement."""
    if not words.type_group(spec):
        return {}
    found = spec.model._default_manager.filter(pk=pk).values_list("type", flat=True).first()
    return {str(pk): str(found or "")}


def _title_then(wires: Sequence[Wire], spec: Spec, pk: RecordId) -> str:
    """What a deleted record was called, if an entry of this page tells all of its values."""
    whole = next((wire for wire in wires if wire["action"] in ("delete", "create")), None)
    return title_then(told_by(whole), str(pk)) if whole else f"Deleted {words.model_name(spec)} {str(pk)[:8]}"


def _without(given: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in given.items() if key != name}


def _people(wires: Sequence[Wire], viewer: Viewer, asked: str) -> list[tuple[str, str]]:
    """Whom one can narrow to: oneself, who is on this page, and who was chosen."""
    mine = str(viewer.actor.user_id)
    found = {str(wire["user"]): who(wire) for wire in wires if wire["user"] is not None}
    others = sorted(((pk, name) for pk, name in found.items() if pk != mine), key=lambda one: one[1].lower())
    chosen = [(asked, "The person chosen")] if asked not in ("", "me", *found) else []
    return [("me", "Me"), *others, *chosen]


# -- events ------------------------------------------------------------------------------------------------------------


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
    told = reading.of_event(found, Asked(limit=MOST_OF_EVENT, cursor=cursor), viewer=viewer)
    if not told.entries and refusal:
        return error_page(request, refusal.status, refusal.message)
    if not told.entries:
        raise Missing
    gathering = Gathering(viewer)
    ask(told.entries, gathering)
    gathering.run()
    entries = entries_of(told.entries, gathering, _types_of(told.entries))
    path = f"/{viewer.portal}/history/{found.pk}/"
    context = {
        "viewer": viewer,
        "entries": entries,
        "first": entries[0],
        "event": str(found.pk),
        "url": path,
        "api_url": f"/api{path}",
        "summary": summary(told.entries, told.count),
        "count": told.count,
        "several": told.count is None or told.count > 1,
        "older": f"{path}?{urlencode({'cursor': told.next_cursor})}" if told.next_cursor else "",
        "newest": path if cursor else "",
        "next": request.GET.get("next", "") if not refusal else "",
        "refusal": refusal,
    }
    return render(request, "portal/history/event.html", context, status=refusal.status)


def _types_of(wires: Sequence[Wire]) -> dict[str, str]:
    """Types of the records of entries that do not tell them themselves; one statement for each model with types."""
    ids: dict[Spec, set[RecordId]] = {}
    for wire in wires:
        spec = spec_of(wire)
        if words.type_group(spec) and "type" not in wire["changes"]:
            ids.setdefault(spec, set()).add(wire["record"])
    return {
        str(pk): str(name)
        for spec, wanted in ids.items()
        for pk, name in spec.model._default_manager.filter(pk__in=wanted).values_list("pk", "type")
    }


def summary(wires: Sequence[Wire], count: int | None) -> str:
    """What a write did in a few words: "added 40 subjects and changed 2 cohorts"."""
    if count is None or count > len(wires):
        return (
            f"changed {formats.count(count)} records" if count else f"changed more than {formats.count(1000)} records"
        )
    found = Counter((spec_of(wire), _kind(str(wire["action"]))) for wire in wires)
    parts = [f"{kind} {_counted(spec, number)}" for (spec, kind), number in found.items()]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _kind(action: str) -> str:
    return ACTIONS[action] if action in ("create", "delete", "restore") else "changed"


def _counted(spec: Spec, number: int) -> str:
    return (
        f"1 {words.model_name(spec)}" if number == 1 else f"{formats.count(number)} {words.models_name(spec).lower()}"
    )


__all__ = ["event", "event_in", "event_page", "history_page", "record_history", "summary"]
