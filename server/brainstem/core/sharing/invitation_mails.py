"""Emails about membership offers: to those who can respond, and the response to whoever made it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from ..access.actor import Actor
from ..mail import gathering
from ..mail.sending import inbox_address, without_links
from ..model.declare import Record
from ..model.registry import Spec, memberships, offer_of, specs
from ..model.trees import Role
from ..models import ObjectRole

_WORDS = {"accept": "accepted", "reject": "rejected", "cancel": "withdrew"}


def tell_of(spec: Spec, offer: Record, level: Role, actor: Actor) -> None:
    """Notify those who can respond to an offer; at most once a day for the same two sides."""
    tree = offer_of(spec)
    to = _speakers(spec, offer, tree.answerer, but=actor.user_id)
    facts = _facts(spec, offer, actor) | {"level": level.name.lower(), "address": inbox_address()}
    gathering.tell("offers", to, facts, about=_about(spec, offer), once=_pair(spec, offer))


def tell_answer(spec: Spec, offer: Record, action: str, actor: Actor) -> None:
    """Notify the maker of an offer of the response, or those who could have responded that it was withdrawn.

    An offer withdrawn before anyone was notified is not reported at all.
    """
    tree = offer_of(spec)
    if action != "cancel":
        to = _active([offer.created_by_id], but=actor.user_id)
    elif gathering.forget("offers", _about(spec, offer)):
        return
    else:
        to = _speakers(spec, offer, tree.answerer, but=actor.user_id)
    facts = _facts(spec, offer, actor) | {"word": _WORDS[action]}
    gathering.tell("answers", to, facts, once=f"{action} {_pair(spec, offer)}")


def _about(spec: Spec, offer: Record) -> str:
    return f"{spec.label} {offer.pk}"


def _pair(spec: Spec, offer: Record) -> str:
    """Key of the two sides of an offer."""
    tree = offer_of(spec)
    return f"{spec.label} {getattr(offer, f'{tree.guest}_id')} {getattr(offer, f'{tree.host}_id')}"


def _facts(spec: Spec, offer: Any, actor: Actor) -> dict[str, object]:
    tree = offer_of(spec)
    host, guest = spec.relations[tree.host], spec.relations[tree.guest]
    return {
        "person": actor.email,
        "host": without_links(f"the {specs()[host.target].singular_name} {getattr(offer, tree.host)}"),
        "guest": without_links(str(getattr(offer, tree.guest))),
        "guest_is_person": specs()[guest.target].tree.is_people,
        "asked": tree.asked,
        "offer": {"message": without_links(offer.message), "expires_at": offer.expires_at.isoformat()},
    }


def _speakers(spec: Spec, offer: Record, side: str, *, but: int | None) -> list[int]:
    """The person, or the managers and owners, on one side of an offer."""
    target = specs()[spec.relations[side].target].tree
    holder = getattr(offer, f"{side}_id")
    if target.is_people:
        return _active([holder], but=but)
    if target.keeps_members:
        rows = memberships().filter(group_id=holder)
    else:
        rows = ObjectRole.objects.filter(object_id=holder)
    return _active(rows.filter(level__gte=int(Role.MANAGER)).values_list("user_id", flat=True), but=but)


def _active(ids: Any, *, but: int | None) -> list[int]:
    people = get_user_model()._default_manager.filter(pk__in=list(ids), is_active=True).exclude(pk=but)
    return list(people.order_by("pk").values_list("pk", flat=True))
