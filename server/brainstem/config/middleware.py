"""Middleware for every request: an id, a log line, its place in metrics and traces, and a check of its cookies."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from brainstem.api.responses import refusal
from brainstem.core.history.events import events_heard

from .access_line import access_of, route_of
from .logs import ACCESS, HIDDEN, current, key_of
from .metrics.counting import count
from .tracing.requests import tell_response, traced

HEADER = "X-Request-ID"
MAX_COOKIES, MAX_BACKSLASHES = 32 * 1024, 1000

log = logging.getLogger("brainstem.access")

# Ids from callers end up in logs and in the history: they must be short and unable to forge a line.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def current_request_id() -> str:
    """Id of the request that this thread is processing, or ``-``."""
    return current.get()


def chosen_id(offered: str | None) -> str:
    """The caller's id if it is acceptable, else a new one of 32 hexadecimal digits."""
    if offered and _SANE.fullmatch(offered):
        return offered
    return secrets.token_hex(8)  # Short, since history keeps it with every write.


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: sets ``request.request_id`` and the response header, writes one log line, counts and traces it."""

    def answer(request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        chosen = chosen_id(request.META.get("HTTP_X_REQUEST_ID"))
        request.request_id = chosen  # type: ignore[attr-defined]
        token = current.set(chosen)
        try:
            with traced(request, request_id=chosen) as whole:
                with events_heard() as events:
                    response = get_response(request)
                response.headers[HEADER] = chosen
                if not response.streaming:
                    # Without a length, servers send chunks, and clients cannot detect a truncated response. By its
                    # pieces: to ask for the content is to make a copy of it.
                    response.headers.setdefault("Content-Length", str(sum(map(len, response))))
                seconds = perf_counter() - started
                count(request, response, seconds=seconds)
                tell_response(whole, response, route=route_of(request))
                _note(request, response, seconds=seconds, event=str(events[-1]) if events else "")
                return response
        finally:
            current.reset(token)

    return answer


def short_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: refuses abnormal Cookie headers before anything parses them.

    Python before 3.11.10 and 3.12.6 takes time quadratic in the number of backslashes in a cookie (CVE-2024-7592).
    """

    def answer(request: HttpRequest) -> HttpResponse:
        cookies = request.META.get("HTTP_COOKIE", "")
        if len(cookies) > MAX_COOKIES or cookies.count("\\") > MAX_BACKSLASHES:
            detail = f"The Cookie header is longer than {MAX_COOKIES} characters, or has too many backslashes."
            return refusal(431, detail)
        return get_response(request)

    return answer


def _note(request: HttpRequest, response: HttpResponse, *, seconds: float, event: str) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    # The path without its query string: what people search for is private.
    asked = f"{request.method} {path_of(request)}".encode("unicode_escape").decode("ascii")
    log.info("%s %d %.1f ms", asked, response.status_code, seconds * 1000,
             extra={ACCESS: access_of(request, response, seconds=seconds, event=event)})  # fmt: skip


def path_of(request: HttpRequest) -> str:
    """The path without the key of an emailed link, which readers of the log must not be able to use."""
    key = key_of(request)
    return request.path.replace(key, HIDDEN) if key else request.path
