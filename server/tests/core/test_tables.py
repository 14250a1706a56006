"""Tables of every origin become the same cells, each with its place; what cannot be read is refused where it stands."""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from brainstem.core.tables import packed, sheets
from brainstem.core.tables.formulas import guarded, is_formula, unguarded
from brainstem.core.tables.reading import MOST_BYTES, read_file, read_pasted
from brainstem.core.tables.serials import kind_of_format, text_of_serial
from brainstem.core.tables.sheets import Place, Unreadable, letters

# -- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("parting", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_the_same_in_every_encoding_and_with_every_delimiter(encoding, parting, end):
    rows = [["Name", "Weight", "Note"], ["Zoë", "12,5", 'said "hm"'], ["", "", ""], ["Ω" if "utf" in encoding else "Ö"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=parting, lineterminator=end).writerows(rows)
    (found,) = read_file(text.getvalue().encode(encoding))
    assert found.heads == ("Name", "Weight", "Note")
    assert [line.number for line in found.lines] == [2, 4]
    assert [line.cells for line in found.lines] == [("Zoë", "12,5", 'said "hm"'), (rows[3][0], "", "")]
    assert found.problems == []


def test_a_cell_over_several_lines_keeps_the_numbers_of_the_lines_after_it():
    (found,) = read_pasted('Name,Note\na,"one\ntwo"\nb,three\n')
    assert [(line.number, line.cells) for line in found.lines] == [(2, ("a", "one\ntwo")), (4, ("b", "three"))]


def test_the_line_by_which_excel_names_the_delimiter_is_no_row():
    (found,) = read_pasted("sep=;\nName;A,B\nx;1\n")
    assert (found.heads, found.head_row) == (("Name", "A,B"), 2)
    assert [(line.number, line.cells) for line in found.lines] == [(3, ("x", "1"))]


def test_the_apostrophe_of_an_export_is_taken_away_and_that_of_a_name_stays():
    (found,) = read_pasted("Name,Note\n'=a,'n\n'-3 mm,-3\n")
    assert [line.cells for line in found.lines] == [("=a", "'n"), ("-3 mm", "-3")]


@pytest.mark.parametrize(
    "text", ["\ufeffName,Note\na,b\n", "sep=,\n\ufeffName,Note\na,b\n", "\n\ufeff\ufeff Name,Note\na,b\n"]
)
def test_a_mark_of_the_order_of_bytes_is_no_part_of_a_head(text):
    (found,) = read_pasted(text)
    assert (found.heads, [line.cells for line in found.lines]) == (("Name", "Note"), [("a", "b")])


@pytest.mark.parametrize(
    ("text", "cell", "said"),
    [
        ("Name,Sex\na,F,stray\n", "C2", "'stray' is in a column without a name"),
        ("Name,,Sex\na,b,F\n", "B2", "'b' is in a column without a name"),
        ("Name,Sex,Name\na,F,b\n", "C1", "there twice; the other one is column A"),
    ],
)
def test_a_cell_in_the_wrong_place_is_named(text, cell, said):
    (found,) = read_pasted(text)
    assert [one.place.cell for one in found.problems] == [cell]
    assert said in found.problems[0].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n,,\n", "is empty"),
        (b"a,b\n\x00,c\n", "NUL character in line 2"),
        (b"a,b\n\x81\x8d,c\n", "line 2"),
        (b'a,b\n"c,d\n', "Line 2 is not valid CSV"),
        (b'a,b\n"c"d,e\n', "Line 2 is not valid CSV"),
        (b"a\n" + b"x\n" * (sheets.MOST_ROWS + 1), "more than 10000 rows"),
        (b"a" * (MOST_BYTES + 1), "more than 10 MB"),
        (b"a," * 301 + b"a\n", "at most 300"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old or a protected Excel file"),
        (b"PK\x03\x04" + b"x" * 100, "not an Excel workbook"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content, said):
    with pytest.raises(Unreadable, match=said):
        read_file(content)


def test_ten_thousand_rows_are_read():
    (found,) = read_file(b"a\n" + b"x\n" * sheets.MOST_ROWS)
    assert len(found.lines) == sheets.MOST_ROWS


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8), st.sampled_from(",;\t"))
@settings(deadline=None)
def test_what_csv_writes_is_read_back(rows, parting):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=parting).writerows([["one", "two", "three"], *(map(guarded, row) for row in rows)])
    (found,) = read_pasted(text.getvalue())
    assert [line.cells for line in found.lines] == [tuple(row) for row in rows if any(row)]


@given(st.text(st.sampled_from("'=+-@\uff1d\u200b\t\r 1.ea"), max_size=8))
@settings(deadline=None)
def test_every_text_comes_back_from_a_table_and_none_is_calculated(text):
    written = guarded(text)
    assert unguarded(written) == text
    assert not written.startswith(("=", "@", "\t", "\r", "\uff1d"))
    assert (written == text) == (not is_formula(text.lstrip("'")))


@pytest.mark.parametrize("text", ["-5", "+1.5", "-1e-7", "a=1", "'quoted'", "12 - 3", ""])
def test_numbers_and_usual_texts_are_written_as_they_are(text):
    assert guarded(text) == text


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_do_more_than_be_refused(content):
    for one in (content, b"PK\x03\x04" + content):
        try:
            found = read_file(one)
        except Unreadable:
            continue
        assert all(len(line.cells) == len(sheet.heads) for sheet in found for line in sheet.lines)


# -- workbooks --------------------------------------------------------------------------------------------------------


def saved(fill) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(file)
    return file.getvalue()


def one_sheet(*rows) -> bytes:
    def fill(book):
        for row in rows:
            book.active.append(row)

    return saved(fill)


def test_values_of_excel_are_read_as_they_would_be_typed():
    moment = dt.datetime.fromisoformat("2024-02-14 09:30:15")
    content = one_sheet(
        ["Name", "Day", "Moment", "Time", "Number", "Whole", "Yes"],
        ["Zoë", dt.date(2024, 2, 29), moment, dt.time(1, 30), 0.1, 12, True],
        ["b", dt.date(1999, 12, 31), None, dt.timedelta(hours=30), -1e-7, 12.0, False],
    )
    (found,) = read_file(content)
    assert [line.cells for line in found.lines] == [
        ("Zoë", "2024-02-29", "2024-02-14 09:30:15", "01:30:00", "0.1", "12", "true"),
        ("b", "1999-12-31", "", "30:00:00", "-0.0000001", "12", "false"),
    ]


@pytest.mark.parametrize("since_1904", [False, True])
@given(day=st.dates(dt.date(1905, 1, 1), dt.date(9999, 12, 31)), seconds=st.integers(0, 86399))
@settings(deadline=None, max_examples=25)
def test_days_and_moments_are_right_in_both_epochs(since_1904, day, seconds):
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"date_1904": since_1904})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Day", "Moment"])
    sheet.write_datetime(1, 0, dt.datetime.combine(day, dt.time()), book.add_format({"num_format": "dd/mm/yy"}))
    sheet.write_datetime(1, 1, moment, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    book.close()
    (found,) = read_file(file.getvalue())
    assert found.lines[0].cells == (day.isoformat(), str(moment))


@pytest.mark.parametrize(
    ("serial", "wanted"), [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (45336, "2024-02-14")]
)
def test_excel_takes_1900_for_a_leap_year(serial, wanted):
    assert text_of_serial(serial, "day") == wanted


@pytest.mark.parametrize("serial", [60, 0, -1, 2_958_466])
def test_a_day_that_no_calendar_has_is_refused_at_its_cell(serial):
    def fill(book):
        book.active.append(["Name", "Born"])
        book.active.append(["a", serial])
        book.active["B2"].number_format = "yyyy-mm-dd"

    (found,) = read_file(saved(fill))
    assert [(one.place.cell, "none that the calendar has" in one.message) for one in found.problems] == [("B2", True)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""), ("0.00", ""), ('0.0 "mm"', ""), ('0 "days"', ""), ("[Red]0.0", ""), ("yyyy-mm-dd", "day"),
        ("dd/mm/yy", "day"), ("mmm", "day"), ("[$-409]d-mmm-yy;@", "day"), ("h:mm", "time"), ("[h]:mm:ss", "time"),
        ("[mm]:ss", "time"), ("yyyy-mm-dd hh:mm", "moment"), ("\\d0", ""), ("#,##0 _€", ""),
    ],
)  # fmt: skip
def test_number_formats_tell_days_from_numbers(code, kind):
    assert kind_of_format(164, code) == kind


def test_formulas_merged_cells_and_errors_are_refused_at_their_cells():
    def fill(book):
        sheet = book.active
        for row in (["Name", "N", "Cage"], ["a", "=1+1", "c1"], ["b", 2, None], ["c", "#DIV/0!", "c2"]):
            sheet.append(row)
        sheet["B4"].data_type = "e"
        sheet.merge_cells("C2:C3")

    (found,) = read_file(saved(fill))
    said = {one.place.cell: one.message for one in found.problems}
    assert said.keys() == {"B2", "B4", "C2"}
    assert "has a formula" in said["B2"]
    assert "C2:C3 are merged" in said["C2"]
    assert "#DIV/0!" in said["B4"]


def test_a_title_merged_above_the_table_is_a_row_of_heads_that_says_so():
    def fill(book):
        book.active.append(["Our mice", None])
        book.active.append(["a", "b"])
        book.active.merge_cells("A1:B1")

    (found,) = read_file(saved(fill))
    assert {one.place.cell for one in found.problems} == {"A1", "B2"}


def test_visible_sheets_are_read_in_their_order_and_hidden_ones_left_out():
    def fill(book):
        book.active.title = "Subjects"
        book.active.append(["Name"])
        book.active.append(["M1"])
        lists = book.create_sheet("Lists")
        lists.append(["Sex"])
        lists.sheet_state = "hidden"
        book.create_sheet("Empty")
        book.create_sheet("Sessions").append(["Name"])

    assert [(one.name, len(one.lines)) for one in read_file(saved(fill))] == [("Subjects", 1), ("Sessions", 0)]


def test_texts_with_signs_that_xml_cannot_hold_come_back():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write_column(0, 0, ["Name", "a\rb", "_x0041_"])
    book.close()
    (found,) = read_file(file.getvalue())
    assert [line.cells[0] for line in found.lines] == ["a\rb", "_x0041_"]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    old, file = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return file.getvalue()


def test_a_bomb_is_refused_while_it_unpacks(monkeypatch):
    monkeypatch.setattr(packed, "MOST_UNPACKED", 1024 * 1024)
    content = with_part(one_sheet(["Name"]), "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 2 * 1024 * 1024)
    assert len(content) < 50_000
    with pytest.raises(Unreadable, match="more than 1 MB when unpacked"):
        read_file(content)


def test_a_bomb_that_lies_about_its_size_is_refused_too(monkeypatch):
    monkeypatch.setattr(packed, "MOST_UNPACKED", 1024 * 1024)
    content = with_part(one_sheet(["Name"]), "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 2 * 1024 * 1024)
    size = struct.pack("<L", 2 * 1024 * 1024 + len(b"<worksheet>"))
    assert size in content
    with pytest.raises(Unreadable, match=r"unpacked|damaged"):
        read_file(content.replace(size, struct.pack("<L", 100)))


@pytest.mark.parametrize(
    "part",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>',
        b"<worksheet><sheetData></worksheet>",
        b"<a>" * 100,
        b"\x00\x01",
        b'<?xml version="1.0" encoding="U_x0000_TF-8"?><worksheet/>',
        b'<?xml version="1.0" encoding="big5"?><worksheet/>',
        b'<?xml version="1.0" encoding="hex"?><worksheet/>',
    ],
)
def test_xml_that_no_spreadsheet_program_writes_is_refused(part):
    with pytest.raises(Unreadable):
        read_file(with_part(one_sheet(["Name"]), "xl/worksheets/sheet1.xml", part))


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "UTF-16", "ISO-8859-1"])
def test_a_sheet_in_a_usual_encoding_is_read(encoding):
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?><worksheet><sheetData><row><c t="str"><v>Höhe</v></c></row>'
        "<row><c><v>1</v></c></row></sheetData></worksheet>"
    )
    part = sheet.encode(encoding)
    (found,) = read_file(with_part(one_sheet(["Name"]), "xl/worksheets/sheet1.xml", part))
    assert (found.heads, [line.cells for line in found.lines]) == (("Höhe",), [("1",)])


def test_a_cell_far_to_the_right_is_refused_without_making_room_for_it():
    def fill(book):
        book.active["A1"], book.active["XFD2"] = "Name", "far"

    with pytest.raises(Unreadable, match="XFD2"):
        read_file(saved(fill))


@given(st.integers(0, 16_383))
def test_letters_of_columns_are_those_of_spreadsheets(column):
    assert letters(column) == openpyxl.utils.get_column_letter(column + 1)
    assert Place("s", 7, column).cell == f"{letters(column)}7"
