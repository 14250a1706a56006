"""Answers kept for a day, so that a request that is sent again is not done again.

An answer is kept in the transaction of the write that it tells of: after a crash both are there, or neither. It is
sealed under the key that the request carried, which is not kept, so that whoever reads the table learns nothing from
it. Each person has a limited number and size of answers; the oldest are forgotten first.
"""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import orjson
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..access.refusals import refuse_read_only
from ..access.viewer import Viewer
from ..errors import Conflict, InProgress, Missing
from ..model.registry import Spec, specs
from ..models import KeptAnswer

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEPT = dt.timedelta(hours=24)
WAIT_SECONDS = 10
MOST_ANSWERS = 1000
MOST_BYTES = 32 * 1024 * 1024
SALT = "brainstem.core.write.once"
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


@dataclass(frozen=True)
class Answer:
    """An answer as it was given; ``label`` and ``ids`` say which records its reader saw in it."""

    status: int
    headers: Mapping[str, str]
    body: str
    label: str = ""
    ids: list[str] = field(default_factory=list)


def keep(claimed: KeptAnswer, answer: Answer, *, secret: str) -> None:
    """Keep an answer under the key that was claimed for it; ``secret`` is what its sender sends again."""
    packed = zlib.compress(orjson.dumps(asdict(answer)), level=1)
    claimed.status, claimed.body = answer.status, _lock_of(secret).encrypt(packed).decode()
    claimed.headers = {"bytes": len(claimed.body)}  # the one thing that is read of it without the secret
    claimed.save(update_fields=["status", "headers", "body"])
    _forget_oldest(claimed)


def kept_for(claimed: KeptAnswer, *, secret: str, viewer: Viewer) -> Answer:
    """The answer that is kept, if the caller may do and see today what it tells of; two statements at most.

    Raises
    ------
    Forbidden
        The token may only read.
    Missing
        A record that it shows is not there for the caller any more.
    Conflict
        It cannot be read: the server's secret key was changed since.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    refuse_read_only(viewer.actor)
    try:
        found = Answer(**orjson.loads(zlib.decompress(_lock_of(secret).decrypt(claimed.body))))
    except InvalidToken as error:
        raise Conflict("This request was answered before, but its answer can no longer be read.") from error
    if found.label:
        spec = specs()[found.label]
        ids = {spec.parse_id(one) for one in found.ids}
        gone = ids - viewer.seen(spec, ids, hop=False)
        if gone:
            raise Missing(f"No {spec.singular_name} has the id {min(map(str, gone))}.")
    return found


def seen_in(spec: Spec, ids: list[object], *, viewer: Viewer) -> list[str]:
    """Those of the records that the actor sees now, to be asked again when the answer is given again."""
    return sorted(map(str, viewer.seen(spec, ids, hop=False)))


def _lock_of(secret: str) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - who only reads does without

    digest = salted_hmac(SALT, secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _forget_oldest(newest: KeptAnswer) -> None:
    """Forget a person's oldest answers beyond the limits; what was kept just now stays."""
    mine = KeptAnswer.objects.filter(user_id=newest.user_id).exclude(pk=newest.pk).order_by("-at", "-pk")
    number, size, gone = 1, newest.headers["bytes"], []
    for pk, headers in mine.values_list("pk", "headers"):
        number, size = number + 1, size + int(headers.get("bytes", 0))
        if number > MOST_ANSWERS or size > MOST_BYTES:
            gone.append(pk)
    if gone:
        KeptAnswer.objects.filter(pk__in=gone).delete()


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
