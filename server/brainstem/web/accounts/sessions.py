"""The browsers in which a person is signed in: when they were last seen, and signing them out remotely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from time import monotonic

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from brainstem.apps.users import events
from brainstem.apps.users.allauth_internals import end_sessions
from brainstem.core.sql.noting import note_if_free
from brainstem.core.text.numbers import whole_of

from . import agents, log

SEEN_EVERY = dt.timedelta(minutes=5)
# How long this process does not ask again when a browser was last seen, and of how many browsers it knows.
KNOWN_FOR, MOST_KNOWN = 60.0, 10_000
_known: dict[str, float] = {}


def note_activity(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: records when a browser was last seen, at most every five minutes.

    Requests that do not use their session, such as those with a token, have no extra cost.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        came_with_session = settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.accessed
        if came_with_session and SESSION_KEY in request.session and not _is_known(request.session.session_key):
            _note(request)
        return response

    return answer


def _is_known(key: str | None) -> bool:
    """Whether this process has just found that the session was seen recently."""
    return key is not None and monotonic() - _known.get(key, -KNOWN_FOR) < KNOWN_FOR


def _remember(key: str | None) -> None:
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    if key is not None:
        _known[key] = monotonic()


def _note(request: HttpRequest) -> None:
    seen = UserSession.objects.filter(session_key=request.session.session_key).values_list("last_seen_at", flat=True)
    last = seen.first()
    if last is not None and last > timezone.now() - SEEN_EVERY:
        _remember(request.session.session_key)
    if (last is not None and last > timezone.now() - SEEN_EVERY) or not request.user.is_authenticated:
        return  # seen recently, or an ended session: of a deactivated account, or from before a new password
    if request.session.session_key:
        note_if_free(lambda: UserSession.objects.create_from_request(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers of the caller, this one first; a POST signs one of them out, or all others."""
    if request.method == "POST":
        return _end(request, request.POST.get("session", ""))
    return render(request, "usersessions/usersession_list.html", {"sessions": _shown(request)})


def _shown(request: HttpRequest) -> list[object]:
    # Ended sessions are left out, not deleted: reading a page writes nothing, and housekeeping deletes them.
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    mine = UserSession.objects.filter(Exists(there), user=request.user)
    for one in mine:
        one.program = agents.in_words(one.user_agent)
        one.is_this = one.is_current()
    return sorted(mine, key=lambda one: (one.is_this, one.last_seen_at), reverse=True)


def _end(request: HttpRequest, which: str) -> HttpResponse:
    session = whole_of(which)
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    chosen = list(others if which == "others" else others.filter(pk=session) if session is not None else ())
    if not chosen and which != "others":
        raise Http404("You have no such session.")
    end_sessions(request, chosen)
    for one in chosen:
        log.write(request, request.user, events.Kind.SESSION_ENDED, f"{agents.in_words(one.user_agent)}, {one.ip}")
    words = "The browser has been signed out." if len(chosen) == 1 else "All other browsers have been signed out."
    get_adapter(request).add_message(request, messages.SUCCESS, message=words)
    return redirect("usersessions_list")
