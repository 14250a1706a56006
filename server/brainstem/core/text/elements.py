"""Lists without an order of their own, of which history holds what was removed and added: links, tags, log entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

_TIMES = ("start_date_time", "date_time")


def with_elements(held: Iterable[Any], back: Sequence[Any], out: Sequence[Any]) -> list[Any]:
    """A list with the elements of ``back``, and without those of ``out`` that are not also in ``back``; in order."""
    gone = {_as_text(one) for one in out}
    kept = {_as_text(one): one for one in held if _as_text(one) not in gone}
    return sorted({**kept, **{_as_text(one): one for one in back}}.values(), key=_place)


def elements_before(held: Iterable[Any], changes: Sequence[tuple[Any, Any]]) -> list[Any]:
    """A list before some changes, each given as what it removed and added, oldest first."""
    found = list(held)
    for back, out in reversed(changes):
        found = with_elements(found, back or [], out or [])
    return found


def _as_text(element: object) -> bytes:
    try:
        return orjson.dumps(element, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # Integers beyond 64 bits, which only the standard library supports.
        return json.dumps(element, sort_keys=True).encode()


def _place(element: Any) -> Any:
    if isinstance(element, dict):
        # Without the Z, fractions of a second sort after the whole second.
        return next((str(element[name]).rstrip("Z") for name in _TIMES if element.get(name)), "")
    return str(element)


__all__ = ["elements_before", "with_elements"]
