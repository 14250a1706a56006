"""The step that is a whole request, from its arrival to its response."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from brainstem.config.metrics.labels import OTHER, VERBS, place_of
from brainstem.core import steps

from .arrival import ARRIVED

_PASSED_ON = {"HTTP_TRACEPARENT": "traceparent", "HTTP_TRACESTATE": "tracestate"}


def traced(request: HttpRequest, *, request_id: str) -> AbstractContextManager[steps.Step]:
    """Context for responding to a request. Its time in the queue of the front is a step of it."""
    return _traced(request, request_id) if steps.is_traced() else steps.step("request")


@contextmanager
def _traced(request: HttpRequest, request_id: str) -> Iterator[steps.Step]:
    arrived: int | None = request.META.get(ARRIVED)
    portal, model = place_of(request.path_info)
    facts: steps.Facts = {"request_id": request_id, "verb": _verb(request)}
    facts |= {"portal": portal} if portal != OTHER else {}
    facts |= {"model": model} if model != OTHER else {}
    with steps.step("request", parent=_parent(request), begun_ns=arrived, **facts) as whole:
        if arrived is not None:
            steps.passed("queue", seconds=(time.time_ns() - arrived) / 1e9)
        yield whole


def tell_response(whole: steps.Step, response: HttpResponseBase, *, route: str | None) -> None:
    """Tell how a request ended; what is streamed after that is a step, too, but not a file, which others send."""
    if not steps.is_traced():
        return
    told: steps.Facts = {"status": response.status_code}
    whole.tell(**(told if route is None else told | {"route": route}))
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        content = response.streaming_content
        if isinstance(content, Iterator):
            response.streaming_content = steps.during("stream", content)


def _verb(request: HttpRequest) -> str:
    return request.method if request.method in VERBS else OTHER


def _parent(request: HttpRequest) -> dict[str, str]:
    """The step of which the request is a part, as a trusted proxy says; others could put theirs into our traces."""
    if settings.BRAINSTEM_TRUSTED_PROXIES < 1:
        return {}
    return {name: str(request.META[key]) for key, name in _PASSED_ON.items() if key in request.META}


__all__ = ["tell_response", "traced"]
