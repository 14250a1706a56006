"""Which threads a request gets, told by its head: most are short, streams are long, and health must always be told."""

from __future__ import annotations

from enum import Enum

from django.core.handlers.wsgi import WSGIRequest

from brainstem.api.streams import format_of

from .request import Environ

HEALTH = frozenset({"/healthz", "/healthz/"})


class Lane(Enum):
    """A kind of request that has threads of its own."""

    ORDINARY = "ordinary"
    STREAM = "stream"
    HEALTH = "health"


def lane_of(environ: Environ) -> Lane:
    """Where the request belongs. A stream that this overlooks is counted when its answer begins."""
    if environ["PATH_INFO"] in HEALTH:
        return Lane.HEALTH
    return Lane.STREAM if _asks_for_stream(environ) else Lane.ORDINARY


def _asks_for_stream(environ: Environ) -> bool:
    if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].startswith("/api/"):
        return False
    words = environ.get("HTTP_ACCEPT", "") + environ["QUERY_STRING"]
    # Few requests get past this, so that the others need not be read twice.
    return ("ndjson" in words or "arrow" in words) and format_of(WSGIRequest(environ)) != "json"


__all__ = ["Lane", "lane_of"]
