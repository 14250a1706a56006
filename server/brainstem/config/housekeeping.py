"""Periodic cleanup, so that tables do not grow with every visitor."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from brainstem.apps.users import drafts, imports
from brainstem.core.write import once

STEP = 500  # rows per statement: on SQLite, other writers wait no longer than for these


def tidy() -> int:
    """Delete ended browser sessions with their list entries, old drafts, imports and responses; returns how many."""
    ended = _delete(Session.objects.filter(expire_date__lt=timezone.now()))
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    listed = _delete(UserSession.objects.filter(~Exists(there)))
    return ended + listed + _delete(drafts.expired()) + _delete(imports.expired()) + once.purge()


def _delete(rows: QuerySet[Model]) -> int:
    """Delete rows in batches that commit separately."""
    number = 0
    while keys := list(rows.values_list("pk", flat=True)[:STEP]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        number += len(keys)
    return number


__all__ = ["tidy"]
