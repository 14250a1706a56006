"""Log lines: the request that each belongs to, and lines as JSON.

A JSON line is one object on one line of ASCII: whatever callers send, they can neither begin a line of their own nor
add a key. Only the keys below are written, none of what else libraries attach to a record, such as the request itself.
Knows no models, as logging is set up before they are loaded.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from contextvars import ContextVar

from django.urls import Resolver404, ResolverMatch, resolve

from brainstem.core.errors import RequestEnded
from brainstem.core.sql.outage import is_away
from brainstem.core.steps import trace_id

NO_REQUEST = "-"
KEY, HIDDEN = "key", "***"  # name of the secret in the URLs of emailed links, and what is logged in its place
WITHOUT_KEYS = ("/api/", "/static/")
ACCESS = "access"  # attribute of records: the parts of a request, as a dict
current: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


class RequestIdFilter(logging.Filter):
    """Adds the request id to every log record, and the id of its trace; ``origin`` is both."""

    def filter(self, record: logging.LogRecord) -> bool:
        asked, traced = current.get(), trace_id()
        record.request_id = asked
        record.trace_id = traced
        record.origin = f"{asked} {traced}" if traced else asked
        return True


class QuietEnds(logging.Filter):
    """Drops Django's log records about requests that can be repeated later, which it mistakes for server errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is about something else."""
        error = record.exc_info[1] if record.exc_info else None
        return not (isinstance(error, RequestEnded) or is_away(error) or getattr(record, "status_code", 0) == 503)


class HiddenKeys(logging.Filter):
    """Hides the keys of emailed links in what Django says about requests: readers of the log could use them."""

    def filter(self, record: logging.LogRecord) -> bool:
        key = key_of(getattr(record, "request", None))
        if key:
            record.msg, record.args = record.getMessage().replace(key, HIDDEN), ()
        return True


def key_of(request: object) -> str:
    """The secret in the URL of a request, which came in an email; empty if there is none."""
    match = getattr(request, "resolver_match", None) or _match_of(getattr(request, "path_info", WITHOUT_KEYS[0]))
    return str(match.kwargs.get(KEY, "")) if match else ""


def _match_of(path: str) -> ResolverMatch | None:
    """What an address leads to that a request was refused at, or failed at, before it was resolved."""
    if path.startswith(WITHOUT_KEYS):
        return None
    try:
        return resolve(path)
    except Resolver404:
        return None


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object.

    Keys: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``request_id``, ``message``; ``trace_id`` if there is a
    trace; the parts of a request for its own line (:mod:`.access_line`); ``exception`` with the traceback, if there
    is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if trace := getattr(record, "trace_id", ""):
            said["trace_id"] = trace
        access = getattr(record, ACCESS, None)
        if isinstance(access, dict):
            said |= access
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            said["stack"] = record.stack_info
        return json.dumps(said, default=str).replace("\x7f", "\\u007f")


__all__ = [
    "ACCESS",
    "HIDDEN",
    "KEY",
    "NO_REQUEST",
    "HiddenKeys",
    "JsonLines",
    "QuietEnds",
    "RequestIdFilter",
    "current",
    "key_of",
]
