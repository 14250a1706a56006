"""Email codes as a second factor: six digits, valid for five minutes, once, and for one purpose.

Every function works on the database alone, with conditional updates: of two workers that get the same code, only one
accepts it. Sending the email is up to the caller.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from brainstem.apps.users.models import User
from brainstem.core.errors import Throttled

from .two_factor_models import EmailCodes

DIGITS = 6
VALID = dt.timedelta(minutes=5)
BETWEEN = dt.timedelta(minutes=1)
TRIES = 5

# What a code is for; a code sent for another purpose is refused.
TO_ADD, TO_SIGN_IN, TO_CONFIRM = "add", "sign in", "confirm"

_PURPOSE = "brainstem.apps.users.email_codes"


def new_code(user: User, *, purpose: str) -> str:
    """A new code to send to someone; the previous one stops working.

    Raises
    ------
    Throttled
        If the last one was sent less than a minute ago.
    """
    now, code = timezone.now(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    EmailCodes.objects.get_or_create(user_id=user.pk)
    due = Q(sent_at=None) | Q(sent_at__lte=now - BETWEEN)
    values = {"digest": _digest(user, code, purpose), "purpose": purpose, "sent_at": now, "tries": 0}
    if not EmailCodes.objects.filter(due, user_id=user.pk).update(**values):
        wait = seconds_to_wait(user.pk)
        raise Throttled(f"A code was just sent. You can ask for another one in {wait} seconds.", seconds=wait)
    return code


def withdraw(user_id: int) -> None:
    """Forget a code that could not be sent, so that another one can be requested at once."""
    EmailCodes.objects.filter(user_id=user_id).update(digest="", sent_at=None)


def take(user: Any, code: str, *, purpose: str) -> bool:
    """Accept the code that was sent and mark it as used; returns whether it was accepted. At most three queries."""
    # Counted before it is compared: a hundred parallel tries get no further than sequential ones.
    if not _waiting(user.pk, purpose).update(tries=F("tries") + 1):
        return False
    digest = _digest(user, "".join(code.split()), purpose)
    kept = EmailCodes.objects.filter(user_id=user.pk).values_list("digest", flat=True).first()
    if not kept or not constant_time_compare(kept, digest):
        return False
    used = {"digest": "", "last_used_at": timezone.now()}
    return bool(EmailCodes.objects.filter(user_id=user.pk, digest=kept).update(**used))


def is_waiting(user_id: int, *, purpose: str) -> bool:
    """Whether a code for this purpose was sent and is still valid."""
    return bool(_waiting(user_id, purpose).exists())


def seconds_to_wait(user_id: int) -> int:
    """Seconds until the next code may be sent."""
    sent = EmailCodes.objects.filter(user_id=user_id).values_list("sent_at", flat=True).first()
    left = (sent + BETWEEN - timezone.now()).total_seconds() if sent else 0
    return max(0, int(left) + (left > 0))


def enable(user_id: int) -> bool:
    """Make email codes a second factor of someone; returns whether this is new."""
    row = EmailCodes.objects.select_for_update().get(user_id=user_id)
    if row.enabled_at:
        return False
    row.enabled_at = timezone.now()
    row.save(update_fields=["enabled_at"])
    return True


def _waiting(user_id: int, purpose: str) -> Any:
    since = timezone.now() - VALID
    rows = EmailCodes.objects.filter(user_id=user_id, purpose=purpose, sent_at__gt=since, tries__lt=TRIES)
    return rows.exclude(digest="")


def _digest(user: User, code: str, purpose: str) -> str:
    # The address is included, so that a code sent to a former address does not work; so is the purpose,
    # because another code may replace this one between two statements.
    said = f"{user.pk}|{user.email}|{purpose}|{code}"
    return salted_hmac(_PURPOSE, said, algorithm="sha256").hexdigest()
