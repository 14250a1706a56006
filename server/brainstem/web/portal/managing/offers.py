"""What is pending: invitations and requests that can be answered, sent again or withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.apps.users import strangers
from brainstem.apps.users.account_models import StrangerInvitation
from brainstem.core.errors import Invalid
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, joinings_of, offer_of, specs, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.sharing import inviting, membership
from brainstem.core.sharing.inviting import Offer
from brainstem.core.text.numbers import whole_of
from brainstem.web.accounts.invitations import mail_stranger

from ..cells import Cell, noted_cell
from ..where import Where, path_of
from .levels import label_of

STRANGER = "stranger"  # in the keys of those without an account
GONE = "This was answered or withdrawn meanwhile."


@dataclass(frozen=True)
class Pending:
    """An invitation or request, as shown; ``key`` names it in forms."""

    key: str
    name: str
    url: str
    level: str
    state: str
    until: Cell
    asked: bool = False


def pending_of(where: Where, pk: RecordId) -> list[Pending]:
    """Open invitations and requests of a record, those that end first, first."""
    found = []
    for kind in joinings_of(where.spec.label):
        tree = offer_of(kind)
        rows = where.viewer.rows(kind).filter(**{f"{tree.host}_id": pk}).select_related(tree.guest, "created_by")
        found += [_shown(where, kind, offer) for offer in rows.order_by("expires_at", "pk")]
    return found + [_stranger(one) for one in strangers.pending_of(where.spec, pk)]


def _stranger(one: StrangerInvitation) -> Pending:
    by = one.made_by.get_full_name() or one.made_by.email
    state = "Has no account yet" if one.is_approved else "Has no account yet; waits for an administrator"
    until = noted_cell(one.ends_at.isoformat())
    return Pending(f"{STRANGER}:{one.pk}", one.email, "", label_of(Role(one.level)), f"{state}; invited by {by}", until)


def _shown(where: Where, kind: Spec, offer: Offer) -> Pending:
    tree = offer_of(kind)
    guest, by = getattr(offer, tree.guest), offer.created_by
    target = specs()[kind.relations[tree.guest].target]
    name = (guest.get_full_name() or guest.email) if target is user_spec() else str(guest)
    maker = f" by {by.get_full_name() or by.email}" if by is not None and not tree.asked else ""
    return Pending(
        f"{kind.segment}:{offer.pk}",
        name,
        f"{path_of(where.portal, target)}{guest.pk}/",
        label_of(inviting.level_of(kind, offer)),
        "Asks to join" if tree.asked else f"Invited{maker}",
        noted_cell(offer.expires_at.isoformat()),
        tree.asked,
    )


def act_on(where: Where, pk: RecordId, action: str, key: str, *, onward: str) -> HttpResponse:
    """Answer, renew or withdraw one of them.

    Raises
    ------
    Invalid
        If it is not there any more.
    """
    if key.startswith(f"{STRANGER}:"):
        return _act_on_stranger(where, pk, action, key, onward=onward)
    kind, offer = _found(where, pk, key)

    def act() -> HttpResponse:
        _ACTS[action](kind, offer.pk, where)
        return HttpResponseRedirect(onward, status=303)

    response = written(Call(where.request, where.spec, where.viewer, pk), act)
    messages.success(where.request, _DONE[action].format(_shown(where, kind, offer).name))
    return response


def _act_on_stranger(where: Where, pk: RecordId, action: str, key: str, *, onward: str) -> HttpResponse:
    number = whole_of(key.partition(":")[2], below=2**63)
    found = strangers.pending_of(where.spec, pk).filter(pk=number).first() if number is not None else None
    if found is None or action not in ("again", "withdraw"):
        raise Invalid.whole(GONE)
    with transaction.atomic():
        if action == "withdraw":
            strangers.withdraw(found)
        else:
            strangers.renew(found, viewer=where.viewer)
            if found.is_approved:
                mail_stranger(found)
    messages.success(where.request, _DONE[action].format(found.email))
    return HttpResponseRedirect(onward, status=303)


def _found(where: Where, pk: RecordId, key: str) -> tuple[Spec, Offer]:
    segment, _, number = key.partition(":")
    kind = next((one for one in joinings_of(where.spec.label) if one.segment == segment), None)
    offer = None
    if kind is not None:
        rows = where.viewer.rows(kind).filter(**{f"{offer_of(kind).host}_id": pk})
        offer = next((one for one in rows if str(one.pk) == number), None)
    if kind is None or offer is None:
        raise Invalid.whole(GONE)
    return kind, offer


def _answer(action: str) -> Callable[[Spec, RecordId, Where], object]:
    return lambda kind, offer_id, where: membership.answer(kind, offer_id, action, viewer=where.viewer)


_ACTS: Mapping[str, Callable[[Spec, RecordId, Where], object]] = {
    "accept": _answer("accept"),
    "reject": _answer("reject"),
    "withdraw": _answer("cancel"),
    "again": lambda kind, offer_id, where: membership.renew(kind, offer_id, viewer=where.viewer),
}
_DONE = {
    "accept": "{} is a member now.",
    "reject": "The request of {} was rejected.",
    "withdraw": "The invitation of {} was withdrawn.",
    "again": "The invitation of {} was sent again. Mails about it go out once a day.",
}
ACTIONS = frozenset(_ACTS)

__all__ = ["ACTIONS", "GONE", "Pending", "act_on", "pending_of"]
