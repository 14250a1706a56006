"""Histories over HTTP: of a record, of a model, and of everything that one write changed. Not in the public portal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked, asked_of
from brainstem.core.history.differences import fields_told
from brainstem.core.history.permission import require_open_history
from brainstem.core.history.reading import Page
from brainstem.core.model.ids import uuid_of
from brainstem.core.model.registry import Spec
from brainstem.core.models import Event
from brainstem.core.text.shown import shown

from .actor import admitted
from .call import Call, Handler, Operation
from .envelope import cursor_page
from .responses import answered, json_response, offer_only
from .shapes import Schema, name_of, ref

NAME = "history"
SCHEMA = "History"
PARAMETERS = ("history_cursor", "limit", "since", "until", "by")


def model_history(call: Call) -> HttpResponse:
    """The changes of all records of a model that the caller may change."""
    offer_only(call.request.method, "GET", "HEAD")
    asked = _asked(call)
    return _answer(call.request, asked, reading.of_model(call.spec, asked, viewer=call.viewer))


@csrf_exempt
def event_history(request: HttpRequest, portal: str, event: str) -> HttpResponse:
    """Everything that one write changed."""
    return answered(_event_history, request, portal, event)


def _event_history(request: HttpRequest, portal: str, text: str) -> HttpResponse:
    viewer = Viewer(admitted(request, portal), portal)
    missing = Missing(f"No event has the id {shown(text)}.")
    if portal == "public":
        raise missing
    offer_only(request.method, "GET", "HEAD")
    asked = asked_of(request.META.get("QUERY_STRING", ""), actor=viewer.actor, narrows=False)
    number = uuid_of(text)
    event = None if number is None else Event.objects.filter(pk=number).first()
    page = None if event is None else reading.of_event(event, asked, viewer=viewer)
    if page is None or not (page.entries or asked.cursor):
        raise missing
    return _answer(request, asked, page)


def _record_history(call: Call, _action: str) -> HttpResponse:
    offer_only(call.method, "GET", "HEAD")
    require_open_history(call.spec, call.record_id, viewer=call.viewer)
    asked = _asked(call)
    return _answer(call.request, asked, reading.of_record(call.spec, call.record_id, asked, viewer=call.viewer))


def _asked(call: Call) -> Asked:
    fields = fields_told(call.spec, call.viewer.shows)
    return asked_of(call.request.META.get("QUERY_STRING", ""), actor=call.actor, fields=fields)


def _answer(request: HttpRequest, asked: Asked, page: Page) -> HttpResponse:
    records: list[object] = [*page.entries]
    found = cursor_page(request, NAME, records, count=page.count, cursor=page.next_cursor, limit=asked.limit)
    return json_response(200, found)


def history_parameters(spec: Spec) -> list[Schema]:
    """The parameters of the history of a record or a model."""
    return [ref(name, "parameters") for name in (*PARAMETERS, f"{name_of(spec)}.changed")]


def field_parameter(spec: Spec) -> Schema:
    """The parameter that narrows a history to one key."""
    about = "Only entries that change this key, and of those only it."
    fields = {"type": "string", "enum": fields_told(spec, lambda *_: True)}
    return {"name": "field", "in": "query", "description": about, "schema": fields}


_ABOUT = "A page of the record's changes, newest first."
# What is below a record of any model.
HISTORIES: dict[str, Handler] = {
    NAME: Handler(_record_history, (Operation("get", _ABOUT, lambda _: ref(SCHEMA), parameters=history_parameters),)),
}
