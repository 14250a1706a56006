"""What was deleted, and undoing, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.model.registry import Spec

from ..addresses import DELETED, PORTALS
from ..shapes import JsonObject, Schema, closed, page_of, ref
from ..undoing import LISTED, restores
from .bulk import record_id
from .operations import WRITE_ERRORS, errors, id_parameter, one, operation, read_errors, response, wrong
from .writing import event_of, told_of

NAME = "DeletedList"
_WINDOW = ("search", "limit", "offset", "page", "per_page")
_EVENT: Schema = {"type": "string", "format": "uuid"}
_NUMBERS: Schema = {
    "type": "object",
    "description": "Number of records, by path of their model.",
    "additionalProperties": {"type": "integer", "minimum": 1},
}


def deleted_paths(spec: Spec, portal: str, base: str) -> JsonObject:
    """The list of deleted records of a model, and how one of them is restored."""
    if not restores(spec, portal):
        return {}
    listed = {"200": response("A page, newest first.", _page(spec)), **errors(*read_errors(portal))}
    parameters = [ref(name, "parameters") for name in _WINDOW]
    restored = {"200": one(spec), **errors(*WRITE_ERRORS)}
    return {
        f"{base}{DELETED}/": {"get": operation(spec, portal, DELETED, listed, parameters=parameters)},
        f"{base}{DELETED}/{{id}}/restore/": {
            "parameters": [id_parameter(spec)],
            "post": operation(spec, portal, "restore", restored),
        },
    }


def _page(spec: Spec) -> Schema:
    """A page whose ids are those of the model."""
    ids: Schema = {"properties": {LISTED: {"items": {"properties": {"id": record_id(spec)}}}}}
    return {"allOf": [ref(NAME), ids]}


def undo_paths() -> JsonObject:
    """Undoing an event, in the portals that have a history."""
    event = {"name": "event", "in": "path", "required": True, "schema": _EVENT}
    return {
        f"/api/{portal}/history/{{event}}/undo/": {"parameters": [event], "post": _undo(portal)}
        for portal in PORTALS
        if portal != "public"
    }


def _undo(portal: str) -> JsonObject:
    answers = {
        "200": response("What was undone.", ref("Undone")),
        **errors(*(status for status in WRITE_ERRORS if status != "409"), "503"),
        "409": wrong("What moved on, or is in the way.", {"anyOf": [ref("MovedOn"), ref("Detail")]}),
    }
    found: JsonObject = {"operationId": f"{portal}_history_undo", "tags": ["history"], "responses": answers}
    told_of(found, repeatable=True)
    event_of(found)
    return found


def undoing_schemas() -> dict[str, Schema]:
    """A page of deleted records, the result of an undo, and what prevents one."""
    text: Schema = {"type": "string"}
    anything: Schema = {}
    deleted = closed(
        {
            "id": {"type": ["string", "integer"]},
            "name": text,
            "deleted_at": {"type": "string", "format": "date-time"},
            "deleted_by": {"type": ["integer", "null"]},
            "deleted_by_name": text,
            "event": _EVENT | {"description": "The write that deleted it."},
            "with": _NUMBERS,
        }
    )
    undone = closed({"event": _EVENT, "changed": _NUMBERS, "deleted": _NUMBERS, "restored": _NUMBERS})
    clash = closed({"base": anything, "theirs": anything, "yours": anything})
    fields = {"type": "object", "additionalProperties": clash}
    about = "Fields by record (`stem/session/<id>`): as the event left them, as they are now, and as they were before."
    return {
        NAME: page_of(LISTED, deleted),
        "Undone": closed({"undone": undone}),
        "MovedOn": closed(
            {
                "detail": text,
                "moved_on": {"type": "object", "description": about, "additionalProperties": fields},
                "blocked_by": _blocking(),
            }
        ),
    }


def _blocking() -> Schema:
    record = closed({"id": {"type": ["string", "integer"]}, "name": {"type": "string"}})
    count: Schema = {"type": "integer", "minimum": 0}
    listed: Schema = {"type": "array", "items": record}
    model = closed({"model": {"type": "string"}, "count": count, "records": listed})
    about = "Records that depend on what would be deleted; whether there are others that you cannot see."
    return closed({"models": {"type": "array", "items": model}, "hidden": {"type": "boolean"}}) | {"description": about}
