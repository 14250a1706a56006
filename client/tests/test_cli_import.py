"""``brainstem import``: what a table would do, what is wrong with it, and that it is done as a whole or not at all."""

from __future__ import annotations

import csv
import http.client
import io
import json
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from brainstem_api_tools.cli.cells import WrongCell, loose, same, seconds_of, value_of
from brainstem_api_tools.cli.describe import Field
from brainstem_api_tools.cli.headers import column_of
from brainstem_api_tools.cli.moments import LocalZone
from brainstem_api_tools.cli.sheet import read_sheet
from brainstem_api_tools.errors import ValidationError


class Study:
    """A project of Alice's, and what is in it."""

    def __init__(self, served):
        self.served, self.name = served, f"Study-{uuid.uuid4().hex}"
        self.id = self.make("stem/project", name=self.name)["id"]

    def make(self, path, **fields):
        status, body = self.served.send("POST", f"private/{path}/", fields, who="alice")
        assert status == 201, body
        return next(iter(body.values()))

    def session(self, name, **fields):
        return self.make("stem/session", name=f"{self.name} {name}", projects=[self.id], **fields)

    @property
    def sessions(self):
        """Sessions of the project by the last word of their name."""
        query = f"private/stem/session/?filter%7Bprojects%7D={self.id}&limit=100"
        return {one["name"].split()[-1]: one for one in self.served.send("GET", query, who="alice")[1]["sessions"]}


@pytest.fixture
def study(served):
    return Study(served)


@pytest.fixture
def table(tmp_path):
    """Writes a table into a file; gives its name."""

    def write(text, *, name="table.csv", encoding="utf-8"):
        (tmp_path / name).write_text(text, encoding=encoding, newline="")
        return str(tmp_path / name)

    return write


@pytest.fixture(autouse=True)
def no_imports_kept(served):
    """No plans of earlier tests, of which a person can keep only some."""
    yield
    for who in ("alice", "bob"):
        for one in served.send("GET", "private/imports/", who=who)[1]["imports"]:
            served.send("DELETE", f"private/imports/{one['id']}/", who=who)


@pytest.fixture
def older(served):
    """Address of the same server without imports, as servers were before."""

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/api/private/imports/"):
                self.answer(404, [], b"<h1>Not Found</h1>")
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=60)
            connection.request(self.command, self.path, sent or None, kept)
            found = connection.getresponse()
            self.answer(found.status, found.getheaders(), found.read())
            connection.close()

        do_POST = do_PATCH = do_DELETE = do_OPTIONS = do_GET

        def answer(self, status, headers, content):
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def imported(command):
    """Imports a file of sessions by a plan of the server."""
    return lambda file, *more, model="session", **kept: command("import", file, "--model", model, *more, **kept)


@pytest.fixture
def imported_by_rows(imported, older):
    """Imports a file of sessions where the server has no imports."""

    def run(file, *more, environment=(), **kept):
        return imported(file, *more, environment={"BRAINSTEM_URL": older, **dict(environment)}, **kept)

    return run


@pytest.fixture(params=["plan", "rows"])
def imported_both_ways(request):
    """Imports a file of sessions by a plan, and as where the server has no imports."""
    return request.getfixturevalue("imported" if request.param == "plan" else "imported_by_rows")


# --- what is shown ---


def test_dry_run_shows_what_would_be_created_changed_and_stay_and_writes_nothing(study, table, imported_both_ways):
    study.session("a", description="old")
    study.session("b", description="same")
    rows = f"name,projects,description\n{study.name} a,,new\n{study.name} b,{study.name},same\n{study.name} c,{study.name},\n"
    code, shown, said = imported_both_ways(table(rows), "--dry-run")

    assert code == 0
    assert shown.splitlines()[:3] == [
        f"changed  line 2: {study.name} a",
        '           description: "old" -> "new"',
        f"created  line 4: {study.name} c",
    ]
    assert "1 created, 1 changed, 1 same, 0 wrong" in shown
    assert "Nothing was written" in said
    assert study.sessions["a"]["description"] == "old"
    assert set(study.sessions) == {"a", "b"}


def test_every_error_is_shown_at_once_with_line_and_column(study, table, imported_by_rows):
    rows = f"""name,projects,date_time,colour
{study.name} a,{study.name},whenever,red
{study.name} b,nobody's project,2025-06-30,
,{study.name},,
"""
    code, shown, _ = imported_by_rows(table(rows))
    wrong = [line.split(": ")[0] for line in shown.splitlines() if line.startswith("wrong")]

    assert code == 1
    assert wrong == [
        'wrong    line 1, column "colour"',
        'wrong    line 2, column "date_time"',
        'wrong    line 3, column "projects"',
        'wrong    line 4, column "name"',
    ]
    assert study.sessions == {}


# --- what is written ---


def test_import_creates_and_changes(study, table, imported_both_ways):
    study.session("a", extra_fields={"water_ml": 1, "weight_g": 300})
    rows = f"""name;projects;date_time;extra_fields.water_ml;tags
{study.name} a;{study.name};;1.5;
{study.name} b;{study.name};2025-06-30 14:30;;linear track;
{study.name} c;{study.id};30;;
""".replace("track;\n", "track\n").replace(";30;;", ";2025-06-30T16:30:00+02:00;;sleep;awake")
    rows = rows.replace("sleep;awake", '"sleep;awake"')
    code, shown, said = imported_both_ways(table(rows, encoding="utf-8-sig"))

    assert code == 0, shown + said
    assert "Written: 2 created, 1 changed." in shown
    found = study.sessions
    assert found["a"]["extra_fields"] == {"water_ml": 1.5, "weight_g": 300}
    assert found["b"]["date_time"] == found["c"]["date_time"] == "2025-06-30T14:30:00Z"
    assert sorted(found["c"]["tags"]) == ["awake", "sleep"]


def test_importing_again_changes_nothing(study, table, imported_both_ways):
    file = table(f"name,projects,extra_fields.ear\n{study.name} a,{study.name},007\n")
    imported_both_ways(file)

    assert "0 created, 0 changed, 1 same, 0 wrong" in imported_both_ways(file)[1]
    assert study.sessions["a"]["extra_fields"] == {"ear": "007"}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_was_loaded_is_the_same_when_it_is_imported(study, command, imported_both_ways, tmp_path, form):
    study.session("a", description='<p>ä, "b"</p>', extra_fields={"x": "12", "y": 0.1}, tags=["p", "q;r"])
    file = str(tmp_path / f"all.{form}")
    command("load", "session", "--filters", f"projects={study.id}", "--output", form, "--to", file)

    assert "0 created, 0 changed, 1 same, 0 wrong" in imported_both_ways(file)[1]


def test_row_with_an_id_may_rename_its_record(study, table, imported):
    made = study.session("a")

    assert imported(table(f"id,name\n{made['id']},{study.name} z\n"))[0] == 0
    assert study.sessions["z"]["id"] == made["id"]


def test_id_that_is_not_seen_is_wrong(study, table, imported_by_rows):
    code, shown, _ = imported_by_rows(table(f"id,description\n{uuid.uuid4()},x\n{study.id[:5]},x\n"))

    assert code == 1
    assert 'line 2, column "id": There is no session with the id' in shown
    assert 'line 3, column "id"' in shown


def test_wrong_row_keeps_all_others_from_being_written(study, table, imported_both_ways):
    code, _, said = imported_both_ways(table(f"name,projects\n{study.name} a,{study.name}\n{study.name} b,unknown\n"))

    assert code == 1
    assert "Nothing was written" in said
    assert study.sessions == {}


def test_partial_writes_the_others(study, table, imported):
    code, shown, _ = imported(
        table(f"name,projects\n{study.name} a,{study.name}\n{study.name} b,unknown\n"), "--partial"
    )

    assert code == 1
    assert "Written: 1 created, 0 changed." in shown
    assert set(study.sessions) == {"a"}


def test_two_rows_for_one_record_are_wrong(study, table, imported_by_rows):
    code, shown, _ = imported_by_rows(table(f"name,projects\n{study.name} a,{study.id}\n{study.name} a,{study.id}\n"))

    assert code == 1
    assert 'line 3, column "name": Same value as in line 2.' in shown


def test_empty_cell_leaves_its_field_alone_unless_it_is_to_be_cleared(study, table, imported_both_ways):
    study.session("a", description="here", date_time="2025-06-30T14:30:00Z")
    file = table(f"name,description,date_time\n{study.name} a,,\n")

    assert "1 same" in imported_both_ways(file)[1]
    assert "1 changed" in imported_both_ways(file, "--clear-empty")[1]
    assert (study.sessions["a"]["description"], study.sessions["a"]["date_time"]) == ("", None)


def test_records_are_found_by_several_fields(study, table, imported):
    first, second = study.session("a")["id"], study.session("b")["id"]
    study.make("stem/epoch", session=first, name="sleep", start="00:00:00")
    rows = f"session,name,start\n{study.name} a,sleep,00:10:00\n{study.name} b,sleep,00:20:00\n"
    code, shown, said = imported(table(rows), model="epoch")

    assert code == 0, shown + said
    assert "Written: 1 created, 1 changed." in shown
    again = imported(table(rows), "--key", "session,name", model="epoch")[1]
    assert "2 same" in again
    assert "2 records fit" not in again
    assert second


def test_name_that_several_records_have_is_wrong(study, table, imported_by_rows):
    first, second = study.session("a")["id"], study.session("b")["id"]
    epochs = [study.make("stem/epoch", session=one, name=f"sleep {study.name}")["id"] for one in (first, second)]
    code, shown, _ = imported_by_rows(table(f"name,start\nsleep {study.name},00:10:00\n"), model="epoch")

    assert code == 1
    assert "2 records match this row" in shown
    assert all(one in shown for one in epochs)


def test_columns_of_the_templates_of_the_public_server_are_understood(study, table, imported_both_ways):
    rows = "project__name,session__name,session__date_time,session__tags,session_name_in_data_storage\n"
    rows += f'{study.name},{study.name} a,2025-06-30 14:30,"x, y",folder\n'
    code, shown, said = imported_both_ways(table(rows))

    assert code == 0, shown + said
    found = study.sessions["a"]
    assert (found["date_time"], found["name_used_in_storage"]) == ("2025-06-30T14:30:00Z", "folder")
    assert sorted(found["tags"]) == ["x", "y"]


def test_times_without_a_zone_are_of_the_zone_that_is_given(study, table, imported_both_ways):
    file = table(f"name,projects,date_time\n{study.name} a,{study.id},2025-06-30 14:30\n")

    assert imported_both_ways(file, "--timezone", "Europe/Copenhagen")[0] == 0
    assert study.sessions["a"]["date_time"] == "2025-06-30T12:30:00Z"
    assert imported_both_ways(file, "--timezone", "Nowhere")[0] == 1


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the computer cannot be changed")
def test_times_of_the_computers_zone_have_the_offset_of_their_own_date(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Copenhagen")
    time.tzset()
    try:
        for zone in (LocalZone(), ZoneInfo("Europe/Copenhagen")):
            read = [value_of(Field("x", "datetime"), f"2025-{month}-15 12:00", zone) for month in ("01", "07")]
            assert read == ["2025-01-15T11:00:00Z", "2025-07-15T10:00:00Z"]
            for text, message in (("2025-03-30 02:30", "did not exist"), ("2025-10-26 02:30", "twice")):
                with pytest.raises(WrongCell, match=message) as wrong:
                    value_of(Field("x", "datetime"), text, zone)
                assert f"{text.replace(' ', 'T')}:00+0" in str(wrong.value)
            assert value_of(Field("x", "datetime"), "2025-10-26T02:30:00+02:00", zone) == "2025-10-26T00:30:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_time_that_is_there_twice_or_never_is_told_by_its_row(study, table, imported_by_rows):
    rows = f"name,projects,date_time\n{study.name} a,{study.id},2025-10-26 02:30\n{study.name} b,{study.id},2025-03-30 02:30\n"
    code, shown, _ = imported_by_rows(table(rows), "--timezone", "Europe/Copenhagen")

    assert code == 1
    assert 'line 2, column "date_time": 2025-10-26 02:30:00 occurred twice in Europe/Copenhagen' in shown
    assert 'line 3, column "date_time": 2025-03-30 02:30:00 did not exist in Europe/Copenhagen' in shown
    assert study.sessions == {}


def test_day_with_a_remark_is_wrong_and_names_row_and_column(study, table, imported_by_rows):
    rows = f"name,projects,date_time\n{study.name} a,{study.id},2025-06-01 (approx)\n"
    code, shown, _ = imported_by_rows(table(rows), "--dry-run")

    assert code == 1
    assert "line 2, column \"date_time\": '2025-06-01 (approx)' is not a time" in shown
    with pytest.raises(WrongCell, match="not a date"):
        value_of(Field("x", "date"), "2025-06-01 (approx)")


def test_lines_of_json_keep_their_types(study, table, imported):
    row = {"name": f"{study.name} a", "projects": [study.name], "extra_fields": {"ear": "007"}, "description": None}
    code, shown, said = imported(table(json.dumps(row) + "\n\n", name="rows.jsonl"))

    assert code == 0, shown + said
    assert study.sessions["a"]["extra_fields"] == {"ear": "007"}


def test_table_may_come_from_the_input(study, imported_both_ways, monkeypatch):
    given = io.BytesIO(f"name\tprojects\n{study.name} a\t{study.id}\n".encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))

    assert imported_both_ways("-")[0] == 0
    assert set(study.sessions) == {"a"}


def test_dry_run_shows_what_would_be_stored_and_what_the_server_would_refuse(study, table, imported_by_rows, served):
    theirs = served.send("POST", "private/stem/session/", {"name": study.name, "projects": [study.id]}, who="alice")
    assert theirs[0] == 201
    mine = served.send("POST", "private/stem/project/", {"name": f"{study.name} of Bob"}, who="bob")[1]["project"]["id"]
    rows = f"name,projects,date_time\n{study.name},{mine},\n{study.name} b,{mine},2025-06-30 14:30\n"
    bob = {"BRAINSTEM_TOKEN": served.token("bob")}
    code, shown, said = imported_by_rows(table(rows), "--dry-run", environment=bob)

    assert code == 1, said
    assert 'wrong    line 2, column "name": A session with this name already exists' in shown
    assert shown.splitlines()[:4] == [
        f"created  line 3: {study.name} b",
        f'           name: "{study.name} b"',
        f'           projects: ["{study.name} of Bob"]',
        '           date_time: "2025-06-30T14:30:00Z"',
    ]
    assert "1 created, 0 changed, 0 same, 1 wrong" in shown
    assert set(study.sessions) == {study.name}


def test_dry_run_counts_rows_wrong_that_one_may_not_write(study, table, imported, served):
    made = study.session("a")
    served.send("PATCH", f"private/stem/project/{study.id}/", {"users": {served.email("bob"): {}}}, who="alice")
    file = table(f"id,description\n{made['id']},new\n")
    code, shown, _ = imported(file, "--dry-run", environment={"BRAINSTEM_TOKEN": served.token("bob")})

    assert code == 1
    assert "0 created, 0 changed, 0 same, 1 wrong" in shown
    assert imported(file, "--dry-run")[0] == 0


@pytest.fixture
def injections(study, served):
    """Adds virus injections of one subject."""
    species = served.one("taxonomies/species", "Mus of injections")
    strain = served.one("taxonomies/strain", "Strain of injections", species=species)
    subject = study.make("stem/subject", name=f"{study.name} s", projects=[study.id], strain=strain, sex="M")
    where = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
    return lambda volume: study.make(
        "modules/procedure", subject=subject["id"], type="VirusInjection", **where, details={"injectionVolume": volume}
    )


@pytest.mark.parametrize(
    ("stored", "given", "count"),
    [
        ("300 nL", "300 nL", "0 changed, 1 same"), ("300 nL", "300", "0 changed, 1 same"), ("300 nL", "0.3 uL", "0 changed, 1 same"),
        ("300 µL", "300", "1 changed, 0 same"), ("300 nL", "301 nL", "1 changed, 0 same"), ("300 nL", "a lot", "0 changed, 0 same, 1 wrong"),
    ],
)  # fmt: skip
def test_quantities_are_compared_as_the_server_reads_them(injections, table, imported, stored, given, count):
    file = table(f"id,details.injectionVolume\n{injections(stored)['id']},{given}\n")

    assert count in imported(file, "--dry-run", model="procedure")[1]
    imported(file, model="procedure")
    again = imported(file, "--dry-run", model="procedure")[1]
    assert "0 changed, 1 same" in again or "1 wrong" in count


def test_unknown_or_wrong_value_inside_details_is_told_at_its_column(injections, table, imported_by_rows):
    code, shown, _ = imported_by_rows(
        table(f"id,details.injectionVolume\n{injections('300 nL')['id']},-1 nL\n"), "--dry-run", model="procedure"
    )

    assert code == 1
    assert 'line 2, column "details.injectionVolume": injectionVolume' in shown


def test_names_that_meet_in_different_requests_are_found_before_anything_is_written(study, table, imported):
    rows = "".join(f"{study.name} {number},{study.id}\n" for number in [*range(502), 1])
    code, shown, _ = imported(table(f"name,projects\n{rows}"), "--key", "projects", "--dry-run")

    assert code == 1
    assert "line 504" in shown
    assert study.sessions == {}


def test_preference_for_strict_handling_is_sent(takes_lists, table, imported):
    takes_lists.answer("OPTIONS", BULK, (200, {"dry_run": True}))
    dry = {"created": [{"id": None, "name": "s0"}], "updated": [], "deleted": [], "changes": [], "dry_run": True}
    takes_lists.answer("POST", BULK, (200, dry), done(1))
    assert imported(table(many(1)), "--url", takes_lists.url)[0] == 0
    sent_with = [
        headers.get("Prefer") for method, path, headers, _ in takes_lists.seen if (method, path) == ("POST", BULK)
    ]

    assert sent_with == ["handling=strict"] * 2


def test_server_without_dry_runs_is_never_asked_for_one(takes_lists, table, imported):
    code, shown, said = imported(table(many(1)), "--url", takes_lists.url, "--dry-run")

    assert code == 0, shown
    assert sent(takes_lists) == []
    assert "does not support dry runs" in said


def test_refusal_of_the_server_names_the_line(study, table, imported_by_rows, served):
    theirs = served.send("POST", "private/stem/session/", {"name": study.name, "projects": [study.id]}, who="alice")
    assert theirs[0] == 201
    # Bob does not see the session, and cannot know that its name is taken.
    mine = served.send("POST", "private/stem/project/", {"name": f"{study.name} of Bob"}, who="bob")[1]["project"]["id"]
    code, shown, said = imported_by_rows(
        table(f"name,projects\n{study.name},{mine}\n"), environment={"BRAINSTEM_TOKEN": served.token("bob")}
    )

    assert code == 1, said
    assert 'wrong    line 2, column "name"' in shown
    assert "Nothing was written." in said


def test_entries_of_a_catalogue_are_said_to_be_proposals(study, table, imported_both_ways, served):
    species = served.one("taxonomies/species", f"Mus {study.name}")
    code, shown, said = imported_both_ways(table(f"name,species\n{study.name},{species}\n"), model="strain")

    assert code == 0, shown
    assert "Written: 1 created" in shown
    assert "is a proposal" in said


# --- by a plan of the server ---


def event_in(shown):
    """The event with which an import is undone."""
    return shown.splitlines()[-1].removeprefix("To take it back: brainstem undo ")


def kept(served, who="alice"):
    """The imports that the server keeps for a person."""
    return served.send("GET", "private/imports/", who=who)[1]["imports"]


@pytest.fixture
def book(tmp_path):
    """Writes a workbook: name of a sheet -> rows; gives its name."""

    def write(**sheets):
        made = Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / "lab.xlsx")
        return str(tmp_path / "lab.xlsx")

    return write


def test_import_is_one_event_that_is_undone_as_a_whole(study, table, imported, command):
    study.session("a", description="old")
    rows = "".join(f"{study.name} {number},{study.name},new\n" for number in "abc")
    code, shown, said = imported(table(f"name,projects,description\n{rows}"))

    assert code == 0, shown + said
    assert "Written: 2 created, 1 changed." in shown
    assert set(study.sessions) == {"a", "b", "c"}
    assert command("undo", event_in(shown))[0] == 0
    assert {name: one["description"] for name, one in study.sessions.items()} == {"a": "old"}


def test_errors_that_are_alike_are_shown_once_with_their_rows_and_what_was_meant(study, table, imported, served):
    rows = "".join(f"{study.name} {number},{study.name[:-1]},\n" for number in range(7))
    code, shown, said = imported(table(f"name,projects,date_time\n{rows}{study.name} x,{study.name},whenever\n"))
    first, second = (line for line in shown.splitlines() if line.startswith("wrong"))
    [one] = kept(served)

    assert code == 1
    assert first.startswith('wrong    lines 2, 3, 4, 5, 6, ... (7 rows), column "projects": No project named')
    assert f"Did you mean '{study.name}'?" in first
    assert second.startswith('wrong    line 9, column "date_time": ')
    assert "0 created, 0 changed, 0 same, 8 wrong (session on " in shown
    assert f"/private/import-tool/{one['id']}/" in said
    assert study.sessions == {}


def test_unknown_column_is_wrong_and_nothing_is_written(study, table, imported):
    code, shown, said = imported(table(f"name,projects,colour\n{study.name} a,{study.name},red\n"))

    assert code == 1
    assert 'wrong    line 1, column "colour": ' in shown
    assert "Nothing was written. Correct it in the browser" in said
    assert study.sessions == {}


@pytest.mark.parametrize("name", ["nobody's", ""])
def test_dry_run_leaves_no_plan_on_the_server(study, table, imported, served, name):
    code, _, said = imported(table(f"name,projects\n{study.name} a,{name or study.name}\n"), "--dry-run")

    assert code == int(bool(name))
    assert "Nothing was written. (--dry-run)" in said
    assert "import-tool" not in said
    assert (kept(served), study.sessions) == ([], {})


def test_nothing_to_do_is_no_error_and_leaves_no_plan(study, table, imported, served):
    study.session("a")
    code, shown, _ = imported(table(f"name,projects\n{study.name} a,{study.name}\n"))

    assert (code, kept(served)) == (0, [])
    assert shown.splitlines()[-1] == "Nothing was written."


def test_sheets_of_a_workbook_are_called_after_their_models_and_name_each_other(study, book, command):
    file = book(
        Sessions=[["name", "projects", "date_time"], [f"{study.name} a", f"{study.name} b", "2025-06-30 14:30"]],
        Projects=[["name"], [f"{study.name} b"]],
    )
    code, shown, said = command("import", file)

    assert code == 0, shown + said
    assert f"created  Sessions, line 2: {study.name} a" in shown
    assert "2 created, 0 changed, 0 same, 0 wrong (session, project on " in shown


def test_model_is_that_of_all_sheets(study, book, imported):
    file = book(
        Monday=[["name", "projects"], [f"{study.name} a", study.name]],
        Notes=[["name", "projects"], [f"{study.name} b", study.name]],
    )
    code, shown, said = imported(file)

    assert code == 0, shown + said
    assert set(study.sessions) == {"a", "b"}


def test_sheet_without_a_model_is_refused_with_both_ways_to_name_it(book, command):
    code, _, said = command("import", book(Monday=[["name"], ["a"]]))

    assert code == 1
    assert "Monday" in said
    assert "call each sheet after its model (subject), or name one for all rows with --model" in said


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("a.csv", "name\nx\n", [], "--model session"),
        ("a.csv", "", ["--model", "session"], "The table is empty"),
        ("a.csv", 'name\n"x', ["--model", "session"], "Is a quotation mark missing?"),
        ("a.xlsx", "name\n", ["--key", "name"], "Say what the rows are with --model"),
        ("a.csv", "name\nx\n", ["--model", "session", "--dates", "day", "--key", "name"], "write dates as 2026-04-03"),
        ("a.ods", "", ["--model", "session"], "use a .csv, .tsv, .xlsx"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_what_would_be_right(table, command, name, text, options, message):
    code, _, said = command("import", table(text, name=name), *options)

    assert code == 1
    assert message in said


def test_file_that_is_not_there_is_named(imported):
    code, _, said = imported("nowhere.csv")

    assert code == 1
    assert "There is no file nowhere.csv here." in said


def test_unknown_model_is_no_valid_command(table, imported):
    code, _, said = imported(table("name\nx\n"), model="sesion")

    assert code == 2
    assert "session" in said


@pytest.mark.parametrize(("first", "expected"), [("day", "2025-04-03"), ("month", "2025-03-04")])
def test_dates_that_are_not_clear_are_read_as_is_said(study, table, imported, first, expected):
    file = table(f"name,projects,date_time\n{study.name} a,{study.name},3/4/2025 12:00\n")

    code, shown, _ = imported(file)
    assert code == 1
    assert "2025-04-03 12:00" in shown
    assert imported(file, "--dates", first)[0] == 0
    assert study.sessions["a"]["date_time"] == f"{expected}T12:00:00Z"


def test_many_rows_are_planned_without_a_worker_and_only_some_are_shown(study, table, imported):
    rows = "".join(f"{study.name} {number},{study.name}\n" for number in range(1001))
    code, shown, said = imported(table(f"name,projects\n{rows}"), "--dry-run")

    assert code == 0, said
    assert "and 901 more rows like these" in shown
    assert "1001 created, 0 changed, 0 same, 0 wrong" in shown


@pytest.fixture
def works(scripted):
    """A server that leaves a plan to a worker, which is gone before the end if it is told so."""
    planned = {
        "id": "1", "state": "planned", "done": 0, "total": 0, "worker": None, "refusal": None, "event": None, "more_groups": 0, "groups": [],
        "counts": {"created": 0, "changed": 0, "same": 2000, "wrong": 0}, "sheets": [{"name": "", "model": "stem/session", "columns": []}],
    }  # fmt: skip
    working = {**planned, "state": "planning", "total": 2000, "worker": True}
    scripted.answer("POST", "/api/private/imports/", (202, {"import": working}))
    url = "/api/private/imports/1/"
    scripted.answer("GET", url, (200, {"import": {**working, "done": 900, "worker": True}}), (200, {"import": planned}))
    scripted.answer("PATCH", url, (200, {"import": planned}))
    scripted.answer("DELETE", url, (204, None))
    scripted.gone = lambda: scripted.answer("GET", url, (200, {"import": {**working, "done": 900, "worker": False}}))
    return scripted


def test_progress_of_the_worker_is_shown(works, table, imported):
    code, shown, said = imported(table("name\nx\n"), "--url", works.url)

    assert code == 0, said
    assert said.splitlines()[:2] == ["0 of 2000 rows planned", "900 of 2000 rows planned"]
    assert "0 created, 0 changed, 2000 same, 0 wrong" in shown


def test_worker_that_is_not_there_is_said_and_not_waited_for(works, table, imported):
    works.gone()
    code, shown, said = imported(table("name\nx\n"), "--url", works.url)

    assert code == 0, said
    assert "No worker is running on this server" in said
    assert "2000 same" in shown


def test_interruption_says_where_the_import_goes_on(works, table, imported, monkeypatch):
    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("brainstem_api_tools.cli.plans.time", SimpleNamespace(sleep=interrupted))
    code, _, said = imported(table("name\nx\n"), "--url", works.url)

    assert code == 130
    assert f"goes on with what it has begun: {works.url}/private/import-tool/1/" in said


# --- many at once ---


@pytest.fixture
def takes_lists(scripted):
    """A server that has no session yet, one project, and takes lists."""
    scripted.answer("POST", "/api/private/imports/", (404, {}))
    scripted.answer("OPTIONS", "/api/private/stem/session/", (404, {}))
    scripted.answer("OPTIONS", BULK, (200, {"keys": ["create", "update"], "max_rows": 1000}))
    scripted.answer("GET", "/api/private/stem/session/", (200, {"sessions": [], "count": 0}))
    project = {"id": str(uuid.uuid4()), "name": "P"}
    scripted.answer("GET", "/api/private/stem/project/", (200, {"projects": [project], "count": 1}))
    return scripted


def refusal(index):
    return 400, {"errors": [{"operation": "create", "index": index, "status": 400, "errors": {"name": ["Taken."]}}]}


def done(count):
    return 200, {"created": [str(uuid.uuid4()) for _ in range(count)], "updated": [], "deleted": []}


BULK = "/api/private/stem/session/bulk/"


def sent(script):
    """Bodies of the rows that were written."""
    return [json.loads(body) for method, path, _, body in script.seen if (method, path) == ("POST", BULK)]


def many(count):
    return "name,projects\n" + "".join(f"s{number},P\n" for number in range(count))


def test_rows_are_sent_500_at_a_time(takes_lists, table, imported):
    takes_lists.answer("POST", BULK, done(500), done(100))
    code, shown, said = imported(table(many(600)), "--url", takes_lists.url)

    assert code == 0, shown[-500:] + said
    assert [len(body["create"]) for body in sent(takes_lists)] == [500, 100]
    assert "Written: 600 created, 0 changed." in shown


def test_refused_part_is_not_written_and_ends_the_import(takes_lists, table, imported):
    takes_lists.answer("POST", BULK, refusal(7), done(100))
    code, shown, _ = imported(table(many(600)), "--url", takes_lists.url)

    assert code == 1
    assert 'wrong    line 9, column "name": Taken.' in shown
    assert "Nothing was written." in shown
    assert len(sent(takes_lists)) == 1


def test_partial_sends_a_refused_part_again_without_the_rows_that_are_wrong(takes_lists, table, imported):
    takes_lists.answer("POST", BULK, refusal(1), done(2))
    code, shown, _ = imported(table(many(3)), "--partial", "--url", takes_lists.url)

    assert code == 1
    assert [row["name"] for row in sent(takes_lists)[1]["create"]] == ["s0", "s2"]
    assert "Written: 2 created, 0 changed." in shown


def test_row_that_may_not_be_changed_is_named_by_servers_that_take_no_lists(takes_lists, table, imported):
    known = [{"id": str(uuid.uuid4()), "name": f"s{number}", "projects": []} for number in range(2)]
    takes_lists.answer("GET", "/api/private/stem/session/", (200, {"sessions": known, "count": 2}))
    takes_lists.answer("POST", BULK, (405, {"detail": "No."}))
    first, second = (f"/api/private/stem/session/{one['id']}/" for one in known)
    takes_lists.answer("PATCH", first, (200, {"session": known[0]}))
    takes_lists.answer("PATCH", second, (403, {"detail": "Not yours."}))
    code, shown, _ = imported(table(many(2)), "--url", takes_lists.url)

    assert code == 1
    assert "wrong    line 3: Not yours." in shown
    assert "Written: 0 created, 1 changed." in shown


def test_server_that_fails_on_the_way_leaves_a_count_of_what_is_written(takes_lists, table, imported):
    takes_lists.answer("POST", BULK, done(500), (403, {"detail": "No."}))
    code, _, said = imported(table(many(600)), "--url", takes_lists.url)

    assert code == 1
    assert "Written: 500 created, 0 changed." in said
    assert "No." in said


# --- reading tables ---


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        ("name,tags\nä,x\n", "a.csv", "utf-8"),
        ("name,tags\r\nä,x\r\n", "a.csv", "utf-8-sig"),
        ("name;tags\nä;x\n", "a.csv", "utf-8-sig"),
        ("name\ttags\nä\tx\n", "a.tsv", "utf-8"),
        ("name\ttags\nä\tx\n", "a.txt", "utf-16"),
        ('"name";"tags"\n"ä";"x"\n\n;\n', "a.csv", "utf-8"),
        (" name , tags \n ä , x \n", "a.csv", "utf-8"),
        ("sep=;\r\nname;tags\r\nä;x\r\n", "a.csv", "utf-8-sig"),
        ('"sep=\t"\nname\ttags\nä\tx\n', "a.csv", "utf-16"),
        ("SEP=|\nname|tags\nä|x\n", "a.csv", "utf-8"),
        ('{"name": "ä", "tags": "x"}\n', "a.jsonl", "utf-8-sig"),
    ],
)
def test_table_is_read_from(table, text, name, encoding):
    sheet = read_sheet(table(text, name=name, encoding=encoding))

    assert sheet.headers == ["name", "tags"]
    assert [row.cells for row in sheet.rows] == [{"name": "ä", "tags": "x"}]
    assert sheet.problems == []


def test_row_after_a_cell_of_several_lines_has_its_own_line(table):
    sheet = read_sheet(table('name,notes\na,"1\n2\n3"\nb,\n'))

    assert [row.line for row in sheet.rows] == [2, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ('name\n"a', "line 2"),
    ],
)
def test_what_is_no_table_is_refused(table, text, message):
    with pytest.raises(ValidationError, match=message):
        read_sheet(table(text))


def test_cell_may_be_long(table):
    assert len(read_sheet(table(f"name\n{'a' * 200_000}\n")).rows[0].cells["name"]) == 200_000


def test_other_encodings_and_kinds_are_refused_with_advice(table, tmp_path):
    with pytest.raises(ValidationError, match=r"not UTF-8 \(line 2\).*CSV UTF-8"):
        read_sheet(table("name\nä\n", encoding="latin-1"))
    (tmp_path / "a.ods").write_bytes(b"PK")
    with pytest.raises(ValidationError, match="CSV UTF-8"):
        read_sheet(str(tmp_path / "a.ods"))


def test_cells_without_a_column_and_columns_twice_are_problems(table):
    sheet = read_sheet(table("name,name\na,b,c\n"))

    assert [str(one) for one in sheet.problems] == [
        'line 1, column "name": This column appears twice.',
        "line 2: 3 cells in 2 columns. Is a quotation mark missing?",
    ]


def test_value_under_a_column_without_a_name_is_a_problem(table):
    sheet = read_sheet(table("sep=;\nname;;tags\na;;x\nb;secret;\n"))

    assert [row.line for row in sheet.rows] == [3]
    assert [str(one) for one in sheet.problems] == [
        "line 4: 'secret' is in column 2, which has no name: name the column, or clear it."
    ]


def test_apostrophe_of_a_spreadsheet_is_taken_off(table):
    assert read_sheet(table("name\n'=1+1\n'quoted\n")).rows[0].cells == {"name": "=1+1"}
    assert next(csv.reader(["'a"])) == ["'a"]


# --- cells ---


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("integer", "12.0", 12),
        ("number", "0.5", 0.5),
        ("number", "3", 3),
        ("date", "2025-06-30 14:30", "2025-06-30"),
        ("datetime", "2025-06-30T14:30:00Z", "2025-06-30T14:30:00Z"),
        ("datetime", "2025-06-30 14:30:45", "2025-06-30T14:30:45Z"),
        ("datetime", "6/30/2025 14:30", "2025-06-30T14:30:00Z"),
        ("datetime", "2025-06-30T14:30:00.5+02:00", "2025-06-30T12:30:00.500000Z"),
        ("duration", "01:30:00", "01:30:00"),
        ("tags", "a; b", ["a", "b"]),
        ("json", '{"a": 1}', {"a": 1}),
        ("string", "007", "007"),
    ],
)
def test_cell_stands_for(kind, text, expected):
    assert value_of(Field("x", kind), text) == expected


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        (Field("x", "boolean"), "maybe", "not true or false"),
        (Field("x", "integer"), "1.5", "not a whole number"),
        (Field("x", "number"), "0,5", "decimal separator"),
        (Field("x", "number"), "nan", "not a number"),
        (Field("x", "date"), "30.6.2025", "2025-06-30"),
        (Field("x", "duration"), "long", "01:30:00"),
        (Field("x", "json"), "{", "not valid JSON"),
        (Field("x", "uuid"), "x", "not a valid id"),
        (Field("x", "image"), "a.png", "cannot be imported"),
        (Field("x", "string", max_length=3), "long", "limit is 3"),
    ],
)
def test_cell_is_refused(field, text, message):
    with pytest.raises(WrongCell, match=message):
        value_of(field, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", 12), ("-0.5", -0.5), ("007", "007"), ("1e5", "1e5"), ("true", "true"), ("[1]", [1]), ("a", "a")],
)
def test_further_value_is(text, expected):
    assert loose(text) == expected


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("tags", ["b", "a"], ["a", "b"], True),
        ("datetime", "2025-06-30T14:30:00Z", "2025-06-30T16:30:00+02:00", True),
        ("duration", "00:01:30", "PT90S", True),
        ("json", {"volume": {"value": 5, "unit": "nl"}}, {"volume": 5}, False),
        ("json", {"count": 1}, {"count": True}, False),
        ("json", {"a": 1}, {}, False),
        ("text", None, "", True),
        ("text", "a", "A", False),
    ],
)
def test_values_are_compared_by_what_they_mean(kind, old, new, expected):
    assert same(Field("x", kind), old, new) is expected


def test_durations_are_read():
    assert [seconds_of(one) for one in ("01:30:00", "1 00:00:01", "PT1H0.5S", "P1D", "P", "5")] == [
        5400, 86401, 3600.5, 86400, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "field", "rest"),
    [
        ("name", "name", ()),
        ("extra_fields.a.b", "extra_fields", ("a", "b")),
        ("session__name", "name", ()),
        ("project__name", "projects", ()),
        ("session__data_storage", "datastorage", ()),
        ("datastorage.location", "datastorage", ()),
    ],
)
def test_header_is_the_field(header, field, rest):
    fields = {
        "name": Field("name", "string"),
        "extra_fields": Field("extra_fields", "json"),
        "projects": Field("projects", "m2m", "project"),
        "datastorage": Field("datastorage", "m2m", "datastorage"),
    }
    column = column_of(header, fields, "session")

    assert (column.field.name, column.path) == (field, rest)
    assert column_of("colour", fields, "session") is None
    assert column_of("name.x", fields, "session") is None
