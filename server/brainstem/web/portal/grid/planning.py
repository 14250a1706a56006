"""What was typed into the table -> the tables of an import: rows with their id change records, others add some.

Only cells that were changed are in them. What others have written into the same records meanwhile is therefore not
touched, and what they wrote into the same cells shows in the plan as the value before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brainstem.core.errors import Invalid
from brainstem.core.tables.sheets import LONGEST_CELL, Line, Sheet
from brainstem.web import formats

from .cells import AMOUNT, LOCKED, GridColumn

MOST_ROWS = 1_000  # to change, and as many new ones
MOST_SHEETS = 50
ID, TYPE = "id", "type"
NEW = "New"
_AMOUNT = re.compile(r"(?P<number>[-+]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?) ?(?P<unit>[^\d\s.,+-].*)")


@dataclass(frozen=True)
class Typed:
    """A row in which something was typed: its number, its id if it is a record, and its cells by column."""

    number: int
    id: str
    cells: Mapping[str, str]


def typed_in(text: str, columns: Sequence[GridColumn]) -> list[Typed]:
    """The rows that a form sends.

    Raises
    ------
    Invalid
        If they are no rows of this table.
    """
    wrong = Invalid.at("rows", 'Expected a list of rows: {"number": 1, "id": "...", "cells": {"column": "text"}}.')
    try:
        sent = json.loads(text)
    except ValueError as error:
        raise wrong from error
    if not isinstance(sent, list):
        raise wrong
    if len(sent) > 2 * MOST_ROWS:
        raise Invalid.at(
            "rows", f"At most {formats.count(2 * MOST_ROWS)} rows are reviewed at once, got {formats.count(len(sent))}."
        )
    known = {one.key for one in columns if one.kind != LOCKED}
    return [_typed(one, known, wrong) for one in sent]


def _typed(row: object, known: set[str], wrong: Invalid) -> Typed:
    if not isinstance(row, dict) or not row.keys() <= {"number", ID, "cells"}:
        raise wrong
    number, key, cells = row.get("number"), row.get(ID, ""), row.get("cells")
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(key, str):
        raise wrong
    if not isinstance(cells, dict) or not all(isinstance(text, str) for text in cells.values()):
        raise wrong
    if unknown := [name for name in cells if name not in known]:
        raise Invalid.at("rows", f"The table has no column {str(unknown[0])[:60]!r} that can be changed.")
    if any(len(text) > LONGEST_CELL or "\x00" in text for text in cells.values()):
        raise Invalid.at("rows", f"A cell holds at most {formats.count(LONGEST_CELL)} characters, and no NUL.")
    return Typed(number, key, {name: " ".join(text.split()) for name, text in cells.items()})


def sheets_of(rows: Sequence[Typed], columns: Sequence[GridColumn], *, type_name: str = "") -> tuple[list[Sheet], bool]:
    """The tables, and whether empty cells in them empty their fields.

    If no cell was emptied, one table of changes and one of new records do: what is empty in them was not changed. Else
    each set of changed columns is a table of its own. ``type_name`` is the type of new records that say none.

    Raises
    ------
    Invalid
        If they would be too many.
    """
    filled = [row for row in rows if row.cells and (row.id or any(row.cells.values()))]
    clears = any(row.id and not text for row in filled for text in row.cells.values())
    groups: dict[tuple[bool, tuple[str, ...]], list[Typed]] = {}
    for row in filled:
        names = tuple(one.key for one in columns if row.cells.get(one.key) or (row.id and one.key in row.cells))
        groups.setdefault((bool(row.id), names if clears else ()), []).append(row)
    if len(groups) > MOST_SHEETS:
        raise Invalid.at("rows", "Cells were emptied in too many combinations of columns. Review a part first.")
    titles: set[str] = set()
    found = [_sheet(is_old, group, columns, titles) for (is_old, _), group in groups.items()]
    return [one if TYPE in one.heads or ID in one.heads else _typed_as(one, type_name) for one in found], clears


def _typed_as(sheet: Sheet, type_name: str) -> Sheet:
    if not type_name:
        return sheet
    lines = [Line(line.number, (*line.cells, type_name)) for line in sheet.lines]
    return Sheet(sheet.name, (*sheet.heads, TYPE), lines, head_row=sheet.head_row)


def _sheet(is_old: bool, rows: Sequence[Typed], columns: Sequence[GridColumn], titles: set[str]) -> Sheet:
    used = [one for one in columns if any(one.key in row.cells for row in rows)]
    heads = [ID] if is_old else []
    for one in used:
        heads += [one.key, f"{one.key}, unit"] if one.kind == AMOUNT else [one.key]
    lines = [Line(row.number, _cells(row, used, is_old=is_old)) for row in rows]
    return Sheet(_title(is_old, used, titles), tuple(heads), lines, head_row=0)


def _cells(row: Typed, columns: Sequence[GridColumn], *, is_old: bool) -> tuple[str, ...]:
    found = [row.id] if is_old else []
    for one in columns:
        text = row.cells.get(one.key, "")
        if one.kind == AMOUNT:
            parts = _AMOUNT.fullmatch(text)
            found += [parts["number"], parts["unit"].strip()] if parts else [text, ""]
        else:
            found.append(text)
    return tuple(found)


def _title(is_old: bool, columns: Sequence[GridColumn], titles: set[str]) -> str:
    names = ", ".join(one.title for one in columns)
    text = names if is_old else NEW
    title, number = text[:80], 2
    while title in titles:
        title, number = f"{text[:76]} {number}", number + 1
    titles.add(title)
    return title


__all__ = ["MOST_ROWS", "Typed", "sheets_of", "typed_in"]
