"""``Idempotency-Key``: a POST that is sent again, because its answer got lost, is answered again and not done again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from brainstem.core.errors import Conflict, Invalid
from brainstem.core.models import KeptAnswer
from brainstem.core.once import KEPT, claim, keep
from brainstem.core.retry import again_after_deadlock

from .body import MULTIPART

if TYPE_CHECKING:
    from .views import Call

HEADER, REPLAYED, KEPT_SECONDS = "Idempotency-Key", "Idempotency-Replayed", "Idempotency-Kept-Seconds"
_KEY = re.compile(r"[!-~]{1,255}")


def once(call: Call, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, or the kept one when the caller sent the same under the same key within a day.

    Only what was done is kept (2xx): what was refused wrote nothing, and is looked at again.
    """
    key, user_id = call.request.headers.get(HEADER), call.actor.user_id
    if call.request.method == "OPTIONS" and user_id is not None:
        response = answer()
        response.headers[KEPT_SECONDS] = str(int(KEPT.total_seconds()))  # callers ask before they rely on it
        return response
    if key is None or call.request.method != "POST" or user_id is None:
        return answer()
    if not _KEY.fullmatch(key):
        raise Invalid.at(HEADER, "Expected 1 to 255 visible ASCII characters.")
    where = (str(call.actor.project_id), call.request.path.rstrip("/"), key)
    digest, content = _digest(*(part.encode() for part in where)), _digest(*_parts(call.request))
    return _once(user_id, digest, content, answer, files=bool(call.request.FILES))


@again_after_deadlock
def _once(
    user_id: int,
    digest: str,
    content: str,
    answer: Callable[[], HttpResponse],
    *,
    files: bool,  # noqa: ARG001 - with uploads a write is not tried again
) -> HttpResponse:
    with transaction.atomic():
        claimed = claim(user_id, digest, content)
        if claimed.status:
            return _again(claimed, content)
        response = answer()
        if 200 <= response.status_code < 300:
            keep(claimed, response.status_code, dict(response.items()), response.content.decode())
            response.headers[REPLAYED] = "false"  # so that callers learn that this server remembers
        else:
            transaction.set_rollback(True)
        return response


def _again(kept: KeptAnswer, content: str) -> HttpResponse:
    if kept.content != content:
        raise Conflict(f"This {HEADER} was sent with another request before; every request has a key of its own.")
    return HttpResponse(kept.body, status=kept.status, headers=kept.headers | {REPLAYED: "true"})


def _digest(*parts: bytes) -> str:
    """One digest of several parts, each hashed by itself so that none runs into the next."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """What a request says; of a form with files its fields and files, since the boundaries between them are random."""
    yield request.META.get("QUERY_STRING", "").encode()
    yield (request.content_type or "").encode()
    if request.content_type != MULTIPART:
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield from (part.encode("utf-8", "surrogatepass") for part in (name, *values))
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            file = hashlib.sha256()
            for chunk in upload.chunks():
                file.update(chunk)
            upload.seek(0)
            yield from (name.encode(), str(upload.name).encode(), file.digest())
