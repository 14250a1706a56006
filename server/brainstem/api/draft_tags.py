"""``If-Match`` and ``If-None-Match``: what a caller expects a draft to be, by the ETags of its responses (RFC 9110)."""

from __future__ import annotations

from django.http import HttpRequest

from brainstem.core.errors import Invalid

from .conditional import IF_MATCH, IF_NONE_MATCH
from .entity_tags import Tags, parsed
from .responses import Refused


def has_it(request: HttpRequest, tag: str) -> bool:
    """Whether the caller already has the response with this ETag; a header that cannot be read says nothing."""
    try:
        tags = _tags(request, IF_NONE_MATCH)
    except Invalid:
        return False
    return tags is not None and tags.have(tag)


def refuse_changed(request: HttpRequest, tag: str | None) -> None:
    """Refuse a write if the caller expects another state than the one with this ETag; None stands for nothing.

    Raises
    ------
    Refused
        412, with the ETag.
    Invalid
        If a header cannot be read.
    """
    match, none_match = _tags(request, IF_MATCH), _tags(request, IF_NONE_MATCH)
    if match is not None and (tag is None or not match.match(tag)):
        now = f"its ETag is {tag}" if tag else "there is nothing here"
        raise Refused(412, f"This is not as If-Match says: {now}. Load it again before you write.")
    if none_match is not None and tag is not None and none_match.have(tag):
        raise Refused(412, f"If-None-Match does not allow this: the ETag is {tag}.")


def _tags(request: HttpRequest, name: str) -> Tags | None:
    header = request.headers.get(name)
    return None if header is None else parsed(header, name)


__all__ = ["has_it", "refuse_changed"]
