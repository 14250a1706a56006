"""Users who must have a second factor but have none only get to the page that adds one.

This covers browsers. The API checks for itself (``api.actor``), so requests with a token cost nothing here.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from brainstem.apps.users import two_factor
from brainstem.web.two_factor import onward

from .content_policy import REPORTS

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MESSAGE = "Accounts of your email domain must use two-factor authentication. Add a method under Settings, Two-factor."


def gate(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: all other pages redirect to the two-factor pages."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not _concerns(request) or not two_factor.is_missing(request.user):
            return get_response(request)
        if request.method not in SAFE_METHODS:
            raise PermissionDenied(MESSAGE)
        onward.remember(request)
        return redirect("mfa_index")

    return answer


def _concerns(request: HttpRequest) -> bool:
    """Whether a page is requested with a browser session while second factors are required of some accounts."""
    return (
        bool(settings.BRAINSTEM_TWO_FACTOR_DOMAINS)
        and settings.SESSION_COOKIE_NAME in request.COOKIES
        and not request.path.startswith("/api/")
        and not _is_open(request.path)
        and request.user.is_authenticated
    )


def _is_open(path: str) -> bool:
    """Whether the page is needed to add a second factor or to sign out."""
    others = (reverse("account_reauthenticate"), reverse("account_logout"), REPORTS)
    return path.startswith(reverse("mfa_index")) or path in others
