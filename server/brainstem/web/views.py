"""Pages that belong to no app: the start page, errors, and the URL of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from brainstem.core.access.counters import rows_of_projects
from brainstem.core.model.registry import project_spec

from .reading import page_of, plain
from .shell import PRIVATE, PUBLIC

SHOWN = 6
MINE = 12
TITLES = {
    400: "Bad request",
    403: "You do not have access to this page",
    404: "Page not found",
    413: "Too large",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Temporarily unavailable",
}
WORDS = {
    400: "The server could not understand what your browser sent. Go back and try again.",
    404: "The address may be misspelled, the page may be gone, or you may not have access to it.",
    413: "Send less at once, or send smaller files.",
    429: "Wait a few minutes and try again.",
    500: "The error has been logged. Try again; if it happens again, tell the administrators of this server.",
    503: "Try again in a few minutes.",
}


@dataclass(frozen=True)
class Shown:
    """A project as the start page shows it."""

    name: str
    url: str
    about: str
    subjects: int
    sessions: int


def landing(request: HttpRequest) -> HttpResponse:
    """An introduction for visitors; their projects for people who are signed in."""
    portal = PRIVATE if request.user.is_authenticated else PUBLIC
    size, sort = (MINE, "-updated_at") if portal == PRIVATE else (SHOWN, "name")
    projects, count = _projects(request, portal, size=size, sort=sort)
    context = {"projects": projects, "count": count, "url": settings.BRAINSTEM_URL}
    return render(request, f"brainstem/{'start' if portal == PRIVATE else 'landing'}.html", context)


def _projects(request: HttpRequest, portal: str, *, size: int, sort: str) -> tuple[list[Shown], int]:
    spec = project_spec()
    records, count = page_of(spec, request, portal, **{"limit": str(size), "sort[]": sort})
    rows = rows_of_projects([record["id"] for record in records])
    return [_shown(record, portal, rows.get(record["id"], {})) for record in records], count


def _shown(record: dict[str, Any], portal: str, rows: dict[str, int]) -> Shown:
    spec = project_spec()
    return Shown(
        name=record["name"],
        url=f"/{portal}/{spec.app}/{spec.segment}/{record['id']}/",
        about=plain(record["description"]),
        subjects=rows.get("stem.Subject", 0),
        sessions=rows.get("stem.Session", 0),
    )


def error_page(request: HttpRequest, status: int, message: str = "", *, title: str = "") -> HttpResponse:
    """The page that says what went wrong, and the number under which it was logged.

    After a failure of the server itself, it uses neither the database nor the signed-in user.
    """
    context = {
        "status": status,
        "title": title or TITLES.get(status, "Something went wrong"),
        "message": message or WORDS.get(status, ""),
        "request_id": getattr(request, "request_id", ""),
    }
    if status in (400, 500, 503):
        return HttpResponse(render_to_string("brainstem/broken.html", context), status=status)
    return render(request, "brainstem/error.html", context, status=status)
