"""What people choose about lists and keep: columns, their widths, the projects they work on; and keys."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.users.list_models import KeptList
from brainstem.apps.users.own_data import archive
from brainstem.apps.users.signed_in import active_projects
from brainstem.web.acting import acting

from ..people import person, unique
from .pages import Reader

SUBJECTS, COLUMNS = "/private/stem/subject/", "/private/stem/subject/columns/"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mouse(lab):
    return lab.add("subject", name="Mouse", sex="F")


def heads(page):
    head = page.text.partition("<thead>")[2].partition("</thead>")[0]
    return [one for one in ("Status", "Sex", "Strain", "Age", "Tags") if f">{one}<" in head]


# -- columns -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "to"),
    [
        ({"_do": "add:tags"}, "columns=sex%2Cage%2Ctags"),
        ({"_do": "hide:sex"}, "columns=age"),
        ({"_do": "down:sex"}, "columns=age%2Csex"),
        ({"_do": "up:age"}, "columns=age%2Csex"),
        ({"_do": "up:sex"}, "columns=sex%2Cage"),
        ({"_do": "apply", "width.sex": "8", "pin": "1"}, "columns=sex%2Cage&widths=sex-8&pin=1"),
        ({"_do": "apply", "width.age": "900"}, "columns=sex%2Cage&widths=age-30"),
    ],
)
def test_columns_are_chosen_with_buttons_and_kept(reader, mouse, sent, to):
    done = reader.post(f"{COLUMNS}?sex=F", column=["sex", "age"], **sent)
    assert (done.status, done.to) == (303, f"{SUBJECTS}?sex=F&{to}#columns")
    shown = reader.get(done.to.partition("#")[0])
    assert shown.status == 200
    kept = reader.get(SUBJECTS)
    assert heads(kept) == heads(shown)
    assert "tags" in to or "Tags" not in heads(kept)


def test_what_is_kept_is_ones_own_and_can_be_reset(reader, bob, mouse):
    usual = heads(reader.get(SUBJECTS))
    reader.post(COLUMNS, column=["tags"], _do="apply")
    assert heads(reader.get(SUBJECTS)) == ["Tags"]
    assert heads(Reader(bob).get(SUBJECTS)) == usual
    assert heads(reader.get(SUBJECTS, columns="sex")) == ["Sex"]
    assert heads(reader.get(SUBJECTS)) == ["Tags"]
    assert reader.post(COLUMNS, column=["tags"], _do="reset").to == f"{SUBJECTS}#columns"
    assert heads(reader.get(SUBJECTS)) == usual
    assert not KeptList.objects.exists()


def test_an_export_has_the_kept_columns(reader, mouse):
    reader.post(COLUMNS, column=["tags"], _do="apply")
    assert reader.get(f"{SUBJECTS}export/csv/").text.splitlines()[0].endswith("Name,Identifier,Tags")


def test_widths_and_pins_are_in_the_table(reader, mouse):
    page = reader.get(SUBJECTS, columns="sex,age", widths="sex-8,age-5", pin=2)
    assert 'class="m-name w14 pin left-0 plus-0"' in page.text
    assert "w8 pin left-1 plus-6" in page.text
    assert "w5 pin left-2 plus-6" in page.text


@pytest.mark.parametrize(("query", "name"), [("widths=sex-900", "widths"), ("widths=x", "widths"), ("pin=9", "pin")])
def test_a_wrong_width_or_pin_is_told(reader, mouse, query, name):
    page = reader.get(f"{SUBJECTS}?columns=sex&{query}")
    assert page.status == 400
    assert f"&#x27;{name}&#x27;</b>" in page.text


def test_columns_of_a_public_list_are_chosen_and_kept_nowhere(alice, lab, mouse):
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    public = Reader()
    done = public.get("/public/stem/subject/columns/?search=Mouse&column=sex&column=age&_do=hide:age&pin=0&width.sex=")
    assert (done.status, done.to) == (303, "/public/stem/subject/?search=Mouse&columns=sex#columns")
    assert heads(public.get(done.to.partition("#")[0])) == ["Sex"]
    assert not KeptList.objects.exists()


def test_what_is_kept_is_in_the_export_of_ones_own_data(reader, alice, mouse, rf):
    reader.post(COLUMNS, column=["tags"], _do="apply")
    request = rf.get("/")
    request.user = alice.user
    with zipfile.ZipFile(io.BytesIO(archive(alice.user, actor=acting(request)))) as files:
        [one] = json.loads(files.read("account.json"))["lists"]
    assert (one["model"], one["content"]["columns"]) == ("stem.Subject", ["tags"])


# -- active projects -----------------------------------------------------------------------------------------------------


@pytest.fixture
def other(alice, lab):
    """A subject in another project of Alice's."""
    project = alice.make("stem/project", name=unique("Other"))["id"]
    alice.make("stem/subject", name="Other mouse", projects=[project], strain=lab["strain"], sex="F")
    return project


def seen(page):
    return [name for name in ("Mouse", "Other mouse") if f">{name}</a></th>" in page.text]


def test_lists_and_numbers_are_of_the_active_projects(reader, alice, lab, mouse, other):
    assert seen(reader.get(SUBJECTS)) == ["Mouse", "Other mouse"]
    done = reader.post("/private/active/", project=other, next=SUBJECTS)
    assert (done.status, done.to) == (303, SUBJECTS)
    assert alice.get(f"users/user/{alice.user.pk}").record["active_projects"] == [other]
    page = reader.get(SUBJECTS)
    assert seen(page) == ["Other mouse"]
    assert "1 active project" in page.words
    assert 'Active projects <span class="op">are</span> Other' in page.text
    assert f"{SUBJECTS}?active=off" in page.links
    assert seen(reader.get(SUBJECTS, active="off")) == ["Mouse", "Other mouse"]
    assert seen(reader.get(SUBJECTS, projects=lab["project"])) == ["Mouse"]
    assert reader.get(f"{SUBJECTS}export/csv/").text.count("mouse") == 1
    start = reader.get("/private/").text
    assert "Other mouse" in start
    assert ">Mouse<" not in start
    reader.post("/private/active/", project=other, _do="all")
    assert seen(reader.get(SUBJECTS)) == ["Mouse", "Other mouse"]


def test_what_is_below_subjects_follows_the_active_projects(reader, lab, mouse, other):
    lab.add("procedure", subject=mouse["id"])
    path = "/private/modules/procedure/"
    assert reader.get(path).text.count('name="id"') == 1
    reader.post("/private/active/", project=other)
    empty = reader.get(path)
    assert empty.text.count('name="id"') == 0
    assert "There are none in your active projects." in empty.words
    assert reader.get(path, **{"subject.projects": lab["project"]}).text.count('name="id"') == 1


def test_only_ones_own_projects_can_be_active(reader, charlie, mouse):
    secret = charlie.make("stem/project", name=unique("Secret"))["id"]
    refused = reader.post("/private/active/", project=secret)
    assert refused.status == 422
    assert "Secret" not in refused.text
    assert Reader().get("/private/active/").status == 302
    assert reader.post("/private/active/", next="https://evil.example/").to == "/private/"


def test_a_project_that_one_no_longer_sees_is_not_active(reader, alice, lab, mouse, other):
    reader.post("/private/active/", project=other)
    stranger = person("stranger")
    stranger.user.active_projects.add(other)
    for page in (Reader(stranger).get("/private/"), Reader(stranger).get(SUBJECTS)):
        assert "1 active project" not in page.words
    assert active_projects(stranger.user) == []
    assert active_projects(alice.user) == [other]


def test_kept_choices_take_no_statement_of_their_own(reader, lab, mouse, other):
    reader.post(COLUMNS, column=["sex", "tags"], _do="apply")
    reader.post("/private/active/", project=other)
    reader.get(SUBJECTS), reader.get(SUBJECTS)
    with CaptureQueriesContext(connection) as asked:
        page = reader.get(SUBJECTS)
    assert seen(page) == ["Other mouse"]
    assert heads(page) == ["Sex", "Tags"]
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 4


# -- more rows, keys -----------------------------------------------------------------------------------------------------


def test_more_rows_come_alone_and_go_on_to_a_thousand(reader, lab):
    for number in range(120):
        lab.add("subject", name=f"Many {number:03}")
    page = reader.get(SUBJECTS, sort="name")
    assert 'data-more="/private/stem/subject/?sort=name&amp;page=2&amp;_more=1"' in page.text
    more = reader.get(SUBJECTS, sort="name", page=2, _more=1)
    assert "<html" not in more.text
    assert more.text.count('<tr id="row-') == 50
    assert 'id="row-51"' in more.text
    assert "1–100 of 120" in more.words
    assert 'data-more="/private/stem/subject/?sort=name&amp;page=3&amp;_more=1"' in more.text
    last = reader.get(SUBJECTS, sort="name", page=3, _more=1)
    assert "data-more" not in last.text
    assert "1–120 of 120" in last.words


def test_keys_are_listed_and_can_be_switched_off(reader, mouse):
    page = reader.get("/keyboard/")
    assert "next row" in page.words
    assert 'data-keys="off"' not in reader.get(SUBJECTS).text
    reader.post("/look/", keys="nokeys", next="/keyboard/")
    assert 'data-keys="off"' in reader.get(SUBJECTS).text
    reader.post("/look/", theme="dark")
    assert 'data-keys="off"' in reader.get(SUBJECTS).text
    reader.post("/look/", keys="")
    assert 'data-keys="off"' not in reader.get(SUBJECTS).text


def test_controls_name_their_keys(reader, lab):
    for number in range(3):
        lab.add("subject", name=f"Key {number}")
    page = reader.get(SUBJECTS, per=1, page=2)
    for key in ("c", "f", "[", "]", "Escape", "/", "?"):
        assert f'aria-keyshortcuts="{key}"' in page.text, key
    for key in "dpse":
        assert f'data-go="{key}"' in page.text
