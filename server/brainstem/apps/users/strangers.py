"""Invitations of people without an account to a project, group or personal attribute, by email address.

They wait for the address to register. Registering by the link that was mailed to it accepts them; an account that the
address gets in another way finds ordinary invitations. Whoever invited must still be allowed to then.

Where registration is by invitation, an administrator first approves that the address may register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.core.access.actor import Actor
from brainstem.core.access.refusals import locked, refuse_bound, refuse_read_only
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Forbidden, Invalid, Throttled
from brainstem.core.mail import gathering, quota
from brainstem.core.mail.message import without_links
from brainstem.core.mail.sending import inbox_address
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, offer_of, spec_of, specs, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.sharing import membership
from brainstem.core.sharing.inviting import LIFE
from brainstem.core.text.addresses import plain_address
from brainstem.core.write import saving

from . import invitations
from .account_models import LONGEST_MESSAGE, AccountInvitation, StrangerInvitation
from .models import User

FLAGS = {Role.OWNER: "is_owner", Role.MANAGER: "is_manager", Role.CONTRIBUTOR: "can_change"}


def invite(
    spec: Spec, host_id: RecordId, email: str, level: Role, *, message: str, life: dt.timedelta, viewer: Viewer
) -> StrangerInvitation:
    """Invite an address that has no account, in place of an earlier invitation of it to the same record.

    Raises
    ------
    Forbidden
        If the actor may not give this level.
    Invalid
        If it is no address, or an account has it.
    Throttled
        If the actor has invited too many in a day.
    """
    email = plain_address(email)
    with transaction.atomic():
        host = locked(spec, host_id, viewer=viewer)
        refuse_read_only(viewer.actor)
        refuse_bound(viewer.actor, "Inviting people")
        needed = membership.inviter_level(level)
        if not viewer.editable(spec, [host.pk], level=needed):
            raise Forbidden(f"Inviting at this level requires the role of {needed.name.lower()}.")
        _check(email, message)
        if not quota.spend(quota.STRANGERS, str(viewer.actor.user_id)):
            raise Throttled("You have invited many people without an account today. Try again tomorrow.", seconds=3600)
        StrangerInvitation.objects.filter(ends_at__lte=timezone.now()).delete()
        about = {"email": email, "model": spec.label, "record_id": str(host.pk)}
        StrangerInvitation.objects.filter(**about).delete()
        made = StrangerInvitation.objects.create(
            **about,
            level=int(level),
            message=message,
            made_by_id=viewer.actor.user_id,
            ends_at=timezone.now() + life,
            is_approved=settings.BRAINSTEM_REGISTRATION == "open" or viewer.actor.is_admin,
        )
        if not made.is_approved:
            _ask_administrators(made, viewer.actor)
        return made


def _check(email: str, message: str) -> None:
    try:
        User._meta.get_field("email").run_validators(email)
    except ValidationError as error:
        raise Invalid.at("addresses", "This is not a valid email address.") from error
    if User.objects.at_address(email).exists():
        raise Invalid.at("addresses", "This address has an account.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid.at("message", f"At most {LONGEST_MESSAGE:,} characters.")


def _ask_administrators(made: StrangerInvitation, actor: Actor) -> None:
    facts = {
        "person": actor.email,
        "guest": without_links(made.email),
        "host": without_links(place_of(made) or ""),
        "address": inbox_address(),
    }
    gathering.tell("strangers", [None], facts, once=f"{made.model} {made.record_id} {made.email}")


# -- reading -----------------------------------------------------------------------------------------------------------


def open_ones() -> QuerySet[StrangerInvitation]:
    """All that have not expired, newest first."""
    return StrangerInvitation.objects.filter(ends_at__gt=timezone.now()).select_related("made_by").order_by("-id")


def pending_of(spec: Spec, host_id: object) -> QuerySet[StrangerInvitation]:
    """Those to one record, those that end first, first."""
    return open_ones().filter(model=spec.label, record_id=str(host_id)).order_by("ends_at", "id")


def waiting() -> QuerySet[StrangerInvitation]:
    """Those that an administrator has to approve."""
    return open_ones().filter(is_approved=False)


def place_of(made: StrangerInvitation) -> str | None:
    """What the invitation is to: "the project Theta maze"; None if that is gone."""
    spec = specs()[made.model]
    host = spec.model._default_manager.filter(pk=made.record_id).first()
    return None if host is None else f"the {spec.singular_name} {host}"


def places_of(found: Sequence[StrangerInvitation]) -> dict[int, str]:
    """What invitations are to, by their ids, without what is gone; one query for each model that they name."""
    places: dict[int, str] = {}
    for label in dict.fromkeys(one.model for one in found):
        spec, some = specs()[label], [one for one in found if one.model == label]
        hosts = spec.model._default_manager.in_bulk([spec.parse_id(one.record_id, below=2**31) for one in some])
        named = {str(pk): str(host) for pk, host in hosts.items()}
        for one in some:
            if one.record_id in named:
                places[one.pk] = f"the {spec.singular_name} {named[one.record_id]}"
    return places


# -- acting ------------------------------------------------------------------------------------------------------------


def way_in(made: StrangerInvitation) -> AccountInvitation:
    """The invitation to register whose link is mailed: that of the address if there is one, so that its link stays."""
    found = invitations.open_ones().filter(email=made.email).first()
    if found is None:
        return invitations.invite(made.email, by=made.made_by)
    found.ends_at = max(found.ends_at, timezone.now() + invitations.LASTS)
    found.save(update_fields=["ends_at"])
    return found


def approve(made: StrangerInvitation) -> AccountInvitation:
    """Let the address register."""
    made.is_approved = True
    made.save(update_fields=["is_approved"])
    return way_in(made)


def renew(made: StrangerInvitation, *, viewer: Viewer) -> None:
    """Give the invitation its full time again; administrators who have not approved it are asked again.

    Raises
    ------
    Forbidden
        If the actor may not invite at this level.
    """
    spec = specs()[made.model]
    host_id = _host_id(made)
    needed = membership.inviter_level(Role(made.level))
    if not viewer.editable(spec, [host_id], level=needed):
        raise Forbidden(f"Inviting at this level requires the role of {needed.name.lower()}.")
    made.ends_at = max(made.ends_at, timezone.now() + LIFE)
    made.save(update_fields=["ends_at"])
    if not made.is_approved:
        _ask_administrators(made, viewer.actor)


def withdraw(made: StrangerInvitation) -> None:
    """Take the invitation back; its link ends with the last one that opened it."""
    with transaction.atomic():
        made.delete()
        if not open_ones().filter(email=made.email, is_approved=True).exists():
            AccountInvitation.objects.filter(email=made.email, invited_by_id=made.made_by_id).delete()


def decline(made: StrangerInvitation, *, by: Actor) -> None:
    """Not let the address register; whoever invited it is told."""
    facts = {
        "person": by.email,
        "word": "declined",
        "asked": False,
        "guest": without_links(made.email),
        "host": without_links(place_of(made) or "something that is gone"),
    }
    with transaction.atomic():
        withdraw(made)
        if made.made_by_id != by.user_id and made.made_by.is_active:
            gathering.tell("answers", [made.made_by_id], facts)


def settle(user: User, *, viewer: Viewer, accept: bool) -> list[str]:
    """Give a new account what its address was invited to; returns what it has joined.

    Parameters
    ----------
    viewer : Viewer
        The new person.
    accept : bool
        Whether they registered by the link, which accepts what was approved; else they are invited as anybody is.
    """
    joined = []
    for made in open_ones().filter(email=plain_address(user.email)).order_by("id"):
        try:
            with transaction.atomic():
                place = place_of(made)
                if _settled(made, user, viewer, accept=accept and made.is_approved) and place is not None:
                    joined.append(place)
        except BrainstemError:
            pass  # whoever invited may not do so any more, or the record is gone
    StrangerInvitation.objects.filter(email=plain_address(user.email)).delete()
    return joined


def _settled(made: StrangerInvitation, user: User, viewer: Viewer, *, accept: bool) -> bool:
    spec, level, by = specs()[made.model], Role(made.level), _maker(made)
    host_id = _host_id(made)
    kind = membership.invitation_kind(spec, user_spec())
    if kind is None:  # added at once, as everybody is
        flag = FLAGS.get(level)
        saving.change(spec, host_id, {"users": {user.email: {flag: True} if flag else {}}}, viewer=by)
        return True
    flags = {column: True for column, least in offer_of(kind).flags if least == level}
    life = made.ends_at - timezone.now()
    body = {"email": user.email, "message": made.message, **flags}
    offer = membership.invite(spec, host_id, body, viewer=by, life=life)
    if accept:
        membership.answer(spec_of(offer), offer.pk, "accept", viewer=viewer)
    return accept


def _host_id(made: StrangerInvitation) -> RecordId:
    found: RecordId = specs()[made.model].parse_id(made.record_id, below=2**31)  # type: ignore[assignment]
    return found


def _maker(made: StrangerInvitation) -> Viewer:
    """The person who invited, with what they may do today."""
    if not made.made_by.is_active:
        raise Forbidden("The account of the person who invited is deactivated.")
    actor = Actor.in_browser(made.made_by, request_id="")
    return Viewer(actor, "super" if actor.is_admin else "private")


__all__ = [
    "approve",
    "decline",
    "invite",
    "open_ones",
    "pending_of",
    "place_of",
    "places_of",
    "renew",
    "settle",
    "waiting",
    "way_in",
    "withdraw",
]
