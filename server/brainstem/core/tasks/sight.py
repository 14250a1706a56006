"""Whether a worker does what is queued, as far as is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, DateTimeField, F, Min, Value, When
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from ..models import TaskWorker

# Workers say once a minute that they are there, but not while they do a task.
RECENTLY = dt.timedelta(minutes=3)
LONGEST_TASK = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Waiting:
    """How many tasks are due and not begun, and for how many seconds the oldest one."""

    number: int
    oldest_s: float


def worker_in_sight() -> bool:
    """Whether a worker has been seen within the last minutes; one query."""
    return TaskWorker.objects.filter(seen_at__gte=timezone.now() - RECENTLY).exists()


def workers_in_sight() -> int:
    """How many workers have been seen within the last minutes, or may still be doing a task; two queries."""
    now = timezone.now()
    seen = TaskWorker.objects.filter(seen_at__gte=now - RECENTLY).values_list("name", flat=True)
    busy = DBTaskResult.objects.running().filter(started_at__gte=now - LONGEST_TASK)
    return len({*seen, *(names[-1] for names in busy.values_list("worker_ids", flat=True) if names)})


def waiting() -> Waiting:
    """The tasks that wait for a worker; one query."""
    # A task without a time to wait for has one at the end of time, and is due at once.
    due_at = Case(
        When(run_after=Value(get_date_max(), output_field=DateTimeField()), then=F("enqueued_at")),
        default=F("run_after"),
    )
    found = DBTaskResult.objects.ready().aggregate(number=Count("pk"), oldest=Min(due_at))
    oldest = found["oldest"]
    seconds = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return Waiting(found["number"], max(0.0, seconds))


__all__ = ["Waiting", "waiting", "worker_in_sight", "workers_in_sight"]
