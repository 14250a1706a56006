"""What happens to the security of accounts is written down and shown to their owners."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from .event_models import SecurityEvent

KEPT = dt.timedelta(days=400)
Kind = SecurityEvent.Kind


def record(user: Any, kind: str, *, address: str = "", agent: str = "", about: str = "") -> None:
    """Write down an event of an account; one SQL statement.

    Parameters
    ----------
    user : User or int
        Whose account it is.
    address, agent
        Where the request came from, and what the browser or program calls itself.
    about
        What it was about, such as the name of a token; never a secret.
    """
    SecurityEvent.objects.create(
        user_id=getattr(user, "pk", user), kind=kind, address=address, agent=_fit(agent), about=_fit(about)
    )


def of(user: Any) -> QuerySet[SecurityEvent]:
    """Events of one account, newest first."""
    return SecurityEvent.objects.filter(user_id=getattr(user, "pk", user)).order_by("-id")


def forget_old() -> int:
    """Delete what is older than ``KEPT``; how many that were."""
    return SecurityEvent.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _fit(text: str) -> str:
    # One line without control characters: what a browser calls itself is its sender's text.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]
