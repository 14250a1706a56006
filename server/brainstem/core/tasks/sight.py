"""Whether a worker does what is queued, as far as is known."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ..models import TaskWorker

# Workers say once a minute that they are there, but not while they do a task.
RECENTLY = dt.timedelta(minutes=3)


def worker_in_sight() -> bool:
    """Whether a worker has been seen within the last minutes; one query."""
    return TaskWorker.objects.filter(seen_at__gte=timezone.now() - RECENTLY).exists()


__all__ = ["worker_in_sight"]
