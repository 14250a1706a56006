"""The URLs of imports."""

from __future__ import annotations

from brainstem.apps.users.import_options import OPTIONS
from brainstem.apps.users.imports import KEPT, MOST_IMPORTS
from brainstem.core.imports.steps import ACTIONS

from ..imports import ADDRESS, BACKGROUND, EDITS, KINDS, MOST_ROWS_SHOWN
from ..shapes import JsonObject, Schema, closed, ref
from ..writing import EVENT
from .operations import body_of, errors, response, wrong
from .writing import EVENT_HEADER

_READ = ("400", "401", "403", "404", "503")
_WRITE = (*_READ, "405", "409", "413", "415", "429")
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
IMPORT_ID = "import_id"


def import_paths() -> JsonObject:
    """What can be done with all imports, and with one."""
    one = f"/api/{ADDRESS}{{id}}/"
    kind: Schema = {
        "name": "kind", "in": "query", "required": True, "description": "What is imported.",
        "schema": {"type": "string", "enum": list(KINDS)},
    }  # fmt: skip
    listed = response("Your imports, last changed first, without their rows.", ref("ImportPage"))
    shown = response("The import, without its rows.", ref("ImportOne"))
    planned = response("The plan; nothing was written.", ref("ImportOne"))
    about = "Others have changed since what the plan was made for: nothing was written, and the plan was made again."
    later = {"202": response("A worker does it; ask for the import to see how far it is.", ref("ImportOne"))}
    moved = {"409": wrong(about, {"anyOf": [ref("ImportMoved"), ref("Detail")]})}
    parameter = {"parameters": [ref(IMPORT_ID, "parameters")]}
    return {
        f"/api/{ADDRESS}": {
            "get": _named("list", {"200": listed, **errors("400", "401", "403", "503")}),
            "post": _named("plan", {"201": planned, **later, **errors(*_WRITE)})
            | {"parameters": [kind, _waiting()]}
            | _body(ref("ImportTable")),
        },
        one: parameter
        | {
            "get": _named("get", {"200": shown, **errors(*_READ)}),
            "patch": _named("correct", {"200": planned, **later, **errors(*_WRITE)})
            | {"parameters": [_waiting()]}
            | body_of(ref("ImportCorrections")),
            "delete": _named(
                "delete", {"204": {"description": "Deleted; what it has written stays."}, **errors(*_READ)}
            ),
        },
        f"{one}rows/": parameter
        | {
            "get": _named("rows", {"200": response("Some rows of the plan.", ref("ImportRows")), **errors(*_READ)})
            | {"parameters": _slicing()}
        },
        f"{one}commit/": parameter
        | {
            "post": _named("commit", {"200": _written(), **later, **errors(*_WRITE), **moved})
            | {"parameters": [_waiting()]}
        },
    }


def import_schemas() -> dict[str, Schema]:
    """A plan, its rows, and what corrects it."""
    counts = closed(dict.fromkeys(ACTIONS, _NUMBER))
    column = closed(
        dict.fromkeys(("column", "head", "field", "label", "unit", "left_out", "problem"), _TEXT),
        required=["column", "head"],
    )
    sheet = closed({"name": _TEXT, "model": _TEXT, "rows": _NUMBER, "columns": _list(column)})
    fix = closed(dict.fromkeys(("sheet", "head", "from", "to"), _TEXT))
    group = closed(
        dict.fromkeys(("sheet", "head", "text", "message"), _TEXT)
        | {"count": _NUMBER, "rows": _list(_NUMBER), "fixes": _list(fix)}
    )
    facts: dict[str, Schema] = {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"type": "string", "enum": list(KINDS)},
        "name": _TEXT | {"description": "Name of the file."},
        "state": {"type": "string", "enum": ["planning", "planned", "committing", "committed"]},
        "done": _NUMBER | {"description": "Rows that a worker has got through, while it plans or commits."},
        "total": _NUMBER | {"description": "Rows that it has to get through; 0 if it does nothing."},
        "worker": {"type": ["boolean", "null"], "description": "Whether a worker is there, while one has to work."},
        "refusal": closed({"detail": _TEXT, "moved": _list(_moved())})
        | {
            "type": ["object", "null"],
            "description": "Why the last commit by a worker wrote nothing.",
        },
        "event": {"type": ["string", "null"], "description": "The event of its commit, by which it can be undone."},
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "expires_at": _MOMENT | {"description": f"{KEPT.days} days after the last change."},
        "counts": counts | {"description": "Number of rows by what they do."},
        "ready": {"type": "boolean", "description": "Whether it can be committed."},
        "sheets": _list(sheet),
        "groups": _list(group) | {"description": "Errors that are alike, the most frequent first."},
        "more_groups": _NUMBER,
    }
    return {
        "Import": closed(facts),
        "ImportOne": closed({"import": ref("Import")}),
        "ImportPage": closed({"imports": _list(ref("Import")), "count": _NUMBER}),
        "ImportRows": closed({"rows": _list(_row()), "count": _NUMBER}),
        "ImportMoved": closed({"detail": _TEXT, "moved": _list(_moved()), "import": ref("Import")}),
        "ImportTable": closed({"text": _TEXT, "name": _TEXT, **_options()}, required=["text"]),
        "ImportCorrections": closed(_options() | {name: _list(_edits()[name]) for name in EDITS}, required=[]),
    }


def _moved() -> Schema:
    return closed({"sheet": _TEXT, "row": _NUMBER, "id": {"type": ["string", "integer", "null"]}, "message": _TEXT})


def import_parameters() -> dict[str, Schema]:
    """The id in the URL."""
    about = f"Of an import of yours; at most {MOST_IMPORTS} of them are kept."
    shape = {"type": "string", "format": "uuid"}
    return {IMPORT_ID: {"name": "id", "in": "path", "required": True, "description": about, "schema": shape}}


def _written() -> JsonObject:
    event = {"headers": {EVENT: ref(EVENT_HEADER, "headers")}}
    return response("Written, as one event.", ref("ImportOne")) | event


def _row() -> Schema:
    problem = closed({"cell": _TEXT, "head": _TEXT, "message": _TEXT, "options": _list(_TEXT)})
    return closed(
        {
            "sheet": _TEXT,
            "row": _NUMBER | {"description": "As spreadsheets number it."},
            "action": {"type": "string", "enum": list(ACTIONS)},
            "model": _TEXT,
            "id": {"type": ["string", "integer", "null"], "description": "Of the record that is there."},
            "label": _TEXT,
            "cells": {"type": "object", "additionalProperties": _TEXT},
            "values": {"type": "object", "description": "Of a new record, as they would be stored."},
            "changes": {"type": "object", "additionalProperties": closed({"from": {}, "to": {}})},
            "problems": _list(problem),
        }
    )


def _options() -> dict[str, Schema]:
    about: dict[str, Schema] = {
        "model": _TEXT | {"description": "Model of the rows, such as stem/subject."},
        "models": {"type": "object", "description": "Name of a sheet -> its model; empty to leave the sheet out."},
        "columns": {"type": "object", "description": "Head -> field, empty to leave it out; or by sheet."},
        "timezone": _TEXT | {"description": "Of times that name none, such as Europe/Copenhagen; UTC by default."},
        "dates": {"type": "string", "enum": ["", "day", "month"], "description": "What comes first in 3/4/2026."},
        "empty": {"type": "string", "enum": ["keep", "clear"], "description": "What empty cells do; keep by default."},
    }
    return {name: about[name] for name in OPTIONS}


def _edits() -> dict[str, Schema]:
    def edit(**parts: Schema) -> Schema:
        return closed({"sheet": _TEXT, **parts}, required=list(parts))

    return {
        "replace": edit(head=_TEXT, **{"from": _TEXT}, to=_TEXT),
        "cells": edit(row=_NUMBER, head=_TEXT, value=_TEXT),
        "leave_out": edit(row=_NUMBER),
    }


def _body(shape: Schema) -> JsonObject:
    file: Schema = {
        "type": "object", "required": ["file"], "additionalProperties": False,
        "properties": {"file": {"type": "string", "format": "binary"}, "options": _TEXT},
    }  # fmt: skip
    content = {"application/json": {"schema": shape}, "multipart/form-data": {"schema": file}}
    return {"requestBody": {"required": True, "content": content}}


def _waiting() -> Schema:
    about = "Whether many rows may be left to a worker, if one is there; yes by default."
    return {
        "name": BACKGROUND,
        "in": "query",
        "description": about,
        "schema": {"type": "string", "enum": ["yes", "no"]},
    }


def _slicing() -> list[Schema]:
    action: Schema = {"type": "string", "enum": list(ACTIONS)}
    shapes: list[tuple[str, str, Schema]] = [
        ("action", "Only rows that do this.", action),
        ("limit", "At most so many rows.", {"type": "integer", "minimum": 0, "maximum": MOST_ROWS_SHOWN}),
        ("offset", "Leave out so many rows first.", _NUMBER),
    ]
    return [{"name": name, "in": "query", "description": about, "schema": one} for name, about, one in shapes]


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _named(name: str, responses: JsonObject) -> JsonObject:
    return {"operationId": f"imports_{name}", "tags": ["imports"], "responses": responses}
