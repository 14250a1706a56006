"""What is said when nothing is found, nothing is allowed or something broke: JSON to programs, a page to people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from brainstem.api import index
from brainstem.web import views


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks, and not for the API."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def home(request: HttpRequest) -> HttpResponse:
    """The first address that people try; programs are led to the API."""
    return views.landing(request) if wants_page(request) else redirect("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if wants_page(request):
        return views.error_page(request, 404)
    return index.not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return views.error_page(request, 403, str(exception or ""))


def forged(request: HttpRequest, **_: Any) -> HttpResponse:
    """403 for a form that was not sent by a page of this server."""
    message = "This form has expired or was not sent by a page of this server. Go back, reload the page and try again."
    return views.error_page(request, 403, message)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return views.error_page(request, 500) if wants_page(request) else index.broken(request)
