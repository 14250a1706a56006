"""Tables over HTTP: a plan that its person alone sees, corrects, and commits once."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from brainstem.apps.users import imports
from brainstem.core.models import Change, ImportReview, TableImport, TaskWorker

from ..people import Person, unique

HEADS = "name,sex,project__name,strain"


@pytest.fixture
def names(lab, alice):
    return {
        "project": alice.get(f"stem/project/{lab['project']}").record["name"],
        "strain": alice.get(f"taxonomies/strain/{lab['strain']}").record["name"],
    }


def table(names, *rows):
    lines = (f"{name},{sex},{names['project']},{strain or names['strain']}" for name, sex, strain in rows)
    return "\n".join([HEADS, *lines])


def plan(person, text, **options):
    return person.post("imports/?kind=table", {"text": text, "model": "stem/subject", **options})


def rows(person, one, query=""):
    return person.get(f"imports/{one['id']}/rows/", query).body["rows"]


def test_a_table_with_errors_is_planned_corrected_for_all_rows_committed_and_undone(lab, alice, names):
    new = [unique("S") for _ in range(4)]
    wrong = names["strain"].replace("Strain", "Stran")
    text = table(names, (new[0], "F", wrong), (new[1], "F", wrong), (new[2], "Q", ""), (new[3], "M", ""))
    before = Change.objects.count()
    answer = plan(alice, text, name="mice.csv")
    assert answer.status == 201, answer.body
    one = answer.body["import"]
    assert (one["name"], one["state"], one["ready"]) == ("mice.csv", "planned", False)
    assert one["counts"] == {"created": 1, "changed": 0, "same": 0, "wrong": 3}
    group = one["groups"][0]
    assert (group["count"], group["rows"], group["text"], group["head"]) == (2, [2, 3], wrong, "strain")
    fix = next(fix for fix in group["fixes"] if fix["to"] == names["strain"])
    refused = alice.post(f"imports/{one['id']}/commit/")
    assert (refused.status, "3 rows are wrong" in refused.body["detail"]) == (409, True)
    cell = {"sheet": "", "row": 4, "head": "sex", "value": "female"}
    mended = alice.patch(f"imports/{one['id']}/", {"replace": [fix], "cells": [cell]}).body["import"]
    assert (mended["counts"]["created"], mended["ready"], mended["groups"]) == (4, True, [])
    assert [row["values"]["sex"] for row in rows(alice, one)] == ["F", "F", "F", "M"]
    assert Change.objects.count() == before
    done = alice.post(f"imports/{one['id']}/commit/")
    assert (done.status, done.body["import"]["state"]) == (200, "committed")
    event = done.headers["Brainstem-Event"]
    assert done.body["import"]["event"] == event
    again = alice.post(f"imports/{one['id']}/commit/")
    assert (again.status, again.headers["Brainstem-Event"]) == (200, event)
    assert Change.objects.count() == before + 4
    assert alice.post(f"history/{event}/undo/").status == 200
    assert alice.get("stem/subject", f"filter{{name}}={new[0].replace(' ', '%20')}").body["count"] == 0


def test_a_workbook_is_sent_as_a_file(lab, alice, names):
    book, file, name = openpyxl.Workbook(), io.BytesIO(), unique("S")
    book.active.title = "Subjects"
    for row in (["Name", "Sex", "Projects", "Strain"], [name, "F", names["project"], names["strain"]]):
        book.active.append(row)
    book.save(file)
    upload = SimpleUploadedFile("mice.xlsx", file.getvalue())
    answer = Client().post(
        "/api/private/imports/?kind=table",
        {"file": upload, "options": json.dumps({"timezone": "Europe/Copenhagen"})},
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    assert answer.status_code == 201, answer.content
    one = answer.json()["import"]
    assert (one["ready"], one["sheets"][0]["model"], one["name"]) == (True, "stem/subject", "mice.xlsx")


def test_one_model_may_be_that_of_all_sheets(lab, alice, names):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for sheet in (book.active, book.create_sheet("Second")):
        for row in (["Name", "Sex", "Projects", "Strain"], [unique("S"), "F", names["project"], names["strain"]]):
            sheet.append(row)
    book.save(file)
    answer = Client().post(
        "/api/private/imports/?kind=table",
        {"file": SimpleUploadedFile("mice.xlsx", file.getvalue()), "options": json.dumps({"model": "stem/subject"})},
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    assert answer.status_code == 201, answer.content
    assert [one["model"] for one in answer.json()["import"]["sheets"]] == ["stem/subject", "stem/subject"]


def test_lists_in_json_and_blanks_around_texts_change_nothing(lab, alice):
    other = lab.add("subject", tags=["a;b", "c, d"], genotype="wt ")
    text = f'id\ttags\tgenotype\n{other["id"]}\t"[""a;b"", ""c, d""]"\twt\n'
    assert plan(alice, text).body["import"]["counts"] == {"created": 0, "changed": 0, "same": 1, "wrong": 0}


def test_what_moved_since_the_plan_is_told_and_the_plan_made_again(lab, alice, names):
    other = lab.add("subject", sex="M")
    one = plan(alice, table(names, (other["name"], "F", ""))).body["import"]
    alice.patch(f"stem/subject/{other['id']}", {"sex": "F"})
    moved = alice.post(f"imports/{one['id']}/commit/")
    assert moved.status == 409, moved.body
    assert moved.body["moved"] == [{"sheet": "", "row": 2, "id": other["id"], "message": "The record was changed."}]
    assert moved.body["import"]["counts"]["same"] == 1


def test_the_fields_chosen_for_columns_are_remembered_by_person_and_model(lab, alice, dana, names):
    text = table(names, (unique("S"), "F", "")).replace("sex", "Geschlecht")
    first = plan(alice, text).body["import"]
    assert "problem" in first["sheets"][0]["columns"][1]
    chosen = alice.patch(f"imports/{first['id']}/", {"columns": {"Geschlecht": "sex"}})
    assert chosen.body["import"]["ready"], chosen.body
    assert plan(alice, text).body["import"]["ready"]
    assert not plan(dana, text).body["import"]["ready"]


def test_an_import_is_its_persons_alone(lab, alice, bob, dana, admin, names):
    one = plan(alice, table(names, (unique("S"), "F", ""))).body["import"]
    for person in (bob, dana, admin):
        assert person.get("imports/").body == {"imports": [], "count": 0}
        for answer in (
            person.get(f"imports/{one['id']}/"),
            person.get(f"imports/{one['id']}/rows/"),
            person.patch(f"imports/{one['id']}/", {"empty": "clear"}),
            person.post(f"imports/{one['id']}/commit/"),
            person.delete(f"imports/{one['id']}/"),
        ):
            assert answer.status == 404, answer.body
    assert [found["id"] for found in alice.get("imports/").body["imports"]] == [one["id"]]
    assert alice.delete(f"imports/{one['id']}/").status == 204
    assert alice.get(f"imports/{one['id']}/").status == 404


def test_a_right_lost_since_the_plan_is_lost_for_the_commit(lab, alice, dana, names):
    one = plan(dana, table(names, (unique("S"), "F", ""))).body["import"]
    assert one["ready"]
    held = alice.get(f"stem/project/{lab['project']}").record["groups"]
    assert alice.patch(f"stem/project/{lab['project']}", {"groups": {name: {} for name in held}}).status == 200
    before = Change.objects.count()
    assert dana.post(f"imports/{one['id']}/commit/").status == 409
    assert Change.objects.count() == before


def test_tokens_that_may_only_read_or_are_bound_to_a_project_import_nothing(lab, alice, names):
    text = table(names, (unique("S"), "F", ""))
    one = plan(alice, text).body["import"]
    reader, bound = Person(alice.user, read_only=True), Person(alice.user, project_id=lab["project"])
    assert reader.get(f"imports/{one['id']}/").status == 200
    assert [plan(reader, text).status, reader.post(f"imports/{one['id']}/commit/").status] == [403, 403]
    assert [plan(bound, text).status, bound.get("imports/").status] == [403, 403]
    assert Person().post("imports/?kind=table", {"text": text}).status == 401


@pytest.mark.parametrize(
    ("query", "body", "field"),
    [
        ("", {"text": "name\nx"}, "kind"),
        ("kind=nwb", {"text": "name\nx"}, "kind"),
        ("kind=table&dry=1", {"text": "name\nx"}, "dry"),
        ("kind=table", {"text": "name\nx", "model": "stem/subjet"}, "model"),
        ("kind=table", {"text": "name\nx"}, "models"),
        ("kind=table", {"text": "  ", "model": "subject"}, "text"),
        ("kind=table", {"text": 'name\n"x', "model": "subject"}, "text"),
        ("kind=table", {"text": "name\nx", "model": "subject", "timezone": "Mars/Base"}, "timezone"),
        ("kind=table", {"text": "name\nx", "model": "subject", "dates": "year"}, "dates"),
        ("kind=table", {"text": "name\nx", "model": "subject", "empty": "drop"}, "empty"),
        ("kind=table", {"text": "name\nx", "model": "subject", "columns": {"nme": "name"}}, "columns"),
        ("kind=table", {"text": "name\nx", "model": "subject", "columns": {"name": "nmae"}}, "columns.name"),
        ("kind=table", {"text": "name\nx", "modell": "subject"}, "modell"),
    ],
)
def test_bad_input_is_named(alice, query, body, field):
    answer = alice.post(f"imports/?{query}", body)
    assert (answer.status, list(answer.body)) == (400, [field]), answer.body
    assert alice.get("imports/").body["count"] == 0


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"replace": [{"head": "sex", "from": "F"}]}, "replace.0"),
        ({"replace": [{"head": "sx", "from": "F", "to": "M"}]}, "replace.0.head"),
        ({"cells": [{"row": 9, "head": "sex", "value": "M"}]}, "cells.0.row"),
        ({"leave_out": [{"sheet": "Mice", "row": 2}]}, "leave_out.0.sheet"),
        ({"leave_out": 2}, "leave_out"),
        ({"remove": []}, "remove"),
    ],
)
def test_a_correction_of_what_is_not_there_changes_nothing(lab, alice, names, edit, field):
    one = plan(alice, table(names, (unique("S"), "F", ""))).body["import"]
    answer = alice.patch(f"imports/{one['id']}/", edit)
    assert (answer.status, list(answer.body)) == (400, [field]), answer.body
    assert alice.get(f"imports/{one['id']}/").body["import"] == one


def test_imports_are_limited_and_committed_ones_make_room(lab, alice, names, monkeypatch):
    monkeypatch.setattr(imports, "MOST_IMPORTS", 2)
    first = plan(alice, table(names, (unique("S"), "F", ""))).body["import"]
    assert alice.post(f"imports/{first['id']}/commit/").status == 200
    for _ in range(2):
        assert plan(alice, table(names, (unique("S"), "F", ""))).status == 201
    assert alice.get(f"imports/{first['id']}/").status == 404
    assert plan(alice, table(names, (unique("S"), "F", ""))).status == 409


def test_a_newer_plan_of_a_file_takes_the_place_of_an_older_one(lab, alice, bob, names, monkeypatch):
    monkeypatch.setattr(imports, "MOST_IMPORTS", 2)

    def sent(name):
        file = SimpleUploadedFile(name, f"name,sex\n{unique('S')},Q\n".encode())
        answer = Client().post(
            "/api/private/imports/?kind=table",
            {"file": file, "options": json.dumps({"model": "stem/subject"})},
            headers={"Authorization": f"Bearer {alice.token}"},
        )
        return answer.status_code, answer.json().get("import", {}).get("id")

    _, other = sent("rats.csv")
    _, first = sent("mice.csv")
    status, second = sent("mice.csv")
    kept = [one["id"] for one in alice.get("imports").body["imports"]]
    assert (status, kept) == (201, [second, other])
    ImportReview.objects.create(table_import_id=second, person=bob.user, asked_at=timezone.now())
    assert sent("mice.csv") == (409, None)  # somebody was asked about it
    assert sent("birds.csv") == (409, None)


# -- what a worker does -----------------------------------------------------------------------------------------------


def test_progress_is_told_and_whether_a_worker_is_there(lab, alice, names):
    one = plan(alice, table(names, (unique("S"), "F", ""))).body["import"]
    assert (one["done"], one["total"], one["worker"], one["refusal"]) == (0, 0, None, None)
    TableImport.objects.filter(pk=one["id"]).update(state=TableImport.COMMITTING, done=250, total=10_000)
    working = alice.get(f"imports/{one['id']}/").body["import"]
    assert (working["state"], working["done"], working["total"], working["worker"]) == (
        "committing",
        250,
        10_000,
        False,
    )
    TaskWorker.objects.create(name="w", seen_at=timezone.now())
    assert alice.get(f"imports/{one['id']}/").body["import"]["worker"] is True
    assert alice.get("imports/").body["imports"][0]["worker"] is True
