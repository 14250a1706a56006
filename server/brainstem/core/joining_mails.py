"""E-mail about offers of membership: to those who answer one, and of the answer to who made it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from .access.actor import Actor
from .access.trees import Groups, Joining, People, Role
from .mail import address_of, send_later
from .models import ObjectRole
from .registry import Spec, memberships, specs

_WORDS = {"accept": "accepted", "reject": "rejected", "cancel": "withdrew"}


def tell_of(spec: Spec, offer: Any, level: Role, actor: Actor) -> None:
    """Tell those who answer an offer that it is there."""
    tree: Any = spec.tree
    to = _speakers(spec, offer, tree.answerer, but=actor.user_id)
    context = _context(spec, offer, actor) | {"level": level.name.lower(), "address": address_of(spec, offer)}
    send_later("joining/offered", context, to)


def tell_answer(spec: Spec, offer: Any, action: str, actor: Actor) -> None:
    """Tell who made an offer what became of it, or those who would have answered that it was withdrawn."""
    tree: Any = spec.tree
    if action == "cancel":
        to = _speakers(spec, offer, tree.answerer, but=actor.user_id)
    else:
        to = _addresses([offer.created_by_id], but=actor.user_id)
    send_later("joining/answered", _context(spec, offer, actor) | {"word": _WORDS[action]}, to)


def _context(spec: Spec, offer: Any, actor: Actor) -> dict[str, Any]:
    tree: Any = spec.tree
    host, guest = spec.relations[tree.host], spec.relations[tree.guest]
    return {
        "person": actor.email,
        "host": f"the {specs()[host.target].singular_name} {getattr(offer, tree.host)}",
        "guest": str(getattr(offer, tree.guest)),
        "guest_is_person": isinstance(specs()[guest.target].tree, People),
        "asked": tree.asked,
        "offer": offer,
    }


def _speakers(spec: Spec, offer: Any, side: str, *, but: int | None) -> list[str]:
    """Addresses of the person, or of the managers and owners, that one side of an offer is."""
    assert isinstance(spec.tree, Joining)
    target = specs()[spec.relations[side].target].tree
    holder = getattr(offer, f"{side}_id")
    if isinstance(target, People):
        return _addresses([holder], but=but)
    if isinstance(target, Groups):
        rows = memberships().filter(group_id=holder)
    else:
        rows = ObjectRole.objects.filter(object_id=holder)
    return _addresses(rows.filter(level__gte=int(Role.MANAGER)).values_list("user_id", flat=True), but=but)


def _addresses(ids: Any, *, but: int | None) -> list[str]:
    people = get_user_model()._default_manager.filter(pk__in=list(ids), is_active=True).exclude(pk=but)
    return [str(address) for address in people.order_by("pk").values_list("email", flat=True) if address]
