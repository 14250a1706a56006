"""Extra actions of single records: ``PATCH .../{id}/add_entry/`` and its kin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from brainstem.apps.modules.entries import write_entry
from brainstem.core.model.registry import Spec, joinings_of
from brainstem.core.review import flow
from brainstem.core.sharing import membership
from brainstem.core.sharing.inviting import ANSWERS

from .account_actions import ACCOUNTS
from .body import read_body
from .explanations import explanation_of
from .once import shows
from .responses import Refused, json_response, offer_only
from .writing import record_response, shown_after, written

if TYPE_CHECKING:
    from .views import Call

Handler = Callable[["Call", str], HttpResponse]


def log_entry(call: Call, action: str) -> HttpResponse:
    """Add, change or remove one entry of a log; the answer is the log."""
    offer_only(call.method, "PATCH", "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)
    do = partial(write_entry, call.spec, call.record_id, action, body, viewer=call.viewer)
    return written(call, shown_after(call, do))


def decision(call: Call, action: str) -> HttpResponse:
    """Accept or reject a proposal, or hand it back; the answer is the proposal."""
    offer_only(call.method, "PATCH", "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)

    def decide() -> Any:
        comment = flow.comment_of(body)
        return flow.DECISIONS[action](call.spec, call.record_id, comment, viewer=call.viewer)

    return written(call, shown_after(call, decide))


def difference(call: Call, _action: str) -> HttpResponse:
    """What a proposal would change: ``{"field": {"from": ..., "to": ...}}``."""
    offer_only(call.method, "GET", "HEAD")
    return json_response(200, flow.difference(call.spec, call.record_id, viewer=call.viewer))


def invitation(call: Call, _action: str) -> HttpResponse:
    """Invite somebody to a group or project; the answer is the invitation."""
    offer_only(call.request.method, "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)
    do = partial(membership.invite, call.spec, call.record_id, body, viewer=call.viewer)
    return written(call, shown_after(call, do, status=201), answers=joinings_of(call.spec.label))


def joined(call: Call, action: str) -> HttpResponse:
    """Ask to join a group: the answer is the request; or leave it: the answer is the group."""
    _refuse_looking(call)
    named: Any = {"viewer": call.viewer}
    if action == "leave":
        return written(call, shown_after(call, partial(membership.leave, call.spec, call.record_id, **named)))
    body = read_body(call.request, call.spec, call.record_id)[0] if call.method == "POST" else {}
    do = partial(membership.ask, call.spec, call.record_id, body, **named)
    return written(call, shown_after(call, do), answers=joinings_of(call.spec.label))


def answered_offer(call: Call, action: str) -> HttpResponse:
    """Accept, reject or withdraw an offer of membership; the answer is the offer as it was."""
    _refuse_looking(call)
    return written(call, partial(_answered, call, action))


def _answered(call: Call, action: str) -> HttpResponse:
    shown = record_response(call, call.record_id)
    membership.answer(call.spec, call.record_id, action, viewer=call.viewer)
    return shows(shown, call.spec, [])  # an answered offer is there for nobody


def _refuse_looking(call: Call) -> None:
    """The released clients act by GET; a page that merely leads a browser there must not, nor does HEAD."""
    acts_by_get = call.request.method == "GET" and call.actor.via == "token"
    if call.request.method != "POST" and not acts_by_get:
        allow = "POST, OPTIONS" if call.actor.via == "browser" else "GET, POST, OPTIONS"
        raise Refused(405, f"{call.request.method} does not act here; use POST.", allow=allow)


ACTIONS: dict[str, Handler] = {
    "add_entry": log_entry,
    "change_entry": log_entry,
    "remove_entry": log_entry,
    **ACCOUNTS,
    "invite": invitation,
    "join": joined,
    "leave": joined,
}
# The same word can mean another thing on another kind of record.
PROPOSALS: dict[str, Handler] = dict.fromkeys(flow.DECISIONS, decision) | {"difference": difference}
OFFERS: dict[str, Handler] = dict.fromkeys(ANSWERS, answered_offer)


def handler_of(spec: Spec, action: str) -> Handler | None:
    """What answers an action of a model; None where it has no such action, or none that is served yet."""
    if action not in spec.resource.actions:
        return explanation_of(spec, action)
    if spec.tree.offer:
        return OFFERS.get(action)
    return (PROPOSALS if spec.tree.keeps_proposals else ACTIONS).get(action)
