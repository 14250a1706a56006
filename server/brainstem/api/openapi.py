"""OpenAPI 3.1 of the whole API, made from the registry once in each process and served with an ETag."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.syntax import MAX_PATHS
from brainstem.core.review.flow import MAX_COMMENT
from brainstem.core.write.proposals import approvals_of

from .account_actions import ACCOUNTS
from .actions import difference, handler_of, invitation
from .bulk import ADDRESS as BULK
from .bulk import offered
from .explanations import explanations_of
from .openapi_bulk import (
    KEY,
    PREFERENCE,
    bulk_answer,
    bulk_body,
    bulk_parameters,
    bulk_schemas,
    key_parameter,
    preference_parameter,
    streamed,
    told_of,
)
from .openapi_explanations import ABOUT, explanation_schemas
from .openapi_joining import guests, joining_action
from .openapi_options import code_list, options_answer, options_parameters
from .openapi_schemas import (
    Schema,
    filters_parameter,
    include_parameter,
    model_schemas,
    name_of,
    ref,
    shared_schemas,
    write_schema,
)
from .openapi_tokens import token_paths
from .options import ADDRESS, offers
from .responses import JSON, json_response

VERSION = "1.0"  # of what is promised on the wire, not of the server
_ABOUT = (
    "Metadata of a neuroscience laboratory. Every address answers with and without its final slash, to HEAD as to GET,"
    " and to OPTIONS with a description of the model. `private` shows what your roles open, `public` what its owners"
    " published, `super` everything to administrators. What you may not see is 404; what you may see but not change is"
    " 403."
)
_ERRORS = {
    "400": ("FieldErrors", "The request is wrong; messages by field."),
    "401": ("Detail", "No valid token was sent."),
    "403": ("Detail", "This may be seen but not done by you."),
    "404": ("Detail", "There is no such thing for you."),
    "405": ("Detail", "The method is not offered here."),
    "406": ("Detail", "Arrow is not offered by this server."),
    "409": ("Detail", "The record is in a state that does not allow this."),
    "413": ("Detail", "The body is too large."),
    "415": ("Detail", "The type of the body is not read here."),
    "429": ("Detail", "Too many tries; Retry-After says when the next is allowed."),
    "503": ("Detail", "The database is busy, or the question takes too long; ask later, or for less."),
}
_READ_ERRORS = ("400", "401", "403", "404")
_WRITE_ERRORS = ("400", "401", "403", "404", "405", "409", "413", "415", "429")
_PAGING = ("sort", "exclude", "search", "limit", "offset", "page", "per_page", "cursor", "writable", "format")


@cache
def document() -> dict[str, Any]:
    """The whole description, in the order of the registry."""
    ordered = sorted(specs().values(), key=lambda spec: (spec.app, spec.segment))
    paths: dict[str, Any] = token_paths(_errors)
    for spec in ordered:
        for portal in ("private", "public", "super"):
            if portal == "super" or portal in spec.resource.portals:
                paths |= _paths(spec, portal)
    schemas = shared_schemas() | code_list() | bulk_schemas() | explanation_schemas()
    parameters = _parameters()
    for spec in ordered:
        schemas |= model_schemas(spec)
        parameters |= {
            f"{name_of(spec)}.filters": filters_parameter(spec),
            f"{name_of(spec)}.include": include_parameter(spec),
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "BrainSTEM API", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [_tag(spec) for spec in ordered],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": parameters,
            "responses": {status: _response(about, ref(name)) for status, (name, about) in _ERRORS.items()},
            "schemas": schemas,
        },
    }


@csrf_exempt
def schema(request: HttpRequest) -> HttpResponse:
    """The description as JSON; 304 to who has it already."""
    if request.method not in ("GET", "HEAD"):
        return json_response(405, {"detail": f"{request.method} is not offered here; use GET."}, Allow="GET, HEAD")
    body, tag = _served()
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=JSON, headers=headers)


@cache
def _served() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _tag(spec: Spec) -> dict[str, Any]:
    names = {"x-app-aliases": list(spec.resource.app_aliases), "x-model-aliases": list(spec.resource.segment_aliases)}
    about = {"name": _tag_name(spec), "description": " ".join((spec.model.__doc__ or "").split())}
    return about | {name: value for name, value in names.items() if value}


def _tag_name(spec: Spec) -> str:
    return f"{spec.app}/{spec.segment}"


# -- addresses --------------------------------------------------------------------------------------------------------


def _paths(spec: Spec, portal: str) -> dict[str, Any]:
    base = f"/api/{portal}/{spec.app}/{spec.segment}/"
    one = base + "{id}/"
    found: dict[str, Any] = {
        base: _list(spec, portal),
        one: _record(spec, portal) | {"parameters": [_id_parameter(spec)]},
    }
    if portal != "public":
        if spec.tree.is_people:
            answers = {"200": _one(spec), **_errors(*_READ_ERRORS)}
            found[f"{base}me/"] = {"get": _operation(spec, portal, "me", answers)}
        found |= _options(spec, portal, base) | _bulk(spec, portal, base)
        for action in spec.resource.actions:
            if handler_of(spec, action) is not None:
                found[f"{one}{action}/"] = _action(spec, portal, action)
        found |= {f"{one}{name}/": _explanation(spec, portal, name) for name in explanations_of(spec)}
    for name, column in spec.columns.items():
        if column.wire_type in ("image", "file") and not (
            portal == "public" and getattr(column.field, "private", False)
        ):
            found[f"{one}{name}/"] = _file(spec, portal, name)
    for name, relation in spec.relations.items():
        if relation.many and name in spec.keys:
            target = specs()[relation.target]
            if portal != "public" or "public" in target.resource.portals:
                found[f"{one}{name}/"] = _related(spec, portal, name, target)
    return _writes({path: item for path, item in found.items() if len(item) > ("parameters" in item)})


def _operation(
    spec: Spec, portal: str, what: str, responses: dict[str, Any], *, parameters: list[Schema] | None = None
) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": f"{portal}_{spec.app}_{spec.segment}_{what}", "tags": [_tag_name(spec)]}
    if portal == "public":
        operation["security"] = []
    if parameters:
        operation["parameters"] = parameters
    return operation | {"responses": responses | _errors("503")}


def _writes(paths: dict[str, Any]) -> dict[str, Any]:
    """What every write has in common: its preferences, what is remarked, and the key under which a POST is repeated."""
    for item in paths.values():
        for method in ("post", "put", "patch"):
            if method not in item:
                continue
            operation = item[method]
            keys = [KEY, PREFERENCE] if method == "post" else [PREFERENCE]
            operation["parameters"] = [*operation.get("parameters", ()), *(ref(key, "parameters") for key in keys)]
            for status in ("200", "201"):
                if status in operation["responses"]:
                    operation["responses"][status] = told_of(operation["responses"][status])
    return paths


def _list(spec: Spec, portal: str) -> dict[str, Any]:
    item: dict[str, Any] = {}
    if "list" in spec.resource.verbs:
        answer = _response("A page of records.", ref(f"{name_of(spec)}List"))
        answers = {"200": streamed(answer), **_errors(*_read_errors(portal), "406")}
        item["get"] = _operation(spec, portal, "list", answers, parameters=_list_parameters(spec))
    if "add" in spec.resource.verbs and portal != "public":
        item["post"] = _writing(spec, portal, "add", status="201", whole=True)
        item["post"]["responses"]["201"] |= _onward(spec, portal)
    return item


def _onward(spec: Spec, portal: str) -> dict[str, Any]:
    """What can be done with a record that was added, by its id; a proposal is another record than it asks for."""
    if approvals_of(spec) is not None and portal != "super":
        return {}
    operations = {"detail": ("detail",), "change": ("replace", "change"), "delete": ("delete",)}
    known = [name for verb, names in operations.items() if verb in spec.resource.verbs for name in names]
    found = {"parameters": {"id": f"$response.body#/{spec.resource.singular}/id"}}
    operation = f"{portal}_{spec.app}_{spec.segment}"
    return {"links": {name: {"operationId": f"{operation}_{name}", **found} for name in known}}


def _options(spec: Spec, portal: str, base: str) -> dict[str, Any]:
    if not offers(spec):
        return {}
    answer = _response("A page of what may be chosen.", options_answer(spec))
    parameters = options_parameters(spec) + [ref(name, "parameters") for name in _PAGING]
    answers = {"200": answer, **_errors(*_read_errors(portal))}
    return {f"{base}{ADDRESS}/": {"get": _operation(spec, portal, "options", answers, parameters=parameters)}}


def _bulk(spec: Spec, portal: str, base: str) -> dict[str, Any]:
    if not offered(spec, portal):
        return {}
    approvals = approvals_of(spec)
    answer = _response("What was written, in the order of the rows.", bulk_answer(spec, approvals))
    wrong = _response(
        "What is wrong, with the request or with each row.", {"anyOf": [ref("RowErrors"), ref("FieldErrors")]}
    )
    answers = {"200": answer, "400": wrong, **_errors(*(one for one in _WRITE_ERRORS if one != "400"))}
    shape = [ref(f"{name_of(spec)}.include", "parameters"), ref("exclude", "parameters")]
    operation = _operation(spec, portal, BULK, answers, parameters=bulk_parameters() + shape)
    body = {"required": True, "content": {JSON: {"schema": bulk_body(spec, portal)}}}
    return {f"{base}{BULK}/": {"post": operation | {"requestBody": body}}}


def _record(spec: Spec, portal: str) -> dict[str, Any]:
    item: dict[str, Any] = {}
    verbs = spec.resource.verbs
    if "detail" in verbs:
        shape = [ref(f"{name_of(spec)}.include", "parameters"), ref("exclude", "parameters")]
        answers = {"200": _one(spec), **_errors(*_read_errors(portal), "404")}
        item["get"] = _operation(spec, portal, "detail", answers, parameters=shape)
    if portal == "public":
        return item
    if "change" in verbs:
        item["put"] = _writing(spec, portal, "replace", status="200", whole=True)
        item["patch"] = _writing(spec, portal, "change", status="200", whole=False)
    if "delete" in verbs:
        gone = {"204": {"description": "Deleted; an administrator can bring it back."}}
        item["delete"] = _operation(spec, portal, "delete", gone | _errors("400", "401", "403", "404", "409"))
    return item


def _writing(spec: Spec, portal: str, what: str, *, status: str, whole: bool) -> dict[str, Any]:
    body = {"schema": write_schema(spec, whole=whole)}
    kinds = [JSON]
    if any(column.wire_type in ("image", "file") for column in spec.columns.values()):
        kinds.append("multipart/form-data")
    operation = _operation(spec, portal, what, {status: _written(spec, portal), **_errors(*_WRITE_ERRORS)})
    return operation | {"requestBody": {"required": True, "content": dict.fromkeys(kinds, body)}}


def _written(spec: Spec, portal: str) -> dict[str, Any]:
    """The record; from who is no administrator, a proposal where the catalogue takes those."""
    approvals = approvals_of(spec)
    if approvals is None or portal == "super":
        return _one(spec)
    shape = {"anyOf": [ref(f"{name_of(approvals)}One"), ref(f"{name_of(spec)}One")]}
    return _response("The proposal; the record, when an administrator wrote it.", shape)


def _action(spec: Spec, portal: str, action: str) -> dict[str, Any]:
    parameters = [_id_parameter(spec)]
    if handler_of(spec, action) is difference:
        answer = _response("What the proposal would change, by field.", ref("Difference"))
        found = {"200": answer, **_errors(*_read_errors(portal), "404")}
        return {"get": _operation(spec, portal, action, found), "parameters": parameters}
    if action in ACCOUNTS:
        found = {"200": _one(spec), **_errors(*_WRITE_ERRORS)}
        return {"post": _operation(spec, portal, action, found), "parameters": parameters}
    if handler_of(spec, action) is invitation:
        return {"post": _inviting(spec, portal), "parameters": parameters}
    if joining_action(spec, action):
        return _joining(spec, portal, action) | {"parameters": parameters}
    item: dict[str, Any] = {}
    for method, suffix in (("patch", ""), ("post", "_by_post")):
        operation = _operation(spec, portal, action + suffix, {"200": _one(spec), **_errors(*_WRITE_ERRORS)})
        body = _comment_schema(action) if spec.tree.keeps_proposals else {"type": "object"}
        needed = not spec.tree.keeps_proposals or action == "request_revision"
        operation["requestBody"] = {"required": needed, "content": {JSON: {"schema": body}}}
        item[method] = operation
    return item | {"parameters": parameters}


def _explanation(spec: Spec, portal: str, name: str) -> dict[str, Any]:
    about, schema = ABOUT[name]
    answers = {"200": _response(about, ref(schema)), **_errors(*_read_errors(portal), "404")}
    return {"get": _operation(spec, portal, name, answers), "parameters": [_id_parameter(spec)]}


def _inviting(spec: Spec, portal: str) -> dict[str, Any]:
    kinds, body = guests(spec)
    made = _response("The invitation.", {"anyOf": [ref(f"{name_of(kind)}One") for kind in kinds]})
    operation = _operation(spec, portal, "invite", {"201": made, **_errors(*_WRITE_ERRORS)})
    return operation | {"requestBody": {"required": True, "content": {JSON: {"schema": body}}}}


def _joining(spec: Spec, portal: str, action: str) -> dict[str, Any]:
    """Both GET, for the released clients, and POST act."""
    made = joining_action(spec, action)
    answers = {"200": _one(made or spec), **_errors(*_WRITE_ERRORS)}
    item = {
        "get": _operation(spec, portal, action, answers),
        "post": _operation(spec, portal, f"{action}_by_post", answers),
    }
    if action == "join":
        text = {"type": "string", "maxLength": 2000, "description": "For those who answer."}
        body = {"type": "object", "properties": {"message": text}}
        item["post"]["requestBody"] = {"required": False, "content": {JSON: {"schema": body}}}
    return item


def _comment_schema(action: str) -> Schema:
    text = {"type": "string", "maxLength": MAX_COMMENT, "description": "Sent to who made the proposal."}
    needed = {"required": ["comment"]} if action == "request_revision" else {}
    return {"type": "object", "properties": {"comment": text}, **needed}


def _file(spec: Spec, portal: str, name: str) -> dict[str, Any]:
    kind = {"schema": {"type": "string", "format": "binary"}}
    answer = {"description": "The file as it was uploaded.", "content": {"*/*": kind}}
    operation = _operation(spec, portal, name, {"200": answer, **_errors(*_read_errors(portal), "404")})
    return {"get": operation, "parameters": [_id_parameter(spec)]}


def _related(spec: Spec, portal: str, name: str, target: Spec) -> dict[str, Any]:
    answer = _response(f"A page of the record's {name}.", ref(f"{name_of(target)}List"))
    responses = {"200": streamed(answer), **_errors(*_read_errors(portal), "404", "406")}
    operation = _operation(spec, portal, f"list_{name}", responses, parameters=_list_parameters(target))
    return {"get": operation, "parameters": [_id_parameter(spec)]}


# -- parts ------------------------------------------------------------------------------------------------------------


def _read_errors(portal: str) -> tuple[str, ...]:
    return ("400",) if portal == "public" else ("400", "401", "403")


def _errors(*statuses: str) -> dict[str, Any]:
    return {status: ref(status, "responses") for status in statuses}


def _response(about: str, shape: Schema) -> dict[str, Any]:
    return {"description": about, "content": {JSON: {"schema": shape}}}


def _one(spec: Spec) -> dict[str, Any]:
    return _response("The record.", ref(f"{name_of(spec)}One"))


def _id_parameter(spec: Spec) -> Schema:
    return ref("integer_id" if spec.columns["id"].wire_type == "integer" else "uuid_id", "parameters")


def _list_parameters(spec: Spec) -> list[Schema]:
    own = [ref(f"{name_of(spec)}.{kind}", "parameters") for kind in ("filters", "include")]
    return own + [ref(name, "parameters") for name in _PAGING]


def _parameters() -> dict[str, Schema]:
    def listed(name: str, about: str, most: int) -> Schema:
        shape = {"type": "array", "items": {"type": "string"}, "maxItems": most}
        return {"name": name, "in": "query", "style": "form", "explode": True, "description": about, "schema": shape}

    def single(name: str, about: str, **shape: Any) -> Schema:
        return {"name": name, "in": "query", "description": about, "schema": shape}

    return (
        {
            "uuid_id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            "integer_id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}},
            "sort": listed("sort[]", "Fields to sort by, through relations too; a minus sign reverses.", 10),
            "exclude": listed("exclude[]", "Keys to leave out of the answer.", MAX_PATHS["exclude[]"]),
            "search": single("search", "Words that all must occur in the names and texts of a record.", type="string"),
            "limit": single("limit", "Records on a page; more than 100 are cut to 100.", type="integer", minimum=1),
            "offset": single("offset", "Records to skip.", type="integer", minimum=0),
            "page": single("page", "Page, from 1, in place of an offset.", type="integer", minimum=1),
            "per_page": single("per_page", "The same as limit.", type="integer", minimum=1),
            "cursor": single("cursor", "Empty for the first page; then as `next` gives it.", type="string"),
            "writable": single("writable", "Only what you may change.", type="boolean"),
            "format": single(
                "format", "`ndjson` or `arrow` for a stream of all; anything else is JSON.", type="string"
            ),
        }
        | key_parameter()
        | preference_parameter()
    )
