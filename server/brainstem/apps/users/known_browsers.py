"""Browsers in which someone signed in before: attempts made elsewhere do not lock them out.

The browser keeps a signed cookie; the database stores nothing of it. It names nobody, becomes void when the password
changes, and grants no access: it only gives the browser its own limit on password attempts.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from brainstem.apps.users.models import User

COOKIE = "known_browser"
LIFETIME_SECONDS = 365 * 86_400
LONGEST = 1500  # a longer cookie was not set by us
MOST_PEOPLE = 8  # sharing a computer at a rig; the most recent ones are kept
_SALT = "brainstem.apps.users.known_browsers"


def remember(cookie: str, user: Any) -> str:
    """The new cookie of a browser in which someone has just signed in, based on the one it sent."""
    kept = _read(cookie) or {"id": secrets.token_urlsafe(12), "people": []}
    mine = _seal(kept["id"], user)
    people = [one for one in kept["people"] if one != mine][-(MOST_PEOPLE - 1) :]
    return signing.dumps(kept | {"people": [*people, mine]}, salt=_SALT)


def id_of(cookie: str, user: Any) -> str:
    """Identifies a browser in which this user signed in before; empty for any other."""
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


def _seal(browser: str, user: User) -> str:
    """Changes with the password, so that a new one forgets all known browsers."""
    said = f"{browser}|{user.pk}|{user.get_session_auth_hash()}"
    return salted_hmac(_SALT, said, algorithm="sha256").hexdigest()[:32]
