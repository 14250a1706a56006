"""The history of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.differences import fields_told
from brainstem.core.history.permission import require_open_history
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, user_spec

from .. import words
from ..gathering import Gathering
from ..where import Where, page
from .entries import Wire, ask, entries_of, title_then, told_by
from .narrowing import bar, narrowing_of, people_of
from .refusals import NOTHING, Refusal

PER = 20


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
    spec, viewer, path = where.spec, where.viewer, where.record_path(pk)
    require_open_history(spec, pk, viewer=viewer)
    keys = fields_told(spec, viewer.shows)
    sent = {} if refusal else where.request.GET.dict()
    narrowed = narrowing_of(sent, f"{path}history/", viewer=viewer, per=PER, fields=keys)
    found = reading.of_record(spec, pk, narrowed.asked, viewer=viewer)
    gathering = Gathering(viewer)
    gathering.name(spec, [pk])
    if narrowed.asked.by is not None:
        gathering.name(user_spec(), [narrowed.asked.by])
    ask(found.entries, gathering)
    gathering.run()
    people = people_of(found.entries, narrowed, gathering)
    context = {
        "where": where,
        "title": gathering.caption(spec, pk) or _title_then(found.entries, spec, pk),
        "is_there": bool(gathering.caption(spec, pk)),
        "model": words.model_name(spec),
        "models": words.models_name(spec),
        "url": path,
        "api_url": narrowed.api_url,
        "entries": entries_of(found.entries, gathering, _types(spec, pk)),
        "count": found.count,
        "older": narrowed.address(cursor=found.next_cursor) if found.next_cursor else "",
        "newest": narrowed.address() if narrowed.asked.cursor else "",
        "bar": bar(narrowed, spec=spec, fields=keys, people=people, own=str(viewer.actor.user_id)),
        "here": narrowed.here,
        "is_narrow": narrowed.is_narrow,
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


__all__ = ["history_page", "record_history"]
