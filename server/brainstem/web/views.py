"""Pages that belong to no app: the first one, errors, and the address that leads to a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from brainstem.core.access.counters import rows_of_projects
from brainstem.core.model.registry import project_spec, routes

from .reading import page_of, plain
from .shell import PRIVATE, PUBLIC, START

SHOWN = 6
MINE = 12
TITLES = {
    400: "This cannot be understood",
    403: "This is not yours to see",
    404: "There is nothing here",
    413: "This is too large",
    429: "Too many requests",
    500: "Something broke",
    503: "Out of order for the moment",
}
WORDS = {
    400: "What your browser sent makes no sense to this server. Go back and try again.",
    404: "The address may be misspelled, or what was here is gone, or only others may see it.",
    413: "Send less at once, or smaller files.",
    429: "Wait a few minutes and try again.",
    500: "It is not your fault, and it is in the log. Try again; if it stays so, tell who looks after this server.",
    503: "Try again in a few minutes.",
}


@dataclass(frozen=True)
class Shown:
    """A project as the first page shows it."""

    name: str
    url: str
    about: str
    subjects: int
    sessions: int


def to_api(request: HttpRequest, path: str) -> HttpResponse:
    """The address of a model or record; its page is the Web API tool's."""
    _, app, model, *_ = path.split("/")
    if (app, model) not in routes():
        raise Http404(path)
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"/api/{path.strip('/')}/" + (f"?{query}" if query else ""))


def portal(request: HttpRequest, portal: str) -> HttpResponse:  # noqa: ARG001
    """The address of a portal begins with its projects."""
    return redirect(f"/{portal}/{START}/")


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for whoever comes first; their projects, for who is signed in."""
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
    """The page that says what went wrong, and under which number the log has it.

    After a failure of the server itself nothing is asked of it: neither who is signed in nor the database.
    """
    context = {
        "status": status,
        "title": title or TITLES.get(status, "This did not work"),
        "message": message or WORDS.get(status, ""),
        "request_id": getattr(request, "request_id", ""),
    }
    if status in (400, 500, 503):
        return HttpResponse(render_to_string("brainstem/broken.html", context), status=status)
    return render(request, "brainstem/error.html", context, status=status)
