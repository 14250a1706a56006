"""``/readyz``: whether this server can do its work, for load balancers and deployments.

``/healthz`` says that a process answers and reaches its database. This says, too, that the tables are those of this
version, that files can be stored, and that somebody does the tasks.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from brainstem.core.tasks import sight

from .files_url import bucket
from .health import ask_database

MOST_NAMED = 20
PATIENCE_S = 60.0  # how long a task may wait if no worker is in sight

log = logging.getLogger(__name__)
_missing: list[str] = []  # names of migrations that were not applied when this process last looked
_complete = False  # whether all migrations were once found to be applied; they stay so


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 and ``{"status": "ok"}``; or 503, with the names of what is wrong, and of migrations that are missing."""
    wrong = [] if _tried("database", _database) else ["database"]
    # Without the database nobody can say whether its tables are right.
    wrong += [name for name, is_fine in (STORED if wrong else CHECKS).items() if not _tried(name, is_fine)]
    said: dict[str, object] = {"status": "unavailable", "wrong": wrong} if wrong else {"status": "ok"}
    if "migrations" in wrong:
        said["missing"] = _missing[:MOST_NAMED]
    return JsonResponse(said, status=503 if wrong else 200, headers={"Cache-Control": "no-store"})


def _tried(name: str, is_fine: Callable[[], bool]) -> bool:
    try:
        return is_fine()
    except (Error, OSError):
        log.exception("Not ready: %s", name)
        return False


def _database() -> bool:
    ask_database()
    return True


def _migrations() -> bool:
    """Whether none of this version is missing; looked up until that was so once.

    Those of a newer version are no reason to stop: they leave this one working until it is replaced.
    """
    global _complete  # noqa: PLW0603 - one of each process
    if not _complete:
        from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - needed once, if at all

        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        _missing[:] = [f"{one.app_label}.{one.name}" for one, _ in plan]
        if _missing:
            log.error("Not ready: %d migrations have not been applied, starting with %s", len(_missing), _missing[0])
        _complete = not _missing
    return _complete


def _storage() -> bool:
    """Whether a file can be written; only trying tells of full disks and of those that are mounted read-only.

    A bucket is only looked at: it does not fill up, and each write would be paid for.
    """
    if found := bucket():
        found.reach()
        return True
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(b"0")
    return True


def _tasks() -> bool:
    """Whether a worker is there, or nothing has waited for one for long."""
    oldest_s = sight.waiting().oldest_s
    if oldest_s <= PATIENCE_S or sight.workers_in_sight():
        return True
    log.error("Not ready: a task has been due for %.0f s, and no worker is in sight", oldest_s)
    return False


STORED = {"storage": _storage}
CHECKS = {"migrations": _migrations, "storage": _storage, "tasks": _tasks}


__all__ = ["readyz"]
