"""Codes of an authenticator app (RFC 6238): six digits, a new one every 30 seconds, each valid once.

allauth generates and compares them; this module makes sure that none is accepted twice. allauth remembers used codes
in the cache for one period, which is too short for a clock one period off, and a full cache drops entries.
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

# The period of the last accepted code; codes of that period or an earlier one are refused.
_LAST = "last_period"


def period_of(secret: str, code: str) -> int | None:
    """The period (current, previous or next) that a code belongs to; None if the code is wrong."""
    periods = list(yield_hotp_counters_from_time())
    found = [n for n in periods if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, n)))]
    return found[-1] if found else None


def add(user_id: int, secret: str, *, period: int) -> Authenticator:
    """Make an app someone's second factor; the code of this period, which proved it works, is spent."""
    data = {"secret": encrypt(secret), _LAST: period}
    return Authenticator.objects.create(user_id=user_id, type=Authenticator.Type.TOTP, data=data)


@transaction.atomic
def take(user_id: int, code: str) -> bool:
    """Accept an unused code of someone's app and mark it as used; returns whether it was accepted."""
    # The row is locked from here on: of two requests with the same code, the second sees what the first wrote.
    held = Authenticator.objects.select_for_update().filter(user_id=user_id, type=Authenticator.Type.TOTP).first()
    period = period_of(_secret(held), code) if held else None
    if held is None or period is None or period <= held.data.get(_LAST, -1):
        return False
    held.data[_LAST] = period
    held.last_used_at = timezone.now()
    Authenticator.objects.filter(pk=held.pk).update(data=held.data, last_used_at=held.last_used_at)
    return True


def _secret(held: Authenticator) -> str:
    # Encrypted with a key the server no longer has: fall back to a random secret that no app has codes for.
    try:
        secret: str = decrypt(held.data["secret"])
    except Tampered:
        secret = generate_totp_secret()
    return secret
