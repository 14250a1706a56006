"""The headers of writes and of streams, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.history.events import IMPORT

from ..means import HEADER as HEADER_OF_MEANS
from ..once import HEADER, REPLAYED
from ..shapes import JsonObject, Schema, ref
from ..streams import COUNT, FORMATS
from ..warnings import APPLIED, MERGE, MOST_BYTES, PREFER, STRICT
from ..warnings import HEADER as HEADER_OF_REMARKS
from ..writing import EVENT

KEY = "idempotency_key"
PREFERENCE = "prefer"
MEANS = "means"
EVENT_HEADER = "event"


def key_parameter() -> dict[str, Schema]:
    """The header with which a POST can be repeated safely."""
    about = f"Made by the caller. Within a day a repeat gets the first answer, with {REPLAYED}, and does nothing."
    shape = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    return {KEY: {"name": HEADER, "in": "header", "description": about, "schema": shape}}


def preference_parameter() -> dict[str, Schema]:
    """The header with which a writer asks for an error rather than ignored keys."""
    about = (
        f"`{STRICT}` refuses (400) keys that the model does not know, which are ignored otherwise (RFC 7240). `{MERGE}`"
        " of a PATCH keeps what others have changed since the version that `If-Match` names."
    )
    return {PREFERENCE: {"name": PREFER, "in": "header", "description": about, "schema": {"type": "string"}}}


def means_parameter() -> dict[str, Schema]:
    """The header with which a program says that it imports a table."""
    about = "Says that this is part of an import; the history shows it."
    shape = {"type": "string", "enum": [IMPORT]}
    return {MEANS: {"name": HEADER_OF_MEANS, "in": "header", "description": about, "schema": shape}}


def told_of(operation: JsonObject, *, repeatable: bool) -> None:
    """Describe the preferences of a write, its idempotency key, and the warnings with its response."""
    keys = [KEY, PREFERENCE, MEANS] if repeatable else [PREFERENCE, MEANS]
    operation["parameters"] = [*operation.get("parameters", ()), *(ref(key, "parameters") for key in keys)]
    about = "JSON in ASCII: a list of what was remarked, such as keys that were ignored, each with the nearest field."
    headers = {
        HEADER_OF_REMARKS: {"description": about, "schema": {"type": "string", "maxLength": MOST_BYTES}},
        APPLIED: {"description": "What was preferred and heeded.", "schema": {"type": "string"}},
    }
    _add_headers(operation, headers)


def event_of(operation: JsonObject) -> None:
    """Describe the header of a write that names its event."""
    _add_headers(operation, {EVENT: ref(EVENT_HEADER, "headers")})


def event_header() -> dict[str, Schema]:
    """The header that names what a request wrote."""
    about = "The event under which the history has everything that the request wrote; missing if it wrote nothing."
    return {EVENT_HEADER: {"description": about, "schema": {"type": "string", "format": "uuid"}}}


def _add_headers(operation: JsonObject, headers: JsonObject) -> None:
    answers = operation["responses"]
    for status in {"200", "201", "204"} & answers.keys():
        answers[status] |= {"headers": answers[status].get("headers", {}) | headers}


def streamed(answer: JsonObject) -> dict[str, object]:
    """The response of a list, which can also be a stream of all records."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()}
    about = "Of a stream: how many records the query finds."
    headers = {COUNT: {"description": about, "schema": {"type": "integer", "minimum": 0}}}
    return answer | {"content": answer["content"] | content, "headers": headers}
