"""Cursors: places in a list that its reader hands back, bound to the list that they were made for.

A place after something that the reader was shown may be read, and made up. One that may lie after rows that the reader
must not know of is encrypted.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from ..errors import QueryError
from ..tasks.sealing import Tampered, seal, unseal

LONGEST = 1000
_PURPOSE = "cursor"


def cursor_of(name: str, *place: int | str, sealed: bool = False) -> str:
    """The text for a place in the list of this name."""
    text = json.dumps([_mark(name), *place], separators=(",", ":"))
    made = seal(text, purpose=_PURPOSE) if sealed else base64.urlsafe_b64encode(text.encode()).decode()
    return made.rstrip("=")


def place_of(cursor: str, name: str, *, sealed: bool = False, parameter: str = "cursor") -> list[Any]:
    """The place that a cursor stands for.

    Raises
    ------
    QueryError
        If it was not made for this list.
    """
    wrong = QueryError.at(parameter, "This cursor does not belong to this list; start again without it.")
    if len(cursor) > LONGEST or not cursor.isascii():
        raise wrong
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = unseal(padded, purpose=_PURPOSE) if sealed else base64.urlsafe_b64decode(padded)
        mark, *read = json.loads(text)
    except (Tampered, ValueError, TypeError, RecursionError) as error:
        raise wrong from error
    if mark != _mark(name):
        raise wrong
    place: list[Any] = read
    return place


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


__all__ = ["cursor_of", "place_of"]
