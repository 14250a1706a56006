"""Browsers' reports of content security policy violations: logged briefly, and not all of them.

Anyone can send them, so they must be cheap and fill nothing: no database, few lines a minute, and from each report only
where the policy was violated. Each worker counts for itself, since a shared count would cost a write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from brainstem.core.access.caller import address_of, network_of

from .logs import KEY

LONGEST_REPORT = 8 * 1024
LONGEST_WORD = 200
LINES_A_MINUTE = 60
LINES_A_NETWORK = 10
WINDOW_SECONDS = 60

log = logging.getLogger(__name__)


class Allowance:
    """How many reports may be logged in this minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Start a new minute."""
        self._began, self._written, self._dropped = time.monotonic(), 0, 0
        self._by_network: Counter[str] = Counter()

    def take(self, network: str) -> bool:
        """Whether one more report from a network is logged."""
        with self._lock:
            if time.monotonic() - self._began >= WINDOW_SECONDS:
                self._say_what_was_dropped()
                self.clear()
            # Remembers no more networks than lines logged.
            if self._written >= LINES_A_MINUTE or self._by_network[network] >= LINES_A_NETWORK:
                self._dropped += 1
                return False
            self._written += 1
            self._by_network[network] += 1
            return True

    def _say_what_was_dropped(self) -> None:
        if self._dropped:
            log.warning("%d more content policy reports were not logged.", self._dropped)


allowance = Allowance()


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Log a browser's report of a violation, on one line."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > LONGEST_REPORT:
        return HttpResponse(status=413)
    if not allowance.take(network_of(address_of(request.META))):
        return HttpResponse(status=429, headers={"Retry-After": str(WINDOW_SECONDS)})
    log.warning("Content policy violation: %s", told(request.read(LONGEST_REPORT)))
    return HttpResponse(status=204)


def told(body: bytes) -> str:
    """A report in printable ASCII, without query strings and keys of links."""
    found = _report_in(body)
    if found is None:
        return "not a report: " + _plain(body.decode("utf-8", "replace"))
    directive = _text(found, "effective-directive", "effectiveDirective", "violated-directive")
    blocked = _text(found, "blocked-uri", "blockedURL")
    page = _text(found, "document-uri", "documentURL")
    return f"{_plain(directive) or '?'} refused {_without_query(blocked) or '?'} on {_path(page) or '?'}"


def _report_in(body: bytes) -> Mapping[str, object] | None:
    """The report in a request body, in the older or newer format of browsers."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if isinstance(sent, list) and sent:
        sent = sent[0]
    inner = sent.get("csp-report", sent.get("body")) if isinstance(sent, dict) else None
    return inner if isinstance(inner, dict) else None


def _text(found: Mapping[str, object], *names: str) -> str:
    return next((value for name in names if isinstance(value := found.get(name), str)), "")


def _without_query(address: str) -> str:
    return _plain(address.partition("?")[0].partition("#")[0])


def _path(address: str) -> str:
    """The path of a page, without the key of an emailed link."""
    try:
        path = urlsplit(address).path
        key = resolve(path).kwargs.get(KEY)
    except (ValueError, Resolver404):
        return _without_query(address)
    return _plain(path.replace(str(key), "***") if key else path)


def _plain(text: str) -> str:
    return text[:LONGEST_WORD].encode("unicode_escape").decode("ascii")
