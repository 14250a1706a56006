"""Invitations to register: sent by an administrator to one address, valid once and for two weeks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.core.errors import Invalid
from brainstem.core.text.addresses import plain_address

from .account_models import AccountInvitation
from .models import User

LASTS = dt.timedelta(days=14)
_SALT = "brainstem.apps.users.invitations"


def invite(address: str, *, by: Any = None) -> AccountInvitation:
    """Invite an address; an earlier invitation and its link stop working.

    Raises
    ------
    Invalid
        It is not an email address, or an account already has it.
    """
    email = plain_address(address)
    try:
        User._meta.get_field("email").run_validators(email)
    except ValidationError as error:
        raise Invalid.at("email", f"{address!r} is not a valid email address.") from error
    if User.objects.at_address(email).exists():
        raise Invalid.at("email", f"{email} already has an account.")
    AccountInvitation.objects.filter(email=email).delete()
    return AccountInvitation.objects.create(email=email, invited_by=by, ends_at=timezone.now() + LASTS)


def open_ones() -> QuerySet[AccountInvitation]:
    """Invitations that are neither used nor expired, newest first."""
    return AccountInvitation.objects.filter(ends_at__gt=timezone.now()).order_by("-id")


def key_of(invitation: AccountInvitation) -> str:
    """The key in the link that is mailed."""
    return signing.dumps(invitation.pk, salt=_SALT)


def find(key: str) -> AccountInvitation | None:
    """The invitation of a link; None if it is invalid, used, withdrawn or expired."""
    try:
        pk = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return None
    return open_ones().filter(pk=pk).first()


def use(invitation_id: int) -> None:
    """Mark an invitation as used."""
    AccountInvitation.objects.filter(pk=invitation_id).delete()
