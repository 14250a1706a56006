"""Background tasks: declared with a decorator, stored in the database, run by a worker.

::

    @background(attempts=5)
    def write_export(*, export_id: int) -> None: ...

    later(write_export, export_id=7)

A task is queued once the transaction has committed, and dropped if it is rolled back. Any exception makes the worker
retry after a growing pause, as often as declared; :class:`GiveUp` ends it at once. A task may run twice (if the worker
is killed before it can record success), so it must be idempotent. Arguments are JSON and encrypted, since they may
contain links and codes. They are deleted with the task as soon as it is done.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.db import Error, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task

from ..steps import is_traced, step, traceparent
from .sealing import seal, unseal

__all__ = ["SOON", "Background", "GiveUp", "Policy", "TryAgain", "background", "later", "policy_of", "queue"]

_PURPOSE = "brainstem.tasks"
_TRACEPARENT = "traceparent"  # beside the arguments: the step that queued the task
SOON = 10  # priority of tasks that someone is waiting for

Background = Task[..., None]

log = logging.getLogger(__name__)


class GiveUp(Exception):
    """Retrying would not help."""


class TryAgain(Exception):
    """The task failed for a reason that is already logged."""


@dataclass(frozen=True)
class Policy:
    """How often a task is tried, and when the worker that took it counts as dead."""

    attempts: int
    first_pause: dt.timedelta
    longest_pause: dt.timedelta
    takes_at_most: dt.timedelta

    def pause_after(self, attempt: int) -> dt.timedelta:
        """How long to wait after a failed attempt (1, 2, ...): four times as long each time."""
        longer: int = 4 ** max(0, attempt - 1)
        return min(self.first_pause * longer, self.longest_pause)


_policies: dict[str, Policy] = {}
_chores: list[Callable[[], None]] = []


def background(
    *,
    attempts: int = 8,
    first_pause: dt.timedelta = dt.timedelta(seconds=30),
    longest_pause: dt.timedelta = dt.timedelta(hours=2),
    takes_at_most: dt.timedelta = dt.timedelta(minutes=15),
) -> Callable[[Callable[..., None]], Background]:
    """Declare a module-level function as a background task; it is called with keyword arguments only."""

    def declare(function: Callable[..., None]) -> Background:
        @wraps(function)
        def opened(sealed: str) -> None:
            arguments = json.loads(unseal(sealed, purpose=_PURPOSE))
            parent = {_TRACEPARENT: arguments.pop(_TRACEPARENT, "")}
            with step("task", parent=parent, task=f"{function.__module__}.{function.__qualname__}"):
                function(**arguments)

        declared: Background = task()(opened)
        _policies[declared.module_path] = Policy(attempts, first_pause, longest_pause, takes_at_most)
        return declared

    return declare


def policy_of(path: str) -> Policy | None:
    """The policy of the task of this name (``brainstem.core.mail.sending.send``); None if it no longer exists."""
    return _policies.get(path)


def chore(function: Callable[[], None]) -> Callable[[], None]:
    """Declare a function that the worker runs about once a minute between tasks."""
    _chores.append(function)
    return function


def do_chores() -> None:
    """Run all chores."""
    for one in _chores:
        one()


def queue(job: Background, *, wait: dt.timedelta | None = None, priority: int = 0, **arguments: object) -> None:
    """Queue a task, optionally after a wait, as part of the open transaction."""
    due = timezone.now() + wait if wait else None
    if is_traced():
        arguments[_TRACEPARENT] = traceparent()
    job.using(run_after=due, priority=priority).enqueue(seal(json.dumps(arguments), purpose=_PURPOSE))


def later(job: Background, *, wait: dt.timedelta | None = None, priority: int = 0, **arguments: object) -> None:
    """Queue a task once the transaction has committed."""

    def now() -> None:
        try:
            queue(job, wait=wait, priority=priority, **arguments)
        except Error:
            # The request has succeeded and is committed: it must not appear to have failed.
            log.exception("%s could not be queued", job.name)

    transaction.on_commit(now, robust=True)
