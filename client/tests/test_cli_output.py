"""``brainstem load --output``: tables, CSV, JSON Lines and Parquet, and how each is written."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from brainstem_api_tools.cli.flat import at, cell, is_formula
from brainstem_api_tools.cli.table import lines_of

CLIENT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project(served):
    """Id of a project with 3 sessions, whose names sort as they were made."""
    name = uuid.uuid4().hex
    made = served.send("POST", "private/stem/project/", {"name": name}, who="alice")[1]["project"]["id"]
    for day in range(3):
        served.send(
            "POST",
            "private/stem/session/",
            {"name": f"{name} {day}", "projects": [made], "extra_fields": {"water_ml": day}, "tags": ["a", "b"]},
            who="alice",
        )
    return made


def load(command, project, *arguments, **more):
    wanted = ("load", "session", "--filters", f"projects={project}", "--sort", "name", *arguments)
    code, shown, said = command(*wanted, **more)
    assert code == 0, said
    return shown


def test_csv_has_a_column_for_each_field_and_a_row_for_each_record(command, project):
    rows = list(csv.DictReader(io.StringIO(load(command, project, "--output", "csv"))))

    assert [row["name"][-1] for row in rows] == ["0", "1", "2"]
    assert {row["projects"] for row in rows} == {project}
    assert rows[1]["tags"] == "a;b"
    assert json.loads(rows[1]["extra_fields"]) == {"water_ml": 1}


def test_columns_lead_into_relations_and_further_values(command, project):
    shown = load(command, project, "--output", "csv", "--columns", "projects.id,extra_fields.water_ml")

    assert shown.splitlines() == ["projects.id,extra_fields.water_ml", *(f"{project},{day}" for day in range(3))]


def test_columns_of_json_stand_in_the_answer_of_the_server(command, project):
    body = json.loads(load(command, project, "--columns", "extra_fields.water_ml"))

    assert body["sessions"] == [{"extra_fields.water_ml": day} for day in range(3)]
    assert body["count"] == 3


@pytest.mark.parametrize("form", ["json", "csv"])
def test_column_that_does_not_exist_is_refused_with_the_nearest(command, project, form):
    code, shown, said = command("load", "session", "--output", form, "--columns", "id,nmae")

    assert (code, shown) == (1, "")
    assert "Did you mean 'name'" in said


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_all_gives_the_records_of_all_pages(command, project, form):
    shown = load(command, project, "--all", "--output", form, "--columns", "extra_fields.water_ml")

    expected = {
        "json": [{"extra_fields.water_ml": day} for day in range(3)],
        "jsonl": "".join(f'{{"extra_fields.water_ml": {day}}}\n' for day in range(3)),
        "csv": "extra_fields.water_ml\n0\n1\n2\n",
    }
    assert (json.loads(shown)["sessions"] if form == "json" else shown) == expected[form]


def test_limit_holds_over_all_pages(command, project):
    shown = load(command, project, "--all", "--limit", "2", "--output", "jsonl")

    assert [json.loads(line)["name"][-1] for line in shown.splitlines()] == ["0", "1"]


def test_list_without_records_has_its_header_all_the_same(command):
    _, shown, _ = command("load", "session", "--filters", "name=none", "--output", "csv", "--columns", "id,name")

    assert shown == "id,name\n"


def test_one_record_is_one_row(command, project):
    _, shown, _ = command("load", "project", "--id", project, "--output", "csv", "--columns", "id")

    assert shown == f"id\n{project}\n"


def test_table_fits_the_terminal(command, project):
    shown = load(command, project, "--output", "table", environment={"COLUMNS": "60"})

    assert all(len(line) <= 60 for line in shown.splitlines())
    assert shown.startswith("id ")
    assert len(shown.splitlines()) == 5


def test_file_is_there_whole_or_not_at_all(command, project, tmp_path):
    file = tmp_path / "sessions.csv"
    file.write_text("before")

    assert command("load", "session", "--filters", "nmae=x", "--output", "csv", "--to", str(file))[0] == 1
    assert file.read_text() == "before"
    load(command, project, "--output", "csv", "--columns", "id", "--to", str(file))
    assert len(file.read_text().splitlines()) == 4
    assert list(tmp_path.glob(".*part")) == []


def test_parquet_has_the_types_of_the_values(command, project, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    load(command, project, "--output", "parquet", "--to", str(tmp_path / "sessions.parquet"))
    table = parquet.read_table(tmp_path / "sessions.parquet")

    assert table.num_rows == 3
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert table["tags"].to_pylist() == [["a", "b"]] * 3


def test_parquet_types_are_those_of_the_fields_whatever_the_values_look_like(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    from brainstem_api_tools.cli.describe import Field
    from brainstem_api_tools.cli.parquet import write

    kinds = {
        "name": "string",
        "day": "date",
        "at": "datetime",
        "took": "duration",
        "n": "number",
        "tags": "tags",
        "d": "json",
    }
    columns = {name: Field(name, kind) for name, kind in kinds.items()}
    page = [{"name": "2025-06-30", "day": None, "n": 1, "tags": [], "d": "2025-06-30T10:00:00Z", "took": "00:01:30"}]
    for pages in ([], [page], [page, [{"name": None, "at": "2025-06-30T10:00:00.5Z"}]]):
        with (tmp_path / "x.parquet").open("wb") as out:
            write(pages, out, columns=columns)
        schema = parquet.read_table(tmp_path / "x.parquet").schema
        assert [str(one.type) for one in schema] == [
            "string", "date32[day]", "timestamp[us, tz=UTC]", "duration[us]", "double", "list<element: string>", "string",
        ]  # fmt: skip
    with (tmp_path / "x.parquet").open("wb") as out, pytest.raises(ValueError, match="Column 'n'"):
        write([[{"n": "many"}]], out, columns=columns)


def test_parquet_without_pyarrow_says_what_to_install(command, project, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, said = command("load", "session", "--output", "parquet", "--to", str(tmp_path / "x"))

    assert code == 1
    assert "brainstem_python_api_tools[arrow]" in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("wrong", [("--id", "x"), ("--offset", "2")], ids=lambda one: one[0])
def test_all_with_what_says_otherwise_makes_no_sense(command, wrong):
    assert command("load", "session", "--all", *wrong)[0] == 2


def test_refusal_is_one_line_beside_an_empty_output(command):
    code, shown, said = command("load", "session", "--filters", "nmae=x", "--output", "jsonl")

    assert (code, shown) == (1, "")
    assert len(said.splitlines()) == 1
    assert "Did you mean 'name'?" in said


def test_formulas_are_made_harmless_and_mentioned(command, served):
    name = f"=1+1 {uuid.uuid4().hex}"
    served.send("POST", "private/stem/project/", {"name": name}, who="alice")
    wanted = ("load", "project", "--filters", f"name={name}", "--output", "csv", "--columns", "name")

    _, plain, said = command(*wanted)
    _, marked, _ = command(*wanted, "--spreadsheet")
    assert plain == f"name\n'{name}\n"
    assert "look like formulas" in said
    assert marked == f"\ufeffname\r\n'{name}\r\n"


def test_output_that_nobody_reads_ends_quietly(served, project):
    program = f"exec {sys.executable} -m brainstem_api_tools.cli load session --all --output jsonl"
    environment = {"PYTHONPATH": str(CLIENT), "BRAINSTEM_URL": served.url, "BRAINSTEM_TOKEN": served.token("alice")}
    with subprocess.Popen(
        ["bash", "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
    assert process.returncode == 141


def test_path_through_a_list_gives_the_value_of_each():
    record = {"behaviors": [{"setup": {"name": "a"}}, {"setup": {"name": "b"}}], "extra_fields": {"x.y": 1}}

    assert at(record, "behaviors.setup.name") == ["a", "b"]
    assert at(record, "extra_fields.x.y") == 1
    assert at(record, "nothing.here") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ([], ""),
        ("text", "text"),
        (True, "true"),
        (0.5, "0.5"),
        (["a", "b"], "a;b"),
        (["a;b", "c"], '["a;b", "c"]'),
        ([1, 2], "[1, 2]"),
        ({"ü": None}, '{"ü": null}'),
    ],
)
def test_cell_is(value, expected):
    assert cell(value) == expected


def test_numbers_are_no_formulas():
    assert [one for one in ("=1", "+1", "-1.5", "-a", "@x", "a=1", "") if is_formula(one)] == ["=1", "-a", "@x"]


def test_table_shows_no_control_characters_and_counts_wide_ones():
    lines, _ = lines_of([{"name": "鼠\x1b[31m\nx", "sex": "M"}])

    assert lines[0] == "name       sex"
    assert lines[2] == "鼠\ufffd[31m x  M"
