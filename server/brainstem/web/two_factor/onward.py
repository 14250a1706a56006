"""Remembers where people were going who had to add a second factor first, such as approving a program."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

_KEY = "two_factor_onward"


def remember(request: HttpRequest) -> None:
    """Remember the requested page."""
    request.session[_KEY] = request.get_full_path()


def go_on(request: HttpRequest) -> str:
    """The remembered page, once; else the overview of methods."""
    path = str(request.session.pop(_KEY, ""))
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse("mfa_index")
