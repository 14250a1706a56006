"""The format of tokens: ``bst_<key id>_<secret and checksum>``, all base62.

The key id finds the row, the checksum rejects typing errors before the database is queried, and only a keyed hash of
the whole text is stored. Pure: no tables.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
KEY_ID_LENGTH = 12
SECRET_LENGTH = 32  # base62 characters: 190 bits
CHECKSUM_LENGTH = 6  # base62 characters: enough for 32 bits
LENGTH = len("bst_") + KEY_ID_LENGTH + len("_") + SECRET_LENGTH + CHECKSUM_LENGTH
TOKEN_TEXT = re.compile(rf"bst_([0-9A-Za-z]{{{KEY_ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}")

# The purpose separates these hashes from all others made with the same secret key.
_PURPOSE = "brainstem.apps.users.tokens"
# Compared with if no row is found, so that known and unknown key ids take the same path.
NO_DIGEST = "0" * 64


def new_text() -> tuple[str, str]:
    """Key id and full text of a new token."""
    key_id = _random(KEY_ID_LENGTH)
    body = f"bst_{key_id}_{_random(SECRET_LENGTH)}"
    return key_id, body + checksum(body)


def checksum(body: str) -> str:
    """CRC-32 of the preceding text, as six base62 characters."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def parse_key_id(raw: str) -> str | None:
    """The key id of a well-formed token; None for any other text."""
    match = TOKEN_TEXT.fullmatch(raw)
    if match is None or checksum(raw[:-CHECKSUM_LENGTH]) != raw[-CHECKSUM_LENGTH:]:
        return None
    return match[1]


def digest_of(raw: str, *, secret: str | bytes | None = None) -> str:
    """The keyed hash stored in place of the token."""
    return salted_hmac(_PURPOSE, raw, secret=secret, algorithm="sha256").hexdigest()


def matches(raw: str, digest: str) -> bool:
    """Whether a stored hash belongs to this token."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    # Which of our keys matches is not secret; within a key the comparison takes constant time.
    return any(constant_time_compare(digest_of(raw, secret=key), digest) for key in keys)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
