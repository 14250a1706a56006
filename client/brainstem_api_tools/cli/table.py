"""Records as a table that fits a width. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .flat import cell
from .terminal import clean, columns_of, cut, padded

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
GAP = 2
NARROWEST = 6
# What tells records apart comes first; addresses of related lists tell nothing.
FIRST = ("id", "name", "title", "type")
NEVER = ("links",)


def lines_of(
    records: Sequence[dict[str, Any]], *, columns: list[str] | None = None, width: int | None = None
) -> tuple[list[str], list[str]]:
    """The lines of a table, the header first, and the names of columns for which there was no room.

    Without ``columns``, those are left out that are empty in all records, or hold nothing but ids of others.
    """
    names = columns or telling(records)
    texts = {name: [clean(cell(record.get(name))) for record in records] for name in names}
    wanted = {name: max(map(columns_of, [name, *texts[name]])) for name in names}
    shown, widths = _fitting(names, wanted, width)
    if not shown:
        return ["(no records)"], []
    rows = zip(*([name, *texts[name]] for name in shown))
    lines = [(" " * GAP).join(map(padded, row, widths)).rstrip() for row in rows]
    lines.insert(1, (" " * GAP).join("-" * one for one in widths))
    left_out = [name for name in names if name not in shown]
    return [line if width is None else cut(line, width) for line in lines], left_out


def telling(records: Sequence[dict[str, Any]]) -> list[str]:
    """Names of the columns that tell people something, those first by which records are known."""
    keys = list(dict.fromkeys(key for record in records for key in record))
    ordered = [key for key in FIRST if key in keys] + [key for key in keys if key not in FIRST]
    return [key for key in ordered if key not in NEVER and any(_tells(record.get(key), key) for record in records)]


def _tells(value: object, key: str) -> bool:
    """Whether people read anything in a value: ids of other records are for programs."""
    values = value if isinstance(value, list) else [value]
    return any(cell(one) and (key == "id" or not (isinstance(one, str) and _ID.fullmatch(one))) for one in values)


def _fitting(names: list[str], wanted: dict[str, int], width: int | None) -> tuple[list[str], list[int]]:
    """As many columns as fit when each may shrink to ``NARROWEST``, and their widths: the widest shrink first."""
    if width is None:
        return names, [wanted[name] for name in names]
    # A part of an id is of no use to anybody.
    least = {
        name: wanted[name] if name == "id" else min(wanted[name], max(NARROWEST, columns_of(name))) for name in names
    }
    shown: list[str] = []
    for name in names:
        if shown and sum(least[one] + GAP for one in [*shown, name]) - GAP > width:
            break
        shown.append(name)
    widths = {name: wanted[name] for name in shown}
    room = width - GAP * (len(shown) - 1)
    while sum(widths.values()) > room:
        candidates = [name for name in shown if widths[name] > least[name]]
        if not candidates:
            break
        widths[max(candidates, key=lambda name: widths[name])] -= 1
    return shown, [widths[name] for name in shown]
