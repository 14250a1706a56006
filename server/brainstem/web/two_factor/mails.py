"""Mails about second factors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from brainstem.apps.users import email_codes
from brainstem.core.caller import address_of, agent_of
from brainstem.core.errors import BrainstemError
from brainstem.core.mail import deliver
from brainstem.core.mail_message import compose

UNSENT = "The mail could not be sent. Try again in some minutes, or use another method."


class Unsent(BrainstemError):
    """The mail server does not take mails."""


def send_code(request: HttpRequest, user: Any, *, purpose: str) -> None:
    """Send somebody a code.

    Raises
    ------
    Throttled
        The last one was sent less than a minute ago.
    Unsent
        The mail server does not take it.
    """
    code = email_codes.new_code(user, purpose=purpose)
    minutes = int(email_codes.VALID.total_seconds() // 60)
    if not _send(user, "code", {"code": code, "purpose": purpose, "minutes": minutes} | _origin(request)):
        email_codes.withdraw(user.pk)
        raise Unsent(UNSENT)


def tell(request: HttpRequest, user: Any, what: str, **about: Any) -> None:
    """Tell somebody what changed; what was done stays done if the mail server is down."""
    _send(user, what, about | _origin(request))


def tell_of_reset(user: Any) -> None:
    """Tell somebody that an administrator took away all second factors."""
    _send(user, "reset", {"timestamp": timezone.now()})


def _send(user: Any, what: str, context: dict[str, Any]) -> bool:
    links = {"settings_url": settings.BRAINSTEM_URL + reverse("mfa_index")}
    return deliver(compose(f"mfa/{what}", context | links).to(user.email))


def _origin(request: HttpRequest) -> dict[str, Any]:
    return {"ip": address_of(request.META), "user_agent": agent_of(request.META), "timestamp": timezone.now()}
