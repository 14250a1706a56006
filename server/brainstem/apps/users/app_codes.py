"""Codes of an authenticator app (RFC 6238): six digits, a new one every 30 seconds, each good once.

allauth makes and compares them; that none is taken twice is kept here. It remembers used codes for one period in the
cache, which is too short for a clock that may be one period off, and which throws away entries when it is full.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from brainstem.core.tasks.sealing import Tampered

from .allauth_internals import (
    compare_user_code,
    decrypt,
    encrypt,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

# The period of the last code that was taken; an earlier one, or the same, is not taken again.
_LAST = "last_period"


def period_of(secret: str, code: str) -> int | None:
    """The period now, just before or just after to which a code belongs; None if it is wrong."""
    periods = list(yield_hotp_counters_from_time())
    found = [n for n in periods if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, n)))]
    return found[-1] if found else None


def add(user_id: int, secret: str, *, period: int) -> Authenticator:
    """Make an app somebody's second factor; the code that proved it, of this period, is used up."""
    data = {"secret": encrypt(secret), _LAST: period}
    return Authenticator.objects.create(user_id=user_id, type=Authenticator.Type.TOTP, data=data)


@transaction.atomic
def take(user_id: int, code: str) -> bool:
    """Whether this is a code of somebody's app that was not used; if so, it is used up."""
    # The row is held from here on: of two requests with the same code, the second sees what the first wrote.
    held = Authenticator.objects.select_for_update().filter(user_id=user_id, type=Authenticator.Type.TOTP).first()
    period = period_of(_secret(held), code) if held else None
    if held is None or period is None or period <= held.data.get(_LAST, -1):
        return False
    held.data[_LAST] = period
    held.last_used_at = timezone.now()
    Authenticator.objects.filter(pk=held.pk).update(data=held.data, last_used_at=held.last_used_at)
    return True


def _secret(held: Authenticator) -> str:
    # Sealed with a key that the server has no more: the codes of a random secret are shown by no app.
    try:
        secret: str = decrypt(held.data["secret"])
    except Tampered:
        secret = generate_totp_secret()
    return secret
