"""Which threads a request gets, by its head: most are short, streams are long, and monitoring always gets one."""

from __future__ import annotations

from enum import Enum

from django.core.handlers.wsgi import WSGIRequest

from brainstem.api.streams import format_of

from .request import Environ

HEALTH = frozenset({"/healthz", "/healthz/", "/readyz", "/readyz/", "/metrics"})


class Lane(Enum):
    """A kind of request with its own threads."""

    ORDINARY = "ordinary"
    STREAM = "stream"
    HEALTH = "health"


def lane_of(environ: Environ) -> Lane:
    """The lane of a request. A stream that this overlooks is counted when its response starts."""
    if environ["PATH_INFO"] in HEALTH:
        return Lane.HEALTH
    return Lane.STREAM if _asks_for_stream(environ) else Lane.ORDINARY


def _asks_for_stream(environ: Environ) -> bool:
    if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].startswith("/api/"):
        return False
    words = environ.get("HTTP_ACCEPT", "") + environ["QUERY_STRING"]
    # A cheap test that few requests pass, so that the others need not be parsed twice.
    return ("ndjson" in words or "arrow" in words) and format_of(WSGIRequest(environ)) != "json"


__all__ = ["Lane", "lane_of"]
