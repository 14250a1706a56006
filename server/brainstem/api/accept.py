"""What an ``Accept`` header asks for, as Django reads it; a header that cannot be read counts as none."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from brainstem.core.text.numbers import float_of

LONGEST = 4096  # characters; browsers send some hundred


def preferred(request: HttpRequest, kinds: Sequence[str]) -> str | None:
    """The media type that the caller would rather have, the first of several that they like as well; or None."""
    return request.get_preferred_type(kinds) if _readable(request) else None


def weight(request: HttpRequest, kind: str) -> float:
    """How much a media type is wanted, from 0 to 1."""
    found = request.accepted_type(kind) if _readable(request) else None
    return found.quality if found else 0.0


def _readable(request: HttpRequest) -> bool:
    """Whether all weights of the header are weights; Django takes others for 1, and refuses some parameters."""
    if len(request.headers.get("Accept", "")) > LONGEST:
        return False
    try:
        weights = [float_of(str(one.params.get("q", 1))) for one in request.accepted_types]
    except ValueError:
        return False
    return all(one is not None and 0 <= one <= 1 for one in weights)
