"""Which threads a request gets, by its head: most are short, streams are long, and monitoring always gets one.

Within a lane, requests of people who are signed in and anonymous ones have their own shares of the threads.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from django.core.handlers.wsgi import WSGIRequest

from brainstem.api.streams import format_of

from .request import Environ

HEALTH = frozenset({"/healthz", "/healthz/", "/readyz", "/readyz/", "/metrics"})


class Lane(Enum):
    """A kind of request with its own threads."""

    ORDINARY = "ordinary"
    STREAM = "stream"
    HEALTH = "health"


class Standing(StrEnum):
    """Whether a request comes from somebody who is signed in."""

    SIGNED_IN = "signed_in"
    ANONYMOUS = "anonymous"


def shares(threads: int, *, anonymous_percent: int) -> dict[str, int]:
    """How many threads each standing may occupy at once: neither all of them, if there are several.

    A quarter is kept for anonymous requests, as people sign in with one.
    """
    anonymous = min(max(1, threads * anonymous_percent // 100), max(1, threads - 1))
    return {Standing.ANONYMOUS: anonymous, Standing.SIGNED_IN: max(1, threads - min(anonymous, max(1, threads // 4)))}


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


__all__ = ["Lane", "Standing", "lane_of", "shares"]
