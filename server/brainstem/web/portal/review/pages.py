"""One proposal: what it would change, the entry as it is, what looks like it and what uses it; and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.access.refusals import locked, record_seen
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, user_spec
from brainstem.core.model.trees import OPEN_STATES
from brainstem.core.query.syntax import Query
from brainstem.core.review import flow
from brainstem.core.review.approvals import Approval
from brainstem.core.write.proposals import catalogue_of
from brainstem.core.write.similar import names_alike
from brainstem.web import formats

from .. import fields, tabs, words, zone
from ..cells import noted_cell
from ..chips import Link
from ..faces import face_of
from ..gathering import Gathering
from ..history import lines
from ..history.lines import Told
from ..record import fetched
from ..sending import refuse_unknown
from ..where import Where, page, path_of
from .queue import STATES, neighbours, review_url

SENT = ("_do", "comment", "_seen")
# Decision -> what the next page says of the proposal.
DONE = {
    "accept": "accepted: it is in the catalogue now.",
    "reject": "rejected. Its author is told.",
    "request_revision": "handed back. Its author is told what to revise.",
}


@dataclass(frozen=True)
class Refusal:
    """Why a decision was not taken: what to do about it, and what was written."""

    status: int = 200
    message: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    comment: str = ""


NONE = Refusal()


@page
def review(where: Where, record_id: str) -> HttpResponse:
    """A proposal for those who decide on it, and for its author; sent as a form, the decision."""
    if not where.writes or not where.spec.tree.keeps_proposals:
        raise Missing
    if where.request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    pk = where.parse_id(record_id)
    if where.request.method == "POST":
        return _decided(where, pk)
    return _shown(where, pk)


# -- the decision ------------------------------------------------------------------------------------------------------


def _decided(where: Where, pk: RecordId) -> HttpResponse:
    sent = where.request.POST
    record_seen(where.spec, pk, viewer=where.viewer)
    refuse_unknown(sent, SENT)
    act, comment = sent.get("_do", ""), sent.get("comment", "")
    if act not in flow.DECISIONS:
        raise Invalid.at("_do", f"Expected one of {', '.join(flow.DECISIONS)}.")
    _, onward = neighbours(where.viewer, where.spec.label, pk)
    title = ""

    def decide() -> HttpResponse:
        nonlocal title
        proposal = locked(where.spec, pk, viewer=where.viewer)
        title = str(proposal.name)
        if (seen := sent.get("_seen")) and seen != _version(proposal):
            raise Conflict("The proposal was changed after you had opened it. It is shown as it is now.")
        flow.DECISIONS[act](where.spec, pk, flow.comment_of({"comment": comment}), viewer=where.viewer)
        return HttpResponseRedirect(review_url(onward, where.portal) if onward else "/private/approvals/", status=303)

    try:
        response = written(Call(where.request, where.spec, where.viewer, pk), decide, query=Query())
    except Conflict as error:
        return _shown(where, pk, Refusal(409, error.message, comment=comment))
    except Invalid as error:
        return _shown(where, pk, Refusal(422, errors=error.errors, comment=comment))
    messages.success(where.request, f"{title} was {DONE[act]}")
    return response


def _version(proposal: Approval) -> str:
    return str(proposal.updated_at.isoformat())


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(where: Where, pk: RecordId, refusal: Refusal = NONE) -> HttpResponse:
    spec, viewer = where.spec, where.viewer
    proposal: Approval = record_seen(spec, pk, viewer=viewer)
    catalogue = catalogue_of(spec)
    changes = flow.difference(spec, pk, viewer=viewer)
    entry = _entry(where, catalogue, proposal.instance_id)
    # What uses an entry counts for the catalogue, whoever may see it; administrators may see all of it.
    users = Viewer(viewer.actor, "super") if viewer.actor.is_admin else viewer
    told = Told(catalogue, changes, type=str(getattr(proposal, "type", "") or ""))
    gathering, using = Gathering(viewer), Gathering(users)
    lines.ask(told, gathering)
    gathering.name(user_spec(), [one for one in (proposal.created_by_id, proposal.reviewer_id) if one is not None])
    used = []
    if entry is not None:
        fields.ask(catalogue, entry, gathering)
        used = [*tabs.tabs_of(catalogue, users.portal), *tabs.others_of(catalogue, users.portal)]
        tabs.ask(used, proposal.instance_id, using)
    gathering.run()
    using.run()
    before, after = neighbours(viewer, spec.label, pk)
    is_open, decides = proposal.status in OPEN_STATES, viewer.actor.is_admin
    status, mark, tone = STATES[proposal.status]
    context = {
        "where": where,
        "title": str(proposal),
        "model": words.model_name(catalogue),
        "models": words.models_name(catalogue),
        "icon": face_of(catalogue).icon,
        "proposal": proposal,
        "is_new": proposal.action == "Add",
        "status": {"text": status, "mark": mark, "tone": tone},
        "author": _person(gathering, proposal.created_by_id),
        "reviewer": _person(gathering, proposal.reviewer_id),
        "created": noted_cell(proposal.created_at.isoformat()),
        "ago": zone.ago(proposal.created_at.isoformat()),
        "lines": lines.lines_of(told, gathering),
        "entry": entry,
        "entry_url": f"{path_of(where.portal, catalogue)}{proposal.instance_id}/",
        "groups": fields.groups_of(catalogue, entry, gathering) if entry is not None else [],
        "used": _used(used, proposal.instance_id, users.portal, catalogue, using),
        "alike": _alike(where, catalogue, proposal),
        "waiting_alike": _waiting_alike(where, proposal),
        "decides": decides and is_open,
        "changes": bool(viewer.editable(spec, [pk])),
        "seen": _version(proposal),
        "url": where.record_path(pk),
        "before": review_url(before, where.portal) if before else "",
        "after": review_url(after, where.portal) if after else "",
        "refusal": refusal,
        "problems": _problems(catalogue, refusal),
    }
    return render(where.request, "portal/review/one.html", context, status=refusal.status)


def _person(gathering: Gathering, user_id: int | None) -> str:
    return gathering.caption(user_spec(), user_id) if user_id is not None else ""


def _entry(where: Where, catalogue: Spec, record_id: RecordId | None) -> Mapping[str, object] | None:
    """The entry to be changed as it is now; None for a new one, and if it is gone."""
    if record_id is None:
        return None
    try:
        return fetched(catalogue, record_id, where.viewer, base=where.base)
    except Missing:
        return None


def _used(
    found: Sequence[tabs.Tab], record_id: object, portal: str, catalogue: Spec, gathering: Gathering
) -> list[Link]:
    path = path_of(portal, catalogue)
    numbers = [(tab, tabs.number_of(tab, record_id, gathering)) for tab in found]
    return [
        Link(tab.label, f"{path}{record_id}/{tab.name}/", number=formats.count(number))
        for tab, number in numbers
        if number
    ]


def _alike(where: Where, catalogue: Spec, proposal: Approval) -> list[Link]:
    """Entries of the catalogue whose names look like the proposed one."""
    path = path_of(where.portal, catalogue)
    found = names_alike(catalogue, str(proposal), viewer=where.viewer, but=[proposal.instance_id])
    return [Link(name, f"{path}{pk}/") for pk, name in found]


def _waiting_alike(where: Where, proposal: Approval) -> list[Link]:
    """Other proposals that wait, and whose names look like this one."""
    path = where.list_path
    rows = where.viewer.rows(where.spec).filter(status__in=OPEN_STATES).values_list("pk", flat=True)
    found = names_alike(where.spec, str(proposal), viewer=where.viewer, but=[proposal.pk])
    waiting = set(rows) if found else set()
    return [Link(name, f"{path}{pk}/review/") for pk, name in found if pk in waiting]


def _problems(catalogue: Spec, refusal: Refusal) -> list[tuple[str, str]]:
    """Label and message of what is wrong in the proposal itself."""
    return [
        (words.field_name(catalogue, name) if name in catalogue.keys else "", " ".join(texts))
        for name, texts in refusal.errors.items()
        if name != "comment"
    ]


__all__ = ["review"]
