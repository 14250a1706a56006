"""Secrets that must be read again, sealed for the time that they lie in the database.

The key is derived from ``SECRET_KEY`` for each purpose, so that what was sealed for one is not opened for another.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "seal", "unseal"]


def seal(text: str, *, purpose: str) -> str:
    """The text as it may be kept; ``purpose`` has at most 16 characters."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text that was sealed.

    Raises
    ------
    InvalidToken
        It was sealed with another ``SECRET_KEY`` or for another purpose, or has been tampered with.
    """
    return _fernet(purpose).decrypt(sealed.encode()).decode()


def _fernet(purpose: str) -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(str(key), purpose)) for key in keys])


def _key(secret: str, purpose: str) -> bytes:
    # A key of 50 random characters (config.safety sees to that) needs no slow derivation.
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode())
    return base64.urlsafe_b64encode(digest.digest())
