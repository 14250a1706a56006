"""Records as a small table, for people who look at a list: as text, or as HTML in notebooks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH = 120
COLUMNS = 12  # of a table in a notebook
LONGEST = 80  # characters of a cell
NARROW = 40  # columns that a long text gets
GAP = 2
EMPTY: tuple[Any, ...] = (None, "", [], {})
LAST = ("created_at", "updated_at", "created_by")  # what everything has
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Preview:
    """The first records of a list.

    Attributes
    ----------
    label : str
        What they are, such as ``"sessions"``.
    total : int
        How many there are.
    problem : str
        Why there is nothing to show.
    """

    label: str
    rows: Sequence[dict[str, Any]]
    total: int = 0
    problem: str = ""

    @property
    def heading(self) -> str:
        """How many, and whether these are all."""
        if self.problem:
            return f"{self.label}: {self.problem}"
        first = f", the first {len(self.rows)}" if len(self.rows) < self.total else ""
        return f"{self.total} {self.label}{first}"


def as_text(preview: Preview) -> str:
    """A heading, and a table below it."""
    from .cli.table import lines_of

    if not preview.rows:
        return preview.heading
    lines, _ = lines_of(list(preview.rows), columns=_that_fit(preview.rows), width=WIDTH)
    return "\n".join([preview.heading, *lines])


def as_html(preview: Preview) -> str:
    """The same for a notebook; whatever records hold is shown as text."""
    names = _columns(preview.rows)[:COLUMNS]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_cell(row.get(name)) for name in names)}</tr>" for row in preview.rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if names else ""
    return f"<div><p>{escape(preview.heading)}</p>{table}</div>"


def _columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The fields that tell people something."""
    from .cli.table import telling

    names = [name for name in telling(list(rows)) if any(row.get(name) not in EMPTY for row in rows)]
    return [name for name in names if name not in LAST] + [name for name in names if name in LAST]


def _that_fit(rows: Sequence[dict[str, Any]]) -> list[str]:
    """As many of them as have room without being cut short."""
    from .cli.flat import cell

    shown: list[str] = []
    room = WIDTH
    for name in _columns(rows):
        room -= min(NARROW, max(len(name), *(len(cell(row.get(name))) for row in rows))) + GAP
        if room < 0 and shown:
            break
        shown.append(name)
    return shown


def _cell(value: object) -> str:
    from .cli.flat import cell

    text = cell(value)
    return f"<td>{escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + ELLIPSIS)}</td>"
