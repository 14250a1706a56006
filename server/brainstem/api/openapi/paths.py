"""Every URL of a model in a portal, with its operations.

Handlers know what their actions take and return (:mod:`brainstem.api.call`); here it is only put into the document.
"""

from __future__ import annotations

from brainstem.core.model.registry import Column, Spec, specs
from brainstem.core.write.meeting import MERGED_WITH
from brainstem.core.write.proposals import approvals_of

from ..actions import actions_of
from ..addresses import BULK, HISTORY, OPTIONS
from ..bulk import offered
from ..call import Handler, Operation
from ..explanations import EXPLANATIONS, explanations_of
from ..history import HISTORIES, SCHEMA, history_parameters
from ..options import offers
from ..shapes import JsonObject, name_of, one_of, ref
from ..undoing import REVERT, undoing_of
from .bulk import bulk_answer, bulk_body, bulk_parameters
from .conditional import conditions_of, named_in_body
from .operations import (
    WRITE_ERRORS,
    body_of,
    detail_parameters,
    errors,
    id_parameter,
    list_parameters,
    one,
    operation,
    paging_parameters,
    read_errors,
    response,
    shape_parameters,
    wrong,
)
from .options import options_answer, options_parameters
from .schemas import write_schema
from .undoing import deleted_paths
from .writing import event_of, streamed, told_of

Paths = JsonObject


def paths_of(spec: Spec, portal: str) -> Paths:
    """The URLs of a model in a portal."""
    base = f"/api/{portal}/{spec.app}/{spec.segment}/"
    one_address = base + "{id}/"
    beside = {"me": _me, OPTIONS: _options, BULK: _bulk, HISTORY: _history}
    found = {base: _list(spec, portal), one_address: _record(spec, portal)}
    found |= {f"{base}{name}/": describe(spec, portal) for name, describe in beside.items()}
    found |= deleted_paths(spec, portal, base)
    below = _actions(spec, portal) | _files(spec, portal) | _relations(spec, portal)
    found |= {f"{one_address}{name}/": item for name, item in below.items()}
    for path, item in found.items():
        if item and path.startswith(one_address):
            item["parameters"] = [id_parameter(spec)]
    return with_preferences({path: item for path, item in found.items() if item})


def with_preferences(paths: Paths) -> Paths:
    """What all writes have in common: preferences, warnings, the key for repeating a POST; and conditions."""
    for path, item in paths.items():
        for method in {"post", "put", "patch"} & item.keys():
            told_of(item[method], repeatable=method == "post")
        record = "{id}" in path
        for method in {"post", "put", "patch", "delete"} & item.keys():
            event_of(item[method])
            if not path.endswith(f"/{BULK}/"):
                conditions_of(method, item[method], record=record)
    return paths


# -- lists and records ------------------------------------------------------------------------------------------------


def _list(spec: Spec, portal: str) -> dict[str, object]:
    item: JsonObject = {}
    if "list" in spec.resource.verbs:
        answer = response("A page of records.", ref(f"{name_of(spec)}List"))
        answers = {"200": streamed(answer), **errors(*read_errors(portal), "406")}
        item["get"] = operation(spec, portal, "list", answers, parameters=list_parameters(spec, portal))
        conditions_of("get", item["get"], record=False)
    if "add" in spec.resource.verbs and portal != "public":
        item["post"] = _writing(spec, portal, "add", status="201", whole=True)
        item["post"]["responses"]["201"] |= _onward(spec, portal)
    return item


def _onward(spec: Spec, portal: str) -> dict[str, object]:
    """What can be done with an added record by its id; not for proposals, which are other records than they propose."""
    if approvals_of(spec) is not None and portal != "super":
        return {}
    operations = {"detail": ("detail",), "change": ("replace", "change"), "delete": ("delete",)}
    known = [name for verb, names in operations.items() if verb in spec.resource.verbs for name in names]
    found = {"parameters": {"id": f"$response.body#/{spec.resource.singular}/id"}}
    start = f"{portal}_{spec.app}_{spec.segment}"
    return {"links": {name: {"operationId": f"{start}_{name}", **found} for name in known}}


def _record(spec: Spec, portal: str) -> dict[str, object]:
    item: dict[str, object] = {}
    verbs = spec.resource.verbs
    if "detail" in verbs:
        answers = {"200": one(spec), **errors(*read_errors(portal), "404")}
        found = operation(spec, portal, "detail", answers, parameters=detail_parameters(spec, portal))
        conditions_of("get", found, record=True)
        item["get"] = found
    if portal == "public":
        return item
    if "change" in verbs:
        item["put"] = _writing(spec, portal, "replace", status="200", whole=True)
        item["patch"] = _writing(spec, portal, "change", status="200", whole=False)
    if "delete" in verbs:
        gone = {"204": {"description": "Deleted; it can be restored, see `deleted/`."}}
        item["delete"] = operation(spec, portal, "delete", gone | errors("400", "401", "403", "404", "409"))
    return item


def _writing(spec: Spec, portal: str, what: str, *, status: str, whole: bool) -> dict[str, object]:
    kinds = ["multipart/form-data"] if any(map(_is_file, spec.columns.values())) else []
    found = operation(spec, portal, what, {status: _written(spec, portal), **errors(*WRITE_ERRORS)})
    shape = write_schema(spec, whole=whole)
    if what == "change":
        shape = {"allOf": [shape, {"properties": {MERGED_WITH: named_in_body()}}]}
    return found | body_of(shape, *kinds)


def _written(spec: Spec, portal: str) -> JsonObject:
    """The record; for non-administrators, a proposal if the catalogue takes those."""
    approvals = approvals_of(spec)
    if approvals is None or portal == "super":
        return one(spec)
    return response(
        "The proposal; the record if an administrator wrote it.", {"anyOf": [one_of(approvals), one_of(spec)]}
    )


# -- next to records, where an id would be ----------------------------------------------------------------------------


def _me(spec: Spec, portal: str) -> dict[str, object]:
    if portal == "public" or not spec.tree.is_people:
        return {}
    answers = {"200": one(spec), **errors(*read_errors(portal), "404")}
    found = operation(spec, portal, "me", answers)
    conditions_of("get", found, record=True)
    return {"get": found}


def _options(spec: Spec, portal: str) -> dict[str, object]:
    if portal == "public" or not offers(spec):
        return {}
    answers = {"200": response("A page of what may be chosen.", options_answer(spec)), **errors(*read_errors(portal))}
    parameters = options_parameters(spec) + paging_parameters()
    return {"get": operation(spec, portal, OPTIONS, answers, parameters=parameters)}


def _bulk(spec: Spec, portal: str) -> dict[str, object]:
    if not offered(spec, portal):
        return {}
    about, shapes = "What is wrong, with the request or with each row.", [ref("RowErrors"), ref("FieldErrors")]
    answers = {
        "200": response("What was written, in the order of the rows.", bulk_answer(spec, approvals_of(spec))),
        **errors(*WRITE_ERRORS),
        "400": wrong(about, {"anyOf": shapes}),
    }
    parameters = bulk_parameters() + shape_parameters(spec)
    return {"post": operation(spec, portal, BULK, answers, parameters=parameters) | body_of(bulk_body(spec, portal))}


def _history(spec: Spec, portal: str) -> dict[str, object]:
    if portal == "public":
        return {}
    about = "A page of the changes of all records that you may change, newest first."
    answers = {"200": response(about, ref(SCHEMA)), **errors(*read_errors(portal), "405")}
    return {"get": operation(spec, portal, f"{HISTORY}_list", answers, parameters=history_parameters(spec))}


# -- below one record -------------------------------------------------------------------------------------------------


def _actions(spec: Spec, portal: str) -> Paths:
    if portal == "public":
        return {}
    handlers = actions_of(spec) | {name: EXPLANATIONS[name][0] for name in explanations_of(spec)} | HISTORIES
    if (reverting := undoing_of(spec, REVERT)) is not None:
        handlers[REVERT] = reverting
    return {name: _action(spec, portal, name, handler) for name, handler in handlers.items()}


def _action(spec: Spec, portal: str, name: str, handler: Handler) -> dict[str, object]:
    statuses = (*read_errors(portal), "404") if handler.reads else WRITE_ERRORS
    return {told.method: _operation(spec, portal, name, told, statuses) for told in handler.operations}


def _operation(spec: Spec, portal: str, name: str, told: Operation, statuses: tuple[str, ...]) -> dict[str, object]:
    answers = {told.status: response(told.about, told.answer(spec)), **errors(*statuses)}
    parameters = None if told.parameters is None else told.parameters(spec)
    found = operation(spec, portal, name + told.suffix, answers, parameters=parameters)
    return found if told.body is None else found | body_of(told.body(spec), needed=told.needs_body)


def _files(spec: Spec, portal: str) -> Paths:
    kind = {"schema": {"type": "string", "format": "binary"}}
    answer = {"description": "The file as it was uploaded.", "content": {"*/*": kind}}
    return {
        name: {"get": operation(spec, portal, name, {"200": answer, **errors(*read_errors(portal), "404")})}
        for name, column in spec.columns.items()
        if _is_file(column) and not (portal == "public" and getattr(column.field, "private", False))
    }


def _relations(spec: Spec, portal: str) -> Paths:
    found = {}
    for name, relation in spec.relations.items():
        target = specs()[relation.target]
        if relation.many and name in spec.keys and (portal != "public" or "public" in target.resource.portals):
            found[name] = _related(spec, portal, name, target)
    return found


def _related(spec: Spec, portal: str, name: str, target: Spec) -> dict[str, object]:
    answer = response(f"A page of the record's {name}.", ref(f"{name_of(target)}List"))
    answers = {"200": streamed(answer), **errors(*read_errors(portal), "404", "406")}
    found = operation(spec, portal, f"list_{name}", answers, parameters=list_parameters(target, portal))
    conditions_of("get", found, record=False)
    return {"get": found}


def _is_file(column: Column) -> bool:
    return column.wire_type in ("image", "file")
