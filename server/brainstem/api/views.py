"""The entry point of the API: ``/api/{portal}/{app}/{model}/[{id}/[{action}/]]``.

Finds the model, the portal and the actor, passes the request on to reading or writing, and wraps the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem.core.access.actor import ANONYMOUS, Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.model.registry import Relation, Spec, project_spec, routes, specs
from brainstem.core.query.run import fetch_page
from brainstem.core.query.stream import open_stream
from brainstem.core.query.syntax import Query, parse
from brainstem.core.review import flow
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest
from brainstem.core.write import saving
from brainstem.core.write.meeting import MERGED_WITH

from . import bulk, undoing
from .actions import handler_of
from .actor import admitted
from .addresses import BULK, DELETED, HISTORY, OPTIONS
from .as_of import AS_OF, refuse_as_of, refuse_as_of_below, refuse_unborn, was_seen, with_moment
from .asked import query_of
from .body import read_body
from .call import Call
from .conditional import list_or_304, record_or_304
from .describe import describe
from .envelope import base_of, list_texts
from .files import file_response
from .history import model_history
from .merging import base_read
from .once import HEADER as KEY
from .once import check_key, once
from .options import options
from .responses import answered, method_refused, offer_only
from .streams import format_of, require_arrow, stream_response
from .warnings import merged, with_preference
from .writing import record_shown, shown_after, written

LIST_METHODS = {"GET": "list", "POST": "add"}
RECORD_METHODS = {"GET": "detail", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


@csrf_exempt
def resource(
    request: HttpRequest, portal: str, app: str, model: str, record_id: str | None = None, action: str | None = None
) -> HttpResponse:
    """Respond to one request to the API."""
    return with_preference(request, answered(_resource, request, portal, app, model, record_id, action))


@csrf_exempt
def restore(request: HttpRequest, portal: str, app: str, model: str, record_id: str) -> HttpResponse:
    """Restore a deleted record."""
    return with_preference(request, answered(_restore, request, portal, app, model, record_id))


@csrf_exempt
def undo(request: HttpRequest, portal: str, event: str) -> HttpResponse:
    """Undo everything that one request wrote."""
    return with_preference(request, answered(_undo, request, portal, event))


def _resource(
    request: HttpRequest, portal: str, app: str, model: str, record_id: str | None, action: str | None
) -> HttpResponse:
    viewer = Viewer(admitted(request, portal), portal)
    spec = _spec(app, model, portal)
    refuse_as_of(request, portal)
    call = Call(request, spec, viewer)
    if record_id == OPTIONS and action is None:
        return options(call)
    if record_id == BULK and action is None:
        return _bulk(call)
    bulk.refuse_dry_run(request)
    if record_id == HISTORY and action is None and portal != "public":
        return model_history(call)
    if record_id == DELETED and action is None:
        return undoing.deleted(call)
    if record_id is not None:
        call = replace(call, record_id=_id(spec, record_id, viewer.actor))
    return once(call, lambda: _routed(call, action))


def _bulk(call: Call) -> HttpResponse:
    if not bulk.is_dry_run(call.request):
        return once(call, lambda: bulk.bulk(call))
    # A dry run leaves nothing behind, so no response is kept for a key either; the key may still be wrong.
    check_key(call.request.headers.get(KEY, "-"))
    return bulk.bulk(call)


def _restore(request: HttpRequest, portal: str, app: str, model: str, record_id: str) -> HttpResponse:
    call = Call(request, _spec(app, model, portal), Viewer(admitted(request, portal), portal))
    bulk.refuse_dry_run(request)
    call = replace(call, record_id=_id(call.spec, record_id, ANONYMOUS))
    return once(call, lambda: undoing.restore(call))


def _undo(request: HttpRequest, portal: str, event: str) -> HttpResponse:
    # An event is of no model; that of projects stands for all.
    call = Call(request, project_spec(), Viewer(admitted(request, portal), portal))
    bulk.refuse_dry_run(request)
    return once(call, lambda: undoing.undo(call, event))


def _routed(call: Call, action: str | None) -> HttpResponse:
    if call.request.method == "OPTIONS":
        return describe(call.spec, call.portal, call.record_id is not None)
    if call.record_id is None:
        return _list(call)
    return _record(call) if action is None else _below(call, action)


def _spec(app: str, model: str, portal: str) -> Spec:
    spec = routes().get((app, model))
    if spec is None:
        names = [f"{one}/{name}" for one, name in routes()]
        raise Missing(f"There is no model {app}/{model}.{nearest(f'{app}/{model}', names)}")
    if portal != "super" and portal not in spec.resource.portals:
        raise Missing(f"{app}/{model} is not in the {portal} portal.")
    return spec


def _id(spec: Spec, text: str, actor: Actor) -> Any:
    if text == "me" and spec.tree.is_people and not actor.is_anonymous:
        return actor.user_id
    try:
        return spec.parse_id(text, below=2**31)
    except ValueError as error:
        raise Missing(f"No {spec.singular_name} has the id {shown(text)}.") from error


def _allow(call: Call, methods: dict[str, str]) -> None:
    """Refuse a method that the model or the portal does not allow (405)."""
    offered = [
        method
        for method, verb in methods.items()
        if verb in call.spec.resource.verbs and (call.portal != "public" or method == "GET")
    ]
    if call.method not in offered:
        allow = ", ".join([*offered, "HEAD", "OPTIONS"])
        raise method_refused(call.request.method, use=allow, allow=allow)


def _list(call: Call) -> HttpResponse:
    _allow(call, LIST_METHODS)
    if call.method == "POST":
        payload, files = read_body(call.request, call.spec)
        create = partial(flow.create, call.spec, payload, viewer=call.viewer, files=files)
        return written(call, shown_after(call, create, status=201), payloads=[payload], files=files)
    return _listed(call, call.spec)


def _listed(call: Call, spec: Spec, within: Relation | None = None) -> HttpResponse:
    """A page of records, or a stream of all; with ``within``, those that it leads to from the call's record."""
    name, base = format_of(call.request), base_of(call.request)
    if name == "arrow":
        require_arrow()
    query = with_moment(parse(call.request.META.get("QUERY_STRING", ""), whole=name != "json"))
    if within is not None and query.moment is not None:
        _refuse_hidden(call, query)
    where: Any = {"viewer": call.viewer, "base": base}
    where |= {"within": within, "parent_id": call.record_id}
    if name != "json":
        return stream_response(call.request, open_stream(spec, query, **where), name)

    def read() -> tuple[Iterable[str], frozenset[str] | None]:
        page = fetch_page(spec, query, **where)
        return list_texts(call.request, spec, query, page, base), page.models

    return list_or_304(call, read, alone=within is None and query.moment is None)


def _record(call: Call) -> HttpResponse:
    _allow(call, RECORD_METHODS)
    if call.method == "GET":
        return _detail(call, with_moment(query_of(call)))
    if call.method == "DELETE":
        delete = partial(written, call, partial(_deleted, call))
        return saving.delete_ahead(call.spec, call.record_id, delete, viewer=call.viewer)
    payload, files = read_body(call.request, call.spec, call.record_id)
    base = base_read(call, payload)
    payload = {name: value for name, value in payload.items() if name != MERGED_WITH}
    named: Any = {"viewer": call.viewer, "replace": call.method == "PUT", "files": files, "base": base}
    change = partial(flow.change, call.spec, call.record_id, payload, **named)
    response = written(call, shown_after(call, change), payloads=[payload], merges=base is not None, files=files)
    return response if base is None else merged(response)


def _detail(call: Call, query: Query) -> HttpResponse:
    try:
        shown = partial(record_shown, call, call.record_id, query)
        return record_or_304(call, shown, alone=query.moment is None)
    except Missing:
        refuse_unborn(call, query)
        raise


def _deleted(call: Call) -> HttpResponse:
    saving.delete(call.spec, call.record_id, viewer=call.viewer)
    return HttpResponse(status=204)


def _below(call: Call, action: str) -> HttpResponse:
    """What is below one record: an action, an uploaded file, or the records that a relation leads to."""
    spec = call.spec
    handler = handler_of(spec, action)
    if handler is not None and call.portal != "public":
        refuse_as_of_below(call.request, action)
        return handler.answer(call, action)
    column = spec.columns.get(action)
    if column is not None and column.wire_type in ("image", "file"):
        refuse_as_of_below(call.request, action)
        return file_response(call, column)
    relation = spec.relations.get(action)
    if relation is None or not relation.many or action not in (*spec.keys, *spec.resource.links):
        raise Missing(f"A {spec.singular_name} has no '{action}'.")
    offer_only(call.method, "GET", "HEAD")
    return _related(call, action)


def _related(call: Call, name: str) -> HttpResponse:
    relation = call.spec.relations[name]
    if AS_OF not in call.request.GET:
        _refuse_hidden(call, Query())
    return _listed(call, specs()[relation.target], relation)


def _refuse_hidden(call: Call, query: Query) -> None:
    """Refuse lists below a record that the caller does not see, or that did not exist at the time asked for."""
    if query.moment is None:
        found = bool(call.viewer.seen(call.spec, [call.record_id], hop=False))
    else:
        found = was_seen(call, query)
    if not found:
        refuse_unborn(call, query)
        raise Missing(f"No {call.spec.singular_name} has the id {call.record_id}.")
