"""All errors, as one tree; only ``api`` knows status codes.

::

    BrainstemError
    ├── Invalid            the content of the request is wrong: field -> messages
    │   ├── QueryError     the query string is wrong
    │   │   └── UnknownName  it names what does not exist
    │   └── Unchanged      a proposal that would change nothing
    ├── NotSignedIn        no token, or a bad one
    ├── Forbidden          visible, but this caller may not do that with it
    ├── Missing            does not exist, or this caller may not see it
    ├── Conflict           the current state of the record does not allow this
    │   ├── InProgress     the same request is being processed right now
    │   ├── ChangedSince   what would be undone has been changed or used since
    │   └── EditConflict   others have changed the same fields to other values
    ├── MovedOn            the record is no longer at the version that the caller names
    ├── RowsRefused        some rows of a bulk request are wrong, each with its own error
    └── Throttled          too many attempts

    RequestEnded           the database work of this request was stopped
    ├── TookTooLong        it exceeded its time limit
    └── CallerLeft         nobody is waiting for the response any more

RequestEnded is not a BrainstemError, so that code collecting errors row by row does not carry on.

Each has a code, by which programs tell it from others without reading English: that of its class, or a narrower one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

NON_FIELD = "non_field_errors"


_Wrong = TypeVar("_Wrong", bound=Exception)


def gathered(parts: Iterable[Callable[[], object]], kind: type[_Wrong]) -> tuple[list[object], list[_Wrong]]:
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
    MOVED_ON = "moved_on"
    EDIT_CONFLICT = "edit_conflict"
    PRECONDITION_FAILED = "precondition_failed"
    UNKNOWN_VERSION = "unknown_version"
    KEY_REUSED = "key_reused"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    THROTTLED = "throttled"
    HEADERS_TOO_LARGE = "headers_too_large"
    SERVER_ERROR = "server_error"
    BUSY = "busy"
    TOO_SLOW = "too_slow"


class BrainstemError(Exception):
    """Any error that is reported to the caller; ``code`` is that of its class unless a narrower one is given."""

    code: Code = Code.INVALID

    def __init__(self, message: str = "", *, code: Code | None = None) -> None:
        super().__init__(message)
        self.code = code or type(self).code

    @property
    def message(self) -> str:
        """The message for the caller."""
        return str(self)


class Invalid(BrainstemError):
    """The content of a request is wrong."""

    def __init__(self, errors: dict[str, list[str]], *, code: Code | None = None) -> None:
        super().__init__(code=code)
        self.errors = errors

    def __str__(self) -> str:
        """All messages as one text, joined on demand, since there may be very many."""
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.errors.items())

    @classmethod
    def at(cls, name: str, message: str, *, code: Code | None = None) -> Invalid:
        """One message at one field."""
        return cls({name: [message]}, code=code)

    @classmethod
    def whole(cls, message: str, *, code: Code | None = None) -> Invalid:
        """A message that does not concern a single field."""
        return cls({NON_FIELD: [message]}, code=code)

    @classmethod
    def of_all(cls, *parts: Callable[[], Any]) -> list[Any]:
        """The results of all parts, or all of their errors at once.

        Raises
        ------
        Invalid
            If at least one of them raised it.
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
    """The query string is malformed or names something that does not exist."""

    code = Code.INVALID_QUERY


class UnknownName(QueryError):
    """The query string names a parameter, a field or a relation that does not exist."""

    code = Code.UNKNOWN_NAME


class Unchanged(Invalid):
    """The proposal would not change anything."""

    code = Code.UNCHANGED


class NotSignedIn(BrainstemError):
    """No token was sent, or it is not valid."""

    code = Code.NOT_SIGNED_IN


class Forbidden(BrainstemError):
    """The caller can see the record but may not do this with it."""

    code = Code.FORBIDDEN


class Missing(BrainstemError):
    """There is no such record that this caller can see."""

    code = Code.NOT_FOUND


class Conflict(BrainstemError):
    """The record cannot be changed this way in its current state."""

    code = Code.CONFLICT


class InProgress(Conflict):
    """The same request is being processed right now; its response will be available soon."""

    code = Code.IN_PROGRESS


class ChangedSince(Conflict):
    """What would be undone has been changed again since, or other records depend on it.

    ``fields`` are those that were changed, by record and name, with three values of each; ``in_the_way`` are records
    that depend on what was added, as far as the caller sees them.
    """

    code = Code.MOVED_ON

    def __init__(self, message: str, *, fields: dict[str, Any], in_the_way: dict[str, Any]) -> None:
        super().__init__(message)
        self.facts: dict[str, object] = {"moved_on": fields, "blocked_by": in_the_way}


class EditConflict(Conflict):
    """Others have changed the same fields to other values since the version that the caller has read.

    ``facts`` are shown next to the message: the record as it is, and the three values of each field.
    """

    code = Code.EDIT_CONFLICT

    def __init__(self, message: str, *, facts: dict[str, object]) -> None:
        super().__init__(message)
        self.facts = facts


class MovedOn(BrainstemError):
    """The record is not at the version that the caller names; ``facts`` say what it is now, and what changed."""

    code = Code.PRECONDITION_FAILED

    def __init__(self, message: str, *, facts: dict[str, object], code: Code | None = None) -> None:
        super().__init__(message, code=code)
        self.facts = facts


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row: ``operation`` is "create", "update" or "delete", ``index`` its position there."""

    operation: str
    index: int
    error: BrainstemError


class RowsRefused(BrainstemError):
    """Rows of a bulk request are wrong; nothing was written."""

    code = Code.INVALID_ROWS

    def __init__(self, rows: list[RowError]) -> None:
        super().__init__(f"{len(rows)} rows are wrong.")
        self.rows = rows


class Throttled(BrainstemError):
    """Too many attempts; the next one is allowed in ``seconds``."""

    code = Code.THROTTLED

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class RequestEnded(Exception):
    """The database work of this request was stopped."""


class TookTooLong(RequestEnded):
    """The request exceeded its time limit of ``seconds``."""

    code = Code.TOO_SLOW

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"This takes longer than the {seconds:g} seconds that one request may use the database."
            " Request less at once (a narrower filter, fewer includes, a smaller limit, fewer rows),"
            " or read the list as a stream (?format=ndjson), which has no limit."
        )


class CallerLeft(RequestEnded):
    """Nobody is waiting for the response any more."""

    def __init__(self) -> None:
        super().__init__("The caller has left.")
