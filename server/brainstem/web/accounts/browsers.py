"""The cookie that identifies browsers in which a person has signed in before."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from brainstem.apps.users import known_browsers
from brainstem.apps.users.models import User

PATH = "/account/"  # where people sign in; not sent to other pages


def cookie_of(request: HttpRequest) -> str:
    """The value of the cookie that the browser sent."""
    return request.COOKIES.get(known_browsers.COOKIE, "")


def id_of(request: HttpRequest, user: User) -> str:
    """The identifier of this browser if the person has signed in with it before, else empty."""
    return known_browsers.id_of(cookie_of(request), user)


def remember(request: HttpRequest, answer: HttpResponse, user: Model) -> None:
    """Remember the browser of a person who has just signed in."""
    answer.set_cookie(
        known_browsers.COOKIE,
        known_browsers.remember(cookie_of(request), user),
        max_age=known_browsers.LIFETIME_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
