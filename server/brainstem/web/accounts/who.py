"""Who acts when somebody changes their own account with a browser."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from brainstem.core.access.actor import Actor


def acting(request: HttpRequest, user: Any = None) -> Actor:
    """The caller, or the given person who was recognised by a link in a mail."""
    user = user or request.user
    return Actor(
        user_id=user.pk,
        email=user.email,
        is_admin=bool(user.is_superuser),
        via="browser",
        request_id=str(getattr(request, "request_id", "")),
    )
