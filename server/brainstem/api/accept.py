"""What an ``Accept`` header asks for, as Django parses it; invalid headers are ignored."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from brainstem.core.text.numbers import float_of

LONGEST = 4096  # characters; browsers send a few hundred


def preferred(request: HttpRequest, kinds: Sequence[str]) -> str | None:
    """The media type that the caller prefers, the first of several equally preferred ones; or None."""
    return request.get_preferred_type(kinds) if _readable(request) else None


def weight(request: HttpRequest, kind: str) -> float:
    """The weight of a media type, from 0 to 1."""
    found = request.accepted_type(kind) if _readable(request) else None
    return found.quality if found else 0.0


def _readable(request: HttpRequest) -> bool:
    """Whether all weights of the header are valid; Django reads invalid ones as 1, and fails on some parameters."""
    if len(request.headers.get("Accept", "")) > LONGEST:
        return False
    try:
        weights = [float_of(str(one.params.get("q", 1))) for one in request.accepted_types]
    except ValueError:
        return False
    return all(one is not None and 0 <= one <= 1 for one in weights)
