"""Work outside the request: declared in one way, kept in the database, done by a worker.

::

    @background(attempts=5)
    def write_export(*, export_id: int) -> None: ...

    later(write_export, export_id=7)

A task is queued once the transaction has committed, and is forgotten if it is rolled back. Whatever it raises makes the
worker try again after a pause that grows, as often as was declared; :class:`GiveUp` ends it at once. A task may be done
twice (when the worker is killed before it can say that it is done), so it must bear that. Arguments are JSON and
sealed, for they may hold links and codes. They are deleted with the task as soon as it is done.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import Error, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task

from .sealing import seal, unseal

__all__ = ["SOON", "Background", "GiveUp", "Policy", "TryAgain", "background", "later", "policy_of", "queue"]

_PURPOSE = "brainstem.tasks"
SOON = 10  # priority of what somebody waits for

Background = Task[..., None]

log = logging.getLogger(__name__)


class GiveUp(Exception):
    """Trying again would not help."""


class TryAgain(Exception):
    """It failed for a reason that is in the log already."""


@dataclass(frozen=True)
class Policy:
    """How often a task is tried, and when a worker that took it counts as gone."""

    attempts: int
    first_pause: dt.timedelta
    longest_pause: dt.timedelta
    takes_at_most: dt.timedelta

    def pause_after(self, attempt: int) -> dt.timedelta:
        """How long to wait after the first, second, ... attempt failed: four times as long each time."""
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
    """Declare a function of a module as work for the background; it is called with keywords only."""

    def declare(function: Callable[..., None]) -> Background:
        @wraps(function)
        def opened(sealed: str) -> None:
            function(**json.loads(unseal(sealed, purpose=_PURPOSE)))

        declared: Background = task()(opened)
        _policies[declared.module_path] = Policy(attempts, first_pause, longest_pause, takes_at_most)
        return declared

    return declare


def policy_of(path: str) -> Policy | None:
    """How the task of this name (``brainstem.core.mail.sending.send``) is tried; None when there is none any more."""
    return _policies.get(path)


def chore(function: Callable[[], None]) -> Callable[[], None]:
    """Declare what the worker does about once a minute between tasks."""
    _chores.append(function)
    return function


def do_chores() -> None:
    """Do all that was declared as a chore."""
    for one in _chores:
        one()


def queue(job: Background, *, wait: dt.timedelta | None = None, priority: int = 0, **arguments: Any) -> None:
    """Have this done in the background, after a wait if one is given; part of the transaction that is open."""
    due = timezone.now() + wait if wait else None
    job.using(run_after=due, priority=priority).enqueue(seal(json.dumps(arguments), purpose=_PURPOSE))


def later(job: Background, *, wait: dt.timedelta | None = None, priority: int = 0, **arguments: Any) -> None:
    """Have this done in the background once the transaction is committed."""

    def now() -> None:
        try:
            queue(job, wait=wait, priority=priority, **arguments)
        except Error:
            # What was asked for is done and committed: it must not look as if it had failed.
            log.exception("%s could not be queued", job.name)

    transaction.on_commit(now, robust=True)
