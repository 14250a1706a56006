"""Answers kept for a day, so that a request that is sent again is not done again.

An answer is kept in the transaction of the write that it tells of: after a crash both are there, or neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import OperationalError, connection
from django.utils import timezone

from .errors import InProgress
from .models import KeptAnswer

KEPT = dt.timedelta(hours=24)
WAIT_SECONDS = 10
_PURGED_AT_ONCE = 100
_LOCK_NOT_AVAILABLE = "55P03"


def claim(user_id: int, digest: str, content: str) -> KeptAnswer:
    """The kept answer under a key, or a new one whose ``status`` is 0: then the request is the caller's to do.

    Waits for another transaction that claimed the key and has not ended yet.

    Raises
    ------
    InProgress
        The other one takes too long to be waited for.
    """
    _purge(user_id, digest)
    mine = KeptAnswer(user_id=user_id, digest=digest, content=content)
    try:
        _limit_waiting(f"'{WAIT_SECONDS}s'")
        KeptAnswer.objects.bulk_create([mine], ignore_conflicts=True)
        _limit_waiting("DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise InProgress("The same request is being answered just now; ask again for its answer.") from error
    return KeptAnswer.objects.get(user_id=user_id, digest=digest)


def keep(claimed: KeptAnswer, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep an answer under the key that was claimed for it."""
    claimed.status, claimed.headers, claimed.body = status, dict(headers), body
    claimed.save(update_fields=["status", "headers", "body"])


def purge() -> int:
    """Forget every answer that is older than a day; how many there were."""
    return KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _purge(user_id: int, digest: str) -> None:
    """Forget what stands under the key for too long, and a few others that nobody else is about to forget."""
    old = KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT)
    some = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_PURGED_AT_ONCE])
    if some:
        KeptAnswer.objects.filter(pk__in=some).delete()
        old.filter(user_id=user_id, digest=digest).delete()


def _limit_waiting(limit: str) -> None:
    """How long PostgreSQL waits for a lock in this transaction; SQLite has one writer, and its own limit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO {limit}")
