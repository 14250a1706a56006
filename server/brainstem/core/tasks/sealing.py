"""Encrypts secrets that must be readable later, for as long as they are in the database.

The key is derived from ``SECRET_KEY`` per purpose, so that a secret sealed for one cannot be opened for another.
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
    """The text cannot be decrypted: another key, another purpose, or changed since."""


def seal(text: str, *, purpose: str) -> str:
    """The encrypted text; ``purpose`` has at most 16 characters."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The decrypted text.

    Raises
    ------
    Tampered
        If it was sealed with another ``SECRET_KEY`` or purpose, or has been tampered with.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Tampered("The sealed text cannot be decrypted.") from error


def _fernet(purpose: str) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - who only reads does without

    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(str(key), purpose)) for key in keys])


def _key(secret: str, purpose: str) -> bytes:
    # A key of 50 random characters (enforced by config.safety) needs no slow derivation.
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode())
    return base64.urlsafe_b64encode(digest.digest())
