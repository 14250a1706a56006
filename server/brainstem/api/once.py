"""``Idempotency-Key``: a POST repeated because its response got lost gets it again, and has no further effect."""

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
    """The response, or the kept one if the caller sent the same request with the same key within a day.

    Only successful responses (2xx) are kept: a refused request wrote nothing, and is processed again. Callers get the
    kept response if their token may still write and they still see what it shows; otherwise they are refused.
    """
    key, user_id = call.request.headers.get(HEADER), call.actor.user_id
    if call.request.method == "OPTIONS" and user_id is not None:
        response = answer()
        response.headers[KEPT_SECONDS] = str(int(KEPT.total_seconds()))  # callers check this before they rely on it
        return response
    if key is None or call.request.method != "POST" or user_id is None:
        return answer()
    check_key(key)
    where = (str(call.actor.project_id), call.request.path.rstrip("/"), key)
    digest, content = _digest(*(part.encode() for part in where)), _digest(*_parts(call.request))
    with markup_ahead(call.spec, payloads_of(call.request, call.spec)):
        return _once(call, Claim(user_id, digest, content, key), answer, files=bool(call.request.FILES))


def check_key(key: str) -> None:
    """Refuse what cannot be a key.

    Raises
    ------
    Invalid
        Says what is valid.
    """
    if not _KEY.fullmatch(key):
        raise Invalid.at(HEADER, "Expected 1 to 255 visible ASCII characters.")


@dataclass(frozen=True)
class Claim:
    """Identifies sender, request and key; the key itself is not stored, and encrypts the response."""

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
    files: bool,  # noqa: ARG001 - writes with uploads are not retried
) -> HttpResponse:
    who: Any = {"viewer": call.viewer}
    with transaction.atomic():
        kept = claim(claimed.user_id, claimed.digest, claimed.content)
        if kept.status:
            if kept.content != claimed.content:
                message = f"This {HEADER} was used for another request; use a new key for every request."
                raise Conflict(message, code=Code.KEY_REUSED)
            found = kept_for(kept, secret=claimed.key, **who)
            return HttpResponse(found.body, status=found.status, headers={**found.headers, REPLAYED: "true"})
        response = answer()
        if 200 <= response.status_code < 300:
            keep(kept, _kept(response, **who), secret=claimed.key)
            response.headers[REPLAYED] = "false"  # tells callers that this server supports it
        else:
            transaction.set_rollback(True)
        return response


def _kept(response: HttpResponse, *, viewer: Viewer) -> Kept:
    """A response as it is stored, with the ids of the records in it that its reader sees."""
    label, seen = "", []
    if isinstance(response, Answer) and response.ids:
        seen = seen_in(response.spec, response.ids, viewer=viewer)
        label = response.spec.label if seen else ""
    return Kept(response.status_code, dict(response.items()), response.content.decode(), label, seen)


def _digest(*parts: bytes) -> str:
    """One digest of several parts, each hashed separately so that boundaries matter."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """The content of a request; for forms with files, the fields and files, since multipart boundaries are random."""
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
