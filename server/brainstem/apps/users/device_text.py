"""The three texts of the device flow, and the hashes that are kept of them. Knows no table.

A program gets a device code, with which it polls, and a session id, which is part of the address of its page. The short
code that people compare or type is made from the session id with the server's key: the page can show it although it is
stored nowhere.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata

from django.utils.crypto import salted_hmac

# No vowels, so that codes are no words; of signs that look alike (0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) one or none.
ALPHABET = "CDFGHJKMNPRTWXY3479"
LOOK_ALIKES = str.maketrans({"0": "D", "O": "D", "Q": "D", "6": "G"})
CODE_LENGTH = 8  # of 19 signs: 34 bits, which limits on guessing and 15 minutes make enough (RFC 8628, section 6.1)
LONGEST = 60  # a code with blanks and dashes around it, and no more
_PURPOSE = "brainstem.apps.users.devices"
_BESIDE = re.compile(r"[\s\-_.\u2010-\u2015\u2212]+")


def new_secret() -> str:
    """A device code or session id: 256 bits."""
    return secrets.token_urlsafe(32)


def digest_of(kind: str, secret: str) -> str:
    """The keyed hash that is stored in place of a secret; ``kind`` keeps the three apart."""
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
    """A code as people read it, in two groups."""
    return f"{signs[:4]}-{signs[4:]}"


def parse_code(typed: str) -> str | None:
    """The code that somebody typed, however they wrote it; None when no code reads like that."""
    signs = _signs_of(typed)
    return shown(signs) if len(signs) == CODE_LENGTH and set(signs) <= set(ALPHABET) else None


def why_no_code(typed: str) -> str:
    """What is wrong with something typed that is no code."""
    signs = _signs_of(typed)
    if len(signs) != CODE_LENGTH:
        return f"A code has eight signs; this has {len(signs)}. Look at it again."
    stray = next((sign for sign in signs if sign not in ALPHABET), "")
    if stray.isascii() and stray.isalnum():
        return f"Codes have no {stray}. Look at it again."
    return "There is no such code. Look at it again."


def _signs_of(typed: str) -> str:
    # Bringing many marks above one letter into order takes time that grows with the square of their number.
    return _BESIDE.sub("", unicodedata.normalize("NFKC", typed[:LONGEST])).upper().translate(LOOK_ALIKES)


def _keyed(text: str) -> hmac.HMAC:
    return salted_hmac(_PURPOSE, text, algorithm="sha256")
