"""Buttons that redraw a form without saving: add, repeat, remove and move rows. Pure: texts in, texts out."""

from __future__ import annotations

from collections.abc import Iterable

from .nodes import WAS
from .sent import Sent

SAVE, ANOTHER, REDRAW = "save", "another", "redraw"
CONTINUE = "continue"  # draws a draft that only a browser has
ADDED = 3  # rows for each press of the button
_STEPS = {"up": -1, "down": 1}


def moved(sent: Sent, do: str) -> Sent:
    """What the form holds after a button: ``add details.groups``, ``remove extra_fields 2``, ``up datastorage 1``.

    The last word of ``remove``, ``repeat``, ``up`` and ``down`` is the number of a row, or the id of one of several
    records. Anything else leaves the form as it is.
    """
    action, _, rest = do.partition(" ")
    name, _, which = rest.partition(" ")
    found = _at(sent, name)
    if found is None:
        return sent
    if action == "add":
        start = next_number(found.parts)
        found.parts |= {str(number): Sent() for number in range(start, start + ADDED)}
    elif which in found.parts:
        _row(found, action, which)
    elif which in (found.texts or ()):
        _text(found, action, which)
    return sent


def overlaid(below: Sent, above: Sent) -> Sent:
    """The texts of one form with those of another one over them."""
    texts = below.texts if above.texts is None else above.texts
    parts = dict(below.parts)
    for key, part in above.parts.items():
        parts[key] = overlaid(parts[key], part) if key in parts else part
    return Sent(texts, parts)


def _at(sent: Sent, name: str) -> Sent | None:
    found: Sent | None = sent
    for key in name.split(".") if name else ():
        found = found.parts.get(key) if found is not None else None
    return found if name else None


def _row(found: Sent, action: str, which: str) -> None:
    if action == "remove":
        del found.parts[which]
        return
    if action == "repeat":
        pairs = list(found.parts.items())
        at = [key for key, _ in pairs].index(which) + 1
        pairs.insert(at, (str(next_number(found.parts)), _as_new(found.parts[which])))
        found.parts = dict(pairs)
        return
    keys = [key for key in found.parts if key.isdecimal()]
    found.parts = {key: found.parts[key] for key in _swapped(keys, which, action)}


def next_number(parts: Iterable[str]) -> int:
    """A number that no row has."""
    return max((int(key) for key in parts if key.isdecimal()), default=-1) + 1


def _as_new(row: Sent) -> Sent:
    """The same texts in a row that stands for no stored one."""
    return Sent(row.texts, {key: _as_new(part) for key, part in row.parts.items() if key != WAS})


def _text(found: Sent, action: str, which: str) -> None:
    texts = [text for text in found.texts or () if text]
    found.texts = ["", *_swapped(texts, which, action)]


def _swapped(keys: list[str], which: str, action: str) -> list[str]:
    at = keys.index(which)
    to = at + _STEPS.get(action, 0)
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
    return keys
