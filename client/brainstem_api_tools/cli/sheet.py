"""Tables in files: CSV, TSV and JSON Lines as rows of cells that know their line. Knows no server."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ValidationError
from .files import MEGABYTE, read_bytes
from .flat import unguarded

CSV, TSV, JSONL, XLSX, PARQUET = "csv", "tsv", "jsonl", "xlsx", "parquet"
SUFFIXES = {
    ".csv": CSV,
    ".txt": CSV,
    ".tsv": TSV,
    ".tab": TSV,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".xlsx": XLSX,
    ".parquet": PARQUET,
}
NO_ARROW = "Reading Parquet needs pyarrow: pip install 'brainstem_python_api_tools[arrow]'."
DELIMITERS = ",;\t"
# Far above what a server takes in one go, and below what a laptop cannot hold: a file may come from anywhere.
MOST_BYTES = 32 * MEGABYTE
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
MOST_CELLS = 2_000_000
MOST_PROBLEMS = 1_000
LONGEST = 1 << 20  # characters of a cell; details may be long
DEEPEST = 40  # levels of nesting that a server keeps
SHOWN = 40  # characters of a cell in a message
_SEP = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?[ ,;\t]*(?:\r\n|\n|\r)", re.IGNORECASE)
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
    blanks: dict[str, str] = field(default_factory=dict)  # header -> a cell that has blanks around its text

    def as_written(self, header: str) -> Any:
        """A cell as written in the file."""
        return self.blanks.get(header, self.cells.get(header))


@dataclass
class Sheet:
    """A table; ``typed`` if its cells are values rather than texts."""

    headers: list[str]
    rows: list[Row]
    typed: bool = False
    problems: list[Problem] = field(default_factory=list)

    def refuse_too_large(self, line: int) -> None:
        """Refuse to go on with more than can be shown, compared and sent."""
        if len(self.problems) >= MOST_PROBLEMS:
            shown = " ".join(f"{one}" for one in self.problems[:3])
            raise _refused(f"There are {MOST_PROBLEMS} problems before line {line}. The first are: {shown}")
        if len(self.rows) >= MOST_ROWS:
            raise _refused(f"The table has more than {MOST_ROWS} rows (line {line}): import it in parts.")
        if len(self.rows) * len(self.headers) > MOST_CELLS:
            raise _refused(f"The table has more than {MOST_CELLS} cells (line {line}): import it in parts.")


def kind_of(file: str, form: str | None = None) -> str:
    """What kind of table a file is, by what was said of it or by its name.

    Raises
    ------
    ValidationError
        If its name is not that of a table.
    """
    kind = form or SUFFIXES.get(Path(file).suffix.lower(), CSV if file == "-" else "")
    if not kind:
        raise _refused(
            f"{file} is not a supported table: use a .csv, .tsv, .xlsx, .jsonl or .parquet file,"
            " or save it as CSV UTF-8."
        )
    return kind


def read_content(file: str) -> bytes:
    """What is in a file, or in the input (``-``).

    Raises
    ------
    ValidationError
        If it is no file, or larger than one that is imported at once.
    """
    try:
        return read_bytes(file, most=MOST_BYTES)
    except FileNotFoundError as error:
        raise _refused(f"There is no file {file} here. Give the path to a table, or - for standard input.") from error
    except ValueError as error:
        raise _refused(str(error)) from error


def read_sheet(file: str, *, form: str | None = None, content: bytes | None = None) -> Sheet:
    """The table in a file, or in the input (``-``), of which the content may have been read already.

    Raises
    ------
    ValidationError
        If it is no table at all, or larger than one that is imported at once.
    """
    kind = kind_of(file, form)
    content = read_content(file) if content is None else content
    if kind in {XLSX, PARQUET}:
        try:
            return _workbook(content) if kind == XLSX else _parquet(content)
        except ValueError as error:
            raise _refused(str(error)) from error
    text = _decoded(content, file)
    return _lines_of_json(text) if kind == JSONL else _table(text, "\t" if kind == TSV else "")


def _refused(message: str) -> ValidationError:
    return ValidationError(message, advice="Nothing was written.")


def _decoded(content: bytes, file: str) -> str:
    encoding = BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(f"{file} is not UTF-8 (line {line}): save it as CSV UTF-8.") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _refused(f"{file} contains a NUL character (line {line}), so it is not text: save it as CSV UTF-8.")
    return text


def _table(text: str, delimiter: str) -> Sheet:
    csv.field_size_limit(LONGEST)
    told = _SEP.match(text)  # Excel's own line that says what parts the cells
    lines = io.StringIO(text[told.end() :] if told else text, newline="")
    parting = told[1] if told else delimiter or _delimiter(text)
    return _rows_of(_numbered(csv.reader(lines, delimiter=parting, strict=True), first=2 if told else 1))


def _rows_of(rows: Iterator[tuple[int, list[str]]], *, quoted: bool = True) -> Sheet:
    """A sheet of rows of texts, of which the first names the columns; ``quoted`` if a quote may be missing."""
    _, headers = next(rows, (0, []))
    headers = [unguarded(header.strip()) for header in headers]
    if len(headers) > MOST_COLUMNS:
        raise _refused(f"The table has {len(headers)} columns, more than {MOST_COLUMNS}.")
    if not any(headers):
        raise _refused("The table is empty: its first line names the columns.")
    sheet = Sheet(headers, [], problems=_bad_headers(headers))
    for line, cells in rows:
        sheet.refuse_too_large(line)
        texts = [unguarded(cell.strip()) for cell in cells]
        nameless = [at for at, text in enumerate(texts) if text and not (at < len(headers) and headers[at])]
        if quoted and any(texts[len(headers) :]):
            sheet.problems.append(
                Problem(line, "", f"{len(cells)} cells in {len(headers)} columns. Is a quotation mark missing?")
            )
        elif nameless:
            sheet.problems.append(Problem(line, "", _without_name(nameless[0], texts)))
        elif any(texts):
            sheet.rows.append(Row(line, {header: cell for header, cell in zip(headers, texts) if header}))
            kept = map(unguarded, cells)
            sheet.rows[-1].blanks.update(
                {header: whole for header, whole, text in zip(headers, kept, texts) if whole != text}
            )
    return sheet


def _workbook(content: bytes) -> Sheet:
    from .workbook import WrongCells, rows_of

    wrong: list[Problem] = []

    def texts() -> Iterator[tuple[int, list[str]]]:
        for line, cells in rows_of(content):
            bad = [one for one in cells if isinstance(one, WrongCells)]
            wrong.extend(Problem(one.line, one.column, one.message) for one in bad)
            # A row with such a cell is not imported without it.
            if not bad:
                yield line, [str(one) for one in cells]

    sheet = _rows_of(texts(), quoted=False)
    sheet.problems += wrong
    return sheet


def _parquet(content: bytes) -> Sheet:
    try:
        from .parquet import read
    except ModuleNotFoundError as error:
        raise ValueError(NO_ARROW) from error
    headers, rows = read(content, most_rows=MOST_ROWS)
    sheet = Sheet(headers, [], typed=True, problems=_bad_headers(headers))
    for number, cells in enumerate(rows, start=1):
        sheet.refuse_too_large(number)
        sheet.rows.append(Row(number, cells))
    return sheet


def _without_name(at: int, texts: list[str]) -> str:
    shown = texts[at] if len(texts[at]) <= SHOWN else f"{texts[at][: SHOWN - 1]}…"
    return f"'{shown}' is in column {at + 1}, which has no name: name the column, or clear it."


def _numbered(reader: Any, *, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line at which each starts: a quoted cell may go over several."""
    line = first
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + first
    except csv.Error as error:
        raise _refused(f"line {line}: this is not valid CSV ({error}).") from error


def _delimiter(text: str) -> str:
    """What parts the names in the first line."""
    first = next(iter(text[:LONGEST].lstrip("\r\n").splitlines()), "")
    bare = "".join(part for number, part in enumerate(first.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _bad_headers(headers: list[str]) -> list[Problem]:
    twice = [header for header, number in Counter(headers).items() if header and number > 1]
    return [Problem(1, header, "This column appears twice.") for header in sorted(twice)]


def _lines_of_json(text: str) -> Sheet:
    sheet, names = Sheet([], [], typed=True), dict[str, None]()
    for line, one in enumerate(io.StringIO(text), start=1):
        if not one.strip():
            continue
        sheet.refuse_too_large(line)
        try:
            sheet.rows.append(Row(line, _object(one)))
        except ValueError as error:
            sheet.problems.append(Problem(line, "", str(error)))
            continue
        names.update(dict.fromkeys(sheet.rows[-1].cells))
        if len(names) > MOST_COLUMNS:
            raise _refused(f"The table has more than {MOST_COLUMNS} columns (line {line}).")
        sheet.headers = list(names)
    return sheet


def _object(line: str) -> dict[str, Any]:
    """The object in a line, if a server could keep it."""
    if len(line) > LONGEST:
        raise ValueError(f"The line has {len(line)} characters, more than {LONGEST}.")
    try:
        found = json.loads(line)
    except RecursionError:
        raise ValueError(f"Nested deeper than {DEEPEST} levels.") from None
    except ValueError as error:
        raise ValueError(f"This is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("Every line must be one object: {...}.")
    if _deeper(found, DEEPEST):
        raise ValueError(f"Nested deeper than {DEEPEST} levels.")
    return found


def _deeper(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(levels == 0 or _deeper(one, levels - 1) for one in inner if isinstance(one, (dict, list)))
