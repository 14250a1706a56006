"""URLs that browsers and robots request on their own."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from .templatetags.assets import asset

# Only the public portal is to be indexed.
ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /private/
Disallow: /super/
Disallow: /search/
Disallow: /api/private/
Disallow: /api/super/
"""
TEXT = "text/plain; charset=utf-8"


def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What search engines may read."""
    return HttpResponse(ROBOTS, content_type=TEXT)


def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The icon, where browsers look for it without reading a page."""
    return redirect(asset("brainstem/icon.svg"))


def change_password(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The page that password managers look for."""
    return redirect("account_change_password")


def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The contact for security problems (RFC 9116), if the server has one."""
    contact = settings.BRAINSTEM_SECURITY_CONTACT
    if not contact:
        raise Http404
    until = (timezone.now() + dt.timedelta(days=90)).replace(microsecond=0).isoformat()
    address = f"mailto:{contact}" if "@" in contact and ":" not in contact else contact
    return HttpResponse(f"Contact: {address}\nExpires: {until}\n", content_type=TEXT)
