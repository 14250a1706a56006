"""A file of any kind that tables come in -> its sheets. Pure."""

from __future__ import annotations

from .delimited import read_delimited, read_text
from .sheets import Sheet, Unreadable
from .workbook import is_workbook, read_workbook

MOST_BYTES = 10 * 1024 * 1024
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_file(content: bytes, *, name: str = "") -> list[Sheet]:
    """The sheets of a workbook, or the one table of a CSV file; ``name`` is that of the file.

    What the file is follows from its content: names of files are often wrong.

    Raises
    ------
    Unreadable
        If it is neither, or too large.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file has more than {MOST_BYTES // 2**20} MB. Import it in parts.")
    if content.startswith(_OLD_EXCEL):
        raise Unreadable(
            "This is an old or a protected Excel file. Save it as .xlsx without a password, or as CSV UTF-8."
        )
    return read_workbook(content) if is_workbook(content) else [read_delimited(content, name=name)]


def read_pasted(text: str) -> list[Sheet]:
    """The table in a text that was pasted.

    Raises
    ------
    Unreadable
        If there is none, or it is too large.
    """
    if len(text) > MOST_BYTES:
        raise Unreadable("The text is too long. Send it as a file, or in parts.")
    return [read_text(text)]


__all__ = ["MOST_BYTES", "read_file", "read_pasted"]
