"""The task that a worker is doing just now, for tasks that take long to say that they are still alive."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ..sql.noting import update_if_free

_doing: ContextVar[uuid.UUID | None] = ContextVar("doing", default=None)


@contextmanager
def doing(task: uuid.UUID | None) -> Iterator[None]:
    """The block does a task, given by its id."""
    token = _doing.set(task)
    try:
        yield
    finally:
        _doing.reset(token)


def current_task() -> uuid.UUID | None:
    """The id of the task that is being done here; None outside of a worker."""
    return _doing.get()


def still_doing(task: uuid.UUID | None) -> None:
    """Keep others from taking a task back, by its id, as long as this is said again before it may take at most."""
    if task is not None:
        update_if_free(DBTaskResult.objects.filter(pk=task), started_at=timezone.now())


__all__ = ["current_task", "doing", "still_doing"]
