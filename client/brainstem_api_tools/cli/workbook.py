"""The first sheet of an Excel workbook (.xlsx) as rows of texts. Knows no server."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

NO_READER = (
    "Reading .xlsx needs openpyxl: pip install 'brainstem_python_api_tools[xlsx]'. Or save the sheet as CSV UTF-8."
)
UNPACKED = 256 * 1024 * 1024  # bytes of a workbook, which is a zip archive
MOST_CELLS = 5_000_000  # empty ones between the others included, which take time as well
LONGEST_PLAIN = 60


class WrongCells(ValueError):
    """A cell without a readable value: line, column and problem."""

    def __init__(self, line: int, column: str, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message


def rows_of(content: bytes) -> Iterator[tuple[int, list[str | WrongCells]]]:
    """The rows of the first sheet with their numbers, each cell as the text that CSV would have.

    Raises
    ------
    ValueError
        If it is no workbook, too large, or openpyxl is missing.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError as error:
        raise ValueError(NO_READER) from error
    _refuse_bomb(content)
    try:
        shown, written = (
            load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
            for data_only in (True, False)
        )
        pairs = zip(shown.worksheets[0].iter_rows(), written.worksheets[0].iter_rows())
        passed = 0
        for line, (values, formulas) in enumerate(pairs, start=1):
            passed += len(values)
            if passed > MOST_CELLS:
                raise ValueError(f"more than {MOST_CELLS} cells before row {line}. Delete empty rows and columns.")
            cells = [_cell(line, value, formula) for value, formula in zip(values, formulas)]
            while cells and not cells[-1]:  # cells that have a colour, but nothing in them
                cells.pop()
            if cells:
                yield line, cells
    except Exception as error:  # whatever the parsers of XML and of archives say
        raise ValueError(f"Cannot read this Excel workbook: {error}") from error


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ValueError("This is not an Excel workbook (.xlsx): save it as one, or as CSV UTF-8.") from error
    if size > UNPACKED:
        raise ValueError(f"The workbook has {size // 2**20} MB when unpacked: use a smaller one.")


def _cell(line: int, shown: Any, written: Any) -> str | WrongCells:
    """A cell as text; what Excel could not calculate, or has not yet, is no value."""
    if shown.data_type == "e":
        return WrongCells(line, shown.column_letter, f"Excel shows {shown.value} here: correct the formula.")
    if shown.value is None and written.data_type == "f":
        return WrongCells(
            line, written.column_letter, "The value of this formula is not in the file: open it in Excel and save it."
        )
    return text_of(shown.value)


def text_of(value: object) -> str:
    """An Excel value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        plain = format(Decimal(repr(value)), "f")  # 0.0000001 rather than 1e-07
        return plain if len(plain) <= LONGEST_PLAIN else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="auto")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        days, seconds = value.days, value.seconds
        return f"{f'{days} ' if days else ''}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)
