"""The device flow over HTTP: a program starts it, and polls until its user has decided in a browser.

Every response to a poll is 200; its body tells the outcome, as the released clients expect.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import re_path, reverse
from django.utils.http import urlencode

from brainstem.apps.users import devices
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import Invalid

from .envelope import base_of
from .responses import json_response
from .small_body import MAX_TEXT, door, fields_of, text

PAGE = "account_authorize"


def start(request: HttpRequest) -> HttpResponse:
    """The code that the program polls with, and what it shows to its user."""
    started = devices.start(client_name=_client_name(request), **caller_of(request.META))
    page = base_of(request) + reverse(PAGE)
    answer = {
        "session_id": started.session_id,
        "device_code": started.device_code,
        "user_code": started.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'session': started.session_id})}",
        "expires_in": devices.LIFETIME_SECONDS,
        "interval": devices.POLL_SECONDS,
    }
    return json_response(200, answer)


def poll(request: HttpRequest) -> HttpResponse:
    """The token once, or why there is none."""
    polled = devices.poll(text(fields_of(request), "device_code"), **caller_of(request.META))
    if polled.token:
        return json_response(200, {"status": polled.outcome, "token": polled.token})
    return json_response(200, {"status" if polled.outcome == devices.PENDING else "error": polled.outcome})


def _client_name(request: HttpRequest) -> str:
    """The name that the program gives itself; optional."""
    name: Any = fields_of(request, optional=True).get("client_name")
    if name is None:
        return ""
    if not isinstance(name, str):
        raise Invalid.at("client_name", "This must be text.")
    return name[:MAX_TEXT]


urlpatterns = [
    re_path(r"^auth/device/?$", door(POST=start), name="device"),
    re_path(r"^auth/device/token/?$", door(POST=poll), name="device-token"),
]
