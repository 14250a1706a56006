"""Changing the email address of an account.

The address is used to sign in and to reset a forgotten password, so whoever can change it controls the account.
The user therefore asks for the change and both addresses confirm it; an administrator may set it directly, and both
addresses are notified.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.history.recording import note, snapshot
from brainstem.core.mail.sending import send_later
from brainstem.core.text.addresses import plain_address

from . import events
from .account_models import EmailChange
from .models import User

LASTS = dt.timedelta(days=3)
TOLD = dt.timedelta(hours=1)
OLD, NEW = SIDES = ("old", "new")
TAKEN = "Another account uses this address."
_SALT = "brainstem.apps.users.email_change"
_DONE = "email-change-done:{}"


def ask(user: Any, address: str) -> EmailChange:
    """Register that someone wants this address; replaces any earlier request.

    Raises
    ------
    Invalid
        It is not an email address, already theirs, or another account's.
    """
    new = _checked(user, address)
    with transaction.atomic():
        EmailChange.objects.filter(user_id=user.pk).delete()
        return EmailChange.objects.create(user_id=user.pk, old=user.email, new=new)


def under_way(user: Any) -> EmailChange | None:
    """The pending change that has not been confirmed by both addresses yet."""
    return EmailChange.objects.filter(user_id=user.pk, asked_at__gt=timezone.now() - LASTS).first()


def stop(user: Any) -> None:
    """Cancel a pending change: the links in its emails stop working."""
    EmailChange.objects.filter(user_id=user.pk).delete()


# --- links ---------------------------------------------------------------------------------------------------------


def key_of(change: EmailChange, side: str) -> str:
    """The key in the link mailed to the old or the new address."""
    return signing.dumps([change.pk, side], salt=_SALT)


def find(key: str) -> tuple[EmailChange, str] | None:
    """The change, and the side that a link confirms it for; None if the link is invalid, used or expired."""
    pk, side = _read(key)
    change = EmailChange.objects.select_related("user").filter(pk=pk).first()
    if change is None or change.user.email != change.old or not change.user.is_active:
        return None
    return change, side


def done_by(key: str) -> str:
    """The new address if the link belongs to a change just completed, so that a second click gets the same answer."""
    pk, _ = _read(key)
    user_id, new = cache.get(_DONE.format(pk)) or (0, "")
    return new if User.objects.filter(pk=user_id, email=new, is_active=True).exists() else ""


def agree(change: EmailChange, side: str, *, actor: Actor, address: str = "", agent: str = "") -> bool:
    """Record that one side confirms; True if it was the second one and the address has changed.

    Raises
    ------
    Invalid
        Another account took the address meanwhile, or the change was canceled.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=change.user_id)
        # Read again under the lock: two links followed at once confirm one after the other.
        held = EmailChange.objects.filter(pk=change.pk).first()
        if held is None:
            raise Invalid.whole("This change of address was canceled or has already been made.")
        setattr(held, f"{side}_agreed", True)
        held.save()
        if not (held.old_agreed and held.new_agreed):
            return False
        _checked(user, held.new)
        before = snapshot(user)
        user.email = held.new
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise Invalid.at("email", TAKEN) from error
        note("change", user, viewer=Viewer(actor, "private"), before=before, after=snapshot(user))
        settle(user, held.old, by="confirmed by both addresses", address=address, agent=agent)
        cache.set(_DONE.format(held.pk), (user.pk, held.new), TOLD.total_seconds())
        return True


def settle(user: Any, old: str, *, by: str, address: str = "", agent: str = "") -> None:
    """Update everything that depends on a changed address, and notify both addresses."""
    stop(user)
    EmailAddress.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.create(user_id=user.pk, email=user.email, verified=True, primary=True)
    about = f"From {old} to {user.email}, {by}"
    events.record(user, events.Kind.EMAIL_CHANGED, address=address, agent=agent, about=about)
    for to in (old, user.email):
        send_later("users/address_changed", {"old": old, "new": user.email, "by": by}, [to])


def _read(key: str) -> tuple[int, str]:
    try:
        pk, side = signing.loads(key, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return 0, ""
    return pk, side


def _checked(user: User, address: str) -> str:
    new = plain_address(address)
    try:
        User._meta.get_field("email").run_validators(new)
    except ValidationError as error:
        raise Invalid({"email": list(error.messages)}) from error
    if new == user.email:
        raise Invalid.at("email", "This is already your address.")
    if User.objects.at_address(new).exists():
        raise Invalid.at("email", TAKEN)
    return new
