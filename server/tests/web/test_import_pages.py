"""The pages of the import tool without a script: a table becomes a plan, is corrected, reviewed, written and undone."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.model.registry import specs
from brainstem.core.models import Change, ImportReview, TableImport
from brainstem.web.portal.importing.kinds import TEMPLATES

from ..people import unique
from .pages import Reader
from .test_inbox import number, part

HOME, INBOX = "/private/import-tool/", "/private/inbox/"
CONTRACT = Path(__file__).resolve().parents[1] / "contract"
HEADS = "name,sex,project__name,strain"


@pytest.fixture
def names(lab, alice):
    return {
        "project": alice.get(f"stem/project/{lab['project']}").record["name"],
        "strain": alice.get(f"taxonomies/strain/{lab['strain']}").record["name"],
    }


def table(names, *rows, heads=HEADS):
    return "\n".join(
        [heads, *(f"{name},{sex},{names['project']},{strain or names['strain']}" for name, sex, strain in rows)]
    )


def send(reader, text, **fields):
    return reader.post(HOME, **{"model": "stem/subject", "text": text, "dates": "", **fields})


def planned(reader, text, **fields):
    """The address of the plan of a table."""
    answer = send(reader, text, **fields)
    assert answer.status == 303, answer.words
    return answer.to.removesuffix("columns/")


def seen(page):
    return re.search(r'name="_seen" value="([^"]+)"', page.text)[1]


def subjects(lab):
    return specs()["stem.Subject"].model.objects.filter(projects=lab["project"]).count()


# -- a table, from paste to undo ------------------------------------------------------------------------------------------


def test_a_pasted_table_is_corrected_for_all_rows_imported_and_undone(lab, alice, names):
    reader, before = Reader(alice), subjects(lab)
    new, wrong = [unique("S") for _ in range(4)], names["strain"].replace("Strain", "Stran")
    url = planned(
        reader, table(names, (new[0], "F", wrong), (new[1], "F", wrong), (new[2], "Q", ""), (new[3], "M", ""))
    )
    page = reader.get(url)
    assert "4 rows, 3 wrong" in page.words
    assert f"Use {names['strain']} for all 2 rows" in page.words
    assert "Ready to import" not in page.words
    fixed = reader.post(f"{url}?show=wrong", _do="fix", sheet="", head="strain", **{"from": wrong}, to=names["strain"])
    assert (fixed.status, fixed.to) == (303, f"{url}?show=wrong")
    page = reader.get(url)
    assert "4 rows, 1 wrong" in page.words
    name = re.search(r'name="(c-0-4-1)"', page.text)[1]
    assert reader.post(url, _do="cells", **{name: "female"}).status == 303
    page = reader.get(url)
    assert "Ready to import" in page.words
    assert "4 subjects created" in page.words
    assert subjects(lab) == before
    done = reader.post(url, _do="commit", _seen=seen(page))
    assert (done.status, done.to) == (303, url)
    assert subjects(lab) == before + 4
    page = reader.get(url)
    event = re.search(r"/private/history/([0-9a-f-]{36})/undo/", page.text)[1]
    assert "Undo all of it" in page.words
    assert reader.get(f"/private/history/{event}/").status == 200
    undone = reader.post(f"/private/history/{event}/undo/", confirmed="1", next=url)
    assert (undone.status, undone.to) == (303, url)
    assert subjects(lab) == before
    again = reader.get(url)  # open again, to be corrected and imported anew
    assert "Undo all of it" not in again.words
    reader.post(url, _do="commit", _seen=seen(again))
    assert subjects(lab) == before + 4


def test_a_workbook_with_two_sheets_names_rows_of_the_other_one(lab, alice, names):
    book, file, session = openpyxl.Workbook(), io.BytesIO(), unique("Session")
    book.active.title = "Sessions"
    for row in (["Name", "Projects", "Date and time"], [session, names["project"], "2026-05-10 13:45"]):
        book.active.append(row)
    epochs = book.create_sheet("Epochs")
    for row in (["Name", "Session", "Start", "End"], ["Baseline", session, "0:00:00", "0:05:00"]):
        epochs.append(row)
    book.create_sheet("Remarks").append(["Not to be imported", "x"])
    book.save(file)
    reader = Reader(alice)
    answer = reader.post(HOME, model="", text="", dates="", file=SimpleUploadedFile("day.xlsx", file.getvalue()))
    assert answer.status == 303, answer.words
    page = reader.get(answer.to)
    assert "1 session created" in page.words
    assert "1 epoch created" in page.words
    assert "day.xlsx" in reader.get(HOME).words
    columns = reader.get(f"{answer.to}columns/")
    assert "Remarks" in columns.words
    assert reader.post(answer.to, _do="commit", _seen=seen(page)).status == 303
    assert specs()["stem.Epoch"].model.objects.filter(session__name=session).count() == 1


def test_what_changes_is_shown_before_and_after_and_dates_as_they_are_stored(lab, alice, names):
    held = lab.add("subject", sex="M", genotype="wt")
    reader, new = Reader(alice), unique("S")
    rows = [f"{held['name']},,het,,,", f"{new},F,wt,3.4.2026,{names['project']},{names['strain']}"]
    text = "\n".join(["name,sex,genotype,birth_date,project__name,strain", *rows])
    page = reader.get(planned(reader, text), show="all")
    words = " ".join(re.sub("<[^>]+>", " ", page.text).split())
    assert "before: wt after: het" in words
    assert "3.4.2026 stored as 2026-04-03" in words
    assert "1 subject changed" in page.words


def test_a_record_that_is_named_by_its_id_is_shown_by_its_name(lab, alice, names):
    name = unique("Named")
    one = lab.add("subject", name=name)["id"]
    page = Reader(alice).get(planned(Reader(alice), f"id,sex\n{one},M\n"))
    assert f'title="{one}">{name}</span>' in page.text


def test_a_date_that_may_be_two_is_asked_about_and_read_as_the_person_says(lab, alice, names):
    reader, new = Reader(alice), unique("S")
    text = f"name,sex,birth_date,project__name,strain\n{new},F,3/4/2026,{names['project']},{names['strain']}"
    url = planned(reader, text)
    page = reader.get(url)
    assert "1 row, 1 wrong" in page.words
    assert [one in page.words for one in ("Use 2026-04-03", "Use 2026-03-04")] == [True, True]
    assert reader.post(f"{url}columns/", dates="day").status == 303
    words = " ".join(re.sub("<[^>]+>", " ", reader.get(url).text).split())
    assert "3/4/2026 stored as 2026-04-03" in words
    assert planned(reader, text, dates="month") != url


def test_rows_are_left_out_one_by_one_or_all_that_are_wrong(lab, alice, names):
    reader = Reader(alice)
    rows = [(unique("S"), sex, "") for sex in ("F", "Q", "W", "M")]
    url = planned(reader, table(names, *rows))
    assert reader.post(url, _do="cells", leave="0-5").status == 303
    assert "3 rows, 2 wrong" in reader.get(url).words
    assert reader.post(url, _do="leave_wrong").status == 303
    page = reader.get(url)
    assert "2 rows left out." in page.words
    assert "1 subject created" in page.words
    gone = reader.post(url, _do="cells", leave="0-5")
    assert gone.status == 409
    assert "Row 5 is no longer part of this import." in gone.words


def test_rows_come_fifty_a_page_and_any_row_can_be_edited(lab, alice, names):
    reader = Reader(alice)
    rows = [(unique("S"), "F", "") for _ in range(60)]
    url = planned(reader, table(names, *rows))
    first, second = reader.get(url, show="created"), reader.get(url, show="created", page=2)
    assert "1–50 of 60" in first.words
    assert "51–60 of 60" in second.words
    assert rows[0][0] in first.text
    assert rows[0][0] not in second.text
    assert 'name="c-' not in second.text
    opened = reader.get(url, show="created", page=2, edit="0-61")
    assert re.findall(r'name="c-(\S+)"', opened.text) == ["0-61-0", "0-61-1", "0-61-2", "0-61-3"]
    assert reader.get(url, show="nonsense", page="9999").status == 200
    again = reader.post(f"{url}?show=created&page=2", _do="cells", **{"c-0-61-0": "Renamed", "c-0-61-1": "F"})
    assert again.to == f"{url}?show=created&page=2"
    assert "Renamed" in reader.get(url, show="created", page=2).text


# -- columns --------------------------------------------------------------------------------------------------------------


def test_unknown_columns_are_errors_until_a_field_is_chosen_and_that_is_remembered(lab, alice, names):
    reader, text = Reader(alice), table(names, (unique("S"), "F", ""), heads="name,Sexx,project__name,strain")
    answer = send(reader, text)
    assert answer.to.endswith("columns/")
    page = reader.get(answer.to)
    assert "1 column is not known." in page.words
    nearest = page.text.partition('<optgroup label="Nearest">')[2].partition("</optgroup>")[0]
    assert '<option value="sex">Sex</option>' in nearest
    url = answer.to.removesuffix("columns/")
    assert "Ready to import" not in reader.get(url).words
    kept = reader.post(answer.to, **{"f-0-1": ""})
    assert kept.to == answer.to  # nothing is guessed, nothing is left out by itself
    assert reader.post(answer.to, **{"f-0-1": "sex"}).to == url
    assert "Ready to import" in reader.get(url).words
    assert not send(reader, text).to.endswith("columns/")
    out = reader.post(f"{url}columns/", **{"f-0-1": "-"})
    assert out.status == 303
    assert "You left this column out." in reader.get(f"{url}columns/").words


def test_rows_that_are_something_else_forget_the_fields_of_their_columns(lab, alice, names):
    reader = Reader(alice)
    text = f"name,Colour,project__name\n{unique('S')},F,{names['project']}"
    url = planned(reader, text)
    reader.post(f"{url}columns/", **{"f-0-1": "sex"})
    answer = reader.post(f"{url}columns/", **{"m-0": "stem/cohort", "f-0-1": "sex"})
    assert answer.status == 303, answer.words
    page = reader.get(f"{url}columns/")
    assert "1 column is not known." in page.words
    assert '<option value="stem/cohort" selected>' in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"f-0-1": "colour"}, "has no field"),
        ({"timezone": "Mars/Olympus"}, "There is no time zone"),
        ({"empty": "perhaps"}, "Say what empty cells do"),
        ({"dates": "year"}, "Say what comes first"),
        ({"f-0-99": "sex"}, "no such field"),
        ({"m-7": "stem/subject"}, "no such field"),
        ({"m-0": ""}, "All sheets are left out"),
    ],
)
def test_what_the_form_of_columns_cannot_mean_is_told(lab, alice, names, fields, said):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    answer = reader.post(f"{url}columns/", **fields)
    assert answer.status in (409, 422)
    assert said in answer.words


# -- what is sent wrongly -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "Choose a file, or paste a table below."),
        ({"text": "name\nA", "model": ""}, "Choose what the rows are"),
        ({"text": "name\nA", "model": "stem/nothing"}, "Choose what the rows are."),
        ({"text": 'name\n"A'}, "Is a quotation mark missing?"),
        ({"text": "name,sex"}, "There are no rows below the names"),
        ({"text": "name\nA", "dates": "year"}, "Say what comes first in dates"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_and_stays_in_the_form(lab, alice, fields, said):
    answer = send(Reader(alice), **{"text": "", **fields})
    assert answer.status == 422
    assert said in answer.words
    assert fields["text"] in unescape(answer.text)
    assert not TableImport.objects.exists()


def test_forms_with_unknown_fields_or_acts_are_refused(lab, alice, names):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    assert send(reader, "name\nA", modell="stem/subject").status == 400
    assert reader.post(url, _do="comit").status == 400
    assert reader.post(url, _do="commit", _seen="x", sure="1").status == 400
    assert reader.post(url, _do="cells", **{"c-0-1": "x"}).status == 422
    assert reader.post(url, _do="cells", **{"c-0-2-99": "x"}).status == 422
    assert reader.post(url, _do="fix", sheet="", head="colour", **{"from": "x"}, to="y").status == 422
    empty = reader.post(url, _do="fix", sheet="", head="sex", **{"from": "F"}, other=" ")
    assert "Type what F should be." in empty.words
    assert reader.client.put(url).status_code == reader.client.put(HOME).status_code == 405


# -- writing --------------------------------------------------------------------------------------------------------------


def test_a_plan_that_others_have_overtaken_says_what_moved_and_is_made_again(lab, alice, names):
    other = lab.add("subject", sex="M")
    reader = Reader(alice)
    url = planned(reader, f"name,sex\n{other['name']},F")
    page = reader.get(url)
    alice.patch(f"stem/subject/{other['id']}", {"genotype": "het"})
    before = Change.objects.count()
    moved = reader.post(url, _do="commit", _seen=seen(page))
    assert moved.status == 409
    assert "Nothing was written." in moved.words
    assert "Row 2: The record was changed." in moved.words
    assert Change.objects.count() == before
    assert reader.post(url, _do="commit", _seen=seen(moved)).status == 303
    assert alice.get(f"stem/subject/{other['id']}").record["sex"] == "F"


def test_a_plan_that_was_changed_in_another_window_is_not_written_unseen(lab, alice, names):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    old = seen(reader.get(url))
    reader.post(url, _do="cells", **{"c-0-2-1": "M"})
    before = Change.objects.count()
    refused = reader.post(url, _do="commit", _seen=old)
    assert refused.status == 409
    assert "The plan was changed in the meantime" in refused.words
    assert Change.objects.count() == before


def test_an_import_that_is_done_is_not_corrected_any_more(lab, alice, names):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    page = reader.get(url)
    assert reader.post(url, _do="commit", _seen=seen(page)).status == 303
    count = Change.objects.count()
    assert reader.post(url, _do="commit", _seen=seen(page)).status == 303  # sent twice
    assert reader.post(url, _do="cells", **{"c-0-2-1": "M"}).status == 409
    assert reader.post(f"{url}columns/", **{"f-0-1": "-"}).status == 409
    assert Change.objects.count() == count
    assert reader.post(url, _do="forget").to == HOME
    assert reader.get(url).status == 404
    assert Change.objects.count() == count


def test_while_a_worker_has_it_the_page_shows_how_far_it_is(lab, alice, names):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    TableImport.objects.update(state=TableImport.COMMITTING, done=40, total=100)
    page = reader.get(url)
    assert '<progress class="import-progress" max="100" value="40"' in page.text
    assert "40 of 100 rows" in page.words
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "No worker is running" in page.words
    assert 'value="commit"' not in page.text
    assert "Being imported" in reader.get(HOME).words


# -- other people ---------------------------------------------------------------------------------------------------------


def test_the_plan_of_somebody_else_is_not_there(lab, alice, bob, dana, admin, names):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    for person in (bob, dana, admin):
        other = Reader(person)
        assert {other.get(path).status for path in (url, f"{url}columns/", f"{url}review/")} == {404}
        sent = [other.post(url, _do=act) for act in ("cells", "commit", "forget", "answer")]
        sent += [other.post(f"{url}columns/", empty="clear"), other.post(f"{url}review/", _do="ask", person=bob.email)]
        assert {answer.status for answer in sent} == {404}
        assert url not in other.get(HOME).links
    assert {Reader().get(path).status for path in (HOME, url, f"{HOME}template/csv/")} == {302}
    assert reader.get(f"{HOME}nonsense/").status == 404
    assert reader.get(url).status == 200


def test_a_plan_shared_for_review_is_seen_answered_and_written_by_its_owner_alone(lab, alice, bob, names):
    owner, reviewer = Reader(alice), Reader(bob)
    url = planned(owner, table(names, (unique("S"), "F", ""), (unique("S"), "Q", "")))
    assert number(reviewer.get(INBOX)) == 0
    asked = owner.post(f"{url}review/", _do="ask", person=bob.email, note="Are the strains right?")
    assert asked.status == 303, asked.words
    inbox = reviewer.get(INBOX)
    assert number(inbox) == number(reviewer.get("/private/")) == 1
    assert "Are the strains right?" in part(inbox, "plans")
    assert url in inbox.links
    assert url in reviewer.get(HOME).links
    page = reviewer.get(url)
    assert "2 rows, 1 wrong" in page.words
    assert 'name="c-' not in page.text
    assert "Are the strains right?" in page.words
    for sent in ({"_do": "cells", "c-0-3-1": "F"}, {"_do": "commit"}, {"_do": "forget"}, {"_do": "leave_wrong"}):
        assert reviewer.post(url, **sent).status == 404
    assert reviewer.get(f"{url}columns/").status == reviewer.get(f"{url}review/").status == 404
    silent = reviewer.post(url, _do="answer", answer="revise", comment=" ")
    assert silent.status == 422
    assert "Say what needs to be changed." in silent.words
    assert reviewer.post(url, _do="answer", answer="revise", comment="Row 3 has no sex.").status == 303
    assert number(reviewer.get(INBOX)) == 0
    assert "Row 3 has no sex." in owner.get(url).words
    owner.post(f"{url}review/", _do="ask", person=bob.email)  # again
    assert number(reviewer.get(INBOX)) == 1
    review = ImportReview.objects.get()
    assert owner.post(f"{url}review/", _do="withdraw", review=review.pk).status == 303
    assert number(reviewer.get(INBOX)) == 0
    assert reviewer.get(url).status == 404


def test_a_reviewer_reads_nothing_that_only_the_owner_may_see(lab, alice, charlie, names):
    held = lab.add("subject", sex="M", genotype="secret before")
    wrong = names["strain"].replace("Strain", "Stran")
    owner, reviewer = Reader(alice), Reader(charlie)
    text = f"name,genotype,projects,strain\n{held['name']},after,,\n{unique('S')},x,{names['project'][:-1]}?,{wrong}"
    url = planned(owner, text)
    assert "secret before" in owner.get(url, show="all").text
    assert f"Did you mean '{names['project']}'" in unescape(owner.get(url).text)
    assert owner.post(f"{url}review/", _do="ask", person=charlie.email).status == 303
    page = reviewer.get(url, show="all")
    assert page.status == 200
    assert "secret before" not in page.text
    assert "what it was" in page.text
    assert "Did you mean" not in page.text
    assert f"{held['id']}/" not in page.text


@pytest.mark.parametrize("who", ["nobody@elsewhere.example", "Nobody Atall", "", "alice"])
def test_who_cannot_be_asked_is_told_and_nobody_is(lab, alice, names, who):
    reader = Reader(alice)
    url = planned(reader, table(names, (unique("S"), "F", "")))
    answer = reader.post(f"{url}review/", _do="ask", person=alice.email if who == "alice" else who, note="Look.")
    assert answer.status == 422
    assert 'id="person-error"' in answer.text
    assert "Look." in answer.text
    assert not ImportReview.objects.exists()


def test_a_review_is_no_longer_waited_for_when_the_import_is_done(lab, alice, bob, names):
    owner = Reader(alice)
    url = planned(owner, table(names, (unique("S"), "F", "")))
    owner.post(f"{url}review/", _do="ask", person=bob.email)
    assert number(Reader(bob).get(INBOX)) == 1
    owner.post(url, _do="commit", _seen=seen(owner.get(url)))
    assert number(Reader(bob).get(INBOX)) == 0
    assert "Undo all of it" not in Reader(bob).get(url).words
    late = owner.post(f"{url}review/", _do="ask", person=bob.email)
    assert late.status == 409


# -- templates ------------------------------------------------------------------------------------------------------------


def test_the_templates_are_those_that_were_released():
    released = json.loads((CONTRACT / "import_templates.json").read_text(encoding="utf-8"))
    assert {name: list(columns) for name, (_, columns) in TEMPLATES.items()} == {
        name: one["columns"] for name, one in released.items()
    }
    assert {name: path.partition("/")[2] for name, (path, _) in TEMPLATES.items()} == {
        name: one["model"] for name, one in released.items()
    }


def test_a_template_as_csv_has_the_columns_and_the_one_project_of_the_person(lab, alice, charlie, names):
    page = Reader(alice).get(f"{HOME}template/csv/", of="stem/subject")
    heads, first = csv.reader(io.StringIO(page.text.removeprefix("\ufeff")))
    assert heads == list(TEMPLATES["Subjects"][1])
    assert dict(zip(heads, first, strict=True))["project__name"] == names["project"]
    assert names["project"] not in Reader(charlie).get(f"{HOME}template/csv/", of="stem/subject").text


def test_the_template_as_workbook_has_a_sheet_for_each_kind_with_lists_of_what_the_person_may_use(lab, alice, names):
    pytest.importorskip("xlsxwriter")
    strain = lab["strain"]
    answer = Reader(alice).client.get(f"{HOME}template/xlsx/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [name for name in book.sheetnames if book[name].sheet_state == "visible"] == list(TEMPLATES)
    sheet, hidden = book["Subjects"], book["Names"]
    listed = {tuple(cell.value for cell in column if cell.value) for column in hidden.iter_cols()}
    assert (names["project"],) in listed
    assert any(names["strain"] in column for column in listed), strain
    ranges = {str(one.sqref) for one in sheet.data_validations.dataValidation}
    assert {"A2:A10001", "C2:C10001", "E2:E10001"} <= ranges


def test_the_template_of_a_type_has_a_column_for_each_of_its_values_and_imports(lab, alice, names):
    page = Reader(alice).get(f"{HOME}template/csv/", of="modules/procedure:VirusInjection")
    heads, first = csv.reader(io.StringIO(page.text.removeprefix("\ufeff")))
    assert "Injection volume (nL)" in heads
    assert first[heads.index("procedure__type")] == "VirusInjection"
    subject = alice.get(f"stem/subject/{lab['subject']}").record["name"]
    row = dict(zip(heads, first, strict=True)) | {"subject__name": subject, "Injection volume (nL)": "120,5"}
    row |= {"procedure__coordinates": "External_XYZ_Absolute", "procedure__coordinates_data": "{}"}
    text = io.StringIO()
    csv.writer(text).writerows([heads, [row[head] for head in heads]])
    page = Reader(alice).get(planned(Reader(alice), text.getvalue(), model="modules/procedure"), show="all")
    words = " ".join(re.sub("<[^>]+>", " ", page.text).split())
    assert "120,5 stored as 120.5 nL" in words
    assert "1 procedure created" in page.words


@pytest.mark.parametrize(
    ("kind", "of", "status"),
    [("csv", "", 400), ("csv", "stem/nothing", 400), ("xlsx", "stem/subject:Odd", 400), ("ods", "", 404)],
)
def test_templates_that_there_are_not(lab, alice, kind, of, status):
    assert Reader(alice).get(f"{HOME}template/{kind}/", of=of).status == status


# -- the way there --------------------------------------------------------------------------------------------------------


def test_lists_and_the_side_bar_lead_to_the_import_of_their_model(lab, alice, bob):
    link = f"{HOME}?model=stem/subject"
    page = Reader(alice).get("/private/stem/subject/")
    assert link in page.links
    assert HOME in page.links
    assert '<option value="stem/subject" selected>' in Reader(alice).get(link).text
    assert all("import-tool" not in one for one in Reader(alice).get("/public/stem/subject/").links)
    assert all(
        "import-tool" not in one for one in Reader(alice).get("/private/taxonomies/strainapproval/").links if "?" in one
    )


def test_a_page_of_a_plan_takes_the_same_statements_however_many_rows_it_has(lab, alice, names):
    reader = Reader(alice)
    counts = []
    for size in (2, 40):
        url = planned(reader, table(names, *((unique("S"), "F", "") for _ in range(size))))
        reader.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(url).status == 200
        counts.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1] <= 8


def test_what_is_typed_is_never_markup(lab, alice, names):
    reader, evil = Reader(alice), '"><script>alert(1)</script>'
    text = io.StringIO()
    csv.writer(text).writerows([["name", "sex", "project__name", evil], [evil, evil, evil, evil]])
    answer = send(reader, text.getvalue())
    url = answer.to.removesuffix("columns/")
    for path in (url, f"{url}?show=all", f"{url}?edit=0-2", f"{url}columns/", f"{url}review/", HOME):
        assert "<script>alert" not in reader.get(path).text
