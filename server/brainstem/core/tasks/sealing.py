"""Secrets that must be read again, sealed for the time that they lie in the database.

The key is derived from ``SECRET_KEY`` for each purpose, so that what was sealed for one is not opened for another.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

__all__ = ["Tampered", "seal", "unseal"]


class Tampered(ValueError):
    """What cannot be opened: sealed with another key or for another purpose, or changed since."""


def seal(text: str, *, purpose: str) -> str:
    """The text as it may be kept; ``purpose`` has at most 16 characters."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text that was sealed.

    Raises
    ------
    Tampered
        It was sealed with another ``SECRET_KEY`` or for another purpose, or has been tampered with.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Tampered("What was sealed cannot be opened.") from error


def _fernet(purpose: str) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - who only reads does without

    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(str(key), purpose)) for key in keys])


def _key(secret: str, purpose: str) -> bytes:
    # A key of 50 random characters (config.safety sees to that) needs no slow derivation.
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode())
    return base64.urlsafe_b64encode(digest.digest())
