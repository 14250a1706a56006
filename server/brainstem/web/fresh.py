"""Asks people to confirm their identity, if their sign-in is old, before they create what outlives the session."""

from __future__ import annotations

import time

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

from brainstem.apps.users.allauth_internals import get_authentication_records, get_reauthentication_flows

FRESH_SECONDS = 3600


def refuse_stale(request: HttpRequest) -> None:
    """Have allauth ask for the password (or a second factor) and then go on with the request.

    Raises
    ------
    ReauthenticationRequired
        If the person last signed in, or confirmed their identity, more than ``FRESH_SECONDS`` ago; never for people who
        have nothing to confirm it with, such as those who sign in with another account.
    """
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0)
    if time.time() - newest > FRESH_SECONDS and get_reauthentication_flows(request.user):
        raise ReauthenticationRequired
