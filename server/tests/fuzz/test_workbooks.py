"""Workbooks of Excel whose sheets are changed: they are read or refused."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from brainstem.core.tables.reading import read_file
from brainstem.core.tables.sheets import Unreadable

from .made import changed, files, made_up, read

XML = ("<", ">", "/>", "</c>", "<c", "<v>", "</v>", "<f>", 't="s"', 't="d"', 'r="', 's="9"', "&lt;", "&#0;", "&#x10ffff;", "1e999", "-1", "A0", "ZZZZ1",
       "<!DOCTYPE x>", "<?x?>", "<![CDATA[", "_x0000_", "_xD800_", '"', "<row", "</row>", "\x00")  # fmt: skip


@cache
def package() -> dict[str, bytes]:
    """The parts of a workbook with one sheet and one shared text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("One")
        sheet.write_row(0, 0, ["Name", "Day"])
        sheet.write_number(1, 1, 46053, book.add_format({"num_format": "yyyy-mm-dd"}))
    with zipfile.ZipFile(file) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def workbook(**changed_parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in package().items():
            packed.writestr(name, changed_parts.get(name.rpartition("/")[2].partition(".")[0], content))
    return file.getvalue()


def check(content: bytes) -> None:
    for sheet in read(read_file, content, refusal=Unreadable) or []:
        assert all(len(line.cells) == len(sheet.heads) for line in sheet.lines)
        assert all(problem.message for problem in sheet.problems)


def test_the_workbook_is_read_as_long_as_nothing_is_changed():
    (sheet,) = read_file(workbook())
    assert (sheet.heads, [line.cells for line in sheet.lines]) == (("Name", "Day"), [("", "2026-01-31")])


@pytest.mark.parametrize("text", files("sheet"))
def test_a_sheet_of_the_corpus_is_read_or_refused(text):
    check(workbook(sheet1=text.encode()))


@given(changed("sheet", XML))
@made_up
def test_a_changed_sheet_is_read_or_refused(text):
    check(workbook(sheet1=text.encode()))


@given(st.sampled_from(["workbook", "styles", "sharedStrings"]), st.data())
@made_up
def test_a_workbook_with_another_changed_part_is_read_or_refused(part, data):
    (text,) = (content for name, content in package().items() if name.rpartition("/")[2] == f"{part}.xml")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    check(workbook(**{part: text[:start] + data.draw(st.sampled_from(XML)).encode() + text[end:]}))


@given(st.integers(0, 4000), st.binary(max_size=8))
@made_up
def test_a_file_whose_bytes_are_changed_is_read_or_refused(at, new):
    content = workbook()
    at %= len(content)
    check(content[:at] + new + content[at + len(new) :])
