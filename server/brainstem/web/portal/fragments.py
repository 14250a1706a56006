"""Pages of which a script asks for the part that it puts into the page one is on."""

from __future__ import annotations

from django.http import HttpRequest

FRAGMENT = "Brainstem-Fragment"  # the header with which it asks


def is_fragment(request: HttpRequest) -> bool:
    """Whether the part is asked for, and not the page around it."""
    return bool(request.headers.get(FRAGMENT))


__all__ = ["FRAGMENT", "is_fragment"]
