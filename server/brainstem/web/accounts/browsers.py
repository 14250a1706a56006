"""The cookie by which a browser is known in which somebody signed in before."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from brainstem.apps.users import known_browsers
from brainstem.apps.users.models import User

PATH = "/account/"  # where people sign in; no other page is sent it


def cookie_of(request: HttpRequest) -> str:
    """What the browser sent to be known by."""
    return request.COOKIES.get(known_browsers.COOKIE, "")


def id_of(request: HttpRequest, user: User) -> str:
    """What identifies this browser if the person signed in with it before, else nothing."""
    return known_browsers.id_of(cookie_of(request), user)


def remember(request: HttpRequest, answer: HttpResponse, user: Model) -> None:
    """Let the browser of somebody who has just signed in be known from now on."""
    answer.set_cookie(
        known_browsers.COOKIE,
        known_browsers.remember(cookie_of(request), user),
        max_age=known_browsers.LIFETIME_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
