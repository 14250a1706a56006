"""What can go wrong, as one tree.

::

    BrainstemError
    ├── AuthenticationError      401: no token, or one that is not valid (any more)
    │   └── LoginError           e-mail and password do not fit
    ├── PermissionDenied         403: you see it but may not do this
    ├── NotFound                 404: it does not exist, or not for you
    ├── ValidationError          400, or refused before anything was sent; ``errors`` is field -> messages
    ├── Conflict                 409, 412: it is in use, decided, or was changed by somebody else
    ├── RateLimited              429: too many requests; ``retry_after`` seconds
    ├── ServerError              5xx: the server failed
    ├── ConnectionFailed         the server was not reached, or the answer got lost
    │   └── WrongAddress         it sends requests on to another address
    └── NotAnAnswer              what came is none of a BrainSTEM server: a page, broken JSON, nothing at all

The drop-in calls (``load``, ``save``, ``delete``) hand over responses and raise none of these for a status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUEST_ID = "x-request-id"
LONGEST = 200  # characters of a text that somebody else answered
NON_FIELD = "non_field_errors"


class BrainstemError(Exception):
    """Anything that a server, or this client on its way there, refused or could not do.

    Attributes
    ----------
    status : int or None
        HTTP status; None when nothing was answered.
    body : Any
        The answer: parsed JSON, or text.
    request_id : str
        Number under which the server's administrators find the request in their log.
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
    """E-mail and password do not fit together."""

    advice = "Check both; with two-factor authentication sign in with browser=True."

    def __init__(self, message: str = "User/password combination incorrect or user does not exist.", **more: Any):
        super().__init__(message, **more)


class PermissionDenied(BrainstemError):
    """The caller sees the record but may not do this."""

    advice = "Ask an owner or manager of the project for the role that this takes."


class NotFound(BrainstemError):
    """The record does not exist, or not for the caller."""

    advice = "Check the id and the portal, and that you are a member of the project."


class ValidationError(BrainstemError, ValueError):
    """Values that were refused: by the server, or before anything was sent.

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
    """The record is in use, was decided already, or was changed by somebody else."""

    advice = "Load the record again and look at what it holds now."


class RateLimited(BrainstemError):
    """Too many requests.

    Attributes
    ----------
    retry_after : float or None
        Seconds until the server listens again, if it says so.
    """

    advice = "Wait, then try again with fewer requests at a time."

    def __init__(self, message: str, *, retry_after: float | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class ServerError(BrainstemError):
    """The server failed."""

    advice = "Try again later; if it stays, tell the server's administrators the number of the request."


class ConnectionFailed(BrainstemError):
    """The server was not reached, or its answer got lost on the way."""

    advice = "Check the address of the server (url= or BRAINSTEM_URL) and the network."


class WrongAddress(ConnectionFailed):
    """The server sends requests on to where they must not follow."""

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
    """The error that an answer of this status is, with the server's own words.

    Parameters
    ----------
    server : str
        Its address, for answers that have no words of their own, such as the page of a proxy.
    """
    kind = BY_STATUS.get(status, ServerError if status >= 500 else BrainstemError)
    more: dict[str, Any] = {"status": status, "body": body, "request_id": request_id}
    if kind is ValidationError:
        more["errors"] = messages_by_field(body)
    if kind is RateLimited:
        more["retry_after"] = retry_after
    own = sentence_of(body) if isinstance(body, (dict, list)) else ""
    if own:
        return kind(own, **more)
    told = sentence_of(body)
    words = f": {' '.join(told.split())[:LONGEST]}" if told else "" if body else ", and nothing else"
    page = " with a page, not as a BrainSTEM server does" if body and not told else ""
    return kind(f"{server or 'The server'} answered {status}{page}{words}.", **more)


def messages_by_field(body: object) -> dict[str, list[str]]:
    """``{"field": ["message"]}`` out of a refusal, whatever shape it has."""
    if not isinstance(body, dict):
        return {NON_FIELD: [str(body)]}
    return {str(key): _messages(value) for key, value in body.items()}


def _messages(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def sentence_of(body: object) -> str:
    """The body of a refusal as one line."""
    if isinstance(body, dict) and set(body) == {"detail"}:
        return str(body["detail"])
    if isinstance(body, dict):
        parts = (f"{key}: {' '.join(found)}" for key, found in messages_by_field(body).items())
        return "; ".join(parts)
    # A page of HTML, such as a proxy sends, says nothing in a line.
    text = str(body or "").strip()
    return "" if text.startswith("<") else text[:300]
