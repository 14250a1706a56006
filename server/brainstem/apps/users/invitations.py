"""Invitations to register: by an administrator, to one address, for two weeks, once."""

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
    """An invitation to an address; the one from before ends, its link with it.

    Raises
    ------
    Invalid
        It is no address, or that of an account.
    """
    email = plain_address(address)
    try:
        User._meta.get_field("email").run_validators(email)
    except ValidationError as error:
        raise Invalid.at("email", f"{address!r} is no e-mail address.") from error
    if User.objects.at_address(email).exists():
        raise Invalid.at("email", f"{email} has an account already.")
    AccountInvitation.objects.filter(email=email).delete()
    return AccountInvitation.objects.create(email=email, invited_by=by, ends_at=timezone.now() + LASTS)


def open_ones() -> QuerySet[AccountInvitation]:
    """Invitations that were not used and have not ended, newest first."""
    return AccountInvitation.objects.filter(ends_at__gt=timezone.now()).order_by("-id")


def key_of(invitation: AccountInvitation) -> str:
    """What the link in the mail carries."""
    return signing.dumps(invitation.pk, salt=_SALT)


def find(key: str) -> AccountInvitation | None:
    """The invitation of a link; None when it is not valid, was used, withdrawn or has ended."""
    try:
        pk = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return None
    return open_ones().filter(pk=pk).first()


def use(invitation_id: int) -> None:
    """Its person has registered."""
    AccountInvitation.objects.filter(pk=invitation_id).delete()
