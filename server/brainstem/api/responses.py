"""Answers: JSON, and errors as status codes. The only place where one becomes the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from brainstem.core.errors import (
    NON_FIELD,
    BrainstemError,
    CallerLeft,
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
        super().__init__(message)
        self.status = status
        self.allow = allow


def offer_only(method: str | None, *offered: str) -> None:
    """Refuse every other method (405); the first of those offered is proposed."""
    if method not in offered:
        allow = ", ".join([*offered, "OPTIONS"])
        raise Refused(405, f"{method} is not offered here; use {offered[0]}.", allow=allow)


def json_response(status: int, answer: object, **headers: str) -> HttpResponse:
    """An answer of JSON."""
    return HttpResponse(orjson.dumps(answer), status=status, content_type=JSON, headers=headers)


def text_response(status: int, texts: Iterable[str], **headers: str) -> HttpResponse:
    """An answer of JSON that is text already, in pieces, which are taken one after the other."""
    response = HttpResponse(status=status, content_type=JSON, headers=headers)
    for text in texts:
        response.write(text.encode())
    return response


def answered(view: Callable[..., HttpResponse], request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
    """What a view answers, with every error of the house, and every fault of the request, as JSON."""
    try:
        _refuse_packed(request)
        _read_as_utf8(request)
        return view(request, *arguments, **named)
    except Invalid as error:
        return json_response(400, _bounded(error.errors))
    except RowsRefused as error:
        return json_response(400, {"errors": [_row_error(one) for one in error.rows]})
    except BrainstemError as error:
        return _refusal(error)
    except RequestDataTooBig:
        return json_response(413, {"detail": "The body is larger than this server takes."})
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        return json_response(400, {"non_field_errors": [f"The request cannot be read: {error}"]})
    except IntegrityError:
        # PostgreSQL looks at references when a write ends: what it refers to may be gone by then.
        log.warning("A write clashed with another one.", exc_info=True)
        return json_response(409, {"detail": "Something that this refers to was changed just now; try again."})
    except (OperationalError, RequestEnded) as error:
        return _busy(error)


def of_ended(error: RequestEnded) -> HttpResponse:
    """What is said of a request that took too long."""
    if isinstance(error, CallerLeft):
        return HttpResponse(status=GONE)
    return json_response(503, {"detail": str(error)}, **{"Retry-After": RETRY_AFTER})


def _row_error(row: RowError) -> dict[str, Any]:
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
        raise Refused(
            415, f"Send the body as it is, without Content-Encoding ({encoding[:40]!r} is not unpacked here)."
        )


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
    return json_response(503, {"detail": "The database is busy; try again."}, **{"Retry-After": "1"})


def _refusal(error: BrainstemError) -> HttpResponse:
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, InProgress):
        headers["Retry-After"] = "1"
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, Refused):
        if error.allow:
            headers["Allow"] = error.allow
        return json_response(error.status, {"detail": _cut(error.message)}, **headers)
    return json_response(STATUS[type(error)], {"detail": _cut(error.message)}, **headers)
