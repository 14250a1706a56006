"""The three codes of the device flow and the hashes stored of them. Pure: no tables.

A program gets a device code, which it polls with, and a session id, which is part of the URL of its page. The short
code that people compare or type is derived from the session id with the server's key, so the page can show it although
it is stored nowhere.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata

from django.utils.crypto import salted_hmac

# No vowels, so that codes never spell words; at most one of those that look alike (0OQD, 1IL, 2Z, 5S, 6G, 8B, UV).
ALPHABET = "CDFGHJKMNPRTWXY3479"
LOOK_ALIKES = str.maketrans({"0": "D", "O": "D", "Q": "D", "6": "G"})
CODE_LENGTH = 8  # of 19 characters: 34 bits, enough given rate limits and 15 minutes (RFC 8628, section 6.1)
LONGEST = 60  # a code with some spaces and dashes around it
_PURPOSE = "brainstem.apps.users.devices"
_BESIDE = re.compile(r"[\s\-_.\u2010-\u2015\u2212]+")


def new_secret() -> str:
    """A device code or session id: 256 bits."""
    return secrets.token_urlsafe(32)


def digest_of(kind: str, secret: str) -> str:
    """The keyed hash stored in place of a secret; ``kind`` keeps the three apart."""
    return _keyed(f"{kind}|{secret}").hexdigest()


def code_of(session_id: str) -> str:
    """The short code that belongs to a session id: ``WXYT-3479``."""
    number = int.from_bytes(_keyed(f"code of|{session_id}").digest(), "big")
    signs = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return shown("".join(signs))


def shown(signs: str) -> str:
    """A code as displayed, in two groups."""
    return f"{signs[:4]}-{signs[4:]}"


def parse_code(typed: str) -> str | None:
    """The code that someone typed, in any spelling; None if it cannot be a code."""
    signs = _signs_of(typed)
    return shown(signs) if len(signs) == CODE_LENGTH and set(signs) <= set(ALPHABET) else None


def why_no_code(typed: str) -> str:
    """Explains why the typed text is not a code."""
    signs = _signs_of(typed)
    if len(signs) != CODE_LENGTH:
        return f"Codes have eight characters; this one has {len(signs)}. Check it and try again."
    stray = next((sign for sign in signs if sign not in ALPHABET), "")
    if stray.isascii() and stray.isalnum():
        return f"Codes never contain {stray}. Check it and try again."
    return "There is no such code. Check it and try again."


def _signs_of(typed: str) -> str:
    # Normalizing many combining marks on one letter takes time quadratic in their number.
    return _BESIDE.sub("", unicodedata.normalize("NFKC", typed[:LONGEST])).upper().translate(LOOK_ALIKES)


def _keyed(text: str) -> hmac.HMAC:
    return salted_hmac(_PURPOSE, text, algorithm="sha256")
