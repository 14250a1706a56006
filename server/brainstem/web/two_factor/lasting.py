"""How long browser sessions with a passkey challenge last; a separate module, since every sign-in uses it."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

LIFETIME_SECONDS = 900
_EXPIRY = "_session_expiry"  # where Django's sessions store their expiry


def connect() -> None:
    """Connect to the signal for sign-ins; called once, when the pages are ready."""
    user_logged_in.connect(_keep_session, dispatch_uid="web.two_factor.lasting")


def _keep_session(*, request: HttpRequest, **_: object) -> None:
    """Let a session with a challenge from before the sign-in last as long as any other."""
    if request.session.get(_EXPIRY) == LIFETIME_SECONDS:
        del request.session[_EXPIRY]


__all__ = ["LIFETIME_SECONDS", "connect"]
