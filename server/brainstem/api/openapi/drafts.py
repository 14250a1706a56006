"""The URLs of drafts."""

from __future__ import annotations

from brainstem.apps.users.drafts import KEPT, KEY, MOST_DRAFTS

from ..drafts import ADDRESS, MOST_BYTES
from ..shapes import JsonObject, Schema, closed, page_of, ref
from .operations import body_of, errors, response, wrong

KEY_PARAMETER = "draft_key"
_READ = ("400", "401", "403", "503")
_WRITE = (*_READ, "409", "413", "415")
_CHANGED = {"412": wrong("The draft is not the one that you name.", ref("Detail"))}
_ANY: Schema = {"description": "Any JSON value, as it was written."}


def draft_paths() -> JsonObject:
    """What can be done with all drafts, and with one."""
    paging = [ref(name, "parameters") for name in ("limit", "offset", "page", "per_page", "cursor")]
    listed = response("A page of your drafts, last written first.", page_of("drafts", ref("Draft")))
    content = response("The draft, exactly as it was written.", _ANY) | {"headers": _tag()}
    unchanged = {"304": {"description": "It is still the one that If-None-Match names.", "headers": _tag()}}
    gone = {"204": {"description": "Deleted."}}
    match = _header("If-Match", "An ETag: write only if the draft is still the one with it.")
    unseen = _header("If-None-Match", "An ETag: answer 304 if the draft is still the one with it.")
    absent = _header("If-None-Match", "`*`: write only if there is no draft yet.")
    return {
        f"/api/{ADDRESS}": {"get": _named("list", {"200": listed, **errors(*_READ)}) | {"parameters": paging}},
        f"/api/{ADDRESS}{{key}}/": {
            "parameters": [ref(KEY_PARAMETER, "parameters")],
            "get": _named("get", {"200": content, **unchanged, **errors(*_READ, "404")}) | {"parameters": [unseen]},
            "put": _named("put", {"200": _stored("Replaced."), "201": _stored("New."), **errors(*_WRITE), **_CHANGED})
            | {"parameters": [match, absent]}
            | body_of(_ANY),
            "delete": _named("delete", gone | errors(*_READ, "404") | _CHANGED) | {"parameters": [match]},
        },
    }


def draft_schemas() -> dict[str, Schema]:
    """What is told of a draft."""
    facts: dict[str, Schema] = {
        "key": {"type": "string", "pattern": f"^{KEY.pattern}$"},
        "size": {"type": "integer", "minimum": 1, "maximum": MOST_BYTES, "description": "Bytes of its JSON."},
        "updated_at": {"type": "string", "format": "date-time", "description": "When it was last written."},
        "expires_at": {"type": "string", "format": "date-time", "description": f"{KEPT.days} days after that."},
        "etag": {"type": "string", "description": "For If-Match and If-None-Match, with its quotes."},
    }
    return {"Draft": closed(facts), "DraftOne": closed({"draft": ref("Draft")})}


def draft_parameters() -> dict[str, Schema]:
    """The key in the URL."""
    about = f"Chosen by you, such as session-add; at most {MOST_DRAFTS} of them are kept."
    shape = {"type": "string", "pattern": f"^{KEY.pattern}$"}
    return {KEY_PARAMETER: {"name": "key", "in": "path", "required": True, "description": about, "schema": shape}}


def _stored(about: str) -> JsonObject:
    return response(f"{about} What is known about the draft.", ref("DraftOne")) | {"headers": _tag()}


def _tag() -> dict[str, Schema]:
    return {"ETag": {"description": "Changes with the content.", "schema": {"type": "string"}}}


def _header(name: str, about: str) -> Schema:
    return {"name": name, "in": "header", "description": about, "schema": {"type": "string"}}


def _named(name: str, responses: JsonObject) -> JsonObject:
    return {"operationId": f"drafts_{name}", "tags": ["drafts"], "responses": responses}
