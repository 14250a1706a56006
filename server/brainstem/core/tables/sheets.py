"""Sheets of cells that know their place, whatever file they came from. Pure: no Django, no model, no user.

Every cell is the text that somebody would type: dates and times in ISO 8601, numbers with a point, yes and no as
``true`` and ``false``. What cannot be read so is a problem at its cell, and its row is wrong rather than guessed.

::

    Unreadable   no table at all, or a larger one than is read at once
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .formulas import unguarded

MOST_ROWS = 10_000  # of all sheets together
MOST_COLUMNS = 300
MOST_CELLS = 1_000_000
MOST_PROBLEMS = 1_000
LONGEST_CELL = 100_000  # characters
LONGEST_SHOWN = 40


class Unreadable(ValueError):
    """The file is no table, or too large; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """A cell: its sheet, its row as spreadsheets number them (from 1), its column (from 0)."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """As spreadsheets name it: ``B7``."""
        return f"{letters(self.column)}{self.row}"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell."""

    place: Place
    message: str


@dataclass(frozen=True)
class Line:
    """A row that is not blank: its number in the file, and a text for each head."""

    number: int
    cells: tuple[str, ...]


@dataclass
class Sheet:
    """A table: the heads of its columns, its rows, and the cells that cannot be read.

    Attributes
    ----------
    head_row : int
        Number of the row with the heads.
    """

    name: str
    heads: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    head_row: int = 1

    def wrong(self, row: int, column: int, message: str) -> None:
        """Note a problem with a cell.

        Raises
        ------
        Unreadable
            If there are too many of them to go on.
        """
        self.problems.append(Problem(Place(self.name, row, column), message))
        if len(self.problems) > MOST_PROBLEMS:
            first = self.problems[0]
            raise Unreadable(
                f"More than {MOST_PROBLEMS} cells cannot be read. The first is {first.place.cell}: {first.message}"
            )


# Of the order of bytes: at the beginning of a file, where programs that join files leave it before a head.
_MARK = "\ufeff"


class Room:
    """What is left of the limits on rows and cells, for all sheets of a file; ``heads`` rows do not count."""

    def __init__(self, *, heads: int = 0) -> None:
        self.rows, self.cells = -heads, 0

    def take(self, number: int, cells: int) -> None:
        """Make place for a row.

        Raises
        ------
        Unreadable
            If the file has too many.
        """
        self.rows += 1
        self.cells += cells
        if self.rows > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS} rows (at row {number}). Import it in parts.")
        if self.cells > MOST_CELLS:
            raise Unreadable(f"The file has more than {MOST_CELLS} cells (at row {number}). Import it in parts.")


def sheet_of(name: str, rows: Iterable[tuple[int, Sequence[str]]], room: Room) -> Sheet | None:
    """A sheet from rows of texts, of which the first that is not blank has the heads; None if all are blank."""
    found: Sheet | None = None
    for number, texts in rows:
        cells = [_bare(text) for text in texts] if found else [_bare(text.strip(_MARK)) for text in texts]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"Row {number} has {len(cells)} columns, and at most {MOST_COLUMNS} are read.")
        if found is None:
            found = Sheet(name, tuple(cells), head_row=number)
            _refuse_twins(found)
        else:
            room.take(number, len(found.heads))
            found.lines.append(_line(found, number, cells))
    return found


def _bare(text: str) -> str:
    """A cell without blanks around it, and without the apostrophe before what a spreadsheet would calculate."""
    whole = unguarded(text)
    return whole.strip() if whole != text else unguarded(text.strip())


def _line(sheet: Sheet, number: int, cells: list[str]) -> Line:
    for at, text in enumerate(cells):
        if text and (at >= len(sheet.heads) or not sheet.heads[at]):
            message = f"{shortened(text)} is in a column without a name. Name the column in row {sheet.head_row}, or"
            sheet.wrong(number, at, f"{message} clear the cell.")
        if len(text) > LONGEST_CELL:
            sheet.wrong(number, at, f"The cell has {len(text)} characters, and at most {LONGEST_CELL} are read.")
    width = len(sheet.heads)
    return Line(number, (*cells[:width], *[""] * (width - len(cells))))


def _refuse_twins(sheet: Sheet) -> None:
    first: dict[str, int] = {}
    for at, head in enumerate(sheet.heads):
        if head and first.setdefault(head, at) != at:
            same = f"column {letters(first[head])}"
            sheet.wrong(sheet.head_row, at, f"The column {shortened(head)} is there twice; the other one is {same}.")


def letters(column: int) -> str:
    """Letters of a column: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def shortened(text: str) -> str:
    """The beginning of a text in quotes, for messages."""
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…")


__all__ = ["Line", "Place", "Problem", "Room", "Sheet", "Unreadable", "letters", "sheet_of"]
