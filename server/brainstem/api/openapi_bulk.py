"""What writes many rows, what may be sent again and what streams, as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

from brainstem.core.bulk.writing import MAX_ROWS
from brainstem.core.model.registry import Spec

from .bulk import DRY_RUN, offered
from .once import HEADER, REPLAYED
from .openapi_schemas import Schema, name_of, ref, write_schema
from .streams import COUNT, FORMATS
from .warnings import APPLIED, MOST_BYTES, PREFER, STRICT
from .warnings import HEADER as HEADER_OF_REMARKS

KEY = "idempotency_key"
PREFERENCE = "prefer"


def bulk_body(spec: Spec, portal: str) -> Schema:
    """The rows that a model takes."""
    one = record_id(spec)
    changed: Schema = {"required": ["id"], "properties": {"id": one}}
    rows: dict[str, Schema] = {
        "create": write_schema(spec, whole=True),
        "update": {"allOf": [write_schema(spec, whole=False), changed]},
        "delete": one,
    }
    keys = offered(spec, portal)
    about = f"At most {MAX_ROWS} rows in all."
    listed = {key: {"type": "array", "items": rows[key], "maxItems": MAX_ROWS} for key in keys}
    return {"type": "object", "description": about, "additionalProperties": False, "properties": listed}


def record_id(spec: Spec) -> Schema:
    """The id of a record."""
    if spec.columns["id"].wire_type == "integer":
        return {"type": "integer", "minimum": 0}
    return {"type": "string", "format": "uuid"}


def bulk_answer(spec: Spec, proposed: Spec | None) -> Schema:
    """Ids, or records where those were asked for."""
    shapes = [record_id(spec), *(ref(name_of(one)) for one in (spec, proposed) if one is not None)]
    listed: Schema = {"type": "array", "items": {"anyOf": shapes}}
    properties = {"created": listed, "updated": listed, "deleted": {"type": "array", "items": record_id(spec)}}
    return {"anyOf": [_closed(properties), ref("DryRun")]}


def _dry_run() -> Schema:
    """What rows would do: as when they are written, but for ids that only the write gives."""
    record: Schema = {"type": ["object", "string", "integer", "null"]}
    value = {"description": "Any value."}
    listed = {"type": "array", "items": record}
    difference = {"type": "object", "additionalProperties": _closed({"from": value, "to": value})}
    found = _closed(
        {
            "created": listed,
            "updated": listed,
            "deleted": {"type": "array", "items": {"type": ["string", "integer"]}},
            "changes": {"type": "array", "items": difference},
            DRY_RUN: {"type": "boolean", "enum": [True]},
        }
    )
    about = "Of a dry run: the records as they would be (the id of a new one is null), and for each updated row what"
    return found | {"description": f"{about} would change; an empty object where nothing would."}


def bulk_schemas() -> dict[str, Schema]:
    """What is wrong with which row, and what a dry run finds."""
    row = _closed(
        {
            "operation": {"type": "string", "enum": ["create", "update", "delete"]},
            "index": {"type": "integer", "minimum": 0},
            "errors": ref("FieldErrors"),
            "status": {"type": "integer", "enum": [400, 403, 404, 409, 429]},
        }
    )
    # Only said where it is so.
    row["properties"]["unchanged"] = {"type": "boolean", "description": "Refused because it would change nothing."}
    return {"RowErrors": _closed({"errors": {"type": "array", "minItems": 1, "items": row}}), "DryRun": _dry_run()}


def bulk_parameters() -> list[Schema]:
    """Whether the records themselves come back, and whether anything is written."""
    about = "Whether ids come back, or the records as they now are; a dry run gives records unless ids are asked for."
    shape = {"type": "string", "enum": ["ids", "records"], "default": "ids"}
    dry = "Check everything and say what would be stored, but leave nothing written. An Idempotency-Key is not used up."
    return [
        {"name": "return", "in": "query", "description": about, "schema": shape},
        {"name": DRY_RUN, "in": "query", "description": dry, "schema": {"type": "boolean", "default": False}},
    ]


def key_parameter() -> dict[str, Schema]:
    """The header under which a POST can be sent again."""
    about = f"Made by the caller. Within a day a repeat gets the first answer, with {REPLAYED}, and does nothing."
    shape = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    return {KEY: {"name": HEADER, "in": "header", "description": about, "schema": shape}}


def preference_parameter() -> dict[str, Schema]:
    """The header by which a writer asks to be refused rather than to have keys ignored."""
    about = f"`{STRICT}` refuses (400) keys that the model does not know, which are ignored otherwise (RFC 7240)."
    return {PREFERENCE: {"name": PREFER, "in": "header", "description": about, "schema": {"type": "string"}}}


def told_of(response: dict[str, Any]) -> dict[str, Any]:
    """The answer to a write, which may carry remarks."""
    about = "JSON in ASCII: a list of what was remarked, such as keys that were ignored, each with the nearest field."
    headers = {
        HEADER_OF_REMARKS: {"description": about, "schema": {"type": "string", "maxLength": MOST_BYTES}},
        APPLIED: {"description": "What was preferred and heeded.", "schema": {"type": "string"}},
    }
    return response | {"headers": response.get("headers", {}) | headers}


def streamed(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a list, which can also be a stream of all records."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()}
    about = "Of a stream: how many records the query finds."
    headers = {COUNT: {"description": about, "schema": {"type": "integer", "minimum": 0}}}
    return answer | {"content": answer["content"] | content, "headers": headers}


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}
