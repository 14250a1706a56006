"""Error responses: JSON for programs, a page for people."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import escape_leading_slashes
from django.views.decorators.csrf import csrf_exempt

from brainstem.api import index
from brainstem.api.responses import (
    AWAY,
    FILES_AWAY,
    files_are_away,
    of_ended,
    of_files_away,
    of_outage,
    refusal,
)
from brainstem.core.errors import Code, RequestEnded, TookTooLong
from brainstem.core.sql import deadlines, outage
from brainstem.web import views

OUTDATED = "This page was out of date"
TOO_LONG = "This request took too long. Try again in a moment, or request less data at once."
FORGED = "This form has expired or was not sent from a page of this server. Go back, reload the page and try again."


def wants_page(request: HttpRequest) -> bool:
    """Whether the request comes from a person's browser and is not for the API."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def home(request: HttpRequest) -> HttpResponse:
    """The start page; programs are redirected to the API."""
    return views.landing(request) if wants_page(request) else redirect("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, unless the URL is that of a page and only lacks its trailing slash."""
    if _lacks_a_slash(request):
        # Two leading slashes would redirect to another server.
        return redirect(escape_leading_slashes(request.get_full_path(force_append_slash=True)))
    if wants_page(request):
        return views.error_page(request, 404)
    return index.not_found(request, exception)


@csrf_exempt
def nowhere(request: HttpRequest, path: str) -> HttpResponse:
    """404 for any URL that nothing else matches. A view, so that people get the same page with DEBUG on."""
    return not_found(request, Resolver404(path))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 for a body that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return _said(request, 400, "The request cannot be understood.")


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413."""
    megabytes = f"{limit / (1024 * 1024):.4g} MB"
    return _said(request, 413, f"The request body is too large: this URL accepts at most {megabytes}.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _said(request, 403, str(exception or "") or "This is not allowed.")


def forged(request: HttpRequest, **_: object) -> HttpResponse:
    """403 for a form that was not sent from a page of this server, or from one loaded before signing in.

    Users who meanwhile signed in on another page of the browser are redirected, since that is what some forms are for.
    """
    page = request.resolver_match
    if page and wants_page(request) and request.user.is_authenticated:
        if page.view_name == "account_login":
            return redirect("home")
        if page.view_name == "account_confirm_email":
            return redirect(page.view_name, key=page.kwargs["key"])
    return _said(request, 403, FORGED, title=OUTDATED, code=Code.CSRF_FAILED)


def too_many(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """429."""
    return _said(request, 429, "Too many requests. Wait a few minutes and try again.")


def throttled(request: HttpRequest, message: str, *, seconds: int) -> HttpResponse:
    """429 for callers who may go on in so many seconds."""
    response = _said(request, 429, message)
    response.headers["Retry-After"] = str(seconds)
    return response


def ended(request: HttpRequest, error: RequestEnded) -> HttpResponse:
    """503 for requests that took too long; after the caller has left, nobody reads the message."""
    answer = of_ended(error)
    return _later(request, answer, TOO_LONG) if isinstance(error, TookTooLong) else answer


def cannot_now(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """503 if an error says that the request can be repeated later: no time, no database, no files."""
    if error is not None and outage.is_away(error):
        return _later(request, of_outage(error), AWAY)
    if error is not None and files_are_away(error):
        return _later(request, of_files_away(error), FILES_AWAY)
    found = deadlines.ended(error)
    return ended(request, found) if found else None


def _later(request: HttpRequest, answer: HttpResponse, message: str) -> HttpResponse:
    """The answer of the API, or a page with the same status that says when to come back."""
    if not wants_page(request):
        return answer
    page = views.error_page(request, answer.status_code, message)
    page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def broken(request: HttpRequest) -> HttpResponse:
    """500, unless the request can be repeated later."""
    if found := cannot_now(request, sys.exception()):
        return found
    return views.error_page(request, 500) if wants_page(request) else index.broken(request)


def _said(
    request: HttpRequest, status: int, message: str, *, title: str = "", code: Code | None = None
) -> HttpResponse:
    if wants_page(request):
        return views.error_page(request, status, message, title=title)
    return refusal(status, message, code=code)


def _lacks_a_slash(request: HttpRequest) -> bool:
    if request.method not in ("GET", "HEAD") or request.path.endswith("/") or request.path.startswith("/api/"):
        return False
    try:
        match = resolve(f"{request.path_info}/")
    except Resolver404:
        return False
    if match.func is nowhere:
        return False
    request.resolver_match = match  # tells the log which part of the path is secret
    return True
