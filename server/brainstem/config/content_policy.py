"""Content security policies: one for pages, and a stricter one for everything else.

Two constants need no library. Browsers report violations to ``/csp-report/`` (:mod:`.policy_reports`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
REPORTS = "/csp-report/"

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
# JSON, streams and uploaded files: nothing in them may run, however a browser interprets them.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def page_policy() -> str:
    """The policy of pages: everything from this server, no inline scripts or styles."""
    return "; ".join(f"{name} {value}" for name, value in _PAGE.items())


def content_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: every response gets the policy for its kind."""
    pages = page_policy()

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        response.headers.setdefault(HEADER, pages if is_page else DATA_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer
