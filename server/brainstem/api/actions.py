"""Extra actions of single records: ``PATCH .../{id}/add_entry/`` and its kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponse

from brainstem.apps.modules.entries import write_entry
from brainstem.core import review
from brainstem.core.access.trees import Proposals
from brainstem.core.registry import Spec

from .account_actions import ACCOUNTS
from .body import read_body
from .explanations import explanation_of
from .responses import Refused, json_response

if TYPE_CHECKING:
    from .views import Call

Answer = Callable[[], HttpResponse]
Handler = Callable[["Call", str, Answer], HttpResponse]


def log_entry(call: Call, action: str, answer: Answer) -> HttpResponse:
    """Add, change or remove one entry of a log; the answer is the log."""
    if call.method not in ("PATCH", "POST"):
        raise Refused(405, f"{call.method} is not offered here; use PATCH.", allow="PATCH, POST, OPTIONS")
    body, _ = read_body(call.request, call.spec, call.record_id)
    write_entry(call.spec, call.record_id, action, body, actor=call.actor, portal=call.portal)
    return answer()


def decision(call: Call, action: str, answer: Answer) -> HttpResponse:
    """Accept or reject a proposal, or hand it back; the answer is the proposal."""
    if call.method not in ("PATCH", "POST"):
        raise Refused(405, f"{call.method} is not offered here; use PATCH.", allow="PATCH, POST, OPTIONS")
    body, _ = read_body(call.request, call.spec, call.record_id)
    comment = review.comment_of(body)
    review.DECISIONS[action](call.spec, call.record_id, comment, actor=call.actor, portal=call.portal)
    return answer()


def difference(call: Call, _action: str, _answer: Answer) -> HttpResponse:
    """What a proposal would change: ``{"field": {"from": ..., "to": ...}}``."""
    if call.method != "GET":
        raise Refused(405, f"{call.method} is not offered here; use GET.", allow="GET, HEAD, OPTIONS")
    return json_response(200, review.difference(call.spec, call.record_id, actor=call.actor, portal=call.portal))


ACTIONS: dict[str, Handler] = {
    "add_entry": log_entry,
    "change_entry": log_entry,
    "remove_entry": log_entry,
    **ACCOUNTS,
}
# The same word can mean another thing on another kind of record.
PROPOSALS: dict[str, Handler] = dict.fromkeys(review.DECISIONS, decision) | {"difference": difference}


def handler_of(spec: Spec, action: str) -> Handler | None:
    """What answers an action of a model; None where it has no such action, or none that is served yet."""
    if action not in spec.resource.actions:
        return explanation_of(spec, action)
    return (PROPOSALS if isinstance(spec.tree, Proposals) else ACTIONS).get(action)
