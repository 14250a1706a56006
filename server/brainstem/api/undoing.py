"""Taking back what was written: ``{id}/revert/``, ``deleted/``, ``history/{event}/undo/``; not in the public portal."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from django.http import HttpResponse

from brainstem.core.errors import Missing, QueryError
from brainstem.core.model.ids import uuid_of
from brainstem.core.model.registry import Spec
from brainstem.core.query.run import Page
from brainstem.core.query.syntax import Query, parse
from brainstem.core.text.shown import shown
from brainstem.core.undo.deleted import Deleted, Wanted
from brainstem.core.undo.deleted import deleted as deleted_records
from brainstem.core.undo.recovering import restore_record
from brainstem.core.undo.reverting import TO, revert
from brainstem.core.undo.undoing import undo as undo_event
from brainstem.core.write.proposals import approvals_of

from .body import read_body
from .call import Call, Handler, Operation
from .envelope import base_of, page_texts
from .responses import json_response, offer_only, text_response
from .shapes import Schema, one_of
from .writing import shown_after, written

REVERT = "revert"
LISTED = "deleted"


def _revert(call: Call, _action: str) -> HttpResponse:
    """Put a record back to the state after an event; responds with the record."""
    offer_only(call.method, "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)
    return written(call, shown_after(call, partial(revert, call.spec, call.record_id, body, viewer=call.viewer)))


def undo(call: Call, event: str) -> HttpResponse:
    """Undo an event; responds with the number of records by model, and the event with which this can be undone."""
    if call.portal == "public":
        raise Missing("There is no history in the public portal.")
    if call.method == "OPTIONS":
        return json_response(200, {"name": "undo"}, Allow="POST, OPTIONS")
    offer_only(call.method, "POST")
    _refuse_query(call)
    found = uuid_of(event)
    if found is None:
        raise Missing(f"{shown(event)} is not the id of an event.")

    def act() -> HttpResponse:
        done = undo_event(found, viewer=call.viewer)
        told = {"event": done.event, "changed": done.changed, "deleted": done.deleted, "restored": done.restored}
        return json_response(200, {"undone": told})

    return written(call, act, query=Query())


def undoing_of(spec: Spec, action: str) -> Handler | None:
    """The handler of ``revert``; None if the records of a model are not changed, or for another action."""
    return _REVERT if action == REVERT and "change" in spec.resource.verbs else None


# -- what was deleted --------------------------------------------------------------------------------------------------


def restores(spec: Spec, portal: str) -> bool:
    """Whether deleted records of a model are listed in a portal, and can be restored."""
    return portal != "public" and "delete" in spec.resource.verbs


def deleted(call: Call) -> HttpResponse:
    """A page of what was deleted, newest first, for those who could have deleted it."""
    _refuse_unless_offered(call)
    if call.method == "OPTIONS":
        return json_response(200, {"name": f"deleted {call.spec.singular_name}"}, Allow="GET, HEAD, OPTIONS")
    offer_only(call.method, "GET", "HEAD")
    query = _query(call)
    window: Any = {"offset": query.offset, "limit": query.limit}
    found, count = deleted_records(call.spec, viewer=call.viewer, wanted=Wanted(query.search), **window)
    page = Page([orjson.dumps(_told(one)).decode() for one in found], count)
    return text_response(200, page_texts(call.request, LISTED, query, page, base_of(call.request)))


def restore(call: Call) -> HttpResponse:
    """Restore a deleted record with everything deleted along with it; responds with the record."""
    _refuse_unless_offered(call)
    if call.method == "OPTIONS":
        return json_response(200, {"name": f"restore a {call.spec.singular_name}"}, Allow="POST, OPTIONS")
    offer_only(call.method, "POST")
    return written(call, shown_after(call, partial(restore_record, call.spec, call.record_id, viewer=call.viewer)))


def _refuse_unless_offered(call: Call) -> None:
    if not restores(call.spec, call.portal):
        raise Missing(f"No {call.spec.singular_name} has the id {LISTED!r}.")


def _query(call: Call) -> Query:
    query = parse(call.request.META.get("QUERY_STRING", ""))
    asked = (query.filters, query.sorts, query.includes, query.excludes, query.writable, query.cursor is not None)
    if any(asked):
        raise QueryError.whole("What was deleted can only be searched by name with search=, and paged.")
    return query


def _refuse_query(call: Call) -> None:
    if call.request.META.get("QUERY_STRING", ""):
        raise QueryError.whole("Undoing an event takes no parameters.")


def _told(one: Deleted) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "deleted_at": one.deleted_at.isoformat().replace("+00:00", "Z"),
        "deleted_by": one.deleted_by,
        "deleted_by_name": one.deleted_by_name,
        "event": one.event,
        "with": dict(one.along),
    }


_BODY: Schema = {
    "type": "object",
    "properties": {TO: {"type": "string", "format": "uuid", "description": "Event after which the record was so."}},
    "required": [TO],
}


def _reverted(spec: Spec) -> Schema:
    approvals = approvals_of(spec)
    return one_of(spec) if approvals is None else {"anyOf": [one_of(approvals), one_of(spec)]}


_ABOUT = "The record as it now is; a proposal, if the change has to be approved."
_REVERT = Handler(_revert, (Operation("post", _ABOUT, _reverted, body=lambda _: _BODY),))
