"""The worker: takes tasks from the database, one after the other, and runs them.

An idle worker reads once a second without taking a lock, which would keep writers waiting on SQLite. It survives
database outages. The worker of django-tasks-db does neither, and never retries; only its tables are used here.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import Error, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from ..models import TaskWorker
from .doing import doing
from .queue import GiveUp, Policy, TryAgain, do_chores, policy_of
from .sealing import Tampered

IDLE_SECONDS = 1.0
CHORES_SECONDS, TIDY_SECONDS = 60.0, 3600.0
LONGEST_TROUBLE = 30.0
FAILED_ARE_KEPT = dt.timedelta(days=14)
WORKERS_ARE_KEPT = dt.timedelta(days=30)
# For tasks that no longer exist in this version.
_UNKNOWN = Policy(1, dt.timedelta(0), dt.timedelta(0), dt.timedelta(minutes=15))
_NO_ARGUMENTS: dict[str, object] = {"args": [], "kwargs": {}}

log = logging.getLogger(__name__)


class Worker:
    """Runs tasks in one process.

    Parameters
    ----------
    orphaned : callable, optional
        Whether the parent process is gone; then the worker ends.
    tidy : callable, optional
        Deletes obsolete rows; called once an hour.
    name : str, optional
        That of the worker whose place it takes, if there was one: then it does what that one left unfinished.
    """

    def __init__(
        self,
        *,
        orphaned: Callable[[], bool] = lambda: False,
        tidy: Callable[[], object] = lambda: None,
        name: str = "",
    ) -> None:
        self.name = name or secrets.token_hex(8)
        self._stopped, self._orphaned, self._tidy = Event(), orphaned, tidy
        self._chores_due = self._tidy_due = 0.0

    def stop(self) -> None:
        """Stop after the current task."""
        self._stopped.set()

    def run(self) -> None:
        """Work until stopped."""
        trouble = IDLE_SECONDS
        while not self._stopped.is_set() and not self._orphaned():
            try:
                close_old_connections()
                self._do_chores()
                busy = self.work()
            except Error as error:
                log.warning("Cannot connect to the database (%s); retrying in %.0f s", type(error).__name__, trouble)
                _hang_up()
                self._chores_due = 0.0  # what it was doing may have been left unfinished
                self._stopped.wait(trouble)
                trouble = min(trouble * 2, LONGEST_TROUBLE)
                continue
            trouble = IDLE_SECONDS
            if not busy:
                self._stopped.wait(IDLE_SECONDS)

    def work_off(self) -> int:
        """Run the tasks that are due now; returns how many there were."""
        done = 0
        while not self._stopped.is_set() and self.work():
            done += 1
        return done

    def work(self) -> bool:
        """Run one task that is due; False if there is none."""
        row = self._claim()
        if row is None:
            return False
        policy = policy_of(row.task_path) or _UNKNOWN
        try:
            job = _known(row)
            policy = policy_of(row.task_path) or _UNKNOWN
            with doing(row.pk):
                job.call(*row.args_kwargs["args"])
        except (GiveUp, Tampered, ImportError, SuspiciousOperation) as error:
            log.error("Giving up on %s: %s", row.task_path, type(error).__name__)
            _fail(row, error)
        except Exception as error:
            log.warning("%s failed", row.task_path, exc_info=not isinstance(error, TryAgain))
            _put_off(row, error, policy)
        else:
            row.delete()
        return True

    def _claim(self) -> Any:
        if not DBTaskResult.objects.ready().exists():
            return None
        with transaction.atomic():
            row = DBTaskResult.objects.ready().get_locked()
            if row is not None:
                row.claim(self.name)
            return row

    def _do_chores(self) -> None:
        """Once a minute: record that this worker is alive, and clean up after others."""
        if monotonic() < self._chores_due:
            return
        self._chores_due = monotonic() + CHORES_SECONDS
        now = timezone.now()
        TaskWorker.objects.update_or_create(name=self.name, defaults={"seen_at": now})
        TaskWorker.objects.filter(seen_at__lt=now - WORKERS_ARE_KEPT).delete()
        DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED_ARE_KEPT).delete()
        take_back_abandoned(by=self.name)
        do_chores()
        if monotonic() >= self._tidy_due:
            self._tidy_due = monotonic() + TIDY_SECONDS
            self._tidy()


def take_back_abandoned(*, by: str = "") -> None:
    """Requeue tasks that a worker took and never finished, as when it was killed; fail them after the last attempt.

    Parameters
    ----------
    by : str
        Name of a worker that does nothing at present: what runs under it was left by its predecessor, or when the
        database went away.
    """
    for row in DBTaskResult.objects.running():
        policy = policy_of(row.task_path) or _UNKNOWN
        if row.worker_ids[-1:] == [by]:
            log.warning("%s was interrupted", row.task_path)
            # The interruption was hardly its fault. If it was, the next one is not at once.
            _put_off(row, InterruptedError(), policy, pauses=len(row.worker_ids) - 1)
        elif row.started_at is not None and row.started_at < timezone.now() - policy.takes_at_most:
            log.warning("%s was left unfinished by a worker that is gone", row.task_path)
            _put_off(row, TimeoutError(), policy)


def _known(row: Any) -> Task[Any, Any]:
    """The task that a row names: only declared ones, nothing else that can be imported."""
    job = import_string(row.task_path)
    if not isinstance(job, Task) or policy_of(row.task_path) is None:
        raise SuspiciousOperation("This is not a task.")
    return job


def _put_off(row: Any, error: Exception, policy: Policy, *, pauses: int | None = None) -> None:
    """Queue it again after a pause, as after so many failures as there were attempts, or as ``pauses`` says."""
    attempt = len(row.worker_ids)
    failures = attempt if pauses is None else pauses
    if attempt >= policy.attempts:
        log.error("Giving up on %s after %d attempts", row.task_path, attempt)
        _fail(row, error)
        return
    pause = policy.pause_after(failures) if failures else dt.timedelta(0)
    row.status, row.run_after = TaskResultStatus.READY, timezone.now() + pause
    row.save(update_fields=["status", "run_after"])


def _fail(row: Any, error: Exception) -> None:
    """Record the failure and its error class, but neither arguments nor message, which may contain secrets."""
    row.status, row.finished_at, row.args_kwargs = TaskResultStatus.FAILED, timezone.now(), _NO_ARGUMENTS
    row.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    row.save(update_fields=["status", "finished_at", "args_kwargs", "exception_class_path"])


def _hang_up() -> None:
    with suppress(Error):
        connection.close()
