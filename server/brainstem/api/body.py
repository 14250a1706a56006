"""Body of a request -> payload and files, whatever its content type."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from brainstem.core.errors import Code, Invalid
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec
from brainstem.core.steps import staged
from brainstem.core.text.json_text import LargeNumber, read_json
from brainstem.core.write.wrapped import unwrapped

from .responses import Refused

MOST_VALUES = 500_000
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


@staged("read body")
def read_body(
    request: HttpRequest, spec: Spec, record_id: RecordId | None = None
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Payload and uploads.

    Raises
    ------
    Invalid
        If the body is not a JSON object.
    Refused
        If the content type is not supported (415).
    """
    kind = request.content_type or "application/json"
    if kind == MULTIPART:
        fields, files = _multipart(request)
        return _from_form(spec, fields, record_id), {name: files[name] for name in files}
    if kind == FORM:
        return _from_form(spec, QueryDict(request.body, encoding="utf-8"), record_id), {}
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refused(415, f"Send JSON (application/json) or multipart/form-data, not {kind!r}.")
    return unwrapped(spec, json_object(request.body), record_id), {}


def payloads_of(request: HttpRequest, spec: Spec) -> list[Any]:
    """The records in a parsed body, one or many, as far as they can be found; never raises an error."""
    if request.content_type in (FORM, MULTIPART):
        with suppress(Invalid):
            return [_from_form(spec, request.POST)]
        return []
    try:
        body = json_object(request.body)
    except Invalid:
        return []
    rows = [row for key in ("create", "update") if isinstance(body.get(key), list) for row in body[key]]
    found = []
    for row in (*rows, body):
        if isinstance(row, dict):
            with suppress(Invalid):
                found.append(unwrapped(spec, row, row.get("id")))
    return found


def json_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body; an empty body stands for an empty object."""
    if not body.strip():
        return {}
    _refuse_crowded(body)
    return read_object(body)


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in a text."""
    try:
        value = read_json(body)
    except LargeNumber as error:
        raise Invalid.at(error.key or "non_field_errors", str(error)) from None
    except ValueError as error:
        raise Invalid.whole(f"The body is not valid JSON: {error}", code=Code.UNREADABLE) from None
    if not isinstance(value, dict):
        raise Invalid.whole('The body must be a JSON object: {"field": value, ...}.', code=Code.UNREADABLE)
    return value


def _refuse_crowded(body: bytes) -> None:
    """Refuse a body of very many tiny values, which would take thirty times its size in memory."""
    values = body.count(b",") + body.count(b"[") + body.count(b"{") if len(body) > MOST_VALUES else 0
    if values > MOST_VALUES:
        raise Invalid.whole(f"The body holds more than {MOST_VALUES} values: send it in parts.")


def _multipart(request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    if request.method == "POST":
        return request.POST, request.FILES
    # Django parses forms only for POST, but PATCH and PUT may have them too.
    parser = MultiPartParser(request.META, request, request.upload_handlers, request.encoding or "utf-8")
    return parser.parse()


def _from_form(spec: Spec, fields: QueryDict, record_id: RecordId | None = None) -> Mapping[str, object]:
    """Values of a form, which are all texts: lists by repeating a name, objects and whole responses as JSON."""
    payload: dict[str, object] = {}
    wrappers = {spec.resource.singular, spec.resource.plural} - set(spec.keys)
    for name in fields:
        values = fields.getlist(name)
        plain = name.removesuffix("[]")
        column = spec.columns.get(plain)
        is_answer = plain in wrappers and values[-1].lstrip()[:1] in ("{", "[")
        if is_answer or plain in spec.computed or (column is not None and column.wire_type == "json"):
            payload[plain] = _object(plain, values[-1])
        elif plain == "tags" or (plain in spec.relations and spec.relations[plain].many):
            listed = len(values) == 1 and values[0].startswith("[")
            payload[plain] = _object(plain, values[0]) if listed else [value for value in values if value]
        else:
            payload[plain] = values[-1]
            if values[-1] == "" and column is not None and column.wire_type not in ("string", "text", "richtext"):
                payload[plain] = None
    return unwrapped(spec, payload, record_id)


def _object(name: str, text: str) -> object:
    try:
        return read_json(text) if text.strip() else None
    except ValueError as error:
        raise Invalid.at(name, f"Expected JSON: {error}") from None
