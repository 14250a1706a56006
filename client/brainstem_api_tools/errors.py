"""All errors, as one tree.

::

    BrainstemError
    ├── AuthenticationError      401: no token, or one that is not (or no longer) valid
    │   └── LoginError           wrong email or password
    ├── PermissionDenied         403: you can see it but may not do this
    ├── NotFound                 404: it does not exist, or you do not have access to it
    ├── ValidationError          400, or refused before anything was sent; ``errors`` is field -> messages
    ├── Conflict                 409, 412: it is in use, already decided, or was changed by somebody else
    ├── RateLimited              429: too many requests; ``retry_after`` seconds
    ├── ServerError              5xx: the server failed
    ├── ConnectionFailed         the server was not reached, or its answer was lost
    │   └── WrongAddress         it redirects to another address
    └── NotAnAnswer              not an answer of a BrainSTEM server: a page, broken JSON, nothing at all

The drop-in calls (``load``, ``save``, ``delete``) return responses and raise none of these for a status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUEST_ID = "x-request-id"
LONGEST = 200  # characters of a text that somebody else answered
NON_FIELD = "non_field_errors"


class BrainstemError(Exception):
    """Anything that a server, or this client, refused or could not do.

    Attributes
    ----------
    status : int or None
        HTTP status; None if there was no answer.
    body : Any
        The answer: parsed JSON, or text.
    request_id : str
        Number by which the server's administrators find the request in their log.
    advice : str
        What to do about it.
    """

    advice = ""

    def __init__(
        self, message: str, *, status: int | None = None, body: object = None, request_id: str = "", advice: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.body: Any = body
        self.request_id = request_id
        self.advice = advice or self.advice

    def __str__(self) -> str:
        status = f" (status {self.status})" if self.status else ""
        number = f" [request {self.request_id}]" if self.request_id else ""
        return " ".join(part for part in (f"{self.message}{status}", self.advice) if part) + number


class AuthenticationError(BrainstemError):
    """There is no token, or it is not valid."""

    advice = "Sign in with `brainstem login`, or set BRAINSTEM_TOKEN to a token of this server."


class LoginError(AuthenticationError):
    """Wrong email or password."""

    advice = "Check both. With two-factor authentication, sign in with browser=True."

    def __init__(self, message: str = "User/password combination incorrect or user does not exist.", **more: Any):
        super().__init__(message, **more)


class PermissionDenied(BrainstemError):
    """You can see the record but may not do this."""

    advice = "Ask an owner or manager of the project for the role that this needs."


class NotFound(BrainstemError):
    """The record does not exist, or you do not have access to it."""

    advice = "Check the id and the portal, and that you are a member of the project."


class ValidationError(BrainstemError, ValueError):
    """Values that were refused, by the server or before anything was sent.

    Attributes
    ----------
    errors : dict of str to list of str
        Field -> messages; ``non_field_errors`` where no single field is at fault.
    """

    advice = "Nothing was changed."

    def __init__(self, message: str, *, errors: Mapping[str, list[str]] | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.errors: dict[str, list[str]] = dict(errors or {NON_FIELD: [message]})


class Conflict(BrainstemError):
    """The record is in use, was already decided, or was changed by somebody else.

    Attributes
    ----------
    changed : dict of str to dict
        What others changed meanwhile: field -> ``{"base": ..., "theirs": ..., "yours": ...}``, the values that you
        read, that it has now, and that you sent, if you did. ``base``, ``theirs`` and ``yours`` have one of them each.
        Of an undo that concerns several records, the keys are ``record: field``.
    current : dict
        The record as it is now, as far as the server tells.
    """

    advice = "Load the record again to see its current state."

    def __init__(
        self,
        message: str,
        *,
        changed: Mapping[str, Mapping[str, Any]] | None = None,
        current: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message, **more)
        self.changed: dict[str, dict[str, Any]] = {name: dict(values) for name, values in (changed or {}).items()}
        self.current: dict[str, Any] = dict(current or {})

    @property
    def base(self) -> dict[str, Any]:
        """Field -> the value that you read."""
        return self._values("base")

    @property
    def theirs(self) -> dict[str, Any]:
        """Field -> the value that it has now."""
        return self._values("theirs")

    @property
    def yours(self) -> dict[str, Any]:
        """Field -> the value that you sent."""
        return self._values("yours")

    def _values(self, side: str) -> dict[str, Any]:
        return {name: values[side] for name, values in self.changed.items() if side in values}


class RateLimited(BrainstemError):
    """Too many requests.

    Attributes
    ----------
    retry_after : float or None
        Seconds until the server accepts requests again, if it says so.
    """

    advice = "Wait, then try again with fewer requests at a time."

    def __init__(self, message: str, *, retry_after: float | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class ServerError(BrainstemError):
    """The server failed."""

    advice = "Try again later. If it keeps failing, send the request number to the server's administrators."


class ConnectionFailed(BrainstemError):
    """The server was not reached, or its answer was lost."""

    advice = "Check the address of the server (url= or BRAINSTEM_URL) and the network."


class WrongAddress(ConnectionFailed):
    """The server redirects to an address that must not be followed."""

    advice = "Nothing was changed."


class NotAnAnswer(BrainstemError, ValueError):
    """Something answered, but not as a BrainSTEM server does."""

    advice = "Check the address (url= or BRAINSTEM_URL), and whether a proxy or a sign-in page stands in between."


BY_STATUS: dict[int, type[BrainstemError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
    429: RateLimited,
}


def error_of(
    status: int, body: object, *, request_id: str = "", retry_after: float | None = None, server: str = ""
) -> BrainstemError:
    """The error for an answer with this status, in the server's own words.

    Parameters
    ----------
    server : str
        Its address, for answers without a message, such as a proxy's page.
    """
    kind = BY_STATUS.get(status, ServerError if status >= 500 else BrainstemError)
    more: dict[str, Any] = {"status": status, "body": body, "request_id": request_id}
    if kind is ValidationError:
        more["errors"] = messages_by_field(body)
    if kind is RateLimited:
        more["retry_after"] = retry_after
    if kind is Conflict:
        more |= conflict_in(body)
    own = sentence_of(body) if isinstance(body, (dict, list)) else ""
    if own:
        return kind(own, **more)
    told = sentence_of(body)
    words = f": {' '.join(told.split())[:LONGEST]}" if told else "" if body else " with an empty body"
    page = " with a page, not as a BrainSTEM server does" if body and not told else ""
    return kind(f"{server or 'The server'} answered {status}{page}{words}.", **more)


def conflict_in(body: object) -> dict[str, Any]:
    """What an answer tells of a conflict: the record as it is now, and the fields that both sides changed."""
    told = body if isinstance(body, dict) else {}
    # By the name that each refusal gives them: of a version that is not the last, of a merge, of an undo.
    changed = _objects(told.get("changed")) or _objects(told.get("conflicts")) or _moved_on(told)
    return {"changed": changed, "current": _object(told.get("current"))}


def _moved_on(told: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo that was refused tells by record, by field."""
    records = {name: _objects(fields) for name, fields in _objects(told.get("moved_on")).items()}
    if len(records) == 1:
        return next(iter(records.values()))
    return {f"{record}: {name}": values for record, fields in records.items() for name, values in fields.items()}


def _objects(value: object) -> dict[str, Any]:
    """The values of an object that are objects themselves."""
    return {str(name): one for name, one in _object(value).items() if isinstance(one, dict)}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def messages_by_field(body: object) -> dict[str, list[str]]:
    """``{"field": ["message"]}`` from a refusal of any form."""
    if not isinstance(body, dict):
        return {NON_FIELD: [str(body)]}
    return {str(key): _messages(value) for key, value in body.items()}


def _messages(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def sentence_of(body: object) -> str:
    """The body of a refusal as one line."""
    if isinstance(body, dict) and (set(body) == {"detail"} or isinstance(body.get("detail"), str)):
        return str(body["detail"])
    if isinstance(body, dict):
        parts = (f"{key}: {' '.join(found)}" for key, found in messages_by_field(body).items())
        return "; ".join(parts)
    # A page of HTML, such as a proxy sends, says nothing in a line.
    text = str(body or "").strip()
    return "" if text.startswith("<") else text[:300]
