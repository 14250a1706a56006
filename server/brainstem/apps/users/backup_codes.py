"""Backup codes: ten, each valid for one sign-in, stored only as keyed hashes and shown only when generated.

With some fifty random bits each they are not guessable, so they do not need the slow hash that passwords do.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .two_factor_models import BackupCode

NUMBER = 10
LENGTH = 10
# Without 0, 1, i, l and o, which look alike on paper.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"

_PURPOSE = "brainstem.apps.users.backup_codes"


def make(user_id: int) -> list[str]:
    """New codes; previous ones stop working. The plain text exists only here and is shown once."""
    codes = ["".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(NUMBER)]
    with transaction.atomic():
        BackupCode.objects.filter(user_id=user_id).delete()
        BackupCode.objects.bulk_create([BackupCode(user_id=user_id, digest=_digest(user_id, code)) for code in codes])
    return [f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}" for code in codes]


def take(user_id: int, text: str) -> bool:
    """Accept an unused code and mark it as used; returns whether it was accepted. One SQL statement."""
    code = "".join(sign for sign in text.lower() if sign.isalnum())
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    # Looked up by its keyed hash, so the time of the comparison reveals nothing about a code.
    digests = [_digest(user_id, code, secret=key) for key in keys]
    return bool(unused(user_id).filter(digest__in=digests).update(used_at=timezone.now()))


def unused(user_id: int) -> Any:
    """Codes that someone can still use."""
    return BackupCode.objects.filter(user_id=user_id, used_at=None)


def _digest(user_id: int, code: str, *, secret: str | bytes | None = None) -> str:
    return salted_hmac(_PURPOSE, f"{user_id}|{code}", secret=secret, algorithm="sha256").hexdigest()
