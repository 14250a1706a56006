"""Guards of sensitive pages: confirming one's identity, and a rate limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.decorators import rate_limit
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from brainstem.apps.users.allauth_internals import is_reauthentication_required

View = Callable[..., HttpResponse]


def proved(view: View) -> View:
    """Ask for the password or a second factor first, unless that was done in the last few minutes."""
    return cast("View", reauthentication_required(view))


def proved_to_change(view: View) -> View:
    """The same for sending the form; everyone who is signed in may open it."""
    decorate: Any = reauthentication_required(allow_get=True)
    return cast("View", decorate(view))


def proved_to_load(view: View) -> View:
    """The same for a form that returns a file: confirming leads back to the form, since a file leaves no page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST" and is_reauthentication_required(request, app=""):
            return redirect_to_login(request.path, reverse("account_reauthenticate"))
        return view(request, *args, **kwargs)

    return guarded


def not_too_often(view: View) -> View:
    """Limit pages that send emails to addresses of the person's choice, with the limit of ``manage_email``."""
    decorate: Any = rate_limit(action="manage_email")
    return cast("View", decorate(view))
