"""Emails about second factors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from brainstem.apps.users import email_codes, second_factor
from brainstem.apps.users.models import User
from brainstem.core.access.caller import Caller, caller_of
from brainstem.core.errors import BrainstemError
from brainstem.core.mail.message import compose
from brainstem.core.mail.sending import deliver, is_up

from . import blocked

UNSENT = "The email could not be sent. Try again in a few minutes, or use another method."


class Unsent(BrainstemError):
    """The mail server does not accept emails."""


def send_code(request: HttpRequest, user: User, *, purpose: str) -> None:
    """Send a code to a person.

    Raises
    ------
    Throttled
        If the last one was sent less than a minute ago; Blocked, if no code would be accepted now.
    Unsent
        If emails cannot be sent at present.
    """
    blocked.refuse(request, user)
    if not is_up():
        raise Unsent(UNSENT)
    code = email_codes.new_code(user, purpose=purpose)
    minutes = int(email_codes.VALID.total_seconds() // 60)
    about = {"code": code, "purpose": purpose, "minutes": minutes} | _origin(request)
    if not _send(user, "code", about, until=timezone.now() + email_codes.VALID):
        email_codes.withdraw(user.pk)
        raise Unsent(UNSENT)


def tell(request: HttpRequest, user: Any, what: str, **about: Any) -> None:
    """Notify a person of a change, which stays in effect if the mail server is down."""
    _send(user, what, about | _origin(request))


def tell_of_wrong_codes(user: Any, caller: Caller) -> None:
    """Notify a person of wrong codes, after a few of them and at most once an hour."""
    if second_factor.is_to_be_told(user):
        _send(user, "wrong_codes", {"wrong": second_factor.TOLD_AFTER} | _from(caller))


def tell_of_reset(user: User) -> None:
    """Notify a person that an administrator removed all second factors."""
    _send(user, "reset", {"timestamp": timezone.now()})


def _send(user: User, what: str, context: dict[str, object], *, until: dt.datetime | None = None) -> bool:
    links = {"settings_url": settings.BRAINSTEM_URL + reverse("mfa_index")}
    return deliver(compose(f"mfa/{what}", context | links).to(user.email), until=until)


def _origin(request: HttpRequest) -> dict[str, object]:
    return _from(caller_of(request.META))


def _from(caller: Caller) -> dict[str, object]:
    return {"ip": caller["address"], "user_agent": caller["agent"], "timestamp": timezone.now()}
