"""The header ``Brainstem-Error-Code``: what went wrong, as a stable code for programs. Knows no request."""

from __future__ import annotations

from brainstem.core.errors import Code

HEADER = "Brainstem-Error-Code"
# Code -> its statuses and meaning, as in docs/api.md; the usual code of a status comes first.
CODES: dict[Code, tuple[tuple[int, ...], str]] = {
    Code.UNREADABLE: ((400,), "The request cannot be read: not HTTP, not JSON, or a broken form."),
    Code.INVALID: ((400,), "Values are wrong; the body says which."),
    Code.INVALID_QUERY: ((400,), "A parameter of the query string has a value that cannot be used."),
    Code.UNKNOWN_NAME: ((400,), "The query string names a parameter, field or relation that does not exist."),
    Code.ANSWER_TOO_LARGE: ((400,), "The response would be too large; request less at once."),
    Code.INVALID_ROWS: ((400,), "Rows of `bulk/` are wrong; the body says what, with a status for each."),
    Code.UNCHANGED: ((400,), "The proposal would change nothing."),
    Code.NOT_SIGNED_IN: ((401,), "Neither a token nor a session was sent."),
    Code.INVALID_TOKEN: ((401,), "The token is unknown, revoked or expired."),
    Code.WRONG_CREDENTIALS: ((401,), "No active account has this email and password."),
    Code.UNCONFIRMED_EMAIL: ((401,), "The email address of the account has not been confirmed yet."),
    Code.FORBIDDEN: ((403,), "You see it but may not do this."),
    Code.READ_ONLY_TOKEN: ((403,), "The token may only read."),
    Code.PROJECT_TOKEN: ((403,), "The token is bound to one project, and this is outside it."),
    Code.TWO_FACTOR_REQUIRED: ((401, 403), "The account uses or needs two-factor authentication."),
    Code.CSRF_FAILED: ((403,), "A browser's request was not sent by a page of this server."),
    Code.NOT_FOUND: ((404,), "It does not exist, or you may not see it."),
    Code.METHOD_NOT_ALLOWED: ((405,), "The method is not allowed here; `Allow` lists those that are."),
    Code.NOT_ACCEPTABLE: ((406,), "This server does not offer Arrow."),
    Code.REQUEST_TIMEOUT: ((408,), "The request did not arrive in time."),
    Code.CONFLICT: ((409,), "The record is in a state that does not allow this, or was just changed."),
    Code.IN_USE: ((409,), "Other records refer to what would be deleted."),
    Code.IN_PROGRESS: ((409,), "The same request is being processed; try again after `Retry-After`."),
    Code.MOVED_ON: ((409,), "What would be undone has been changed again since, or other records depend on it."),
    Code.EDIT_CONFLICT: ((409,), "Others changed the same fields to other values since; the body has the values."),
    Code.KEY_REUSED: ((409,), "The `Idempotency-Key` was used for another request."),
    Code.PRECONDITION_FAILED: ((412,), "The record has changed since the version you name; the body says how."),
    Code.UNKNOWN_VERSION: ((412,), "The record never was at the version you name, or its history is gone."),
    Code.TOO_LARGE: ((413,), "The body is too large."),
    Code.UNSUPPORTED_MEDIA_TYPE: ((415,), "The type or encoding of the body is not supported."),
    Code.THROTTLED: ((429,), "Too many attempts or requests; `Retry-After` says when to try again."),
    Code.HEADERS_TOO_LARGE: ((431,), "The headers are too large."),
    Code.SERVER_ERROR: ((500,), "The server failed; its log has the reason under `X-Request-ID`."),
    Code.BUSY: ((503,), "The server or its database is busy; try again after `Retry-After`."),
    Code.TOO_SLOW: ((503,), "The request exceeded its database time; request less at once."),
}


def codes_with(status: int) -> list[Code]:
    """All codes used with a status."""
    return [code for code, (statuses, _) in CODES.items() if status in statuses]


def usual_code(status: int) -> Code:
    """The code for a status if nothing narrower is known: its first one."""
    return codes_with(status)[0]
