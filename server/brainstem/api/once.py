"""``Idempotency-Key``: a POST that is sent again, because its answer got lost, is answered again and not done again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Code, Conflict, Invalid
from brainstem.core.model.values import markup_ahead
from brainstem.core.sql.retry import again_after_deadlock
from brainstem.core.write.once import KEPT, claim, keep, kept_for, seen_in
from brainstem.core.write.once import Answer as Kept

from .body import MULTIPART, payloads_of
from .call import Answer, Call

HEADER, REPLAYED, KEPT_SECONDS = "Idempotency-Key", "Idempotency-Replayed", "Idempotency-Kept-Seconds"
_KEY = re.compile(r"[!-~]{1,255}")


def once(call: Call, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, or the kept one when the caller sent the same under the same key within a day.

    Only what was done is kept (2xx): what was refused wrote nothing, and is looked at again. A kept answer is given to
    who may still write with their token and still sees what it shows; others are refused as if they asked anew.
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
    with markup_ahead(call.spec, payloads_of(call.request, call.spec)):
        return _once(call, Claim(user_id, digest, content, key), answer, files=bool(call.request.FILES))


@dataclass(frozen=True)
class Claim:
    """Who sent what under which key; the key itself is kept nowhere, and seals the answer."""

    user_id: int
    digest: str
    content: str
    key: str


@again_after_deadlock
def _once(
    call: Call,
    claimed: Claim,
    answer: Callable[[], HttpResponse],
    *,
    files: bool,  # noqa: ARG001 - with uploads a write is not tried again
) -> HttpResponse:
    who: Any = {"viewer": call.viewer}
    with transaction.atomic():
        kept = claim(claimed.user_id, claimed.digest, claimed.content)
        if kept.status:
            if kept.content != claimed.content:
                message = f"This {HEADER} was sent with another request before; use a new key for every request."
                raise Conflict(message, code=Code.KEY_REUSED)
            found = kept_for(kept, secret=claimed.key, **who)
            return HttpResponse(found.body, status=found.status, headers={**found.headers, REPLAYED: "true"})
        response = answer()
        if 200 <= response.status_code < 300:
            keep(kept, _kept(response, **who), secret=claimed.key)
            response.headers[REPLAYED] = "false"  # so that callers learn that this server remembers
        else:
            transaction.set_rollback(True)
        return response


def _kept(response: HttpResponse, *, viewer: Viewer) -> Kept:
    """An answer as it is kept, with those of the records in it that its reader sees."""
    label, seen = "", []
    if isinstance(response, Answer) and response.ids:
        seen = seen_in(response.spec, response.ids, viewer=viewer)
        label = response.spec.label if seen else ""
    return Kept(response.status_code, dict(response.items()), response.content.decode(), label, seen)


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
