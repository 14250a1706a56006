"""The inbox: what waits for a person, with the buttons that answer it in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.apps.users.import_reviews import waiting_for
from brainstem.apps.users.signed_in import Awaiting, fold, inbox
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Conflict, Forbidden, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, offer_of, specs, user_spec
from brainstem.core.query.syntax import Query
from brainstem.core.review import awaiting, queue
from brainstem.core.sharing import inviting, membership
from brainstem.core.sharing.inviting import level_of
from brainstem.web import formats

from . import told, words, zone
from .faces import face_of
from .gathering import Gathering, caption
from .importing.opened import HOME, name_of
from .pins import names_in
from .review.queue import DECIDED, DECIDED_FOR, RETURNED, WAITING, lines_of
from .sending import refuse_unknown
from .where import answered, path_of, viewer_in

HERE, PORTAL = "/private/inbox/", "private"
FIRST = 10  # proposals that are listed here; all of them are in their queue
ANSWERS = {"accept": "Accepted", "reject": "Rejected", "cancel": "Withdrawn"}
FOLDING = ("done", "again")
READ = "read"  # of news, which are put away
SENT = ("_do", "model", "id", "day")
GONE = "It waits no longer: it was answered or withdrawn meanwhile, or has expired."


@dataclass(frozen=True)
class Offer:
    """An invitation, or a request to join."""

    model: str
    id: str
    who: str
    guest: str
    host: str
    host_kind: str
    host_url: str
    level: str
    message: str
    asked: bool
    to_group: bool
    until: str
    ago: str


@dataclass(frozen=True)
class Ending:
    """A record that soon ends."""

    one: Awaiting
    title: str
    kind: str
    icon: str
    url: str
    days: int

    @property
    def left(self) -> str:
        """How long it is still good."""
        return "Last day today" if not self.days else f"{self.days} day{'' if self.days == 1 else 's'} left"


@dataclass(frozen=True)
class Plan:
    """The plan of an import that somebody has asked the person to review."""

    name: str
    url: str
    who: str
    note: str
    ago: str


@dataclass(frozen=True)
class Refusal:
    """Why something was not done."""

    status: int = 200
    text: str = ""


def inbox_page(request: HttpRequest) -> HttpResponse:
    """What waits for whoever looks; sent as a form, an answer to one of it."""
    return answered(request, lambda: _page(request))


def _page(request: HttpRequest) -> HttpResponse:
    viewer = viewer_in(request, PORTAL)
    if request.method == "POST":
        return _answered(request, viewer)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "POST"])
    return _shown(request, viewer)


# -- answering ---------------------------------------------------------------------------------------------------------


def _answered(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    sent = request.POST
    refuse_unknown(sent, SENT)
    act, spec = sent.get("_do", ""), specs().get(sent.get("model", ""))
    if act not in (*ANSWERS, *FOLDING, READ):
        raise Invalid.at("_do", f"Expected one of {', '.join((*ANSWERS, *FOLDING, READ))}.")
    if act == READ:
        return told.put_away(request, sent.get("id", ""), onward=HERE)
    if act in FOLDING:
        return _folded(request, Awaiting(awaiting.ENDS, *(sent.get(name, "") for name in ("model", "id", "day"))))
    try:
        if spec is None or spec.tree.offer is None:
            raise Missing
        response, said = _offer_answered(request, spec, act, viewer)
    except Missing:
        return _shown(request, viewer, Refusal(404, GONE))
    except Forbidden as error:
        return _shown(request, viewer, Refusal(403, error.message))
    except (Conflict, Invalid) as error:
        return _shown(request, viewer, Refusal(409, _text(error)))
    messages.success(request, said)
    return response


def _text(error: BrainstemError) -> str:
    return (
        " ".join(text for texts in error.errors.values() for text in texts)
        if isinstance(error, Invalid)
        else str(error)
    )


def _offer_answered(request: HttpRequest, spec: Spec, act: str, viewer: Viewer) -> tuple[HttpResponse, str]:
    try:
        pk: RecordId = spec.parse_id(request.POST.get("id", ""), below=2**31)  # type: ignore[assignment]
    except ValueError as error:
        raise Missing from error
    offer = viewer.rows(spec).select_related(offer_of(spec).host).filter(pk=pk).first()
    if offer is None:
        raise Missing
    host = getattr(offer, offer_of(spec).host)

    def act_on_it() -> HttpResponse:
        membership.answer(spec, pk, act, viewer=viewer)
        return HttpResponseRedirect(HERE, status=303)

    response = written(Call(request, spec, viewer, pk), act_on_it, query=Query())
    what = "the request to join" if offer_of(spec).asked else "the invitation to"
    return response, f"{ANSWERS[act]}: {what} {host}."


def _folded(request: HttpRequest, one: Awaiting) -> HttpResponse:
    """Reminders are folded away by the person for themselves; what they do not have is left alone."""
    waits, folded = inbox(request.user)
    if one in (*waits, *folded):
        fold(request.user, one, away=request.POST.get("_do") == "done")
    return HttpResponseRedirect(HERE, status=303)


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest, viewer: Viewer, refusal: Refusal = Refusal()) -> HttpResponse:
    waits, folded = inbox(request.user)
    mine = {(one.model, one.id) for one in waits if one.kind == awaiting.OFFER}
    rows = [(spec, row) for spec in specs().values() if spec.tree.offer is not None for row in _rows(spec, viewer)]
    ends = [one for one in (*waits, *folded) if one.kind == awaiting.ENDS]
    returned = queue.queued(viewer, RETURNED, mine=True)
    waiting = queue.queued(viewer, WAITING, most=FIRST + 1) if viewer.actor.is_admin else []
    decided = queue.queued(viewer, DECIDED, mine=True, since=timezone.now() - DECIDED_FOR)
    gathering = Gathering(viewer)
    for spec, row in rows:
        _ask(spec, row, gathering)
    gathering.name(user_spec(), [one.author for one in (*returned, *waiting, *decided) if one.author is not None])
    for label in {one.model for one in ends}:
        some = tuple(one.id for one in ends if one.model == label)
        gathering.ask(("ends", label), names_in(specs()[label], some))
    gathering.run()
    offers = [(spec.label, str(row.pk)) in mine for spec, row in rows]
    context = {
        "portal": PORTAL,
        "offers": [_offer(spec, row, gathering) for (spec, row), to_me in zip(rows, offers, strict=True) if to_me],
        "sent": [_offer(spec, row, gathering) for (spec, row), to_me in zip(rows, offers, strict=True) if not to_me],
        "returned": lines_of(returned, gathering),
        "plans": _plans(viewer) if any(one.kind == awaiting.PLAN for one in waits) else [],
        "waiting": lines_of(waiting[:FIRST], gathering),
        "more": len(waiting) > FIRST,
        "ends": _endings([one for one in waits if one in ends], gathering),
        "folded": _endings(folded, gathering),
        "decided": lines_of(decided, gathering, decided=True),
        "refusal": refusal,
        **told.context(request, waits),
    }
    context["is_empty"] = not any(
        context[name] for name in ("offers", "returned", "plans", "waiting", "ends", "news", "strangers")
    )
    return render(request, "portal/inbox.html", context, status=refusal.status)


def _rows(spec: Spec, viewer: Viewer) -> Iterable[inviting.Offer]:
    """The offers that a person has to do with on either side, the newest first; one statement."""
    tree = offer_of(spec)
    return viewer.rows(spec).select_related(tree.host, tree.guest).order_by("-created_at", "-pk")[: awaiting.MOST]


def _ask(spec: Spec, offer: inviting.Offer, gathering: Gathering) -> None:
    tree = offer_of(spec)
    gathering.name(user_spec(), [offer.created_by_id] if offer.created_by_id is not None else [])
    for side in tree.sides:
        gathering.name(specs()[spec.relations[side].target], [getattr(offer, f"{side}_id")])


def _offer(spec: Spec, offer: inviting.Offer, gathering: Gathering) -> Offer:
    tree = offer_of(spec)
    guests, hosts = (specs()[spec.relations[side].target] for side in tree.sides)
    guest_id, host_id = (getattr(offer, f"{side}_id") for side in tree.sides)
    # Both sides know what an offer is about, also what they may not open yet.
    host = gathering.caption(hosts, host_id)
    return Offer(
        model=spec.label,
        id=str(offer.pk),
        who=gathering.caption(user_spec(), offer.created_by_id) or "Somebody",
        guest=gathering.caption(guests, guest_id) or str(getattr(offer, tree.guest)),
        host=host or str(getattr(offer, tree.host)),
        host_kind=words.model_name(hosts),
        host_url=f"{path_of(PORTAL, hosts)}{host_id}/" if host else "",
        level=level_of(spec, offer).name.lower(),
        message=offer.message,
        asked=tree.asked,
        to_group=not guests.tree.is_people,
        until=formats.day(timezone.localtime(offer.expires_at)),
        ago=zone.ago(offer.created_at.isoformat()),
    )


def _plans(viewer: Viewer) -> list[Plan]:
    """Plans to review; asked for only if there are some."""
    found = []
    for review in waiting_for(viewer.actor.user_id or 0):
        one = review.table_import
        who = one.user.get_full_name() or "Somebody"
        found.append(Plan(name_of(one), f"{HOME}{one.pk}/", who, review.note, zone.ago(review.asked_at.isoformat())))
    return found


def _endings(found: Iterable[Awaiting], gathering: Gathering) -> list[Ending]:
    """What soon ends, the first end first; without what is no longer seen."""
    today, endings = timezone.now().date(), []
    for one in found:
        spec = specs()[one.model]
        texts = gathering.told(("ends", one.model)).get(one.id)
        if texts is not None:
            days = (dt.date.fromisoformat(one.day) - today).days
            endings.append(
                Ending(
                    one,
                    caption(spec, texts, one.id),
                    words.model_name(spec),
                    face_of(spec).icon,
                    f"{path_of(PORTAL, spec)}{one.id}/",
                    days,
                )
            )
    return sorted(endings, key=lambda ending: (ending.days, ending.title))


__all__ = ["inbox_page"]
