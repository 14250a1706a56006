"""Time limit of a request for database work, the response when it is exceeded, and its log entry."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from brainstem.core.sql import deadlines

from . import errors
from .metrics.counting import TICKET
from .middleware import path_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The values of these parameters are names too; those of others are what someone searched for.
_NAMING = frozenset({"sort", "sort[]", "include", "include[]", "exclude", "exclude[]"})
_LONGEST_SHAPE = 2_000

log = logging.getLogger("brainstem.deadlines")


class Deadline:
    """Middleware: gives every request its time limit for the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Respond within the time limit for reading or writing."""
        reads = request.method in SAFE_METHODS
        with deadlines.asked(settings.BRAINSTEM_READ_SECONDS if reads else settings.BRAINSTEM_WRITE_SECONDS) as ticket:
            setattr(request, TICKET, ticket)
            response = self.get_response(request)
            if ticket.told and not ticket.left:
                log.warning("Took longer than %g s: %s", ticket.seconds or 0, shape_of(request))
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The response of a view that ran out of time, or could not work without its database."""
        return errors.cannot_now(request, exception)


def shape_of(request: HttpRequest) -> str:
    """The request by its names only, never the values that someone searched for."""
    parts = [f"{name}={value}" if name in _NAMING else name for name, value in _pairs(request)]
    text = f"{request.method} {path_of(request)} {' '.join(parts)}".strip()
    return text[:_LONGEST_SHAPE].encode("unicode_escape").decode("ascii")


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=400)
    except ValueError:
        return []
