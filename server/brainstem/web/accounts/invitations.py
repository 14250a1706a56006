"""Invitations to register, in the session of who followed a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def accepted(request: HttpRequest | None) -> Any:  # noqa: ARG001
    """The invitation whose link this browser followed, while it may still be used."""
    return None
