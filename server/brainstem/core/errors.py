"""All errors, as one tree; only ``api`` knows status codes.

::

    BrainstemError
    ├── Invalid            the content of the request is wrong: field -> messages
    │   ├── QueryError     the query string is wrong
    │   └── Unchanged      a proposal that would change nothing
    ├── NotSignedIn        no token, or a bad one
    ├── Forbidden          visible, but this caller may not do that with it
    ├── Missing            does not exist, or this caller may not see it
    ├── Conflict           the current state of the record does not allow this
    │   └── InProgress     the same request is being processed right now
    ├── RowsRefused        some rows of a bulk request are wrong, each with its own error
    └── Throttled          too many attempts

    RequestEnded           the database work of this request was stopped
    ├── TookTooLong        it exceeded its time limit
    └── CallerLeft         nobody is waiting for the response any more

RequestEnded is not a BrainstemError, so that code collecting errors row by row does not carry on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NON_FIELD = "non_field_errors"


class BrainstemError(Exception):
    """Any error that is reported to the caller."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    @property
    def message(self) -> str:
        """The message for the caller."""
        return str(self)


class Invalid(BrainstemError):
    """The content of a request is wrong."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__()
        self.errors = errors

    def __str__(self) -> str:
        """All messages as one text, joined on demand, since there may be very many."""
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.errors.items())

    @classmethod
    def at(cls, name: str, message: str) -> Invalid:
        """One message at one field."""
        return cls({name: [message]})

    @classmethod
    def whole(cls, message: str) -> Invalid:
        """A message that does not concern a single field."""
        return cls({NON_FIELD: [message]})

    @classmethod
    def of_all(cls, *parts: Callable[[], Any]) -> list[Any]:
        """The results of all parts, or all of their errors at once.

        Raises
        ------
        Invalid
            If at least one of them raised it.
        """
        found: list[Any] = []
        errors: dict[str, list[str]] = {}
        for part in parts:
            try:
                found.append(part())
            except Invalid as error:
                for name, texts in error.errors.items():
                    errors[name] = list(dict.fromkeys([*errors.get(name, ()), *texts]))
        if errors:
            raise cls(errors)
        return found


class QueryError(Invalid):
    """The query string is malformed or names something that does not exist."""


class Unchanged(Invalid):
    """The proposal would not change anything."""


class NotSignedIn(BrainstemError):
    """No token was sent, or it is not valid."""


class Forbidden(BrainstemError):
    """The caller can see the record but may not do this with it."""


class Missing(BrainstemError):
    """There is no such record that this caller can see."""


class Conflict(BrainstemError):
    """The record cannot be changed this way in its current state."""


class InProgress(Conflict):
    """The same request is being processed right now; its response will be available soon."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row: ``operation`` is "create", "update" or "delete", ``index`` its position there."""

    operation: str
    index: int
    error: BrainstemError


class RowsRefused(BrainstemError):
    """Rows of a bulk request are wrong; nothing was written."""

    def __init__(self, rows: list[RowError]) -> None:
        super().__init__(f"{len(rows)} rows are wrong.")
        self.rows = rows


class Throttled(BrainstemError):
    """Too many attempts; the next one is allowed in ``seconds``."""

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class RequestEnded(Exception):
    """The database work of this request was stopped."""


class TookTooLong(RequestEnded):
    """The request exceeded its time limit of ``seconds``."""

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
