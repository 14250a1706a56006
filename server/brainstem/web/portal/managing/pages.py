"""The page itself: who has which role, who is invited, and forms that change that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.core.access.refusals import record_seen
from brainstem.core.errors import Conflict, Forbidden, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import group_spec, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.sharing.holders import GROUP, Holder, holders_of, reach_of

from .. import words
from ..gathering import Gathering
from ..record import fetched
from ..rows import named_elsewhere, title_of
from ..where import Where, page
from . import changes, inviting, offers
from .levels import label_of, offered
from .table import Choice, rows_of, told_reach

PEOPLE, ONE_GROUP = "invite", "invite_group"  # what the two forms do that invite


@dataclass(frozen=True)
class Refused:
    """What was sent and not done: why, as a whole, by holder, and by address; with what had been done before."""

    status: int = 200
    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    outcome: inviting.Outcome = field(default_factory=inviting.Outcome)


@page
def manage(where: Where, record_id: str) -> HttpResponse:
    """People and groups with their levels, for managers and owners; sent as a form, what is done with them."""
    if not where.writes or not where.spec.tree.holds_roles:
        raise Missing
    pk = where.parse_id(record_id)
    if where.request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    record_seen(where.spec, pk, viewer=where.viewer)
    if not where.viewer.editable(where.spec, [pk], level=Role.MANAGER):
        raise Forbidden(f"Only managers and owners of this {words.model_name(where.spec)} decide who has access to it.")
    if where.request.method != "POST":
        return _shown(where, pk, Refused())
    try:
        return _done(where, pk)
    except changes.Moved as moved:
        return _shown(where, pk, Refused(409, moved.message, holders=moved.problems))
    except Conflict as conflict:
        return _shown(where, pk, Refused(409, conflict.message))
    except Forbidden as forbidden:
        return _shown(where, pk, Refused(403, forbidden.message))
    except Invalid as invalid:
        fields = {name: " ".join(texts) for name, texts in invalid.errors.items()}
        return _shown(where, pk, Refused(422, " ".join(fields.values()), fields))


def _done(where: Where, pk: RecordId) -> HttpResponse:
    sent = where.request.POST.dict()
    action, here = sent.get("_do", "save"), f"{where.record_path(pk)}manage/"
    if action == "save":
        return _onward(where, pk, changes.save(where, pk, sent, onward=here))
    if action == "leave":
        return _onward(where, pk, changes.leave(where, pk, onward=here))
    if action in offers.ACTIONS:
        return offers.act_on(where, pk, action, sent.get("offer", ""), onward=here)
    if action == PEOPLE:
        return _invited(where, pk, inviting.invite_people(where, pk, sent), onward=here)
    if action == ONE_GROUP and inviting.takes_groups(where.spec):
        return _invited(where, pk, inviting.invite_group(where, pk, sent), onward=here)
    raise Invalid.at("_do", "There is no such action on this page.")


def _onward(where: Where, pk: RecordId, response: HttpResponse) -> HttpResponse:
    """Where those go who took their own role away: to the record, or its list if they do not see it any more."""
    if not where.viewer.editable(where.spec, [pk], level=Role.MANAGER):
        seen = where.viewer.seen(where.spec, [pk], hop=False)
        response["Location"] = where.record_path(pk) if seen else where.list_path
    return response


def _invited(where: Where, pk: RecordId, outcome: inviting.Outcome, *, onward: str) -> HttpResponse:
    if outcome.refused:
        return _shown(where, pk, Refused(422, outcome=outcome))
    messages.success(where.request, " ".join(outcome.done))
    return HttpResponseRedirect(onward, status=303)


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(where: Where, pk: RecordId, refused: Refused) -> HttpResponse:
    spec, sent = where.spec, where.request.POST.dict()
    people, group = ({**sent} if sent.get("_do") == action else {} for action in (PEOPLE, ONE_GROUP))
    record = record_seen(spec, pk, viewer=where.viewer)
    is_owner = bool(where.viewer.editable(spec, [pk], level=Role.OWNER))
    holders, reach = holders_of(spec, record), reach_of(spec, record, viewer=where.viewer)
    gathering = Gathering(where.viewer)
    if named_elsewhere(spec):
        gathering.name(spec, [pk])
    gathering.run()
    context = {
        "where": where,
        "title": title_of(spec, fetched(spec, pk, where.viewer, base=where.base), gathering),
        "model": words.model_name(spec),
        "models": words.models_name(spec),
        "url": where.record_path(pk),
        "is_owner": is_owner,
        "is_group": spec.tree.keeps_members,
        "rows": rows_of(where, holders, is_owner=is_owner, sent=sent, problems=refused.holders, reach=reach),
        "can_save": any(one.level is not None for one in holders),
        "reach": told_reach(reach),
        "pending": offers.pending_of(where, pk),
        "refused": refused,
        "inviting": bool(people or group),
        "people": people,
        "group": group,
        "levels_people": _levels(where, people, is_owner=is_owner),
        "levels_group": _levels(where, group, is_owner=is_owner),
        "lives": [Choice(str(days), f"{days} days", str(days) == _days(people)) for days in inviting.LIVES],
        "invites": inviting.invites(spec, user_spec()),
        "groups": _groups(where, holders, group) if inviting.takes_groups(spec) else None,
        "invites_groups": inviting.invites(spec, group_spec()),
        "addresses": "\n".join(refused.outcome.refused if people else ()) or people.get("addresses", ""),
        "most": inviting.MOST,
    }
    return render(where.request, "portal/manage.html", context, status=refused.status)


def _days(sent: Mapping[str, str]) -> str:
    return sent.get("days", str(inviting.USUAL_LIFE))


def _levels(where: Where, sent: Mapping[str, str], *, is_owner: bool) -> list[Choice]:
    chosen = sent.get("level", "member")
    levels = offered(where.spec, is_owner=is_owner)
    return [Choice(one.name.lower(), label_of(one), one.name.lower() == chosen) for one in levels]


def _groups(where: Where, holders: list[Holder], sent: Mapping[str, str]) -> list[Choice]:
    """Groups that have no role yet."""
    held = [one.id for one in holders if one.kind == GROUP]
    rows = where.viewer.rows(group_spec()).exclude(pk__in=held).order_by("name").values_list("pk", "name")
    return [Choice(str(pk), name, str(pk) == sent.get("group")) for pk, name in rows]


__all__ = ["manage"]
