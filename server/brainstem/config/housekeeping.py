"""What a server throws away by itself, so that its tables do not grow with everybody who passes by."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from brainstem.core.write import once

STEP = 500  # rows of one statement: on SQLite a writer waits no longer than for these


def tidy() -> int:
    """Delete browser sessions that have ended, the entries of lists that name them, and old kept answers; how many."""
    ended = _delete(Session.objects.filter(expire_date__lt=timezone.now()))
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    listed = _delete(UserSession.objects.filter(~Exists(there)))
    return ended + listed + once.purge()


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows in steps that each commit."""
    number = 0
    while keys := list(rows.values_list("pk", flat=True)[:STEP]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        number += len(keys)
    return number


__all__ = ["tidy"]
