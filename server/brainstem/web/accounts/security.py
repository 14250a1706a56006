"""The security log of an account, for its owner."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.apps.users import events

from . import agents

A_PAGE = 50
WARNINGS = {events.Kind.SIGN_IN_FAILED, events.Kind.SECOND_FACTOR_FAILED}


@login_required
def security(request: HttpRequest) -> HttpResponse:
    """The security log of the caller's account."""
    page = Paginator(events.of(request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "what": event.get_kind_display(),
            "about": event.about,
            "at": event.at,
            "address": event.address,
            "agent": event.agent,
            "program": agents.in_words(event.agent),
            "is_warning": event.kind in WARNINGS,
        }
        for event in page
    ]
    return render(request, "account/security.html", {"page": page, "events": rows})
