"""The parts of operations: names, responses, errors and parameters that many of them share."""

from __future__ import annotations

from brainstem.core.model.registry import Spec

from ..as_of import AS_OF
from ..error_codes import CODES, HEADER
from ..responses import JSON
from ..shapes import JsonObject, Schema, name_of, one_of, ref

ERRORS = {
    "400": ("FieldErrors", "The request is wrong; messages by field."),
    "401": ("Detail", "No valid token was sent."),
    "403": ("Detail", "You may see this but not do it."),
    "404": ("Detail", "It does not exist, or you may not see it."),
    "405": ("Detail", "The method is not allowed here."),
    "406": ("Detail", "Arrow is not available on this server."),
    "409": ("Detail", "The record is in a state that does not allow this."),
    "412": ("MovedOn", "The record has changed since the version that the writer names."),
    "413": ("Detail", "The body is too large."),
    "415": ("Detail", "The type of the body is not supported."),
    "429": ("Detail", "Too many attempts; Retry-After says when the next is allowed."),
    "503": ("Detail", "The database is busy, or the request takes too long; try again later, or request less."),
}
ERROR_CODE = "error_code"
WRITE_ERRORS = ("400", "401", "403", "404", "405", "409", "413", "415", "429")
_PAGING = ("sort", "exclude", "search", "limit", "offset", "page", "per_page", "cursor", "writable", "format")


def tag_name(spec: Spec) -> str:
    """The tag that groups the operations of a model."""
    return f"{spec.app}/{spec.segment}"


def operation(
    spec: Spec, portal: str, what: str, responses: dict[str, object], *, parameters: list[Schema] | None = None
) -> dict[str, object]:
    """One method of a URL of a model, with its responses; ``what`` names it."""
    found: JsonObject = {"operationId": f"{portal}_{spec.app}_{spec.segment}_{what}", "tags": [tag_name(spec)]}
    if portal == "public":
        found["security"] = []
    if parameters:
        found["parameters"] = parameters
    return found | {"responses": responses | errors("503")}


# -- answers and bodies -----------------------------------------------------------------------------------------------


def response(about: str, shape: Schema) -> dict[str, object]:
    """A JSON response."""
    return {"description": about, "content": {JSON: {"schema": shape}}}


def wrong(about: str, shape: Schema) -> JsonObject:
    """An error response, with a message and a code."""
    return response(about, shape) | {"headers": {HEADER: ref(ERROR_CODE, "headers")}}


def error_code() -> dict[str, object]:
    """The header that says what is wrong, for programs."""
    codes = ", ".join(f"`{code}`" for code in CODES)
    about = f"What is wrong, for programs: {codes}. More may be added; the status says what kind of error each is."
    return {ERROR_CODE: {"description": about, "schema": {"type": "string", "pattern": "^[a-z_]+$"}}}


def one(spec: Spec) -> JsonObject:
    """The response with one record."""
    return response("The record.", one_of(spec))


def errors(*statuses: str) -> dict[str, object]:
    """The shared responses with these statuses."""
    return {status: ref(status, "responses") for status in statuses}


def read_errors(portal: str) -> tuple[str, ...]:
    """The error responses of reading, except for 404."""
    return ("400",) if portal == "public" else ("400", "401", "403")


def body_of(shape: Schema, *others: str, needed: bool = True) -> dict[str, object]:
    """The body of an operation: JSON, or of another content type."""
    return {"requestBody": {"required": needed, "content": {kind: {"schema": shape} for kind in (JSON, *others)}}}


# -- parameters -------------------------------------------------------------------------------------------------------


def id_parameter(spec: Spec) -> Schema:
    """The id of a record in its URL."""
    return ref("integer_id" if spec.columns["id"].wire_type == "integer" else "uuid_id", "parameters")


def shape_parameters(spec: Spec) -> list[Schema]:
    """What is shown of a record."""
    return [ref(f"{name_of(spec)}.include", "parameters"), ref("exclude", "parameters")]


def detail_parameters(spec: Spec, portal: str) -> list[Schema]:
    """What is shown of a record, and as of when."""
    return shape_parameters(spec) + time_parameters(portal)


def list_parameters(spec: Spec, portal: str) -> list[Schema]:
    """Which records a list shows, which keys of them, in what order, and as of when."""
    own = [ref(f"{name_of(spec)}.{kind}", "parameters") for kind in ("filters", "include")]
    return own + paging_parameters() + time_parameters(portal)


def time_parameters(portal: str) -> list[Schema]:
    """The time as of which records are shown; the public portal only shows them as they are."""
    return [] if portal == "public" else [ref(AS_OF, "parameters")]


def paging_parameters() -> list[Schema]:
    """The parameters of every list, whatever its model."""
    return [ref(name, "parameters") for name in _PAGING]
