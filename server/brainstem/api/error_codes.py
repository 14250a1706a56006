"""The header ``Brainstem-Error-Code``: what went wrong, in a word that programs can rely on. Knows no request."""

from __future__ import annotations

from brainstem.core.errors import Code

HEADER = "Brainstem-Error-Code"
# Code -> the statuses that it comes with, and what it means; the usual code of a status first. As in docs/api.md.
CODES: dict[Code, tuple[tuple[int, ...], str]] = {
    Code.UNREADABLE: ((400,), "The request cannot be read: not HTTP, not JSON, or a broken form."),
    Code.INVALID: ((400,), "Values are wrong; the body says which."),
    Code.INVALID_QUERY: ((400,), "A parameter of the query string has a value that cannot be used."),
    Code.UNKNOWN_NAME: ((400,), "The query string names a parameter, field or relation that does not exist."),
    Code.ANSWER_TOO_LARGE: ((400,), "The answer would be too large; ask for less at once."),
    Code.INVALID_ROWS: ((400,), "Rows of `bulk/` are wrong; the body says what, with a status for each."),
    Code.UNCHANGED: ((400,), "The proposal would change nothing."),
    Code.NOT_SIGNED_IN: ((401,), "Neither a token nor a session was sent."),
    Code.INVALID_TOKEN: ((401,), "The token is unknown, revoked or expired."),
    Code.WRONG_CREDENTIALS: ((401,), "No active account has this e-mail and password."),
    Code.UNCONFIRMED_EMAIL: ((401,), "The e-mail address of the account has not been confirmed yet."),
    Code.FORBIDDEN: ((403,), "You see it but may not do this."),
    Code.READ_ONLY_TOKEN: ((403,), "The token may only read."),
    Code.PROJECT_TOKEN: ((403,), "The token is bound to one project, and this is outside of it."),
    Code.TWO_FACTOR_REQUIRED: ((401, 403), "The account uses or needs two-factor authentication."),
    Code.CSRF_FAILED: ((403,), "A browser's request was not sent by a page of this server."),
    Code.NOT_FOUND: ((404,), "It does not exist, or not for you."),
    Code.METHOD_NOT_ALLOWED: ((405,), "The method is not allowed here; `Allow` lists those that are."),
    Code.NOT_ACCEPTABLE: ((406,), "This server does not offer Arrow."),
    Code.REQUEST_TIMEOUT: ((408,), "The request did not arrive in time."),
    Code.CONFLICT: ((409,), "The record is in a state that does not allow this, or was changed just now."),
    Code.IN_USE: ((409,), "Other records refer to what would be deleted."),
    Code.IN_PROGRESS: ((409,), "The same request is being answered; ask again after `Retry-After`."),
    Code.KEY_REUSED: ((409,), "The `Idempotency-Key` was sent with another request before."),
    Code.TOO_LARGE: ((413,), "The body is too large."),
    Code.UNSUPPORTED_MEDIA_TYPE: ((415,), "The body is of a type or encoding that is not read here."),
    Code.THROTTLED: ((429,), "Too many tries or requests; `Retry-After` says when to go on."),
    Code.HEADERS_TOO_LARGE: ((431,), "The headers are too large."),
    Code.SERVER_ERROR: ((500,), "The server failed; the log tells why under `X-Request-ID`."),
    Code.BUSY: ((503,), "The server or its database is busy; try again after `Retry-After`."),
    Code.TOO_SLOW: ((503,), "The database took longer than one request may ask it; ask for less at once."),
}


def codes_with(status: int) -> list[Code]:
    """All codes that come with a status."""
    return [code for code, (statuses, _) in CODES.items() if status in statuses]


def usual_code(status: int) -> Code:
    """The code that goes with a status when nothing narrower is known: the first one of it."""
    return codes_with(status)[0]
