"""Bulk writes, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.bulk.writing import MAX_ROWS
from brainstem.core.model.registry import Spec
from brainstem.core.write.meeting import REQUIRED

from ..bulk import DRY_RUN, offered
from ..shapes import Schema, closed, name_of, ref
from .conditional import named_in_rows, version_schemas
from .schemas import write_schema


def bulk_body(spec: Spec, portal: str) -> Schema:
    """The rows that a model takes."""
    one = record_id(spec)
    named = named_in_rows()
    changed: Schema = {"required": ["id"], "properties": {"id": one, **named}}
    rows: dict[str, Schema] = {
        "create": write_schema(spec, whole=True),
        "update": {"allOf": [write_schema(spec, whole=False), changed]},
        "delete": {"anyOf": [one, closed({"id": one, REQUIRED: named[REQUIRED]}, required=["id"])]},
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
    """Ids, or records if those were requested."""
    shapes = [record_id(spec), *(ref(name_of(one)) for one in (spec, proposed) if one is not None)]
    listed: Schema = {"type": "array", "items": {"anyOf": shapes}}
    properties = {"created": listed, "updated": listed, "deleted": {"type": "array", "items": record_id(spec)}}
    return {"anyOf": [closed(properties), ref("DryRun")]}


def _dry_run() -> Schema:
    """What rows would do: as when they are written, except for ids that only the write assigns."""
    record: Schema = {"type": ["object", "string", "integer", "null"]}
    value = {"description": "Any value."}
    listed = {"type": "array", "items": record}
    difference = {"type": "object", "additionalProperties": closed({"from": value, "to": value})}
    found = closed(
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
    """The errors of rows, and the result of a dry run."""
    row = closed(
        {
            "operation": {"type": "string", "enum": ["create", "update", "delete"]},
            "index": {"type": "integer", "minimum": 0},
            "errors": ref("FieldErrors"),
            "status": {"type": "integer", "enum": [400, 403, 404, 409, 412, 429]},
        }
    )
    # Only there if it is true.
    row["properties"]["unchanged"] = {"type": "boolean", "description": "Refused because it would change nothing."}
    facts = {key: shape for name in ("MovedOn", "EditConflict") for key, shape in _facts(name).items()}
    row["properties"] |= facts
    return {"RowErrors": closed({"errors": {"type": "array", "minItems": 1, "items": row}}), "DryRun": _dry_run()}


def _facts(name: str) -> dict[str, Schema]:
    """What the error of a row shows next to its messages."""
    shapes: dict[str, Schema] = version_schemas()[name]["properties"]
    return {key: shape for key, shape in shapes.items() if key != "detail"}


def bulk_parameters() -> list[Schema]:
    """Parameters: whether records are returned, and whether anything is written."""
    about = "Whether to return ids, or the records as they now are; a dry run returns records unless ids are requested."
    shape = {"type": "string", "enum": ["ids", "records"], "default": "ids"}
    dry = "Check everything and return what would be stored, but write nothing. An Idempotency-Key is not used up."
    return [
        {"name": "return", "in": "query", "description": about, "schema": shape},
        {"name": DRY_RUN, "in": "query", "description": dry, "schema": {"type": "boolean", "default": False}},
    ]
