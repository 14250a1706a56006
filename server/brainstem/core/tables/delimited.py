"""CSV files and pasted text -> a sheet. Pure.

The encoding is that of the byte order mark, otherwise UTF-8, otherwise that of Windows (cp1252), in which Excel saves
CSV. What parts the cells is what parts most of the heads: a comma, a semicolon or a tab.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from .sheets import Room, Sheet, Unreadable, sheet_of

DELIMITERS = ",;\t"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# The line by which Excel itself says what parts the cells.
_SEP = re.compile(r"\"?sep=([,;\t])\"?[,;\t]*(?:\r\n|\n|\r)", re.IGNORECASE)


def read_delimited(content: bytes, *, name: str = "") -> Sheet:
    """The table in a CSV or TSV file.

    Raises
    ------
    Unreadable
        If it is none, or too large.
    """
    return read_text(decoded(content), name=name)


def decoded(content: bytes) -> str:
    """The text of a file.

    Raises
    ------
    Unreadable
        If it is in no known encoding.
    """
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    raise Unreadable(f"The file is not text in a known encoding (line {line}). Save it as CSV UTF-8.")


def read_text(text: str, *, name: str = "") -> Sheet:
    """The table in a text, such as one pasted from a spreadsheet.

    Raises
    ------
    Unreadable
        If it is none, or too large.
    """
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable(f"There is a NUL character in line {line}, so this is not text. Save the table as CSV UTF-8.")
    told = _SEP.match(text)
    start = told.end() if told else 0
    parting = told[1] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=parting, strict=True)
    found = sheet_of(name, _numbered(reader, first=2 if told else 1), Room())
    if found is None:
        raise Unreadable("The table is empty. Its first row names the columns.")
    return found


def _delimiter(text: str) -> str:
    """What parts the heads, outside of quotes."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    bare = "".join(part for number, part in enumerate(first.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _numbered(reader: csv.Reader, *, first: int) -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined]
    """Rows with the line at which each begins: a quoted cell may go over several lines."""
    line = first
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + first
    except csv.Error as error:
        raise Unreadable(f"Line {line} is not valid CSV ({error}). Is a quotation mark missing?") from error


__all__ = ["decoded", "read_delimited", "read_text"]
