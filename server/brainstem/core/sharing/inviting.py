"""Membership offers as data: who asks whom to join what, at which level, until when.

The flow is in :mod:`brainstem.core.sharing.membership`: inviting, asking and responding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from ..access.actor import Actor
from ..access.viewer import Viewer
from ..errors import Throttled
from ..history.recording import Line, note, note_all, snapshot
from ..model.declare import READ_VERBS, Record, Resource
from ..model.ids import RecordId
from ..model.registry import Spec, offer_of, specs
from ..model.trees import Joining, Role
from ..model.values import clean
from ..models import Change
from .invitation_mails import tell_of

LIFE = dt.timedelta(days=30)
# Every offer sends an email: more than this in a day is not a person inviting colleagues.
MOST_A_DAY = 200
ANSWERS = ("accept", "reject", "cancel")


class Offer(Record):
    """What invitations and join requests have in common."""

    message = models.TextField(max_length=2000, blank=True, default="", help_text="Message from the sender.")
    expires_at = models.DateTimeField(help_text="When the offer expires, UTC.")

    class Meta(Record.Meta):
        abstract = True


def offer_resource(name: str, tree: Joining) -> Resource:
    """The wire format of a kind of offer."""
    return Resource(
        plural=f"{name}s",
        singular=name,
        tree=tree,
        segment_aliases=(name,),
        search=(),
        verbs=READ_VERBS,
        portals=frozenset({"private"}),
        actions=ANSWERS,
    )


def level_of(spec: Spec, offer: object) -> Role:
    """The level that is offered."""
    return next((level for column, level in offer_of(spec).flags if getattr(offer, column)), Role.MEMBER)


def open_offers(spec: Spec, host_id: object, guest_ids: Iterable[object]) -> dict[object, Record]:
    """Guest -> the open offer of this kind between them and the host; one query."""
    tree = offer_of(spec)
    found = spec.model._default_manager.filter(
        **{f"{tree.host}_id": host_id, f"{tree.guest}_id__in": list(guest_ids)}, expires_at__gt=timezone.now()
    )
    return {getattr(offer, f"{tree.guest}_id"): offer for offer in found}


def make(
    spec: Spec,
    host: Record,
    guest_id: Any,
    level: Role,
    message: str,
    *,
    viewer: Viewer,
    life: dt.timedelta = LIFE,
    **more: object,
) -> Record:
    """Make an offer, replacing any other between the two, and notify those who can respond.

    Raises
    ------
    Throttled
        If the actor has made too many in a day.
    """
    _refuse_flood(viewer.actor)
    tree = offer_of(spec)
    end(spec, host.pk, [guest_id], viewer=viewer)
    offer: Record = spec.model(
        **{tree.host: host, f"{tree.guest}_id": guest_id},
        **{column: level >= least for column, least in tree.flags},
        **more,
        message=message,
        expires_at=timezone.now() + life,
        created_by_id=viewer.actor.user_id,
    )
    offer.save(force_insert=True)
    note("create", offer, viewer=viewer, before=None, after=snapshot(offer))
    tell_of(spec, offer, level, viewer.actor)
    return offer


def end(spec: Spec, host_id: RecordId, guest_ids: Iterable[RecordId], *, viewer: Viewer) -> None:
    """Delete offers of this kind between the host and guests, including expired ones."""
    tree = offer_of(spec)
    pairs = {f"{tree.host}_id": host_id, f"{tree.guest}_id__in": list(guest_ids)}
    ended = list(spec.model._default_manager.filter(**pairs).order_by("pk"))
    note_all((Line("expire", (spec.label, one.pk), snapshot(one), None) for one in ended), viewer=viewer)
    spec.model._default_manager.filter(pk__in=[one.pk for one in ended]).delete()


def close(offer: Record, action: str, *, viewer: Viewer) -> None:
    """Delete an answered or withdrawn offer; history keeps it."""
    note(action, offer, viewer=viewer, before=snapshot(offer), after=None)
    type(offer)._default_manager.filter(pk=offer.pk).delete()


def cleaned_message(spec: Spec, value: object) -> str:
    """The sender's message as stored.

    Raises
    ------
    Bad
        If it is not a string, or too long.
    """
    return str(clean(spec.columns["message"], value or ""))


def _refuse_flood(actor: Actor) -> None:
    since = timezone.now() - dt.timedelta(days=1)
    kinds = [one.label for one in specs().values() if one.tree.offer]
    made = Change.objects.filter(event__actor_id=actor.user_id, model__in=kinds, action="create", at__gt=since)
    if made.count() >= MOST_A_DAY:
        text = f"You have sent {MOST_A_DAY} invitations and requests within a day. Try again tomorrow."
        raise Throttled(text, seconds=3600)
