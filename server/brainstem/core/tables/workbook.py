"""Excel workbooks (.xlsx) -> sheets. Pure.

Read with what Python has: a library would make objects of all cells, and most take a formula for its last result.
Hidden sheets are left out, since templates keep their lists of choices there.

Refused at their cells: formulas, whose result may be old or missing; merged cells, of which only the first has a value;
errors, and dates that are none.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from .packed import NO_WORKBOOK, Packed
from .serials import kind_of_format, plain, text_of_serial
from .sheets import MOST_COLUMNS, Room, Sheet, Unreadable, letters, sheet_of

MAGIC = b"PK\x03\x04"
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{0,400})?(?:[eE][+-]?[0-9]{1,4})?")
MOST_SHEETS = 50
MOST_MERGED = 10_000
FORMULA = "This cell has a formula. Replace it with its value: copy it, then paste special, values."


def read_workbook(content: bytes) -> list[Sheet]:
    """The sheets of a workbook that are visible and not empty.

    Raises
    ------
    Unreadable
        If it is no workbook, too large, or empty.
    """
    packed = Packed(content)
    book = _Book()
    packed.read(_main_part(packed), book)
    targets = _Targets()
    packed.read("xl/_rels/workbook.xml.rels", targets)
    shared, formats = _Shared(), _Formats()
    if packed.has("xl/sharedStrings.xml"):
        packed.read("xl/sharedStrings.xml", shared)
    if packed.has("xl/styles.xml"):
        packed.read("xl/styles.xml", formats)
    found, room = [], Room()
    if len(book.sheets) > MOST_SHEETS:
        raise Unreadable(f"The workbook has {len(book.sheets)} sheets, and at most {MOST_SHEETS} are read.")
    for name, relation in book.sheets:
        part = _path(targets.found.get(relation, ""))
        if packed.has(part):
            cells = _Cells(shared.texts, formats.kinds, since_1904=book.since_1904)
            packed.read(part, cells)
            if (sheet := _sheet(name, cells, room)) is not None:
                found.append(sheet)
    if not found:
        raise Unreadable("The workbook is empty. The first row of a sheet names its columns.")
    return found


def _main_part(packed: Packed) -> str:
    if not packed.has("xl/workbook.xml"):
        raise Unreadable(NO_WORKBOOK)
    return "xl/workbook.xml"


def _path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _sheet(name: str, cells: _Cells, room: Room) -> Sheet | None:
    sheet = sheet_of(name, cells.rows, room)
    if sheet is None:
        return None
    for row, column, message in cells.problems:
        sheet.wrong(row, column, message)
    for row, column, span in cells.merged:
        if row >= sheet.head_row:
            sheet.wrong(row, column, f"The cells {span} are merged. Unmerge them, and fill in each.")
    return sheet


class _Quiet:
    """A listener that is interested in nothing."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Book(_Quiet):
    """Names of the visible sheets with the relations to their parts, and the first day of the calendar."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in ("1", "true")
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            # Both `sheetId` and `r:id` are there, and only the second one names a relation.
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))


class _Targets(_Quiet):
    """The parts that relations lead to."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.found[attributes.get("Id", "")] = attributes.get("Target", "")


class _Shared(_Quiet):
    """The texts that cells refer to by number, without the readings of Japanese ones."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] | None = None
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - listeners share a signature
        if name == "si":
            self.texts.append("")
        self._phonetic = self._phonetic or name == "rPh"
        if name == "t" and not self._phonetic:
            self._parts = []

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = False
        if name == "t" and self._parts is not None:
            if self.texts:
                self.texts[-1] += _unescaped("".join(self._parts))
            self._parts = None

    def text(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)


class _Formats(_Quiet):
    """What cells of each style hold: a day, a moment, a time, or a number."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self._codes: dict[int, str] = {}
        self._within = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        self._within = self._within or name == "cellXfs"
        if name == "xf" and self._within:
            number = _whole(attributes.get("numFmtId", ""))
            self.kinds.append(kind_of_format(number, self._codes.get(number, "")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._within = False


@dataclass
class _Cell:
    row: int
    column: int
    kind: str
    style: int
    value: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    formula: bool = False


class _Cells(_Quiet):
    """The rows of a sheet as texts, and what is wrong with its cells."""

    def __init__(self, texts: list[str], kinds: list[str], *, since_1904: bool) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.problems: list[tuple[int, int, str]] = []
        self.merged: list[tuple[int, int, str]] = []
        self._texts, self._kinds, self._since_1904 = texts, kinds, since_1904
        self._row, self._column = 0, -1
        self._cells: dict[int, str] = {}
        self._cell: _Cell | None = None
        self._taking: list[str] | None = None
        self._phonetic = False
        self._room = Room(heads=1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            given = _whole(attributes.get("r", ""))
            self._row = given if given > self._row else self._row + 1
            self._column, self._cells = -1, {}
        elif name == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            kind, style = attributes.get("t", "n"), _whole(attributes.get("s", ""))
            self._cell = _Cell(self._row, self._column, kind, style)
        elif self._cell is not None:
            self._within(name)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _within(self, name: str) -> None:
        """An element within a cell."""
        cell = self._cell
        if cell is None:
            return
        cell.formula = cell.formula or name == "f"
        self._phonetic = self._phonetic or name == "rPh"
        if name == "v":
            self._taking = cell.value
        elif name == "t" and not self._phonetic:
            self._taking = cell.inline

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "c" and self._cell is not None:
            self._finish(self._cell)
            self._cell = None
        elif name == "row" and self._cells:
            self._room.take(self._row, len(self._cells))
            width = max(self._cells) + 1
            self.rows.append((self._row, [self._cells.get(at, "") for at in range(width)]))

    def text(self, text: str) -> None:
        if self._taking is not None:
            self._taking.append(text)

    def _merge(self, span: str) -> None:
        first = _CELL.match(span)
        if first and len(self.merged) < MOST_MERGED:
            self.merged.append((int(first[2]), _column(first[1]), span))

    def _finish(self, cell: _Cell) -> None:
        try:
            text = self._text_of(cell)
        except ValueError as error:
            # A mark in its place, so that the row is not taken for a blank one.
            text = "?"
            self.problems.append((cell.row, cell.column, str(error)))
        if text and cell.column >= MOST_COLUMNS:
            where = f"{letters(cell.column)}{cell.row}"
            raise Unreadable(f"The cell {where} is not empty, and at most {MOST_COLUMNS} columns are read.")
        if text:
            self._cells[cell.column] = text

    def _text_of(self, cell: _Cell) -> str:
        value = "".join(cell.value)
        if cell.formula:
            raise ValueError(FORMULA)
        if cell.kind == "inlineStr":
            return _unescaped("".join(cell.inline))
        if cell.kind == "s":
            at = _whole(value)
            if not value.strip():
                return ""
            if at >= len(self._texts):
                raise ValueError("The text of this cell is missing from the workbook. Type it again.")
            return self._texts[at]
        if cell.kind == "e":
            raise ValueError(f"Excel shows {value} here. Correct the cell.")
        if cell.kind == "b":
            return "true" if value.strip() == "1" else "false"
        if cell.kind in ("str", "d"):
            return _unescaped(value)
        return self._number(value.strip(), cell.style)

    def _number(self, text: str, style: int) -> str:
        if not text:
            return ""
        number = float(text) if _NUMBER.fullmatch(text) else math.inf
        if not math.isfinite(number):
            raise ValueError("The number in this cell cannot be read. Type it again.")
        kind = self._kinds[style] if style < len(self._kinds) else ""
        return text_of_serial(number, kind, since_1904=self._since_1904) if kind else plain(number)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _column(name: str) -> int:
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - ord("A") + 1
    return found - 1


def _unescaped(text: str) -> str:
    """A text with the signs that XML cannot hold: Excel writes a carriage return as ``_x000D_``."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def is_workbook(content: bytes) -> bool:
    """Whether a file looks like a workbook rather than a text."""
    return content.startswith(MAGIC)


__all__ = ["is_workbook", "read_workbook"]
