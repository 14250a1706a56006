"""Correcting the cells of tables: one, all that say the same, or leaving a row out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import Invalid
from ..tables.sheets import LONGEST_CELL, Line, Sheet
from ..text.shown import shown
from ..text.words import nearest
from .json_values import Json

MOST_EDITS = 1_000


@dataclass(frozen=True)
class Edits:
    """What is to be corrected, each as the request names it.

    Attributes
    ----------
    replace
        ``{"sheet", "head", "from", "to"}``: in every cell of a column that has a text, another one.
    cells
        ``{"sheet", "row", "head", "value"}``: one cell.
    leave_out
        ``{"sheet", "row"}``: a row that is not imported.
    """

    replace: Sequence[Json] = ()
    cells: Sequence[Json] = ()
    leave_out: Sequence[Json] = ()


def edited(sheets: Sequence[Sheet], edits: Edits) -> None:
    """Correct cells, in the order replace, cells, leave out; problems of corrected cells are gone.

    Raises
    ------
    Invalid
        If an edit names a sheet, row or column that is not there; nothing was corrected.
    """
    if max(map(len, (edits.replace, edits.cells, edits.leave_out))) > MOST_EDITS:
        raise Invalid.whole(f"At most {MOST_EDITS} corrections of a kind can be sent at once.")
    parts = [
        *(lambda one=one, at=at: _replacing(sheets, one, f"replace.{at}") for at, one in enumerate(edits.replace)),
        *(lambda one=one, at=at: _setting(sheets, one, f"cells.{at}") for at, one in enumerate(edits.cells)),
        *(lambda one=one, at=at: _leaving(sheets, one, f"leave_out.{at}") for at, one in enumerate(edits.leave_out)),
    ]
    for do in Invalid.of_all(*parts):
        do()


def _replacing(sheets: Sequence[Sheet], edit: Json, at: str) -> Json:
    sheet, column = _column(sheets, _object(edit, ("sheet", "head", "from", "to"), at), at)
    old, new = _text(edit, "from", at), _text(edit, "to", at)

    def do() -> None:
        for place, line in enumerate(sheet.lines):
            if line.cells[column] == old:
                _put(sheet, place, column, new)

    return do


def _setting(sheets: Sequence[Sheet], edit: Json, at: str) -> Json:
    sheet, column = _column(sheets, _object(edit, ("sheet", "row", "head", "value"), at), at)
    place, new = _row(sheet, edit, at), _text(edit, "value", at)
    return lambda: _put(sheet, place, column, new)


def _leaving(sheets: Sequence[Sheet], edit: Json, at: str) -> Json:
    sheet = _sheet(sheets, _object(edit, ("sheet", "row"), at), at)
    number = sheet.lines[_row(sheet, edit, at)].number

    def do() -> None:
        sheet.lines = [line for line in sheet.lines if line.number != number]
        sheet.problems = [one for one in sheet.problems if one.place.row != number]

    return do


def _put(sheet: Sheet, place: int, column: int, text: str) -> None:
    line = sheet.lines[place]
    sheet.lines[place] = Line(line.number, (*line.cells[:column], text.strip(), *line.cells[column + 1 :]))
    sheet.problems = [one for one in sheet.problems if (one.place.row, one.place.column) != (line.number, column)]


# -- what an edit names ------------------------------------------------------------------------------------------------


def _object(edit: Json, names: Sequence[str], at: str) -> Mapping[str, Json]:
    if not isinstance(edit, dict) or edit.keys() - {"sheet"} != set(names) - {"sheet"}:
        raise Invalid.at(at, f"Expected an object with the keys {', '.join(names)}.")
    return edit


def _sheet(sheets: Sequence[Sheet], edit: Mapping[str, Json], at: str) -> Sheet:
    name = edit.get("sheet", "")
    found = [one for one in sheets if one.name == name] or (list(sheets) if len(sheets) == 1 and not name else [])
    if not found:
        close = nearest(str(name), [one.name for one in sheets])
        raise Invalid.at(f"{at}.sheet", f"There is no sheet {shown(name)}.{close}")
    return found[0]


def _column(sheets: Sequence[Sheet], edit: Mapping[str, Json], at: str) -> tuple[Sheet, int]:
    sheet, head = _sheet(sheets, edit, at), edit["head"]
    if head not in sheet.heads or not head:
        close = nearest(str(head), [one for one in sheet.heads if one])
        raise Invalid.at(f"{at}.head", f"There is no column {shown(head)}.{close}")
    return sheet, sheet.heads.index(head)


def _row(sheet: Sheet, edit: Mapping[str, Json], at: str) -> int:
    number = edit["row"]
    found = next((place for place, line in enumerate(sheet.lines) if line.number == number), None)
    if found is None or isinstance(number, bool):
        raise Invalid.at(f"{at}.row", f"There is no row {shown(number)} in this sheet.")
    return found


def _text(edit: Mapping[str, Json], name: str, at: str) -> str:
    value = edit[name]
    if not isinstance(value, str) or len(value) > LONGEST_CELL or "\0" in value:
        raise Invalid.at(f"{at}.{name}", f"Expected a text of at most {LONGEST_CELL} characters.")
    return value


__all__ = ["Edits", "edited"]
