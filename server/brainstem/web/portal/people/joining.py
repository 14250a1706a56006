"""Joining a group by oneself: asking to, taking the request back, and leaving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.access.refusals import record_seen
from brainstem.core.errors import Conflict, Forbidden, Invalid, Missing, Throttled
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, joinings_of, offer_of
from brainstem.core.model.trees import Role
from brainstem.core.query.beside_roles import Levels
from brainstem.core.query.syntax import Query
from brainstem.core.sharing import inviting, membership

from .. import words
from ..gathering import Gathering
from ..sending import refuse_unknown
from ..where import Where, page
from ..zone import day

ASK, CANCEL, LEAVE = "ask", "cancel", "leave"
SENT = ("_do", "message")
INBOX = "/private/inbox/"
STATUS = {Forbidden: 403, Conflict: 409, Throttled: 429}


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a group: their level, their request that is open, and an invitation that they have."""

    level: Role | None = None
    asked: inviting.Offer | None = None
    invited: inviting.Offer | None = None


def is_joined(spec: Spec) -> bool:
    """Whether people join such records by themselves."""
    return "join" in spec.resource.actions


@page
def join(where: Where, record_id: str) -> HttpResponse:
    """Asking to join, or leaving; sent as a form, doing it."""
    if not where.writes or where.portal != "private" or not is_joined(where.spec):
        raise Missing
    pk = where.parse_id(record_id)
    if where.request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    record_seen(where.spec, pk, viewer=where.viewer)
    if where.request.method != "POST":
        return _shown(where, pk)
    try:
        return _done(where, pk)
    except Invalid as error:
        text = " ".join(text for texts in error.errors.values() for text in texts)
        return _shown(where, pk, text, 422)
    except (Conflict, Forbidden, Throttled) as error:
        return _shown(where, pk, error.message, STATUS[type(error)])


def _done(where: Where, pk: RecordId) -> HttpResponse:
    sent = where.request.POST
    refuse_unknown(sent, SENT)
    act = _ACTS.get(sent.get("_do", ""))
    if act is None:
        raise Invalid.at("_do", f"Expected one of {', '.join(_ACTS)}.")
    do, said = act

    def write() -> HttpResponse:
        do(where, pk, sent.get("message", "").strip())
        return HttpResponseRedirect(where.record_path(pk), status=303)

    response = written(Call(where.request, where.spec, where.viewer, pk), write, query=Query())
    messages.success(where.request, said)
    return response


def _ask(where: Where, pk: RecordId, message: str) -> None:
    membership.ask(where.spec, pk, {"message": message}, viewer=where.viewer)


def _cancel(where: Where, pk: RecordId, message: str) -> None:  # noqa: ARG001 - as the others
    kind, asked = _kind(where.spec, asked=True), standing_of(where, pk).asked
    if asked is None:
        raise Invalid.whole("Your request was answered meanwhile, or has expired.")
    membership.answer(kind, asked.pk, "cancel", viewer=where.viewer)


def _leave(where: Where, pk: RecordId, message: str) -> None:  # noqa: ARG001
    membership.leave(where.spec, pk, viewer=where.viewer)


_ACTS: Mapping[str, tuple[Callable[[Where, RecordId, str], None], str]] = {
    ASK: (_ask, "Your request was sent. Managers of the group are told, and you find it in your inbox until then."),
    CANCEL: (_cancel, "Your request was withdrawn."),
    LEAVE: (_leave, "You left the group."),
}


def standing_of(where: Where, pk: RecordId) -> Standing:
    """How the viewer stands to a group; three statements."""
    gathering, mine = Gathering(where.viewer), where.viewer.actor.user_id
    gathering.ask("level", Levels(where.spec, (pk,)))
    gathering.run()
    level = gathering.told("level").get(str(pk), (None,))[0]
    offers = [inviting.open_offers(_kind(where.spec, asked=asked), pk, [mine]).get(mine) for asked in (True, False)]
    return Standing(Role(int(level)) if level else None, *offers)  # type: ignore[arg-type]


def _kind(spec: Spec, *, asked: bool) -> Spec:
    return next(kind for kind in joinings_of(spec.label) if offer_of(kind).asked == asked)


def _shown(where: Where, pk: RecordId, refused: str = "", status: int = 200) -> HttpResponse:
    standing = standing_of(where, pk)
    group = record_seen(where.spec, pk, viewer=where.viewer)
    context = {
        "where": where,
        "title": str(group),
        "model": words.model_name(where.spec),
        "models": words.models_name(where.spec),
        "url": where.record_path(pk),
        "level": standing.level.name.lower() if standing.level else "",
        "is_owner": standing.level is Role.OWNER,
        "asked_until": day(standing.asked.expires_at.isoformat()) if standing.asked else None,
        "invited": standing.invited is not None,
        "inbox": INBOX,
        "refused": refused,
        "message": where.request.POST.get("message", ""),
    }
    return render(where.request, "portal/join.html", context, status=status)


__all__ = ["is_joined", "join", "standing_of"]
