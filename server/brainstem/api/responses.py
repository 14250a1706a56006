"""Answers: JSON, and errors as status codes. The only place where one becomes the other."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.multipartparser import MultiPartParserError

from brainstem.core.errors import (
    NON_FIELD,
    BrainstemError,
    CallerLeft,
    Code,
    Conflict,
    Forbidden,
    InProgress,
    Invalid,
    Missing,
    NotSignedIn,
    RequestEnded,
    RowError,
    RowsRefused,
    Throttled,
    Unchanged,
)
from brainstem.core.sql import deadlines
from brainstem.core.sql.retry import lost_deadlock

from . import error_codes
from .error_codes import usual_code

STATUS: dict[type[BrainstemError], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    InProgress: 409,
    Throttled: 429,
}
JSON = "application/json"
RETRY_AFTER = "10"
GONE = 499  # what proxies note for callers who left; there is nobody to read it
log = logging.getLogger(__name__)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MOST_ERRORS = 100  # fields, and messages of each, that one answer tells of
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class Refused(BrainstemError):
    """A request that is wrong as HTTP, before its content is looked at."""

    def __init__(self, status: int, message: str, *, allow: str = "") -> None:
        super().__init__(message, code=usual_code(status))
        self.status = status
        self.allow = allow


def offer_only(method: str | None, *offered: str) -> None:
    """Refuse every other method (405); the first of those offered is proposed."""
    if method not in offered:
        raise method_refused(method, use=offered[0], allow=", ".join([*offered, "OPTIONS"]))


def method_refused(method: str | None, *, use: str, allow: str) -> Refused:
    """What is said of a method that an address does not have; ``allow`` lists those that it has."""
    return Refused(405, f"{method} is not allowed here; use {use}.", allow=allow)


def json_response(status: int, answer: object, **headers: str) -> HttpResponse:
    """An answer of JSON."""
    return HttpResponse(orjson.dumps(answer), status=status, content_type=JSON, headers=headers)


def text_response(status: int, texts: Iterable[str], **headers: str) -> HttpResponse:
    """An answer of JSON that is text already, in pieces, which are taken one after the other."""
    response = HttpResponse(status=status, content_type=JSON, headers=headers)
    for text in texts:
        response.write(text.encode())
    return response


def refusal(status: int, message: str, *, code: Code | None = None, **headers: str) -> HttpResponse:
    """An error with one message; ``code`` is the usual one of the status unless another is given."""
    return _error(status, {"detail": message}, code or usual_code(status), **headers)


def _error(status: int, answer: object, code: Code, **headers: str) -> HttpResponse:
    return json_response(status, answer, **{error_codes.HEADER: code.value}, **headers)


def tag_of(body: bytes) -> str:
    """The ETag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tagged(request: HttpRequest, body: bytes, tag: str, *, keep: str) -> HttpResponse:
    """JSON with its ETag, to be kept as ``Cache-Control`` says; 304 to whoever has it already."""
    headers = {"ETag": tag, "Cache-Control": keep}
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=JSON, headers=headers)


def answered(
    view: Callable[..., HttpResponse], request: HttpRequest, *arguments: object, **named: object
) -> HttpResponse:
    """What a view answers, with every error of the house, and every fault of the request, as JSON."""
    try:
        _refuse_packed(request)
        _read_as_utf8(request)
        return view(request, *arguments, **named)
    except Invalid as error:
        return _error(400, _bounded(error.errors), error.code)
    except RowsRefused as error:
        return _error(400, {"errors": [_row_error(one) for one in error.rows]}, error.code)
    except BrainstemError as error:
        return _refusal(error)
    except RequestDataTooBig:
        return refusal(413, "The body is larger than this server takes.")
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        return _error(400, {NON_FIELD: [f"The request cannot be read: {error}"]}, Code.UNREADABLE)
    except IntegrityError:
        # PostgreSQL looks at references when a write ends: what it refers to may be gone by then.
        log.warning("A write clashed with another one.", exc_info=True)
        return refusal(409, "Something that this refers to was just changed; try again.")
    except (OperationalError, RequestEnded) as error:
        return _busy(error)


def of_ended(error: RequestEnded) -> HttpResponse:
    """What is said of a request that took too long."""
    if isinstance(error, CallerLeft):
        return HttpResponse(status=GONE)
    return refusal(503, str(error), code=Code.TOO_SLOW, **{"Retry-After": RETRY_AFTER})


def _row_error(row: RowError) -> dict[str, object]:
    """What is wrong with one row of many, with the status that it would have had alone."""
    error = row.error
    found = {"operation": row.operation, "index": row.index}
    if isinstance(error, Invalid):
        unchanged = {"unchanged": True} if isinstance(error, Unchanged) else {}
        return found | {"errors": _bounded(error.errors), "status": 400} | unchanged
    return found | {"errors": {NON_FIELD: [_cut(error.message)]}, "status": STATUS[type(error)]}


def _bounded(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong, as far as somebody reads it: messages quote what was sent, which may be of any size."""
    shown = list(errors.items())[:MOST_ERRORS]
    return {_cut(name, 200): [_cut(text) for text in texts[:MOST_ERRORS]] for name, texts in shown}


def _cut(text: str, most: int = 2000) -> str:
    return text if len(text) <= most else f"{text[:most]}..."


def _refuse_packed(request: HttpRequest) -> None:
    """Refuse a body that is compressed: nothing here unpacks it, so nobody can send a small one that grows."""
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in ("", "identity"):
        raise Refused(415, f"Send the body without a Content-Encoding ({encoding[:40]!r} is not supported).")


def _read_as_utf8(request: HttpRequest) -> None:
    """Keep the charset that a caller names away from Django: some codecs of Python, such as ``hex``, decode no text."""
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if charset.lower() in _UTF8:
        return
    request.encoding = "utf-8"
    if request.content_type in FORMS:
        raise Refused(415, f"Send a form as UTF-8, not as {charset!r}.")


def _busy(error: OperationalError | RequestEnded) -> HttpResponse:
    """What the database could not do now: it is locked, a deadlock was lost, or it took too long."""
    if ended := deadlines.ended(error):
        return of_ended(ended)
    if "locked" not in str(error) and not lost_deadlock(error):
        raise error
    return _error(503, {"detail": "The database is busy; try again."}, Code.BUSY, **{"Retry-After": "1"})


def _refusal(error: BrainstemError) -> HttpResponse:
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, InProgress):
        headers["Retry-After"] = "1"
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, Refused) and error.allow:
        headers["Allow"] = error.allow
    status = error.status if isinstance(error, Refused) else STATUS[type(error)]
    return _error(status, {"detail": _cut(error.message)}, error.code, **headers)
