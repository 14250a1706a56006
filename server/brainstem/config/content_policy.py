"""What a browser may do with an answer: the content security policy of pages, and the stricter one of all else.

Two constant texts need no library. Reports of breaches come to ``/csp-report/``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

HEADER = "Content-Security-Policy"
REPORTS = "/csp-report/"
LONGEST_REPORT = 8 * 1024

_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "report-uri": REPORTS,
}
# JSON, streams and uploaded files: nothing in them may run, whatever a browser takes them for.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

log = logging.getLogger(__name__)


def page_policy() -> str:
    """The policy of pages: everything from here, no script or style inside the page."""
    return "; ".join(f"{name} {value}" for name, value in _PAGE.items())


def content_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: every answer gets the policy that fits what it is."""
    pages = page_policy()

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        response.headers.setdefault(HEADER, pages if is_page else DATA_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Write a browser's report of a breach to the log, cut and on one line."""
    text = request.read(LONGEST_REPORT).decode("utf-8", "replace")
    log.warning("A page broke the content policy: %s", text.encode("unicode_escape").decode("ascii"))
    return HttpResponse(status=204)
