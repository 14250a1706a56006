"""The header ``Brainstem-Means``: by it, a program says that it imports a table, which the history then shows."""

from __future__ import annotations

from django.http import HttpRequest

from brainstem.core.errors import Invalid
from brainstem.core.history.events import IMPORT
from brainstem.core.text.shown import shown

HEADER = "Brainstem-Means"


def means_of(request: HttpRequest) -> str:
    """By what means the caller says that records are written: "import", or empty.

    Raises
    ------
    Invalid
        If it says anything else.
    """
    said = request.headers.get(HEADER, "")
    if said not in ("", IMPORT):
        raise Invalid.at(HEADER, f"Expected {IMPORT!r}, or no such header; got {shown(said)}.")
    return said


__all__ = ["means_of"]
