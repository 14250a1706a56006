"""Another e-mail address for an account.

The address is what one signs in with and where a forgotten password is sent: whoever can change it has the account.
So the person asks for it, and both mailboxes agree; an administrator may set it, of which both are told.
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
from brainstem.core.history.changes import note, snapshot
from brainstem.core.mail.sending import send_later
from brainstem.core.model.ids import uuid7
from brainstem.core.text.addresses import plain_address

from . import events
from .account_models import EmailChange
from .models import User

LASTS = dt.timedelta(days=3)
TOLD = dt.timedelta(hours=1)
OLD, NEW = SIDES = ("old", "new")
TAKEN = "Another account has this address."
_SALT = "brainstem.apps.users.email_change"
_DONE = "email-change-done:{}"


def ask(user: Any, address: str) -> EmailChange:
    """Note that somebody wants this address; what they asked for before is forgotten.

    Raises
    ------
    Invalid
        It is no address, their own, or another account's.
    """
    new = _checked(user, address)
    with transaction.atomic():
        EmailChange.objects.filter(user_id=user.pk).delete()
        return EmailChange.objects.create(user_id=user.pk, old=user.email, new=new)


def under_way(user: Any) -> EmailChange | None:
    """What somebody asked for and was not yet agreed to by both sides."""
    return EmailChange.objects.filter(user_id=user.pk, asked_at__gt=timezone.now() - LASTS).first()


def stop(user: Any) -> None:
    """Forget what somebody asked for: links in mails end."""
    EmailChange.objects.filter(user_id=user.pk).delete()


# --- links ---------------------------------------------------------------------------------------------------------


def key_of(change: EmailChange, side: str) -> str:
    """What the link in the mail to the old or the new address carries."""
    return signing.dumps([change.pk, side], salt=_SALT)


def find(key: str) -> tuple[EmailChange, str] | None:
    """The change and the side for which a link speaks; None when it is not valid, was used up or has expired."""
    pk, side = _read(key)
    change = EmailChange.objects.select_related("user").filter(pk=pk).first()
    if change is None or change.user.email != change.old or not change.user.is_active:
        return None
    return change, side


def done_by(key: str) -> str:
    """The new address, where a link was of a change that is just done: who presses twice is told the same twice."""
    pk, _ = _read(key)
    user_id, new = cache.get(_DONE.format(pk)) or (0, "")
    return new if User.objects.filter(pk=user_id, email=new, is_active=True).exists() else ""


def agree(change: EmailChange, side: str, *, actor: Actor, address: str = "", agent: str = "") -> bool:
    """Note that one side agrees; True when that was the last one and the address is changed.

    Raises
    ------
    Invalid
        Meanwhile another account has the address, or the change was stopped.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=change.user_id)
        # Read again below the lock: two links followed at once are two who agree, one after the other.
        held = EmailChange.objects.filter(pk=change.pk).first()
        if held is None:
            raise Invalid.whole("This change of address was stopped, or done already.")
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
        note("change", user, viewer=Viewer(actor, "private"), event=uuid7(), before=before, after=snapshot(user))
        settle(user, held.old, by="both addresses", address=address, agent=agent)
        cache.set(_DONE.format(held.pk), (user.pk, held.new), TOLD.total_seconds())
        return True


def settle(user: Any, old: str, *, by: str, address: str = "", agent: str = "") -> None:
    """Bring everything else in step with an address that was changed, and tell both addresses."""
    stop(user)
    EmailAddress.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.create(user_id=user.pk, email=user.email, verified=True, primary=True)
    about = f"From {old} to {user.email}, by {by}"
    events.record(user, events.Kind.EMAIL_CHANGED, address=address, agent=agent, about=about)
    for to in (old, user.email):
        send_later("users/address_changed", {"old": old, "new": user.email, "by": by}, [to])


def _read(key: str) -> tuple[int, str]:
    try:
        pk, side = signing.loads(key, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return 0, ""
    return pk, side


def _checked(user: Any, address: str) -> str:
    new = plain_address(address)
    try:
        User._meta.get_field("email").run_validators(new)
    except ValidationError as error:
        raise Invalid({"email": list(error.messages)}) from error
    if new == user.email:
        raise Invalid.at("email", "This is your address already.")
    if User.objects.at_address(new).exists():
        raise Invalid.at("email", TAKEN)
    return new
