"""Whether anybody works on the queue."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone

from ..models import TaskWorker

LATE = dt.timedelta(minutes=10)


def last_seen() -> dt.datetime | None:
    """When a worker was last active; None if none ever was. One query."""
    found: dt.datetime | None = TaskWorker.objects.aggregate(last=Max("seen_at"))["last"]
    return found


def is_watched() -> bool:
    """Whether a worker was active a short time ago, so that emails and digests are sent."""
    seen = last_seen()
    return seen is not None and seen >= timezone.now() - LATE


__all__ = ["LATE", "is_watched", "last_seen"]
