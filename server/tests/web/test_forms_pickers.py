"""Records to choose from in a form: what is offered, pasted names, and a record that is added in a dialog."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.model.registry import specs
from brainstem.web.portal.faces import face_of
from brainstem.web.portal.forms.resolving import MOST, names_in

from ..people import person, unique
from .hostile import ALL
from .pages import Reader

PROCEDURE, SUBJECT = "/private/modules/procedure/options/", "/private/stem/subject/options/"
COHORT = "/private/stem/cohort/options/"
OPTION = re.compile(r'<li role="option" data-id="([^"]+)"')


@pytest.fixture
def reader(alice):
    return Reader(alice)


def ids(page) -> list[str]:
    assert page.status == 200, page.words
    return OPTION.findall(page.text)


def part(page, name: str) -> str:
    """What a fragment says of pasted names: those that were found, are ambiguous, missing or left."""
    return page.text.partition(f"<ul data-{name}>")[2].partition("\n<ul data-")[0]


def statements(asked) -> list[str]:
    """What was asked of the database beyond who asks."""
    own = re.compile(
        r"(?:RELEASE )?SAVEPOINT|INSERT|UPDATE|.*(?:session_key|_session\b|lock_timeout TO|\"users_user\"\.\"id\" = )",
        re.DOTALL,
    )
    return [one["sql"] for one in asked if not own.match(one["sql"])]


# -- searched ------------------------------------------------------------------------------------------------------------


def test_records_are_found_by_what_one_reads_of_them(reader, lab):
    inventory = lab.add("inventory", name="Freezer 7")["id"]
    stock = lab.add("consumablestock", inventory=inventory, storage_location="Box 3")["id"]
    lab.add("consumablestock", storage_location="Box 4")
    procedure = lab.add("procedure", subject=lab.add("subject", name="Maze_01")["id"])["id"]
    for words, expected in [
        ("virus freezer", [stock]),
        ("Virus solution · Freezer 7 · Box 3", [stock]),
        ("box cellar", []),
    ]:
        assert ids(reader.get(PROCEDURE, field="consumablestock", search=words)) == expected, words
    found = reader.get("/private/modules/manipulation/options/", field="procedures", search="cranio MAZE")
    assert ids(found) == [procedure]
    assert "<mark>Cranio</mark>tomy, <mark>Maze</mark>_01" in found.text


def test_an_option_tells_what_tells_it_from_others(reader, lab):
    lab.add("subject", name="Mouse <1>", sex="F")
    page = reader.get(PROCEDURE, field="subject", search="mouse")
    assert "<mark>Mouse</mark> &lt;1&gt;" in page.text
    assert "Female · " in page.text
    strain = lab.owner.get(f"taxonomies/strain/{lab['strain']}").record
    assert strain["name"] in page.text


@pytest.mark.parametrize("spec", specs().values(), ids=lambda spec: spec.segment)
def test_the_line_below_a_name_is_of_fields_that_there_are(spec):
    for name in face_of(spec).context:
        at = spec
        *path, last = name.split(".")
        for one in path:
            at = specs()[at.relations[one].target]
        assert last in at.columns or last in at.relations, name


def test_twenty_are_shown_and_the_rest_is_counted(reader, lab):
    for number in range(23):
        lab.add("subject", name=f"Many_{number:02}")
    reader.get(PROCEDURE, field="subject")
    with CaptureQueriesContext(connection) as asked:
        page = reader.get(PROCEDURE, field="subject", search="many")
    assert len(ids(page)) == 20
    assert "3 more, keep typing" in page.words
    assert len(statements(asked)) == 1
    packed = reader.client.get(f"{PROCEDURE}?field=subject&search=many", headers={"accept-encoding": "gzip"})
    assert len(packed.content) < 2500
    assert "keep typing" in gzip.decompress(packed.content).decode()
    assert packed.headers["Cache-Control"] == "private, no-store"


def test_the_name_that_was_typed_comes_first_then_names_that_start_with_it(reader, lab):
    for number in range(21):
        lab.add("subject", name=f"A maze {number:02}")
    added = {name: lab.add("subject", name=name)["id"] for name in ("Zz maze", "Maze 2", "mAZe", "Maze_10")}
    with CaptureQueriesContext(connection) as asked:
        found = ids(reader.get(PROCEDURE, field="subject", search="  MAZE "))
    assert found[:3] == [added["mAZe"], added["Maze 2"], added["Maze_10"]]
    assert len(found) == 20
    assert added["Zz maze"] not in found
    assert len(statements(asked)) <= 2
    assert ids(reader.get(PROCEDURE, field="subject", search="maze zz")) == [added["Zz maze"]]
    own = lab.owner.user
    page = reader.get("/private/stem/project/options/", field="user_roles.user", search=own.full_name)
    assert ids(page)[0] == str(own.pk)


def test_what_was_chosen_narrows_and_can_be_lifted(reader, lab):
    inventory = lab.add("inventory")["id"]
    inside, outside = lab.add("consumablestock", inventory=inventory)["id"], lab.add("consumablestock")["id"]
    page = reader.get(PROCEDURE, field="consumablestock", inventory=inventory, type="VirusInjection")
    assert ids(page) == [inside]
    assert "Only consumable stocks of this inventory for this type" in page.words
    assert "Show all that I may use" in page.words
    assert f'data-fills="inventory={inventory}"' in page.text
    page = reader.get(PROCEDURE, field="consumablestock", inventory=inventory, all="true")
    assert {inside, outside} <= {*ids(page)}
    assert "All that you may use" in page.words
    unknown = reader.get(PROCEDURE, field="consumablestock", inventory="00000000-0000-0000-0000-000000000000")
    assert {inside, outside} <= {*ids(unknown)}
    assert "Only" not in unknown.words


def test_a_place_is_offered_to_those_who_may_add_to_it(lab, alice, bob):
    assert lab["project"] in ids(Reader(alice).get(SUBJECT, field="projects"))
    assert lab["project"] not in ids(Reader(bob).get(SUBJECT, field="projects"))


def test_people_are_found_by_name_and_strangers_by_their_whole_address(lab, alice, settings):
    settings.BRAINSTEM_PEOPLE = "shared"
    alone = person("Zelda")
    path = "/private/stem/project/options/"
    assert ids(Reader(alice).get(path, field="user_roles.user", search="zelda")) == []
    assert ids(Reader(alice).get(path, field="user_roles.user", search=alone.user.email)) == [str(alone.user.pk)]
    assert ids(Reader(alice).get(path, field="user_roles.user", search=alone.user.email[:-1])) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"field": "sbject"}, "Did you mean &#x27;subject&#x27;"),
        ({"field": "subject", "serch": "x"}, "There is no parameter"),
        ({}, "No records are chosen for"),
        ({"field": "notes"}, "No records are chosen for"),
    ],
)
def test_a_question_that_means_nothing_is_refused_by_name(reader, lab, query, said):
    page = reader.get(PROCEDURE, **query)
    assert page.status == 400
    assert said in page.text


def test_nobody_is_told_what_they_may_not_see(lab, alice, charlie):
    lab.add("subject", name="Secret_01")
    assert len(ids(Reader(alice).get(PROCEDURE, field="subject", search="secret"))) == 1
    for asked in (
        Reader(charlie).get(PROCEDURE, field="subject", search="secret"),
        Reader(charlie).post(PROCEDURE, field="subject", names="Secret_01"),
    ):
        assert ids(asked) == []
    assert Reader().get(PROCEDURE, field="subject").status == 302
    assert Reader(alice).get("/public/modules/procedure/options/", field="subject").status == 404


# -- pasted ----------------------------------------------------------------------------------------------------------------


def test_names_are_those_between_lines_tabs_and_semicolons():
    assert names_in(" a \r\nb;c\tA\n\n d  e \x00") == ["a", "b", "c", "d e"]


def test_pasted_names_are_found_at_once_in_any_case_or_by_id(reader, lab):
    made = {name: lab.add("subject", name=name)["id"] for name in ("Maus_Ä1", "Maus_2", "Maus_3")}
    text = f"maus_ä1\nMAUS_2\t{made['Maus_3']}; \nMaus_4\n{ALL}"
    with CaptureQueriesContext(connection) as asked:
        page = reader.post(COHORT, field="subjects", names=text)
    assert OPTION.findall(part(page, "found")) == [made["Maus_Ä1"], made["Maus_2"], made["Maus_3"]]
    assert "<li>Maus_4</li>" in part(page, "missing")
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert len(statements(asked)) == 1


def test_a_name_that_several_have_comes_with_all_of_them(reader, lab):
    twins = [lab.add("equipment", name="Twin")["id"] for _ in range(2)]
    page = reader.post(PROCEDURE, field="equipment", names="twin")
    assert sorted(OPTION.findall(part(page, "several"))) == sorted(twins)
    assert "<span>twin</span>" in part(page, "several")
    assert OPTION.findall(part(page, "found")) == []


def test_more_names_than_are_looked_up_are_handed_back(reader, lab):
    names = [f"Name {number}" for number in range(MOST + 2)]
    page = reader.post(COHORT, field="subjects", names="\n".join(names))
    assert part(page, "left").count("<li>") == 2
    assert f"At most {MOST} names are looked up at once." in page.words


def test_names_made_of_several_words_are_found(reader, lab, alice):
    subject = lab.add("subject", name="Maze_01")["id"]
    procedure = lab.add("procedure", subject=subject)["id"]
    page = reader.post("/private/modules/manipulation/options/", field="procedures", names="craniotomy, maze_01")
    assert OPTION.findall(part(page, "found")) == [procedure]
    roles = "/private/stem/project/options/"
    name = f"{alice.user.first_name} {alice.user.last_name}"
    for text in (name, name.upper(), alice.user.email):
        assert ids(reader.post(roles, field="user_roles.user", names=text)) == [str(alice.user.pk)], text


def test_pasted_names_beyond_the_narrowing_are_told(reader, lab):
    project = lab.add("project")["id"]
    other = lab.add("subject", name="Elsewhere", projects=[project])["id"]
    asked: dict[str, Any] = {"field": "subjects", "names": "Elsewhere", "project": lab["project"]}
    page = reader.post(COHORT, **asked)
    assert ids(page) == []
    assert "Only subjects of this project were looked through." in page.words
    assert ids(reader.post(COHORT, **asked, all="true")) == [other]


def test_pasted_names_need_the_token_of_the_form(alice):
    strict = Reader(alice)
    strict.client.handler.enforce_csrf_checks = True
    assert strict.post(COHORT, field="subjects", names="x").status == 403


# -- added in a dialog -----------------------------------------------------------------------------------------------------


def test_a_new_one_is_offered_to_those_who_may_add_one(lab, alice, bob):
    page = Reader(alice).get(PROCEDURE, field="consumablestock", search="AAV", inventory=lab["inventory"])
    assert f'data-new="/private/modules/consumablestock/add/?inventory={lab["inventory"]}"' in page.text
    page = Reader(alice).get("/private/stem/cohort/options/", field="project", search="Neues <b>")
    assert 'data-new="/private/stem/project/add/?" data-named="name"' in page.text
    assert "New project “Neues &lt;b&gt;”" in page.text
    assert "data-new" not in Reader(alice).get("/private/stem/project/options/", field="user_roles.user").text


def test_a_record_of_a_dialog_comes_back_by_its_name(reader, lab):
    sent = {"name": unique("Project"), "_zone": "UTC", "_do": "save"}
    answer = reader.client.post("/private/stem/project/add/", sent, headers={"Brainstem-Form": "dialog"})
    text = answer.content.decode()
    assert answer.status_code == 200
    record_id = re.search(r'data-id="([^"]+)"', text)[1]
    assert lab.owner.get(f"stem/project/{record_id}").record["name"] == sent["name"]
    assert f"{sent['name']} was added, and is chosen now." in text
    assert "was added" not in reader.get("/private/").words
    refused = reader.client.post("/private/stem/project/add/", {"_zone": "UTC"}, headers={"Brainstem-Form": "dialog"})
    assert refused.status_code == 422
    assert "data-made" not in refused.content.decode()


def test_a_proposal_of_a_dialog_is_not_chosen_yet(reader, lab):
    sent = {"name": unique("Supplier"), "_zone": "UTC", "_do": "save"}
    answer = reader.client.post("/private/resources/supplier/add/", sent, headers={"Brainstem-Form": "dialog"})
    text = answer.content.decode()
    assert answer.status_code == 200, text
    assert "It can be chosen once administrators have approved it." in text
    assert "data-id" not in text
