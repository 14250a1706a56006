"""Whose credentials a request carries, known before the application handles it.

The front gives threads to people who are signed in and to anonymous requests apart, and limits of rate count a
person's requests together. Neither decides what anybody may see or do: that is found out by the request itself.

A token or session is looked up in the database when it is first seen, and again once a minute.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from brainstem.apps.users import tokens
from brainstem.apps.users.models import User
from brainstem.apps.users.token_text import parse_key_id
from brainstem.core.access.caller import address_of, agent_of
from brainstem.core.sql import deadlines
from brainstem.web.session_store import SessionStore

from .person import NOBODY, Person

KNOWN_S, UNKNOWN_S = 60.0, 10.0
MOST = 10_000
LOOK_UP_S = 5.0
LONGEST_COOKIES = 32 * 1024
_SESSION_KEY = re.compile(r"[a-z0-9]{32}")
log = logging.getLogger(__name__)

Environ = Mapping[str, object]


class Recognition:
    """Whose credentials this process has seen lately, by their digests; used by all threads.

    Parameters
    ----------
    look_up : callable
        Finds out whose the credential of a request is.
    now : callable
        Seconds.
    """

    def __init__(self, look_up: Callable[[Environ], Person], *, now: Callable[[], float] = time.monotonic) -> None:
        self._look_up, self._now = look_up, now
        self._lock = threading.Lock()
        self._seen: dict[bytes, tuple[Person, float]] = {}  # the oldest first

    def at_once(self, environ: Environ) -> Person | None:
        """Whose it is, without asking the database; None if that has to be looked up."""
        text = credential_of(environ)
        if not text:
            return NOBODY
        found = self._seen.get(_digest(text))
        return found[0] if found and self._now() < found[1] else None

    def looked_up(self, environ: Environ) -> Person:
        """Whose it is, according to the database. If that does not answer, nobody's until it does."""
        try:
            with deadlines.Ticket(LOOK_UP_S).held():
                found = self._look_up(environ)
        except Exception:  # the request will meet the same failure, and report it
            log.debug("Could not look a credential up", exc_info=True)
            return NOBODY
        self._remember(_digest(credential_of(environ)), found)
        return found

    def looked_up_apart(self, environ: Environ) -> Person:
        """The same in a thread that handles no requests, after which Django would look after its connection."""
        close_old_connections()
        return self.looked_up(environ)

    def person(self, environ: Environ) -> Person:
        """Whose it is, looked up if needed."""
        return self.at_once(environ) or self.looked_up(environ)

    def _remember(self, digest: bytes, person: Person) -> None:
        until = self._now() + (KNOWN_S if person.is_signed_in else UNKNOWN_S)
        with self._lock:
            self._seen.pop(digest, None)
            while len(self._seen) >= MOST:
                del self._seen[next(iter(self._seen))]
            self._seen[digest] = (person, until)


def credential_of(environ: Environ) -> str:
    """The token, or else the key of the browser session, that a request carries; empty if it has none.

    Only what may be valid counts: a token of the right form, and a key as Django makes them.
    """
    scheme, _, raw = str(environ.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
    if scheme.lower() == "bearer":
        return raw.strip() if parse_key_id(raw.strip()) else ""
    cookies = str(environ.get("HTTP_COOKIE", ""))
    if len(cookies) > LONGEST_COOKIES or settings.SESSION_COOKIE_NAME not in cookies:
        return ""
    # As Django does: the last of several counts.
    for cookie in reversed(cookies.split(";")):
        name, _, key = cookie.partition("=")
        if name.strip() == settings.SESSION_COOKIE_NAME:
            return key.strip() if _SESSION_KEY.fullmatch(key.strip()) else ""
    return ""


def owner_of(environ: Environ) -> Person:
    """Whose the credential of a request is; one or two statements, without what a page needs to know of them."""
    text = credential_of(environ)
    if not text:
        return NOBODY
    if parse_key_id(text):
        actor = tokens.authenticate(text, address=address_of(environ), client=agent_of(environ))
        return Person(actor.user_id, actor.token_id) if actor else NOBODY
    return _of_session(text)


def _of_session(key: str) -> Person:
    kept = SessionStore(key).load()
    if SESSION_KEY not in kept:
        return NOBODY
    user = User.objects.filter(pk=kept[SESSION_KEY], is_active=True).only("password").first()
    sealed = str(kept.get(HASH_SESSION_KEY, ""))
    if user is None or not any(constant_time_compare(sealed, one) for one in _seals(user)):
        return NOBODY
    return Person(user.pk)


def _seals(user: User) -> list[str]:
    """What a session of this account holds until the password changes."""
    return [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]


def _digest(text: str) -> bytes:
    # Credentials stay out of memory dumps; they are random, so that a fast hash is enough.
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


recognition = Recognition(owner_of)

__all__ = ["Recognition", "credential_of", "owner_of", "recognition"]
