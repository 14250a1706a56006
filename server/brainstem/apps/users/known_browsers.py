"""Browsers in which somebody signed in before: they are not locked out by what others try elsewhere.

The text is a cookie's; the database keeps nothing of it. It is signed, names no one, and says nothing about an account
whose password has changed since. It opens nothing: whoever has it may try passwords within a limit of its own.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known_browser"
LIFETIME_SECONDS = 365 * 86_400
LONGEST = 1500  # what a browser sends beyond that was not made here
MOST_PEOPLE = 8  # who share a computer at a rig; the last ones to sign in stay
_SALT = "brainstem.apps.users.known_browsers"


def remember(cookie: str, user: Any) -> str:
    """The cookie of a browser in which somebody has just signed in, from the one that it sent."""
    kept = _read(cookie) or {"id": secrets.token_urlsafe(12), "people": []}
    mine = _seal(kept["id"], user)
    people = [one for one in kept["people"] if one != mine][-(MOST_PEOPLE - 1) :]
    return signing.dumps(kept | {"people": [*people, mine]}, salt=_SALT)


def id_of(cookie: str, user: Any) -> str:
    """What identifies a browser that somebody signed in with before; empty for any other."""
    kept = _read(cookie) if user is not None else None
    if kept is None:
        return ""
    mine = _seal(kept["id"], user)
    return str(kept["id"]) if any(constant_time_compare(mine, one) for one in kept["people"]) else ""


def _read(cookie: str) -> dict[str, Any] | None:
    if not cookie or len(cookie) > LONGEST:
        return None
    try:
        found: dict[str, Any] = signing.loads(cookie, salt=_SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return None
    return found


def _seal(browser: str, user: Any) -> str:
    """Changes with the password, so that a new one ends what was known before."""
    said = f"{browser}|{user.pk}|{user.get_session_auth_hash()}"
    return salted_hmac(_SALT, said, algorithm="sha256").hexdigest()[:32]
