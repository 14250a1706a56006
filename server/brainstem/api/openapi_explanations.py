"""What is explained of single records, as OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from brainstem.core.access.trees import Root
from brainstem.core.registry import specs

from .openapi_schemas import Schema, ref

ABOUT = {"access": ("Who sees the record, and through which roles.", "Access")}
_ID: Schema = {"type": ["string", "integer"]}
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_ROLE: Schema = {"type": "string", "enum": ["member", "contributor", "manager", "owner"]}


def explanation_schemas() -> dict[str, Schema]:
    """The answers, under the names that :data:`ABOUT` gives them."""
    return {
        "Named": _closed({"id": _ID, "name": _TEXT}),
        "NamedOfModel": _closed({"model": _TEXT, "id": _ID, "name": _TEXT}),
        **_access(),
    }


def _access() -> dict[str, Schema]:
    roots = [spec.segment for spec in specs().values() if isinstance(spec.tree, Root)]
    ways: dict[str, Schema] = {"via": {"type": "string", "description": "What opens the record."}, "role": _ROLE}
    path = _closed(ways | dict.fromkeys([*roots, "group"], ref("Named")), required=list(ways))
    person = _closed(
        {"user": {"type": "integer"}, "email": _TEXT, "name": _TEXT, "role": _ROLE, "paths": _list(ref("AccessPath"))}
    )
    answer = {
        "public": _FLAG | {"description": "Whether the public portal shows the record."},
        "public_through": _list(ref("NamedOfModel")),
        "everyone": _FLAG | {"description": "Whether everybody who is signed in sees the record."},
        "people": _list(ref("AccessPerson")),
    }
    return {"AccessPath": path, "AccessPerson": person, "Access": _closed({"access": _closed(answer)})}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _closed(properties: dict[str, Any], *, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
