"""What can go wrong, as one tree; status codes are given in the HTTP door only.

::

    BrainstemError
    ├── Invalid            the request's content is wrong: field -> messages
    │   ├── QueryError     the query string is wrong
    │   │   └── UnknownName  it names what does not exist
    │   └── Unchanged      a proposal that would change nothing
    ├── NotSignedIn        no token, or a bad one
    ├── Forbidden          visible, but not for this caller to change
    ├── Missing            not there, or not for this caller to see
    ├── Conflict           the record is in a state that does not allow this
    │   └── InProgress     the same request is being answered just now
    ├── RowsRefused        some rows of a request of many are wrong: each with its own error
    └── Throttled          too many tries

    RequestEnded           nothing more is asked of the database for this request
    ├── TookTooLong        it kept the database busy for longer than it may
    └── CallerLeft         nobody waits for the answer any more

An ended request is no BrainstemError: whoever collects those, row by row, must not go on.

Each has a code, by which programs tell it from others without reading English: that of its class, or a narrower one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

NON_FIELD = "non_field_errors"


_Wrong = TypeVar("_Wrong", bound=Exception)


def gathered(parts: Iterable[Callable[[], Any]], kind: type[_Wrong]) -> tuple[list[Any], list[_Wrong]]:
    """What the parts give, and the errors of this kind that they raised: all of them, not only the first."""
    found: list[Any] = []
    wrong: list[_Wrong] = []
    for part in parts:
        try:
            found.append(part())
        except kind as error:
            wrong.append(error)
    return found, wrong


class Code(StrEnum):
    """What went wrong, for programs. Codes are never renamed; :mod:`brainstem.api.error_codes` says what each means."""

    INVALID = "invalid"
    UNREADABLE = "unreadable"
    INVALID_QUERY = "invalid_query"
    UNKNOWN_NAME = "unknown_name"
    ANSWER_TOO_LARGE = "answer_too_large"
    INVALID_ROWS = "invalid_rows"
    UNCHANGED = "unchanged"
    NOT_SIGNED_IN = "not_signed_in"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code
    WRONG_CREDENTIALS = "wrong_credentials"
    UNCONFIRMED_EMAIL = "unconfirmed_email"
    TWO_FACTOR_REQUIRED = "two_factor_required"
    FORBIDDEN = "forbidden"
    READ_ONLY_TOKEN = "read_only_token"  # noqa: S105 - a code
    PROJECT_TOKEN = "project_token"  # noqa: S105 - a code
    CSRF_FAILED = "csrf_failed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    REQUEST_TIMEOUT = "request_timeout"
    CONFLICT = "conflict"
    IN_USE = "in_use"
    IN_PROGRESS = "in_progress"
    KEY_REUSED = "key_reused"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    THROTTLED = "throttled"
    HEADERS_TOO_LARGE = "headers_too_large"
    SERVER_ERROR = "server_error"
    BUSY = "busy"
    TOO_SLOW = "too_slow"


class BrainstemError(Exception):
    """Anything that the caller is told about; ``code`` is that of the class unless a narrower one is given."""

    code: Code = Code.INVALID

    def __init__(self, message: str = "", *, code: Code | None = None) -> None:
        super().__init__(message)
        self.code = code or type(self).code

    @property
    def message(self) -> str:
        """What the caller is told."""
        return str(self)


class Invalid(BrainstemError):
    """The content of a request is wrong."""

    def __init__(self, errors: dict[str, list[str]], *, code: Code | None = None) -> None:
        super().__init__(code=code)
        self.errors = errors

    def __str__(self) -> str:
        """All messages as one text, joined only when asked for: there may be very many."""
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.errors.items())

    @classmethod
    def at(cls, name: str, message: str, *, code: Code | None = None) -> Invalid:
        """One message at one field."""
        return cls({name: [message]}, code=code)

    @classmethod
    def whole(cls, message: str, *, code: Code | None = None) -> Invalid:
        """A message that concerns no single field."""
        return cls({NON_FIELD: [message]}, code=code)

    @classmethod
    def of_all(cls, *parts: Callable[[], Any]) -> list[Any]:
        """What all parts give; or all that is wrong with any of them, at once.

        Raises
        ------
        Invalid
            If at least one of them did.
        """
        found, wrong = gathered(parts, Invalid)
        errors: dict[str, list[str]] = {}
        for error in wrong:
            for name, texts in error.errors.items():
                errors[name] = list(dict.fromkeys([*errors.get(name, ()), *texts]))
        if errors:
            raise cls(errors)
        return found


class QueryError(Invalid):
    """The query string asks for something that does not exist or cannot be read."""

    code = Code.INVALID_QUERY


class UnknownName(QueryError):
    """The query string names a parameter, a field or a relation that does not exist."""

    code = Code.UNKNOWN_NAME


class Unchanged(Invalid):
    """What is proposed is how it is already."""

    code = Code.UNCHANGED


class NotSignedIn(BrainstemError):
    """No token was sent, or it is not valid."""

    code = Code.NOT_SIGNED_IN


class Forbidden(BrainstemError):
    """The caller may see the record but not do this with it."""

    code = Code.FORBIDDEN


class Missing(BrainstemError):
    """There is no such record for this caller."""

    code = Code.NOT_FOUND


class Conflict(BrainstemError):
    """The record cannot be changed in this way now."""

    code = Code.CONFLICT


class InProgress(Conflict):
    """The same request is being answered just now; a little later its answer can be had."""

    code = Code.IN_PROGRESS


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row: ``operation`` is "create", "update" or "delete", ``index`` its place there."""

    operation: str
    index: int
    error: BrainstemError


class RowsRefused(BrainstemError):
    """Rows of a request that writes many are wrong; nothing of it was written."""

    code = Code.INVALID_ROWS

    def __init__(self, rows: list[RowError]) -> None:
        super().__init__(f"{len(rows)} rows are wrong.")
        self.rows = rows


class Throttled(BrainstemError):
    """Too many tries; ``seconds`` says when the next is allowed."""

    code = Code.THROTTLED

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class RequestEnded(Exception):
    """Nothing more is asked of the database for this request."""


class TookTooLong(RequestEnded):
    """The request kept the database busy for longer than it may: ``seconds``."""

    code = Code.TOO_SLOW

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"This takes longer than the {seconds:g} seconds for which one request may ask the database."
            " Ask for less at once: a narrower filter, fewer includes, a smaller limit, fewer rows;"
            " or read the list as a stream (?format=ndjson), which has no limit."
        )


class CallerLeft(RequestEnded):
    """Nobody waits for the answer any more."""

    def __init__(self) -> None:
        super().__init__("The caller has left.")
