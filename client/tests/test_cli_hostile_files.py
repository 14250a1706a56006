"""Tables and files that somebody made to stop or trick whoever imports them: a clear refusal in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from brainstem_api_tools.cli import files, sheet
from brainstem_api_tools.cli.files import MEGABYTE
from brainstem_api_tools.cli.flat import guarded, unguarded
from brainstem_api_tools.cli.output import write_csv
from brainstem_api_tools.cli.sheet import MOST_COLUMNS, MOST_PROBLEMS, MOST_ROWS, read_sheet
from brainstem_api_tools.errors import ValidationError

CLIENT = Path(__file__).resolve().parents[1]
READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1024**3, 1024**3))
from brainstem_api_tools.cli.sheet import read_sheet
try:
    read_sheet(sys.argv[1], form=sys.argv[2])
except Exception as error:
    print(type(error).__name__, error)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024, file=sys.stderr)
"""


def read_apart(file: str, form: str) -> tuple[str, int]:
    """What a process with a gigabyte of memory says of a table, and how many megabytes it took."""
    command = [sys.executable, "-c", READ, file, form]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={"PYTHONPATH": str(CLIENT)}
    )
    return done.stdout.strip(), int(done.stderr.strip().splitlines()[-1])


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "table.csv") -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


def refusal(name: str, **more) -> str:
    with pytest.raises(ValidationError) as refused:
        read_sheet(name, **more)
    return str(refused.value)


# --- size ---


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_a_file_of_half_a_gigabyte_is_refused_by_its_size(tmp_path, form):
    with (tmp_path / "large").open("wb") as made:
        made.truncate(500 * MEGABYTE)
    said, megabytes = read_apart(str(tmp_path / "large"), form)
    assert said.startswith("ValidationError")
    assert "larger than 32 MB" in said
    assert megabytes < 250


def test_a_line_of_thirty_megabytes_is_refused_in_bounded_memory(file):
    for form, content in (("csv", b"name\n" + b"a" * (30 * MEGABYTE)), ("jsonl", b'"' + b"a" * (30 * MEGABYTE))):
        said, megabytes = read_apart(file(content), form)
        assert "1048576" in said or said == "", said
        assert megabytes < 400, form


def test_a_hundred_thousand_columns_are_refused_and_a_thousand_are_not(file):
    wide = ",".join(f"c{number}" for number in range(100_000))
    assert "100000 columns, more than 1000" in refusal(file(f"{wide}\n{wide}\n".encode()))
    narrow = ",".join(f"c{number}" for number in range(MOST_COLUMNS))
    assert len(read_sheet(file(f"{narrow}\n{narrow}\n".encode())).headers) == MOST_COLUMNS


def test_rows_with_far_too_many_cells_are_problems_until_there_are_too_many(file):
    rows = "a,b,c,d\n" * (MOST_PROBLEMS + 1)
    assert "1000 problems" in refusal(file(f"name\n{rows}".encode()))
    assert len(read_sheet(file(b"name\na,b,c\nx\n")).problems) == 1


def test_too_many_rows_are_refused_with_the_line(file):
    assert f"more than {MOST_ROWS} rows (line {MOST_ROWS + 2})" in refusal(file(b"n\n" + b"a\n" * (MOST_ROWS + 1)))


def test_too_many_cells_are_refused(file, monkeypatch):
    monkeypatch.setattr(sheet, "MOST_CELLS", 5)
    assert "more than 5 cells (line 5)" in refusal(file(b"a,b\n" + b"x,y\n" * 4))
    assert len(read_sheet(file(b"a,b\n" + b"x,y\n" * 3)).rows) == 3


def test_keys_of_json_lines_are_counted_over_all_lines(file):
    lines = "\n".join(json.dumps({f"k{number}": 1}) for number in range(MOST_COLUMNS + 1))
    assert "more than 1000 columns" in refusal(file(lines.encode(), "a.jsonl"))


# --- content ---


def test_a_null_character_is_refused_with_its_line(file):
    assert "NUL character (line 2)" in refusal(file(b"name\na\0b\n"))
    assert "NUL character (line 1)" in refusal(file("name\na\n".encode("utf-16-le")))
    assert [row.cells for row in read_sheet(file("name\nä\n".encode("utf-16"))).rows] == [{"name": "ä"}]


@pytest.mark.parametrize(("depth", "right"), [(30, True), (41, False), (100_000, False)])
@pytest.mark.parametrize("part", ["[", '{"a":'], ids=["lists", "objects"])
def test_deep_nesting_is_a_problem_of_its_line(file, depth, right, part):
    end = "]" if part == "[" else "}"
    text = f'{{"x": {part * depth}1{end * depth}}}\n{{"x": 1}}\n'
    found = read_sheet(file(text.encode(), "a.jsonl"))
    assert [one.message for one in found.problems] == ([] if right else ["Nested deeper than 40 levels."])
    assert len(found.rows) == 1 + right


def test_a_number_of_a_million_digits_is_a_problem_of_its_line(file):
    found = read_sheet(file(b'{"x": ' + b"9" * 1_000_000 + b'}\n{"x": 1}\n', "a.jsonl"))
    assert len(found.rows) >= 1
    assert found.problems or isinstance(found.rows[0].cells["x"], int)


def test_separators_inside_of_json_do_not_part_lines(file):
    found = read_sheet(file('{"x": "a\u2028b\x85c"}\n'.encode(), "a.jsonl"))
    assert (found.rows[0].cells, found.problems) == ({"x": "a\u2028b\x85c"}, [])


# --- what is no file ---


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="devices of Unix")
def test_devices_folders_and_links_to_them_are_refused_and_links_to_files_are_read(tmp_path, file):
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    assert "is a device" in refusal(str(tmp_path / "zero.csv"))
    assert "is a device" in refusal("/dev/zero", form="csv")
    assert "is a folder" in refusal(str(tmp_path), form="csv")
    (tmp_path / "link.csv").symlink_to(file(b"name\na\n"))
    assert len(read_sheet(str(tmp_path / "link.csv")).rows) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
def test_a_pipe_without_end_is_read_up_to_the_limit(tmp_path, monkeypatch):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    monkeypatch.setattr(sheet, "MOST_BYTES", MEGABYTE)

    broken = []

    def pour() -> None:
        try:
            with pipe.open("wb") as out:
                for _ in range(1000):
                    out.write(b"name\n" * 10_000)
        except BrokenPipeError as error:
            broken.append(error)

    source = threading.Thread(target=pour)
    source.start()
    assert "larger than 1 MB" in refusal(str(pipe))
    source.join(20)
    assert broken


def test_a_file_that_grows_is_read_as_far_as_it_went(tmp_path, monkeypatch):
    path = tmp_path / "grows.csv"
    path.write_bytes(b"name\n" + b"a\n" * 10)
    real = Path.stat

    def growing(self, **kept):
        found = real(self, **kept)
        if self == path:
            with path.open("ab") as out:
                out.write(b"a\n" * MEGABYTE)
        return found

    monkeypatch.setattr(files.Path, "stat", growing)
    monkeypatch.setattr(sheet, "MOST_BYTES", MEGABYTE)
    assert "larger than 1 MB" in refusal(str(path))


def test_json_from_a_device_or_nested_without_end_is_refused(command, tmp_path):
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000)
    for given, told in (("@/dev/zero", "device"), (f"@{deep}", "nested too deeply")):
        code, _, said = command("save", "project", "--data", given)
        assert code == 2
        assert told in said


# --- formulas ---

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1",
           "\uff1d1", "\uff0b1", "\uff0d1", " \uff20x", "\tx", "-inf", "+", "'=1", "''+x", "'\t=1")  # fmt: skip
HARMLESS = ("", "a=1", "x-y", "-5", "+3.5e-7", "'quoted'", "'", "a@b.example", "''", "1-1", "é")


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_what_it_would_not_stays_as_it_is(text):
    assert guarded(text) == text == unguarded(text)


def test_a_table_comes_back_as_it_was_written(file):
    texts = [text for text in (*HOSTILE, *HARMLESS, "a\r=1+1", "a\n=1+1") if text]
    out = io.StringIO(newline="")
    write_csv([[{"key": f"k{at}", "name": text, "depth": -5, "rate": -0.5} for at, text in enumerate(texts)]], out)
    written = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert {(row["depth"], row["rate"]) for row in written} == {("-5", "-0.5")}
    assert [row["name"] for row in written] == [*(f"'{text}" for text in HOSTILE), *texts[len(HOSTILE) :]]
    found = read_sheet(file(out.getvalue().encode()))
    assert [row.cells["name"] for row in found.rows] == texts
