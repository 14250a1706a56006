"""The page on which people choose the projects that they work on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.apps.users.signed_in import active_projects
from brainstem.core.errors import Invalid
from brainstem.core.model.registry import project_spec, spec_of
from brainstem.core.query.syntax import Query, Sort
from brainstem.core.review import flow

from .rows import fetch
from .where import answered, viewer_in

MOST = 1000


def active(request: HttpRequest) -> HttpResponse:
    """Which projects lists and numbers are of; none ticked means all of them."""
    return answered(request, lambda: _active(request))


def _active(request: HttpRequest) -> HttpResponse:
    viewer = viewer_in(request, "private")
    onward = request.POST.get("next") or request.GET.get("next") or "/private/"
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/private/"
    problem = ""
    if request.method == "POST":
        chosen = [] if request.POST.get("_do") == "all" else request.POST.getlist("project")
        call = Call(request, spec_of(get_user_model()), viewer)

        def act() -> HttpResponse:
            flow.change(call.spec, int(viewer.actor.user_id or 0), {"active_projects": chosen}, viewer=viewer)
            return HttpResponseRedirect(onward, status=303)

        try:
            response = written(call, act, query=Query())
        except Invalid as error:
            problem = str(error)
        else:
            number = len(set(chosen))
            text = f"{number} active project{'' if number == 1 else 's'}" if number else "all projects"
            messages.success(request, f"Lists and numbers are of {text} now.")
            return response
    query = Query(sorts=(Sort(("name",), False),), limit=MOST)
    projects, count = fetch(project_spec(), query, (), viewer=viewer)
    context = {
        "portal": "private",
        "projects": projects,
        "count": count,
        "chosen": set(active_projects(request.user)),
        "next": onward,
        "problem": problem,
    }
    return render(request, "portal/active.html", context, status=422 if problem else 200)


__all__ = ["active"]
