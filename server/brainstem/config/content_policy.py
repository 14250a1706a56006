"""What a browser may do with an answer: the content security policy of pages, and the stricter one of all else.

Two constant texts need no library. Reports of breaches come to ``/csp-report/`` (:mod:`.policy_reports`).
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
# JSON, streams and uploaded files: nothing in them may run, whatever a browser takes them for.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


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
