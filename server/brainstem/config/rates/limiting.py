"""Middleware: refuses requests of callers who have used up a limit of rate, and counts what the others cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from brainstem.config import errors
from brainstem.config.front.lanes import HEALTH
from brainstem.config.metrics.board import board
from brainstem.config.metrics.counting import TICKET
from brainstem.config.person import PLACE, Person
from brainstem.config.recognition import recognition
from brainstem.core.access.caller import address_of, network_of
from brainstem.core.sql.deadlines import Ticket

from .buckets import Left, buckets
from .policies import MINUTE_S, Policy, applying

Wanted = Sequence[tuple[Policy, str]]
SAY_BELOW = 0.5  # of a limit: most callers never use as much, and their responses need not speak of it


def rates(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 429 for callers who have used up a limit."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.BRAINSTEM_RATES or request.path_info in HEALTH:
            return get_response(request)
        person = _person_of(request)
        network = "" if person.is_signed_in else network_of(address_of(request.META))
        wanted = list(applying(settings.BRAINSTEM_RATES, person, network=network))
        left = buckets().take(wanted)
        longest = max(left, key=lambda one: one.wait_s, default=None)
        if longest is not None and longest.wait_s:
            return _refused(request, longest)
        response = get_response(request)
        _charge(request, response, wanted)
        tightest = min(left, key=_part, default=None)
        return _told(response, tightest) if tightest and _part(tightest) < SAY_BELOW else response

    return answer


def _person_of(request: HttpRequest) -> Person:
    """Whose request this is: the front has found it out, other servers have not."""
    known = request.META.get(PLACE)
    return known if isinstance(known, Person) else recognition.person(request.META)


def _part(one: Left) -> float:
    """The part of a limit that is left."""
    return one.number / one.policy.per_minute


def _refused(request: HttpRequest, one: Left) -> HttpResponse:
    board().count_limited(one.policy.name)
    seconds = math.ceil(one.wait_s)
    response = errors.throttled(request, one.policy.refusal(seconds), seconds=seconds)
    return _told(response, one)


def _told(response: HttpResponse, one: Left) -> HttpResponse:
    """With the headers of draft-ietf-httpapi-ratelimit-headers."""
    name, most = one.policy.name, one.policy.per_minute
    full_s = math.ceil((most - one.number) * MINUTE_S / most)
    response.headers["RateLimit-Policy"] = f'"{name}";q={most};w={MINUTE_S}'
    response.headers["RateLimit"] = f'"{name}";r={max(0, math.floor(one.number))};t={math.ceil(one.wait_s) or full_s}'
    return response


def _charge(request: HttpRequest, response: HttpResponse, wanted: Wanted) -> None:
    ticket: Ticket | None = getattr(request, TICKET, None)
    if ticket is None:
        return
    if response.streaming and getattr(response, "file_to_stream", None) is None:
        stream = cast("StreamingHttpResponse", response)
        stream.streaming_content = _Charging(stream.streaming_content, lambda: buckets().charge(wanted, ticket.cost))
    else:
        buckets().charge(wanted, ticket.cost)


class _Charging:
    """The content of a stream, which is charged once it is closed: what it costs is only known then."""

    def __init__(self, content: object, charge: Callable[[], None]) -> None:
        self._content, self.close = cast("Iterable[bytes]", content), charge

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._content)


__all__ = ["rates"]
