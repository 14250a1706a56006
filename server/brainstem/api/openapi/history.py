"""Histories and the feed of changes, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.history.feed import MOST, START, USUAL
from brainstem.core.history.telling import WAYS
from brainstem.core.model.registry import Spec, specs

from ..addresses import PORTALS
from ..changes_feed import MORE
from ..history import NAME, SCHEMA
from ..shapes import JsonObject, Schema, closed, ref
from .operations import errors, response

_TEXT: Schema = {"type": "string"}
_WHEN: Schema = {"type": "string", "format": "date-time"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_ID: Schema = {"type": ["string", "integer"]}
_NUMBER: Schema = {"type": ["integer", "null"], "minimum": 0}
_VERSION: Schema = {"type": "string", "pattern": "^[0-9]+$"}


def history_paths() -> dict[str, object]:
    """What one write changed, and what changed lately; in the portals where people write."""
    found: dict[str, object] = {}
    for portal in PORTALS:
        if portal != "public":
            found[f"/api/{portal}/{NAME}/{{event}}/"] = _event(portal)
            found[f"/api/{portal}/changes/"] = _feed(portal)
    return found


def _event(portal: str) -> JsonObject:
    about = "A page of what one write changed, newest first, as far as you may read the history of it."
    event = {"name": "event", "in": "path", "required": True, "schema": _UUID}
    answers = {"200": response(about, ref(SCHEMA)), **errors("400", "401", "403", "404", "405", "503")}
    parameters = [ref(name, "parameters") for name in ("history_cursor", "limit")]
    found = {"operationId": f"{portal}_event", "tags": [NAME], "parameters": parameters, "responses": answers}
    return {"parameters": [event], "get": found}


def _feed(portal: str) -> JsonObject:
    def parameter(name: str, about: str, **shape: object) -> Schema:
        return {"name": name, "in": "query", "description": about, "schema": shape}

    cursor = f"The cursor of the previous answer, or `{START}`; nothing is told without it but the cursor of now."
    models = sorted(f"{one.app}/{one.segment}" for one in _models(portal))
    parameters = [
        parameter("since", cursor, type="string"),
        parameter("limit", f"Changes in one answer, at most {MOST}.", type="integer", minimum=1, default=USUAL),
        parameter("model", "Only changes of records of this model.", type="string", enum=models),
    ]
    about = "What changed among the records that you may change, each change once, in the order of the commits."
    more = {"description": "Whether there is more to read already; ask again at once.", "schema": {"type": "boolean"}}
    answers = {
        "200": response(about, ref("ChangesFeed")) | {"headers": {MORE: more}},
        **errors("400", "401", "403", "405", "503"),
    }
    return {"get": {"operationId": f"{portal}_changes", "tags": [NAME], "parameters": parameters, "responses": answers}}


def _models(portal: str) -> list[Spec]:
    return [one for one in specs().values() if portal == "super" or portal in one.resource.portals]


def history_schemas() -> dict[str, Schema]:
    """A page of a history, and of the feed."""
    entry = closed(
        {
            "id": _VERSION | {"description": "The version that the record had after the change."},
            "event": _UUID | {"description": "The write that the change was part of."},
            "action": _TEXT | {"description": "create, change, delete, restore, or the name of an action."},
            "date_time": _WHEN,
            "user": {"type": ["integer", "null"], "description": "Null for commands, and accounts that are gone."},
            "user_name": _TEXT,
            "via": {"type": "string", "enum": [*WAYS]},
            "model": _TEXT | {"description": "App and model, such as stem/session."},
            "record": _ID,
            "changes": {"type": "object", "additionalProperties": ref("HistoryChange")},
            "client": _TEXT | {"description": "Name and version that the client gave."},
            "token": _TEXT | {"description": "Name of the token, if one was used."},
        }
    )
    value = {"description": "As a record has it; null if the record did not exist."}
    change = closed({"from": value, "to": value}, required=["from", "to"])
    change["properties"]["partial"] = {
        "type": "boolean",
        "enum": [True],
        "description": "Of a long list, `from` holds what was removed and `to` what was added.",
    }
    fed = {"model": _TEXT, "id": _ID, "action": _TEXT, "version": _VERSION, "event": _UUID, "date_time": _WHEN}
    return {
        "HistoryChange": change,
        "HistoryEntry": entry,
        SCHEMA: _page(ref("HistoryEntry")),
        "ChangesFeed": closed({"changes": {"type": "array", "items": closed(fed)}, "cursor": _TEXT}),
    }


def _page(entry: Schema) -> Schema:
    """A page that is always read by cursor; what exceeds a limit is not counted."""
    meta = closed({"page": {"type": "integer"}, "per_page": {"type": "integer"}, "total_results": _NUMBER,
                   "total_pages": _NUMBER})  # fmt: skip
    link = {"type": ["string", "null"]}
    listed = {"type": "array", "items": entry}
    return closed({NAME: listed, "count": _NUMBER, "next": link, "previous": link, "meta": meta})
