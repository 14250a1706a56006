"""``If-Match`` and ``If-None-Match``: what a caller expects a resource to be, by the ETags of its responses."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import parse_etags

from brainstem.core.errors import Invalid

from .responses import Refused

ANY = "*"


def has_it(request: HttpRequest, tag: str) -> bool:
    """Whether the caller already has the response with this ETag."""
    return _matches(request, "If-None-Match", tag)


def refuse_changed(request: HttpRequest, tag: str | None) -> None:
    """Refuse a write if the caller expects another state than the one with this ETag; None stands for nothing.

    Raises
    ------
    Refused
        412, with the ETag.
    Invalid
        If a header has no ETags in it.
    """
    if "If-Match" in request.headers and not _matches(request, "If-Match", tag):
        now = f"its ETag is {tag}" if tag else "there is nothing here"
        raise Refused(412, f"This is not as If-Match says: {now}. Load it again before you write.")
    if "If-None-Match" in request.headers and _matches(request, "If-None-Match", tag):
        raise Refused(412, f"If-None-Match does not allow this: the ETag is {tag}.")


def _matches(request: HttpRequest, header: str, tag: str | None) -> bool:
    text = request.headers.get(header, "")
    tags = parse_etags(text)
    if text.strip() and not tags:
        raise Invalid.at(header, f"Expected ETags in quotes, as responses have them, or {ANY}; got {text[:100]!r}.")
    # Proxies that compress a response mark its ETag as weak (W/), although the content is the same.
    return tag is not None and (ANY in tags or tag in [one.removeprefix("W/") for one in tags])


__all__ = ["has_it", "refuse_changed"]
