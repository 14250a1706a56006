"""Responses: JSON, and errors with their status codes. Errors become status codes only here."""

from __future__ import annotations

import errno
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.multipartparser import MultiPartParserError

from brainstem.core.errors import (
    NON_FIELD,
    BrainstemError,
    CallerLeft,
    ChangedSince,
    Code,
    Conflict,
    EditConflict,
    Forbidden,
    InProgress,
    Invalid,
    Missing,
    MovedOn,
    NotSignedIn,
    RequestEnded,
    RowError,
    RowsRefused,
    Throttled,
    Unchanged,
)
from brainstem.core.model.stored_files import StorageAway
from brainstem.core.sql import deadlines, outage
from brainstem.core.sql.retry import lost_deadlock

from . import error_codes
from .error_codes import usual_code

STATUS: dict[type[BrainstemError], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    InProgress: 409,
    ChangedSince: 409,
    EditConflict: 409,
    MovedOn: 412,
    Throttled: 429,
}


def status_of(cls: type[BrainstemError]) -> int:
    """The status of a class of errors: its own, or that of the error that it is a kind of."""
    return next(STATUS[one] for one in cls.__mro__ if one in STATUS)


JSON = "application/json"
RETRY_AFTER = "10"
AWAY_RETRY_AFTER = "5"
AWAY = "The database is not available at the moment; try again."
FILES_AWAY = "The server cannot read or write its files at the moment; try again later."
_FILES = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EIO,
        errno.ESTALE,
        errno.EACCES,
        errno.EMFILE,
        errno.ENFILE,
    }
)
GONE = 499  # logged by proxies for callers who left; nobody reads the response
log = logging.getLogger(__name__)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MOST_ERRORS = 100  # fields, and messages per field, in one response
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class Refused(BrainstemError):
    """The request is invalid as HTTP, before its content is looked at."""

    def __init__(self, status: int, message: str, *, allow: str = "") -> None:
        super().__init__(message, code=usual_code(status))
        self.status = status
        self.allow = allow


def offer_only(method: str | None, *offered: str) -> None:
    """Refuse every other method (405); the error suggests the first one allowed."""
    if method not in offered:
        raise method_refused(method, use=offered[0], allow=", ".join([*offered, "OPTIONS"]))


def method_refused(method: str | None, *, use: str, allow: str) -> Refused:
    """The error for a method that a URL does not support; ``allow`` lists those that it does."""
    return Refused(405, f"{method} is not allowed here; use {use}.", allow=allow)


def json_response(status: int, answer: object, **headers: str) -> HttpResponse:
    """A JSON response."""
    return HttpResponse(orjson.dumps(answer), status=status, content_type=JSON, headers=headers)


def text_response(status: int, texts: Iterable[str], **headers: str) -> HttpResponse:
    """A JSON response from text in pieces, which are consumed one by one."""
    response = HttpResponse(status=status, content_type=JSON, headers=headers)
    for text in texts:
        response.write(text.encode())
    return response


def refusal(status: int, message: str, *, code: Code | None = None, **headers: str) -> HttpResponse:
    """An error with one message; ``code`` defaults to the usual one of the status."""
    return _error(status, {"detail": message}, code or usual_code(status), **headers)


def _error(status: int, answer: object, code: Code, **headers: str) -> HttpResponse:
    return json_response(status, answer, **{error_codes.HEADER: code.value}, **headers)


def tag_of(body: bytes) -> str:
    """The ETag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tagged(request: HttpRequest, body: bytes, tag: str, *, keep: str) -> HttpResponse:
    """JSON with an ETag, cached as ``Cache-Control`` says; 304 for callers that already have it."""
    headers = {"ETag": tag, "Cache-Control": keep}
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=JSON, headers=headers)


def answered(
    view: Callable[..., HttpResponse], request: HttpRequest, *arguments: object, **named: object
) -> HttpResponse:
    """The response of a view, with all our errors, and those of the request, as JSON."""
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
        # PostgreSQL checks references at the end of a write, when the target may be gone.
        log.warning("A write conflicted with another one.", exc_info=True)
        return refusal(409, "Something that this refers to has just changed; try again.")
    except (OperationalError, InterfaceError, RequestEnded) as error:
        return _busy(error)
    except OSError as error:
        if not files_are_away(error):
            raise
        return of_files_away(error)


def of_ended(error: RequestEnded) -> HttpResponse:
    """The response to a request that took too long."""
    if isinstance(error, CallerLeft):
        return HttpResponse(status=GONE)
    return refusal(503, str(error), code=Code.TOO_SLOW, **{"Retry-After": RETRY_AFTER})


def _row_error(row: RowError) -> dict[str, object]:
    """The error of one row, with the status that it would have had in a request of its own."""
    error = row.error
    found = {"operation": row.operation, "index": row.index}
    if isinstance(error, Invalid):
        unchanged = {"unchanged": True} if isinstance(error, Unchanged) else {}
        return found | {"errors": _bounded(error.errors), "status": 400} | unchanged
    return found | {"errors": {NON_FIELD: [_cut(error.message)]}, "status": status_of(type(error))} | _facts(error)


def _bounded(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The errors, shortened: messages quote what was sent, which may be of any size."""
    shown = list(errors.items())[:MOST_ERRORS]
    return {_cut(name, 200): [_cut(text) for text in texts[:MOST_ERRORS]] for name, texts in shown}


def _cut(text: str, most: int = 2000) -> str:
    return text if len(text) <= most else f"{text[:most]}..."


def _refuse_packed(request: HttpRequest) -> None:
    """Refuse a compressed body: nothing is decompressed here, so there are no decompression bombs."""
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in ("", "identity"):
        raise Refused(415, f"Send the body without a Content-Encoding ({encoding[:40]!r} is not supported).")


def _read_as_utf8(request: HttpRequest) -> None:
    """Refuse other charsets than UTF-8 before Django uses them: some Python codecs, such as ``hex``, give no text."""
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if charset.lower() in _UTF8:
        return
    request.encoding = "utf-8"
    if request.content_type in FORMS:
        raise Refused(415, f"Send a form as UTF-8, not as {charset!r}.")


def of_outage(error: BaseException) -> HttpResponse:
    """The response if the database is away."""
    outage.note_away(error)
    return refusal(503, AWAY, code=Code.BUSY, **{"Retry-After": AWAY_RETRY_AFTER})


def files_are_away(error: BaseException | None) -> bool:
    """Whether a file could not be read or written because of the disk: full, read-only, broken, or not there."""
    return isinstance(error, StorageAway) or (isinstance(error, OSError) and error.errno in _FILES)


def of_files_away(error: BaseException) -> HttpResponse:
    """The response if a file could not be read or written."""
    log.error("Files are not available: %s", error)
    return refusal(503, FILES_AWAY, code=Code.BUSY, **{"Retry-After": AWAY_RETRY_AFTER})


def _busy(error: OperationalError | InterfaceError | RequestEnded) -> HttpResponse:
    """The response if the database could not do something now: it is away, or a lock, a deadlock or a timeout."""
    if outage.is_away(error):
        return of_outage(error)
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
    status = error.status if isinstance(error, Refused) else status_of(type(error))
    return _error(status, {"detail": _cut(error.message), **_facts(error)}, error.code, **headers)


def _facts(error: BrainstemError) -> dict[str, object]:
    """What an error shows next to its message."""
    return error.facts if isinstance(error, ChangedSince | EditConflict | MovedOn) else {}
