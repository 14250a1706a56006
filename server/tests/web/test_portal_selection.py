"""Selected rows of a list: files of exactly these, deleting them, their tags; all of them or none."""

from __future__ import annotations

import csv
import io
import re

import pytest

from brainstem.core.model.registry import specs

from ..people import unique
from .pages import Reader

SUBJECTS = "/private/stem/subject/"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mice(lab):
    return [lab.add("subject", name=f"Mouse {number:02}", sex="F" if number % 2 else "M", tags=["pilot", f"t{number}"]) for number in range(4)]  # fmt: skip


def ids(rows):
    return [one["id"] for one in rows]


def left(person):
    return sorted(one["name"] for one in person.get("stem/subject/").records if one["name"].startswith("Mouse"))


def hidden(page, name):
    return re.findall(rf'name="{name}" value="([^"]+)"', page.text)


# -- the form ------------------------------------------------------------------------------------------------------------


def test_rows_have_boxes_and_the_page_says_what_can_be_done_with_them(reader, mice):
    page = reader.get(f"{SUBJECTS}?sex=F&per=1")
    assert page.text.count('name="id"') == 1
    assert 'name="all" value="2">All 2 that match' in page.text
    for path in ("export/csv/", "selected/tags/", "selected/delete/"):
        assert f'formaction="{SUBJECTS}{path}?sex=F' in page.text


def test_nothing_can_be_written_in_the_public_portal_but_files_can_be_had(lab, mice, alice):
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    page = Reader().get("/public/stem/subject/")
    assert 'formaction="/public/stem/subject/export/csv/"' in page.text
    assert "selected/" not in page.text
    assert "csrfmiddlewaretoken" not in page.text
    for act in ("delete", "tags"):
        assert Reader().post(f"/public/stem/subject/selected/{act}/", id=ids(mice)).status == 404
    file = Reader().post("/public/stem/subject/export/csv/", id=ids(mice)[:1])
    assert (file.status, len(file.text.splitlines())) == (200, 2)


# -- files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_file_holds_exactly_the_selected_rows(reader, mice, kind):
    file = reader.post(f"{SUBJECTS}export/{kind}/?sort=-name", id=[mice[0]["id"], mice[3]["id"]])
    assert file.status == 200
    names = re.findall(r"Mouse \d\d", file.text)
    assert list(dict.fromkeys(names)) == ["Mouse 03", "Mouse 00"]


def test_a_file_of_all_that_match_is_refused_when_they_have_become_more(reader, lab, mice):
    file = reader.post(f"{SUBJECTS}export/csv/?sex=F", all=2)
    assert [row[0] for row in csv.reader(io.StringIO(file.text))][1:] == ["Mouse 03", "Mouse 01"]
    lab.add("subject", name="Mouse 99", sex="F")
    refused = reader.post(f"{SUBJECTS}export/csv/?sex=F", all=2)
    assert refused.status == 409
    assert "2 rows matched when you selected all of them; now 3 do." in refused.words


def test_nothing_selected_is_said(reader, mice):
    for path in ("export/csv/", "selected/delete/", "selected/tags/"):
        page = reader.post(f"{SUBJECTS}{path}")
        assert (page.status, "Nothing is selected" in page.text) == (400, True)


# -- deleting ------------------------------------------------------------------------------------------------------------


def test_selected_rows_are_deleted_together_after_a_look(reader, alice, lab, mice):
    lab.add("procedure", subject=mice[0]["id"])
    page = reader.post(f"{SUBJECTS}selected/delete/?sex=M", id=ids(mice)[:3])
    assert page.status == 200
    assert "Delete 3 subjects?" in page.words
    assert "Deleted with it" in page.words
    assert "Procedures" in page.words
    assert set(hidden(page, "id")) == set(ids(mice)[:3])
    assert len(left(alice)) == 4
    done = reader.post(f"{SUBJECTS}selected/delete/?sex=M", id=ids(mice)[:3], _sure=3)
    assert (done.status, done.to) == (303, f"{SUBJECTS}?sex=M")
    assert left(alice) == ["Mouse 03"]
    assert "3 subjects deleted." in reader.get(SUBJECTS).words
    undone = alice.post(f"history/{done.headers['Brainstem-Event']}/undo", {})
    assert undone.status in (200, 201), undone.text
    assert len(left(alice)) == 4


def test_many_are_deleted_only_with_their_number_typed(reader, alice, lab):
    many = [lab.add("subject", name=f"Mouse {number:02}")["id"] for number in range(11)]
    page = reader.post(f"{SUBJECTS}selected/delete/?search=Mouse", all=11)
    assert 'id="sure"' in page.text
    wrong = reader.post(f"{SUBJECTS}selected/delete/", id=many, _sure="10")
    assert (wrong.status, "Type 11 to delete 11 subjects." in wrong.words) == (409, True)
    assert len(left(alice)) == 11
    assert reader.post(f"{SUBJECTS}selected/delete/", id=many, _sure="11").status == 303
    assert left(alice) == []


def test_rows_that_may_not_be_deleted_are_told_by_name_and_nothing_happens(alice, bob, lab, mice):
    mine = bob.make("stem/project", name=unique("Bob's"))["id"]
    own = bob.make("stem/subject", name="Mouse of Bob", projects=[mine], strain=lab["strain"], sex="F")["id"]
    reader = Reader(bob)
    page = reader.post(f"{SUBJECTS}selected/delete/", id=[own, mice[0]["id"]], _sure=2)
    assert page.status == 403
    assert "Mouse 00" in page.words
    assert "Mouse of Bob" not in page.words
    assert "Mouse of Bob" in left(bob)
    assert reader.post(f"{SUBJECTS}selected/tags/", id=[own, mice[0]["id"]], add="x").status == 403
    assert reader.post(f"{SUBJECTS}selected/delete/", id=[own], _sure=1).status == 303


def test_rows_of_others_are_as_if_they_were_gone(charlie, reader, lab, mice):
    secret = charlie.make("stem/project", name=unique("Secret"))["id"]
    other = charlie.make("stem/subject", name="Secret mouse", projects=[secret], strain=lab["strain"], sex="F")["id"]
    gone = "00000000-0000-4000-8000-000000000000"
    for path in ("export/csv/", "selected/delete/", "selected/tags/"):
        hidden_one, missing = (reader.post(f"{SUBJECTS}{path}", id=[mice[0]["id"], one]) for one in (other, gone))
        assert (hidden_one.status, missing.status) == (409, 409)
        assert "Of the 2 rows that you selected, 1 are still there." in hidden_one.words
        assert "Secret" not in hidden_one.text


def test_what_stays_and_needs_one_of_them_prevents_all(admin, lab, mice):
    free = lab.add("strain")["id"]
    reader, path = Reader(admin), "/super/taxonomies/strain/selected/delete/"
    both = [free, lab["strain"]]
    page = reader.post(path, id=both)
    assert "2 strains cannot be deleted" in page.words
    assert "It is needed by" in page.words
    sure = reader.post(path, id=both, _sure=2)
    assert sure.status == 409
    assert len(admin.through("super").get("taxonomies/strain/").records) == 2
    assert reader.post(path, id=[free], _sure=1).status == 303


# -- tags ----------------------------------------------------------------------------------------------------------------


def test_tags_are_added_and_removed_in_one_write(reader, alice, mice):
    page = reader.post(f"{SUBJECTS}selected/tags/", id=ids(mice)[:2])
    assert 'name="remove" value="pilot"' in page.text
    assert 'name="remove" value="t3"' not in page.text
    done = reader.post(f"{SUBJECTS}selected/tags/", id=ids(mice)[:2], add="new, other", remove="pilot")
    assert done.status == 303
    tags = {one["name"]: set(one["tags"]) for one in alice.get("stem/subject/").records}
    assert tags["Mouse 00"] == {"t0", "new", "other"}
    assert tags["Mouse 02"] == {"pilot", "t2"}
    again = reader.post(f"{SUBJECTS}selected/tags/", id=ids(mice)[:2], add="new")
    assert (again.status, "Nothing would change" in again.words) == (409, True)


def test_wrong_tags_are_refused_and_kept_in_the_form(reader, mice):
    page = reader.post(f"{SUBJECTS}selected/tags/", id=ids(mice)[:1], add="x" * 101)
    assert (page.status, "at most 100 characters" in page.words) == (409, True)
    assert f'value="{"x" * 101}"' in page.text


def test_more_than_a_thousand_are_not_written_at_once(reader, lab, mice):
    model = specs()["stem.Subject"].model
    pattern = model.objects.get(pk=mice[0]["id"])
    made = model.objects.bulk_create([
        model(name=f"Many {n}", sex="F", strain_id=pattern.strain_id, audience_id=pattern.audience_id) for n in range(1000)
    ])  # fmt: skip
    link = model.projects.through
    link.objects.bulk_create([link(subject_id=one.pk, project_id=lab["project"]) for one in made])
    page = reader.post(f"{SUBJECTS}selected/tags/", all=1004)
    assert page.status == 409
    assert "1,004 rows are selected. At most 1,000 are changed at once" in page.words
    file = reader.post(f"{SUBJECTS}export/ndjson/", all=1004)
    assert (file.status, len(file.text.splitlines())) == (200, 1004)
