"""The actor of a request from a browser."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from brainstem.core.access.actor import ANONYMOUS, Actor
from brainstem.core.access.caller import agent_of
from brainstem.core.access.viewer import PUBLIC, Viewer


def acting(request: HttpRequest, user: Any = None) -> Actor:
    """The signed-in caller, or nobody; or the given person, who was recognised by a link in an email."""
    user = user or request.user
    if not user.is_authenticated:
        return ANONYMOUS
    request_id = str(getattr(request, "request_id", ""))
    return Actor.in_browser(user, request_id=request_id, client=agent_of(request.META))


def looking(request: HttpRequest, portal: str = "private") -> Viewer:
    """The caller in a portal; always anonymous in the public one."""
    return PUBLIC if portal == PUBLIC.portal else Viewer(acting(request), portal)
