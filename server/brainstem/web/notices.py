"""Notices on the next page about what was done, with a button that undoes it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from brainstem.api.writing import EVENT

_UNDO = "undo"


@dataclass(frozen=True)
class Undo:
    """The write that a notice can undo, and the page to go to then."""

    portal: str
    event: str
    onward: str


def tell(request: HttpRequest, text: str, written: HttpResponse | str, *, portal: str, onward: str) -> None:
    """Say what was done by a write: the response to it, or its id in the history; undone, it leads ``onward``."""
    event = written if isinstance(written, str) else written.headers.get(EVENT, "")
    messages.success(request, text, extra_tags=f"{_UNDO} {portal} {event} {onward}" if event else "")


def undo_of(tags: str) -> Undo | None:
    """What a notice can undo, from its tags."""
    kind, *rest = tags.split(" ")
    return Undo(*rest) if kind == _UNDO and len(rest) == 3 else None


def onward_of(request: HttpRequest, *, usual: str) -> str:
    """The page of this server that a form leads to, if it names one."""
    return safe_next(request.POST.get("next", "")) or usual


def safe_next(given: str) -> str:
    """An address as it was given if it is a page of this server, else none."""
    return given if given and url_has_allowed_host_and_scheme(given, None) else ""


__all__ = ["Undo", "onward_of", "safe_next", "tell", "undo_of"]
