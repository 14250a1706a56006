"""Pages that belong to no app: errors and the address that leads to a record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def to_api(request: HttpRequest, path: str) -> HttpResponse:
    """The address of a model or record; its page is the Web API tool's."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"/api/{path.strip('/')}/" + (f"?{query}" if query else ""))


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for whoever comes first."""
    return render(request, "brainstem/landing.html")


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """The page that says what went wrong, and under which number the log has it."""
    context = {"status": status, "message": message, "request_id": getattr(request, "request_id", "")}
    return render(request, "brainstem/error.html", context, status=status)
