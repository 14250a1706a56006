"""Tables in files: CSV, TSV and JSON Lines as rows of cells that know their line. Knows no server."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ValidationError

CSV, TSV, JSONL = "csv", "tsv", "jsonl"
SUFFIXES = {".csv": CSV, ".txt": CSV, ".tsv": TSV, ".tab": TSV, ".jsonl": JSONL, ".ndjson": JSONL}
DELIMITERS = ",;\t"
LONGEST = 1 << 30  # characters of a cell; details may be long
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place; line 0 is the table as a whole."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        column = f', column "{self.column}"' if self.column else ""
        return f"line {self.line}{column}: {self.message}" if self.line else self.message


@dataclass(frozen=True)
class Row:
    """One row: header -> cell. Cells of CSV are texts, those of JSON Lines values of JSON."""

    line: int
    cells: dict[str, Any]


@dataclass
class Sheet:
    """A table; ``typed`` if its cells are values rather than texts."""

    headers: list[str]
    rows: list[Row]
    typed: bool = False
    problems: list[Problem] = field(default_factory=list)


def read_sheet(file: str, *, form: str | None = None) -> Sheet:
    """The table in a file, or in the input (``-``).

    Raises
    ------
    ValidationError
        If it is no table at all.
    """
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    kind = form or SUFFIXES.get(Path(file).suffix.lower(), CSV if file == "-" else "")
    if not kind:
        raise _refused(
            f"{file} is no table that can be read: give a .csv, .tsv or .jsonl file. Save others as CSV UTF-8."
        )
    text = _decoded(content, file)
    return _lines_of_json(text) if kind == JSONL else _table(text, "\t" if kind == TSV else "")


def _refused(message: str) -> ValidationError:
    return ValidationError(message, advice="Nothing was written.")


def _decoded(content: bytes, file: str) -> str:
    encoding = BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(f"{file} is not UTF-8 (line {line}): save it as CSV UTF-8.") from error


def _table(text: str, delimiter: str) -> Sheet:
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True)
    rows = _numbered(reader)
    _, headers = next(rows, (0, []))
    headers = [header.strip() for header in headers]
    if not any(headers):
        raise _refused("The table is empty: its first line names the columns.")
    sheet = Sheet(headers, [], problems=_bad_headers(headers))
    for line, cells in rows:
        texts = [_unguarded(cell.strip()) for cell in cells]
        if any(texts[len(headers) :]):
            sheet.problems.append(
                Problem(line, "", f"{len(cells)} cells, but {len(headers)} columns: is a quote missing?")
            )
        elif any(texts):
            sheet.rows.append(Row(line, {header: cell for header, cell in zip(headers, texts) if header}))
    return sheet


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line at which each starts: a quoted cell may go over several."""
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refused(f"line {line}: this is no CSV ({error}).") from error


def _delimiter(text: str) -> str:
    """What parts the names in the first line."""
    first = text.lstrip("\r\n").splitlines()[0] if text.strip() else ""
    bare = "".join(part for number, part in enumerate(first.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _unguarded(text: str) -> str:
    """The text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    from .flat import is_formula

    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def _bad_headers(headers: list[str]) -> list[Problem]:
    twice = {header for header in headers if header and headers.count(header) > 1}
    return [Problem(1, header, "This column is there twice.") for header in sorted(twice)]


def _lines_of_json(text: str) -> Sheet:
    sheet = Sheet([], [], typed=True)
    for line, one in enumerate(text.splitlines(), start=1):
        if not one.strip():
            continue
        try:
            cells = json.loads(one)
        except ValueError as error:
            sheet.problems.append(Problem(line, "", f"This is no JSON: {error}"))
            continue
        if isinstance(cells, dict):
            sheet.rows.append(Row(line, cells))
        else:
            sheet.problems.append(Problem(line, "", "Each line holds one object: {...}."))
    sheet.headers = list(dict.fromkeys(key for row in sheet.rows for key in row.cells))
    return sheet
