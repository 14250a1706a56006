"""The explanations of single records, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.model.registry import specs

from ..shapes import Schema, closed, ref

_ID: Schema = {"type": ["string", "integer"]}
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_ROLE: Schema = {"type": "string", "enum": ["member", "contributor", "manager", "owner"]}
_NAMED: dict[str, Schema] = {"id": _ID, "name": _TEXT}
_OWNED: dict[str, Schema] = {"created_by": {"type": ["integer", "null"]}, "whose": {"type": "array", "items": _TEXT}}


def explanation_schemas() -> dict[str, Schema]:
    """The responses, under the names that their handlers give them."""
    return {
        "Named": closed({"id": _ID, "name": _TEXT}),
        "NamedOfModel": closed({"model": _TEXT, "id": _ID, "name": _TEXT}),
        **_access(),
        **_delete_preview(),
        **_publish_preview(),
    }


def _access() -> dict[str, Schema]:
    roots = [spec.segment for spec in specs().values() if spec.tree.is_root]
    ways: dict[str, Schema] = {
        "via": {"type": "string", "description": "What gives access to it."},
        "role": _ROLE,
    }
    path = closed(ways | dict.fromkeys([*roots, "group"], ref("Named")), required=list(ways))
    person = closed(
        {"user": {"type": "integer"}, "email": _TEXT, "name": _TEXT, "role": _ROLE, "paths": _list(ref("AccessPath"))}
    )
    answer = {
        "public": _FLAG | {"description": "Whether the public portal shows the record."},
        "public_through": _list(ref("NamedOfModel")),
        "everyone": _FLAG | {"description": "Whether everyone who is signed in sees the record."},
        "people": _list(ref("AccessPerson")),
    }
    return {"AccessPath": path, "AccessPerson": person, "Access": closed({"access": closed(answer)})}


def _delete_preview() -> dict[str, Schema]:
    outcomes = {"type": "string", "enum": ["delete", "detach", "refused"]}
    reasons = _list(_TEXT) | {"description": "What else prevents the deletion, as sentences."}
    answer = {
        "outcome": outcomes,
        "deletes": ref("OwnedByModel") | {"description": "What is deleted, including the record itself."},
        "detaches": ref("OwnedByModel") | {"description": "What is only removed from the projects in `leaves`."},
        "leaves": _list(ref("Named")),
        "clears": _section({**_NAMED, **_OWNED, "fields": _list(_TEXT)}),
        "blocked_by": _section({**_NAMED, **_OWNED}, reasons=reasons),
    }
    return {
        "OwnedByModel": _section({**_NAMED, **_OWNED}),
        "DeletePreview": closed({"delete_preview": closed(answer)}),
    }


def _publish_preview() -> dict[str, Schema]:
    users = _list(closed({"model": _TEXT, "count": {"type": "integer"}}))
    answer = {
        "is_public": _FLAG | {"description": "Whether the project is already public."},
        "becomes_visible": _section(_NAMED),
        "visible_already": _section(_NAMED) | {"description": "Shown through another public project, or this one."},
        "stays_private": _section({**_NAMED, "used_by": users}),
        "files": _section({**_NAMED, "fields": _list(_TEXT)}) | {"description": "Uploads that everyone could fetch."},
    }
    return {"PublishPreview": closed({"publish_preview": closed(answer)})}


def _section(record: dict[str, Schema], **more: Schema) -> Schema:
    """Records by model; whether there are others that the caller does not see."""
    count = {"type": "integer", "minimum": 0}
    model = closed({"model": _TEXT, "count": count, "records": _list(closed(record))})
    hidden = _FLAG | {"description": "Whether there are more that you cannot see."}
    return closed({"models": _list(model), "hidden": hidden, **more})


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}
