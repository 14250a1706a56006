"""Responses kept for a day, so that a repeated request is not carried out twice.

A response is stored in the transaction of the write that it reports: after a crash both are there, or neither. It is
encrypted with the key from the request, which is not stored, so the table is useless to anyone who reads it. The number
and size of the responses per person are limited; the oldest are deleted first.
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
    """The response kept under a key, or a new one whose ``status`` is 0: then the caller carries out the request.

    Waits for another transaction that has claimed the key and has not ended yet.

    Raises
    ------
    InProgress
        If the other one takes too long.
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
        raise InProgress("The same request is being processed; repeat it to get its response.") from error
    return KeptAnswer.objects.get(user_id=user_id, digest=digest)


@dataclass(frozen=True)
class Answer:
    """A response as it was sent; ``label`` and ``ids`` say which records it showed."""

    status: int
    headers: Mapping[str, str]
    body: str
    label: str = ""
    ids: list[str] = field(default_factory=list)


def keep(claimed: KeptAnswer, answer: Answer, *, secret: str) -> None:
    """Keep a response under the key claimed for it; ``secret`` is what the sender will send again."""
    packed = zlib.compress(orjson.dumps(asdict(answer)), level=1)
    claimed.status, claimed.body = answer.status, _lock_of(secret).encrypt(packed).decode()
    claimed.headers = {"bytes": len(claimed.body)}  # the only part that is read without the secret
    claimed.save(update_fields=["status", "headers", "body"])
    _forget_oldest(claimed)


def kept_for(claimed: KeptAnswer, *, secret: str, viewer: Viewer) -> Answer:
    """The kept response, if the caller may still do and see what it reports; two statements at most.

    Raises
    ------
    Forbidden
        If the token is read-only.
    Missing
        If the caller can no longer see a record that it shows.
    Conflict
        If it cannot be decrypted because the server's secret key has changed.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    refuse_read_only(viewer.actor)
    try:
        found = Answer(**orjson.loads(zlib.decompress(_lock_of(secret).decrypt(claimed.body))))
    except InvalidToken as error:
        raise Conflict("This request was carried out earlier, but its response can no longer be read.") from error
    if found.label:
        spec = specs()[found.label]
        ids = {spec.parse_id(one) for one in found.ids}
        gone = ids - viewer.seen(spec, ids, hop=False)
        if gone:
            raise Missing(f"No {spec.singular_name} has the id {min(map(str, gone))}.")
    return found


def seen_in(spec: Spec, ids: list[object], *, viewer: Viewer) -> list[str]:
    """The records that the actor sees now; checked again before the response is repeated."""
    return sorted(map(str, viewer.seen(spec, ids, hop=False)))


def _lock_of(secret: str) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - not needed for reading

    digest = salted_hmac(SALT, secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _forget_oldest(newest: KeptAnswer) -> None:
    """Delete a person's oldest responses beyond the limits, but not the one just kept."""
    mine = KeptAnswer.objects.filter(user_id=newest.user_id).exclude(pk=newest.pk).order_by("-at", "-pk")
    number, size, gone = 1, newest.headers["bytes"], []
    for pk, headers in mine.values_list("pk", "headers"):
        number, size = number + 1, size + int(headers.get("bytes", 0))
        if number > MOST_ANSWERS or size > MOST_BYTES:
            gone.append(pk)
    if gone:
        KeptAnswer.objects.filter(pk__in=gone).delete()


def purge() -> int:
    """Delete all responses older than a day; returns their number."""
    return KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _purge(user_id: int, digest: str) -> None:
    """Delete an expired response under the key, and a few others that no other transaction is deleting."""
    old = KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT)
    some = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_PURGED_AT_ONCE])
    if some:
        KeptAnswer.objects.filter(pk__in=some).delete()
        old.filter(user_id=user_id, digest=digest).delete()


def _limit_waiting(limit: str) -> None:
    """Set how long PostgreSQL waits for a lock in this transaction; SQLite has one writer and its own limit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO {limit}")
