"""What a server remarks on a write that it carried out, as warnings of Python: keys that it ignored, similar names."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HEADER = "brainstem-warning"  # names of headers are in small letters here
PREFER_STRICT = {"Prefer": "handling=strict"}
Rows = Mapping[str, Sequence[int]]


class BrainstemWarning(UserWarning):
    """A write was carried out, but perhaps not as intended.

    Attributes
    ----------
    code : str
        ``unknown_key``, ``similar_name``, or a remark of a newer server.
    field : str
        The key it is about, with dots for nested keys.
    near : str
        The right key, or the other name; empty if there is none.
    """

    def __init__(self, message: str, *, code: str = "", field: str = "", near: str = "") -> None:
        super().__init__(message)
        self.code, self.field, self.near = code, field, near


def warn_of(headers: Mapping[str, str], rows: Rows | None = None) -> None:
    """Raise a warning for each remark in the headers of an answer; ``rows`` are the caller's numbers by operation."""
    if HEADER not in headers:
        return
    for remark in remarks_in(headers[HEADER]):
        warnings.warn(_warning(remark, rows), stacklevel=_depth())


def remarks_in(text: str) -> Iterator[Mapping[str, Any]]:
    """The remarks of a header; none if it could not be read, for the write was carried out all the same."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _warning(remark: Mapping[str, Any], rows: Rows | None) -> BrainstemWarning:
    code, field, near = (str(remark.get(key, "")) for key in ("code", "field", "near"))
    if code == "more":
        message = f"The server has {remark.get('count')} more remarks."
    else:
        message = f"{_place(remark, rows)}{field}: {remark.get('message', '')}"
    return BrainstemWarning(message, code=code, field=field, near=near)


def _place(remark: Mapping[str, Any], rows: Rows | None) -> str:
    numbers, index = (rows or {}).get(str(remark.get("operation", "")), ()), remark.get("index")
    if not isinstance(index, int) or not 0 <= index < len(numbers):
        return ""
    more = int(remark.get("rows", 1)) - 1
    return f"row {numbers[index]}{f' and {more} more' if more else ''}: "


def _depth() -> int:
    """How far up the caller's own code is, which is where the warning belongs."""
    frame, depth = sys._getframe(1), 1
    package = __name__.partition(".")[0]
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, depth = frame.f_back, depth + 1
    return depth
