"""Extra actions of single records, such as ``PATCH .../{id}/add_entry/``."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse

from brainstem.apps.modules.entries import write_entry
from brainstem.core.model.registry import Spec
from brainstem.core.review import flow
from brainstem.core.write.meeting import MERGED_WITH

from .account_actions import ACCOUNTS
from .body import read_body
from .call import Call, Handler, Operation
from .explanations import explanation_of
from .history import HISTORIES
from .joining import MEMBERSHIP, OFFERS
from .merging import base_read
from .responses import json_response, offer_only
from .shapes import Schema, ref
from .undoing import undoing_of
from .warnings import merged
from .writing import shown_after, written


def _log_entry(call: Call, action: str) -> HttpResponse:
    """Add, change or remove one entry of a log; responds with the log."""
    offer_only(call.method, "PATCH", "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)
    base = base_read(call, body)
    entry = {name: value for name, value in body.items() if name != MERGED_WITH}
    do = partial(write_entry, call.spec, call.record_id, action, entry, viewer=call.viewer, base=base)
    response = written(call, shown_after(call, do), merges=base is not None)
    return response if base is None else merged(response)


def _decision(call: Call, action: str) -> HttpResponse:
    """Accept or reject a proposal, or request a revision; responds with the proposal."""
    offer_only(call.method, "PATCH", "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)

    def decide() -> object:
        comment = flow.comment_of(body)
        return flow.DECISIONS[action](call.spec, call.record_id, comment, viewer=call.viewer)

    return written(call, shown_after(call, decide))


def _difference(call: Call, _action: str) -> HttpResponse:
    """What a proposal would change: ``{"field": {"from": ..., "to": ...}}``."""
    offer_only(call.method, "GET", "HEAD")
    return json_response(200, flow.difference(call.spec, call.record_id, viewer=call.viewer))


# -- how they are described -------------------------------------------------------------------------------------------


def _by_patch_or_post(body: Schema, *, needed: bool) -> tuple[Operation, ...]:
    return tuple(
        Operation(method, body=lambda _: body, needs_body=needed, suffix=suffix)
        for method, suffix in (("patch", ""), ("post", "_by_post"))
    )


def _deciding(action: str) -> Handler:
    needed = action == "request_revision"
    kind: object = "string" if needed else ["string", "null"]
    text = {"type": kind, "maxLength": flow.MAX_COMMENT, "description": "Sent to who made the proposal."}
    required = {"required": ["comment"]} if needed else {}
    body = {"type": "object", "properties": {"comment": text}, **required}
    return Handler(_decision, _by_patch_or_post(body, needed=needed))


_ENTRIES = Handler(_log_entry, _by_patch_or_post({"type": "object"}, needed=True))
_DIFFERENCE = Operation("get", "What the proposal would change, by field.", lambda _: ref("Difference"))

ACTIONS: dict[str, Handler] = {
    **dict.fromkeys(("add_entry", "change_entry", "remove_entry"), _ENTRIES),
    **ACCOUNTS,
    **MEMBERSHIP,
}
# The same action name can have different meanings on different models.
PROPOSALS: dict[str, Handler] = {
    **{action: _deciding(action) for action in flow.DECISIONS},
    "difference": Handler(_difference, (_DIFFERENCE,)),
}


def handler_of(spec: Spec, action: str) -> Handler | None:
    """The handler of an action of a model; None if it has no such action, or it is not served yet."""
    if action not in spec.resource.actions:
        return explanation_of(spec, action) or HISTORIES.get(action) or undoing_of(spec, action)
    if spec.tree.offer:
        return OFFERS.get(action)
    return (PROPOSALS if spec.tree.keeps_proposals else ACTIONS).get(action)


def actions_of(spec: Spec) -> dict[str, Handler]:
    """The actions that a model declares, with their handlers."""
    found = {name: handler_of(spec, name) for name in spec.resource.actions}
    return {name: handler for name, handler in found.items() if handler is not None}
