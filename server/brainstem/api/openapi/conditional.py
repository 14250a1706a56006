"""Versions of records, as OpenAPI describes them: conditions of reads and writes, and what refused writes say."""

from __future__ import annotations

from brainstem.core.query.projection import VERSION
from brainstem.core.write.meeting import MERGED_WITH, REQUIRED

from ..conditional import ETAG, IF_MATCH, IF_NONE_MATCH
from ..shapes import JsonObject, Schema, closed, ref
from ..warnings import MERGE

MATCH, NONE_MATCH, INCLUDE = "if_match", "if_none_match", "include_version"
MOVED, CLASHED = "412", "edit_conflict"
_TAG: Schema = {"type": "string"}
_VERSION: Schema = {"type": ["string", "null"], "pattern": r'^(\*|"?[0-9]+(-[0-9a-f]+)?"?)$'}


def version_parameters() -> dict[str, Schema]:
    """The headers with conditions, and the parameter that asks for versions."""
    match = f"The `{ETAG}` of the response that was read: refuses (412) to write if the record has changed since."
    none_match = f"The `{ETAG}` of an earlier response: 304 without a body if this one would be the same."
    include = f"Whether every record has the key `{VERSION}`."
    return {
        MATCH: {"name": IF_MATCH, "in": "header", "description": match, "schema": _TAG},
        NONE_MATCH: {"name": IF_NONE_MATCH, "in": "header", "description": none_match, "schema": _TAG},
        INCLUDE: {"name": INCLUDE, "in": "query", "description": include, "schema": {"type": "boolean"}},
    }


def tag_header() -> dict[str, Schema]:
    """The header with the ETag of a response."""
    about = f'Of a record `"<{VERSION}>-<digest of the response>"`; of a list a weak one.'
    return {"etag": {"description": about, "schema": _TAG}}


def version_responses() -> JsonObject:
    """What is answered to a reader who has the response already."""
    about = "Nothing has changed since the response that the reader has."
    return {"304": {"description": about, "headers": {ETAG: ref("etag", "headers")}}}


def version_schemas() -> dict[str, Schema]:
    """What writes say that meet others."""
    current = {"description": "The record as it is now.", "type": ["object", "null"]}
    values = {"type": "object", "properties": {"base": {}, "theirs": {}, "yours": {}}, "required": ["base", "theirs"]}
    by_field: Schema = {"type": "object", "additionalProperties": values}
    detail = {"type": "string"}
    return {
        "MovedOn": {"description": "What changed since the version that the writer named, by field."}
        | closed({"detail": detail, "current": current, "changed": by_field}),
        "EditConflict": {"description": "What others changed to other values than the writer did, by field."}
        | closed({"detail": detail, "current": current, "conflicts": by_field}),
    }


def version_key() -> Schema:
    """The key of a record's version."""
    about = f"Changes with the record; only with `{INCLUDE}=true`. Null for people of whom only the name is shown."
    return {"type": ["string", "null"], "description": about}


def named_in_rows() -> dict[str, Schema]:
    """The keys of rows of ``bulk/`` that name a version."""
    required = {"description": "The version that was read: the row is refused if the record has changed since."}
    return {REQUIRED: _VERSION | required, MERGED_WITH: named_in_body()}


def named_in_body() -> Schema:
    """The key of a change that names the version for which it was written."""
    return _VERSION | {"description": f"The version that was read, with which the change is merged: as `{MERGE}`."}


def conditions_of(method: str, operation: JsonObject, *, record: bool) -> None:
    """Describe the conditions of a read, or of a write to one record."""
    answers = operation["responses"]
    if method == "get":
        _of_reading(operation)
    elif record:
        operation["parameters"] = [*operation.get("parameters", ()), ref(MATCH, "parameters")]
        answers[MOVED] = ref(MOVED, "responses")
        if method == "patch":
            answers["409"] = ref(CLASHED, "responses")
    for status in {"200", "201"} & answers.keys():
        answers[status].setdefault("headers", {})[ETAG] = ref("etag", "headers")


def _of_reading(operation: JsonObject) -> None:
    parameters = [ref(NONE_MATCH, "parameters"), ref(INCLUDE, "parameters")]
    operation["parameters"] = [*operation.get("parameters", ()), *parameters]
    operation["responses"]["304"] = ref("304", "responses")


__all__ = [
    "CLASHED",
    "MOVED",
    "conditions_of",
    "named_in_body",
    "named_in_rows",
    "tag_header",
    "version_key",
    "version_parameters",
    "version_responses",
    "version_schemas",
]
