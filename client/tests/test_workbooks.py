"""Excel workbooks as tables: what somebody sees in a cell is what is imported, or it is said why not."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from brainstem_api_tools.cli.cells import value_of
from brainstem_api_tools.cli.describe import Field
from brainstem_api_tools.cli.sheet import read_sheet
from brainstem_api_tools.cli.workbook import text_of
from brainstem_api_tools.errors import ValidationError

# Excel knows no zones.
HALF_PAST_TWO, MIDNIGHT = dt.datetime(2025, 6, 30, 14, 30), dt.datetime(2025, 6, 30)  # noqa: DTZ001


@pytest.fixture
def workbook(tmp_path):
    """Writes rows into the first sheet of a workbook; gives its name."""

    def write(*rows):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.create_sheet("Another").append(["colour"])
        book.save(tmp_path / "table.xlsx")
        return str(tmp_path / "table.xlsx")

    return write


def test_first_sheet_is_the_table_with_the_numbers_of_its_rows(workbook):
    sheet = read_sheet(workbook(["name", "date_time", "n"], ["a", HALF_PAST_TWO, 3], [], [" b ", None, 0.5]))

    assert sheet.headers == ["name", "date_time", "n"]
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, {"name": "a", "date_time": "2025-06-30 14:30:00", "n": "3"}),
        (4, {"name": "b", "date_time": "", "n": "0.5"}),
    ]
    assert sheet.problems == []


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (MIDNIGHT, "date", "2025-06-30"), (dt.date(2025, 6, 30), "date", "2025-06-30"), (1e-7, "number", 1e-7),
        (HALF_PAST_TWO, "datetime", "2025-06-30T14:30:00Z"), (dt.timedelta(days=1, minutes=90), "duration", "1 01:30:00"),
        (dt.time(1, 30), "duration", "01:30:00"), (True, "boolean", True), (300, "integer", 300), (7, "string", "7"),
    ],
)  # fmt: skip
def test_value_of_a_cell_is_that_of_its_field(value, kind, expected):
    assert value_of(Field("x", kind), text_of(value)) == expected


def test_formulas_that_have_no_value_and_errors_are_told_by_cell(workbook):
    sheet = read_sheet(workbook(["name", "n"], ["a", "=1+1"], ["b", "#N/A"], ["c", 1]))

    assert [row.cells["name"] for row in sheet.rows] == ["c"]
    assert [str(one).split(":")[0] for one in sheet.problems] == ['line 2, column "B"', 'line 3, column "B"']
    assert "save it" in sheet.problems[0].message
    assert "#N/A" in sheet.problems[1].message


def test_row_far_below_the_others_is_read_and_empty_cells_are_no_columns(tmp_path):
    book = Workbook()
    book.active["A1"], book.active["A2000"], book.active["AB3"] = "name", "far", ""
    book.save(tmp_path / "far.xlsx")
    sheet = read_sheet(str(tmp_path / "far.xlsx"))

    assert (sheet.headers, [(row.line, row.cells) for row in sheet.rows]) == (["name"], [(2000, {"name": "far"})])


def test_value_under_a_nameless_column_is_told_here_too(workbook):
    assert "column 2" in read_sheet(workbook(["name", None], ["a", "x"])).problems[0].message


def test_what_is_no_workbook_is_refused(tmp_path, workbook):
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("x.xml", "x")
    whole = Path(workbook(["name"], ["a"])).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as good, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as bad:
        for one in good.namelist():
            bad.writestr(one, b"<broken" if "sheet1" in one else good.read(one))
    for name in ("a", "b", "c"):
        with pytest.raises(ValidationError, match=r"This is not an Excel workbook|Cannot read this Excel workbook"):
            read_sheet(str(tmp_path / f"{name}.xlsx"))


def test_workbook_that_unpacks_into_too_much_is_refused_before_it_is_read(tmp_path):
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w") as out,
    ):
        for _ in range(300):
            out.write(b"\0" * 2**20)
    (tmp_path / "bomb.xlsx").write_bytes(content.getvalue())
    with pytest.raises(ValidationError, match="300 MB when unpacked"):
        read_sheet(str(tmp_path / "bomb.xlsx"))


def test_sheet_that_reaches_too_far_is_refused(workbook, monkeypatch):
    file = workbook(["name", "n"], ["a", 1], ["b", 2])
    assert len(read_sheet(file).rows) == 2
    monkeypatch.setattr("brainstem_api_tools.cli.workbook.MOST_CELLS", 5)
    with pytest.raises(ValidationError, match="more than 5 cells before row 3"):
        read_sheet(file)


def test_without_openpyxl_it_says_what_to_install(workbook, monkeypatch):
    file = workbook(["name"])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ValidationError, match=r"brainstem_python_api_tools\[xlsx\]"):
        read_sheet(file)
