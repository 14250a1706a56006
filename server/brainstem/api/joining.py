"""Inviting people, asking to join, responding and leaving: ``POST .../{id}/invite/`` and similar."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse

from brainstem.core.model.registry import Spec, joinings_of, offer_of, specs
from brainstem.core.sharing import membership
from brainstem.core.sharing.inviting import ANSWERS

from .body import read_body
from .call import Call, Handler, Operation
from .responses import method_refused, offer_only
from .shapes import Schema, one_of
from .writing import record_response, shown_after, written

_MESSAGE: Schema = {"type": "string", "maxLength": 2000, "description": "For the people who respond."}


def _invite(call: Call, _action: str) -> HttpResponse:
    """Invite someone to a group or project; responds with the invitation."""
    offer_only(call.request.method, "POST")
    body, _ = read_body(call.request, call.spec, call.record_id)
    do = partial(membership.invite, call.spec, call.record_id, body, viewer=call.viewer)
    return written(call, shown_after(call, do, status=201), answers=joinings_of(call.spec.label))


def _ask(call: Call, _action: str) -> HttpResponse:
    """Ask to join a group; responds with the request to join."""
    _refuse_looking(call)
    body = read_body(call.request, call.spec, call.record_id)[0] if call.method == "POST" else {}
    do = partial(membership.ask, call.spec, call.record_id, body, viewer=call.viewer)
    return written(call, shown_after(call, do), answers=joinings_of(call.spec.label))


def _leave(call: Call, _action: str) -> HttpResponse:
    """Leave a group; responds with the group."""
    _refuse_looking(call)
    do = partial(membership.leave, call.spec, call.record_id, viewer=call.viewer)
    return written(call, shown_after(call, do))


def _answer(call: Call, action: str) -> HttpResponse:
    """Accept, reject or withdraw a membership offer; responds with the offer as it was."""
    _refuse_looking(call)
    return written(call, partial(_answered, call, action))


def _answered(call: Call, action: str) -> HttpResponse:
    answer = record_response(call, call.record_id)
    membership.answer(call.spec, call.record_id, action, viewer=call.viewer)
    answer.ids = []  # nobody can see an offer once it is answered
    return answer


def _refuse_looking(call: Call) -> None:
    """Released clients use GET here; a page that merely leads a browser here must have no effect, nor may HEAD."""
    acts_by_get = call.request.method == "GET" and call.actor.via == "token"
    if call.request.method != "POST" and not acts_by_get:
        allow = "POST, OPTIONS" if call.actor.via == "browser" else "GET, POST, OPTIONS"
        raise method_refused(call.request.method, use="POST", allow=allow)


# -- how they are described -------------------------------------------------------------------------------------------


def _invitation_shape(spec: Spec) -> Schema:
    return {"anyOf": [one_of(kind) for kind in _invitations(spec)]}


def _invitations(spec: Spec) -> list[Spec]:
    """Models of the invitations to a kind of group or project."""
    return [kind for kind in joinings_of(spec.label) if not offer_of(kind).asked]


def _request_shape(spec: Spec) -> Schema:
    return one_of(next(kind for kind in joinings_of(spec.label) if offer_of(kind).asked))


def _guest_shape(spec: Spec) -> Schema:
    """The body of an invitation."""
    kinds = _invitations(spec)
    properties: dict[str, Any] = {
        "email": {"type": "string", "description": "Email address of the person to invite; or"},
        "user": {"type": "integer", "description": "the id of the person; or"},
    }
    if any(_guest(kind).tree.keeps_members for kind in kinds):
        about = "the id or the name of the group to invite."
        properties["group"] = {"type": ["integer", "string"], "description": about}
    for column, _ in reversed(offer_of(kinds[0]).flags):
        properties[column] = {"type": "boolean", "default": False, "description": kinds[0].columns[column].help_text}
    return {"type": "object", "properties": properties | {"message": _MESSAGE}}


def _message_shape(_: Spec) -> Schema:
    return {"type": "object", "properties": {"message": _MESSAGE}}


def _guest(kind: Spec) -> Spec:
    return specs()[kind.relations[offer_of(kind).guest].target]


# POST has an effect, and so does GET, for the released clients.
_BOTH = (Operation("get"), Operation("post", suffix="_by_post"))
_ASKING = (
    Operation("get", answer=_request_shape),
    Operation("post", answer=_request_shape, body=_message_shape, needs_body=False, suffix="_by_post"),
)
_INVITING = (Operation("post", "The invitation.", _invitation_shape, status="201", body=_guest_shape),)

MEMBERSHIP = {"invite": Handler(_invite, _INVITING), "join": Handler(_ask, _ASKING), "leave": Handler(_leave, _BOTH)}
OFFERS = dict.fromkeys(ANSWERS, Handler(_answer, _BOTH))
