"""One field of a record, changed on its page: what the door opens to whom, what it writes, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import Change, Event

from ..lab import MODELS, path_of
from .pages import Reader
from .paper import Desk, Paper, upload
from .test_forms_records import PNG, SPECS, desk_of, shown

PENCIL = re.compile(r'<a class="pencil" href="([^"]+)"(?: data-edit="([^"]+)")? aria-label="Edit ([^"]+)">')
SLOT = re.compile(r'data-slot="([^"]+)"')
FRAGMENT = {"Brainstem-Fragment": "1"}


class Field:
    """One field of a record, as the script of its page asks for it and sends it."""

    def __init__(self, desk: Desk, name: str, record_id: Any, field: str) -> None:
        self.desk, self.field = desk, field
        self.record = f"/{desk.portal}/{path_of(name)}/{record_id}/"
        self.url = f"{self.record}field/?name={field}"

    def ask(self, **headers: str) -> Any:
        return self.desk.client.get(self.url, headers=FRAGMENT | headers)

    def open(self) -> Paper:
        response = self.ask()
        assert response.status_code == 200, (self.url, response.status_code)
        return self.paper(response)

    def paper(self, response: Any) -> Paper:
        return Paper(response.content.decode(), form_id=f"in-place-{self.field}")

    def send(self, paper: Paper, *, do: str = "save", **files: Any) -> Any:
        return self.desk.client.post(self.url, paper.data(do) | files, headers=FRAGMENT)

    def save(self, paper: Paper, **files: Any) -> None:
        response = self.send(paper, **files)
        assert (response.status_code, response.headers["Location"]) == (303, self.record), self.paper(response).errors

    def refused(self, paper: Paper, status: int = 422) -> Paper:
        response = self.send(paper)
        assert response.status_code == status, (response.status_code, response.headers.get("Location"))
        return self.paper(response)


def page(desk: Desk, name: str, record_id: Any) -> str:
    return str(desk.client.get(f"/{desk.portal}/{path_of(name)}/{record_id}/").content.decode())


def pencils(text: str) -> dict[str, tuple[str, str]]:
    """Anchor in the form -> name of the field, if it opens in place, and label."""
    return {href.partition("#f-")[2]: (name, label) for href, name, label in PENCIL.findall(text)}


# -- what can be opened ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_each_field_that_the_form_has_has_a_pencil_and_a_place(lab, name):
    desk = desk_of(lab, name)
    text = page(desk, name, lab[name])
    found = pencils(text)
    form = desk.open(f"{path_of(name)}/{lab[name]}/change")
    tops = {one for one in form.names if not one.startswith("_") and one.split(".")[-1] not in ("unit", "remove")}
    # Who may see a record is decided in its form; what only narrows a choice is no field.
    tops -= {"is_public", "authenticated_groups", "csrfmiddlewaretoken"}
    tops = {re.sub(r"\.\d+\..*", "", one) for one in tops}
    opened = {field for field, _ in found.values()}
    slots = {one for group in SLOT.findall(text) for one in group.split()}
    assert opened - {""} <= slots
    for one in opened - {""}:
        paper = Field(desk, name, lab[name], one).open()
        assert any(control == one or control.startswith(f"{one}.") for control in paper.names) or one in text, one
    narrowing = {*SPECS[name].computed, *SPECS[name].resource.form_keys}
    for one in (one for one in tops - narrowing if one.replace(".", "-") not in found):
        # What has a list of its own is changed from there.
        assert f'change/#f-{one}">' in page(desk, name, f"{lab[name]}/{one}"), one


def test_pencils_are_for_those_who_may_change_the_record_and_links_to_the_form_without_a_script(lab, bob, alice):
    found = pencils(page(Desk(alice), "subject", lab["subject"]))
    assert found["sex"] == ("sex", "Sex")
    assert {"name", "tags", "projects", "description", "extra_fields"} <= set(found)
    assert not pencils(page(Desk(bob), "subject", lab["subject"]))
    assert not pencils(page(Desk(alice), "subject", f"{lab['subject']}/procedures"))  # where the record is not shown
    assert not pencils(page(Desk(alice), "strain", lab["strain"]))  # a proposal is written in the form, as a whole
    assert pencils(page(Desk(lab.admin, "super"), "strain", lab["strain"]))["name"] == ("name", "Name")


def test_fields_on_which_others_depend_lead_to_the_form(lab, alice):
    made = lab.add("dataacquisition")
    assert pencils(page(Desk(alice), "dataacquisition", made["id"]))["type"] == ("", "Type")
    response = Field(Desk(alice), "dataacquisition", made["id"], "type").ask()
    assert response.status_code == 400
    assert "change it in the form of the record" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("name=nmae", "The form has no field &#x27;nmae&#x27;. Did you mean &#x27;name&#x27;?"),
        ("name=details", "The form has no field"),
        ("name=created_by", "The form has no field"),
        ("name=is_public.x", "The form has no field"),
        ("name=%00", "The form has no field"),
        ("name=" + "x" * 3000, "The form has no field"),
        ("", "Which field?"),
        ("name=sex&next=/", "There is no parameter &#x27;next&#x27;"),
        ("nmae=sex", "There is no parameter &#x27;nmae&#x27;"),
    ],
)
def test_what_the_form_does_not_have_is_refused_by_name(lab, alice, query, said):
    client = Desk(alice).client
    url = f"/private/stem/subject/{lab['subject']}/field/?{query}"
    for response in (client.get(url), client.post(url, {"sex": "F"})):
        assert response.status_code == 400
        assert said in response.content.decode()
    assert shown(Desk(alice), "subject", lab["subject"])["sex"] == "M"


def test_the_door_opens_as_the_form_does(lab, alice, bob, charlie, client):
    statuses = [Field(Desk(who), "subject", lab["subject"], "sex").ask().status_code for who in (alice, bob, charlie)]
    assert statuses == [200, 403, 404]
    paper = Field(Desk(alice), "subject", lab["subject"], "sex").open()
    paper.write("sex", "F")
    for who, status in ((bob, 403), (charlie, 404)):
        assert Field(Desk(who), "subject", lab["subject"], "sex").send(paper).status_code == status
    path = f"stem/subject/{lab['subject']}/field/?name=sex"
    visitor = client.get(f"/private/{path}")
    assert (visitor.status_code, "next=" in visitor.headers["Location"]) == (302, True)
    assert client.get(f"/public/{path}").status_code == 404
    assert Desk(alice).client.get(f"/public/{path}").status_code == 404
    assert Desk(alice).client.get(f"/super/{path}").status_code == 403
    assert shown(Desk(alice), "subject", lab["subject"])["sex"] == "M"


def test_it_is_sent_from_a_page_of_ours_only(lab, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    url = f"/private/stem/subject/{lab['subject']}/field/?name=sex"
    assert client.post(url, {"sex": "F"}).status_code == 403
    assert shown(Desk(alice), "subject", lab["subject"])["sex"] == "M"


# -- what is saved -----------------------------------------------------------------------------------------------------


def test_one_field_is_saved_alone_with_its_history_and_undone(lab, alice):
    desk = Desk(alice)
    made = lab.add("subject", genotype="wt", tags=["a"])
    field = Field(desk, "subject", made["id"], "genotype")
    paper = field.open()
    assert {one for one in paper.names if not one.startswith("_")} <= {"genotype", "csrfmiddlewaretoken"}
    paper.write("genotype", "Ai32")
    field.save(paper)
    line = Change.objects.filter(record_id=made["id"]).order_by("-id").first()
    assert (line.action, Event.objects.get(pk=line.event_id).via) == ("change", "browser")
    text = page(desk, "subject", made["id"])
    assert f"Saved: Genotype of {made['name']}." in text
    assert "changed genotype" in text
    undo = re.search(r'action="(/private/history/[^"]+/undo/)"', text)[1]
    desk.client.post(undo, {"confirmed": "1", "next": field.record})
    assert shown(desk, "subject", made["id"])["genotype"] == "wt"


def test_a_detail_is_changed_with_its_unit_and_the_others_stay(lab, alice):
    details = {"injectionVolume": {"value": 300, "unit": "nL"}, "injectionProfile": "Continuous Infusion", "own": [1]}
    made = lab.add("procedure", type="VirusInjection", details=details)
    field = Field(Desk(alice), "procedure", made["id"], "details.injectionVolume")
    paper = field.open()
    paper.write("details.injectionVolume", "0.5")
    paper.write("details.injectionVolume.unit", "uL" if "uL" in paper.options("details.injectionVolume.unit") else "µL")
    field.save(paper)
    after = shown(Desk(alice), "procedure", made["id"])["details"]
    assert after["injectionVolume"]["value"] == 0.5
    assert after["injectionVolume"]["unit"] != "nL"
    assert (after["injectionProfile"], after["own"]) == ("Continuous Infusion", [1])
    paper = field.open()
    paper.write("details.injectionVolume", "much")
    refused = field.refused(paper)
    assert refused.values("details.injectionVolume") == ["much"]
    assert "f-details-injectionVolume-e" in refused.errors
    paper.write("details.injectionVolume", "")
    field.save(paper)
    assert "injectionVolume" not in shown(Desk(alice), "procedure", made["id"])["details"]


def test_tables_lists_files_and_entries_are_the_controls_of_the_form(lab, alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = Desk(alice)
    made = lab.add("session", tags=["a"], extra_fields={"mass": 1})
    tags, extra = (Field(desk, "session", made["id"], one) for one in ("tags", "extra_fields"))
    paper = tags.open()
    paper.write("tags", "b, c")
    tags.save(paper)
    paper = extra.open()
    paper.write("extra_fields.0.value", "2")
    paper = extra.paper(extra.send(paper, do="add extra_fields"))
    assert paper.values("extra_fields.0.value") == ["2"]
    extra.save(paper)
    after = shown(desk, "session", made["id"])
    assert (sorted(after["tags"]), after["extra_fields"]) == (["b", "c"], {"mass": 2})
    image = Field(desk, "setup", lab["setup"], "image")
    image.save(image.open(), image=upload("rig.png", PNG))
    assert shown(desk, "setup", lab["setup"])["image"]
    log = lab.add("subjectlog")
    entries = Field(desk, "subjectlog", log["id"], "entries")
    paper = entries.open()
    number = max(int(one.split(".")[1]) for one in paper.names if re.match(r"entries\.\d", one))
    paper.write(f"entries.{number}.date_time", "2026-02-01T10:00")
    paper.write(f"entries.{number}.details.weight", "21")
    entries.save(paper)
    found = alice.get(f"modules/subjectlog/{log['id']}").record["entries"]
    assert [one["details"]["weight"]["value"] for one in found] == [21]


def test_other_fields_that_are_sent_along_are_refused_and_nothing_is_lost(lab, alice):
    field = Field(Desk(alice), "subject", lab["subject"], "genotype")
    paper = field.open()
    paper.write("genotype", "Ai32")
    response = field.desk.client.post(field.url, paper.data() | {"sex": "F"})
    assert response.status_code == 422
    assert "The form has no field &#x27;sex&#x27;" in response.content.decode()
    assert field.paper(response).values("genotype") == ["Ai32"]
    after = shown(field.desk, "subject", lab["subject"])
    assert (after["sex"], after.get("genotype") or "") == ("M", "")


def test_rules_of_the_record_hold_for_one_field(lab, alice):
    made = lab.add("subject", birth_date="2026-03-01")
    field = Field(Desk(alice), "subject", made["id"], "death_date")
    paper = field.open()
    paper.write("death_date", "2026-02-01")
    refused = field.refused(paper)
    assert refused.values("death_date") == ["2026-02-01"]
    assert refused.errors["f-death_date-e"]
    paper.write("death_date", "2026-04-01")
    field.save(paper)
    assert shown(field.desk, "subject", made["id"])["death_date"] == "2026-04-01"


# -- two people --------------------------------------------------------------------------------------------------------


@pytest.fixture
def both(lab, alice, dana):
    """Alice and Dana, who both may change what is in the project."""
    return Desk(alice), Desk(dana)


def test_different_fields_are_merged_without_asking_and_the_page_shows_both(lab, both):
    alice, dana = both
    made = lab.add("dataacquisition", notes="a", details={"fileName": "a.dat", "nChannels": 4})
    first = Field(alice, "dataacquisition", made["id"], "details.nChannels")
    second = Field(dana, "dataacquisition", made["id"], "details.fileName")
    one, other = first.open(), second.open()
    one.write("details.nChannels", "8")
    other.write("details.fileName", "from Dana")
    first.save(one)
    second.save(other)
    text = page(dana, "dataacquisition", made["id"])
    assert "from Dana" in text
    assert '<span class="num">8</span>' in text
    assert shown(alice, "dataacquisition", made["id"])["details"] == {"fileName": "from Dana", "nChannels": 8}


def test_the_same_field_is_shown_from_both_sides_and_one_is_chosen(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt")
    first, second = (Field(desk, "subject", made["id"], "genotype") for desk in both)
    one, other = first.open(), second.open()
    one.write("genotype", "from Alice")
    other.write("genotype", "from Dana")
    first.save(one)
    more = Field(dana, "subject", made["id"], "subject_identifier")
    paper = more.open()
    paper.write("subject_identifier", "7")
    more.save(paper)  # whose change it is, is asked of the field, not of the record
    refused = second.refused(other)
    assert {"wt", "from Alice", "from Dana", "Before"} <= set(refused.texts)
    assert any(text.startswith("Alice, 20") for text in refused.texts)
    assert refused.values("genotype") == ["from Dana"]
    assert shown(alice, "subject", made["id"])["genotype"] == "from Alice"
    mine = second.refused(other)
    refused.write("_take.genotype", "theirs")
    second.save(refused)
    assert shown(alice, "subject", made["id"])["genotype"] == "from Alice"
    second.save(mine)
    assert shown(alice, "subject", made["id"])["genotype"] == "from Dana"


# -- pages -------------------------------------------------------------------------------------------------------------


def test_without_a_script_the_door_is_a_page_and_leads_back_to_the_record(lab, alice):
    reader = Reader(alice)
    path = f"/private/stem/subject/{lab['subject']}/"
    found = reader.get(f"{path}field/", name="genotype")
    assert "<title>Genotype | Edit " in found.text
    assert 'aria-label="Main"' in found.text
    sent = reader.client.post(f"{path}field/?name=genotype", {"genotype": "Ai32"})
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    assert "Ai32" in reader.get(path).text


def test_a_script_gets_parts_without_the_frame(lab, alice):
    client = Desk(alice).client
    path = f"/private/stem/subject/{lab['subject']}/"
    whole, part = client.get(path), client.get(path, headers=FRAGMENT)
    assert "Brainstem-Fragment" in whole.headers["Vary"]
    text = part.content.decode()
    assert 'class="sidebar"' in whole.content.decode()
    assert 'class="sidebar"' not in text
    assert text.count("data-record") == 1
    field = client.get(f"{path}field/?name=sex", headers=FRAGMENT)
    assert 'class="sidebar"' not in field.content.decode()
    assert "Brainstem-Fragment" in field.headers["Vary"]


def test_the_door_takes_as_many_statements_in_a_larger_lab(lab, alice):
    desk = Desk(alice)
    fields = [Field(desk, "subject", lab["subject"], one) for one in ("genotype", "strain", "projects")]

    def statements(field: Field) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert field.ask().status_code == 200
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    for field in fields:
        statements(field)
    before = [statements(field) for field in fields]
    assert max(before) <= 9, before
    for _ in range(3):
        lab.add("subject")
        lab.add("strain")
        lab.add("project")
    assert [statements(field) for field in fields] == before


def test_hostile_text_stays_text(lab, alice):
    hostile = '"><script>x()</script><img src=x onerror=x()>'
    made = lab.add("subject", genotype=hostile, tags=[hostile], extra_fields={"own": hostile})
    desk = Desk(alice)
    for name in ("genotype", "tags", "extra_fields"):
        text = Field(desk, "subject", made["id"], name).ask().content.decode()
        assert "<script>x" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;x" in text
    assert "<script>x" not in page(desk, "subject", made["id"])
    assert (
        "<script>x"
        not in desk.client.get(f"/private/stem/subject/{made['id']}/field/", {"name": hostile}).content.decode()
    )


def test_opening_a_part_of_a_record_is_not_opening_the_record(lab, alice):
    desk = Desk(alice)
    path = f"/private/stem/subject/{lab['subject']}/"
    desk.client.get(path, headers=FRAGMENT)
    before = desk.client.get("/private/").content.decode().count(path)
    desk.client.get(path)
    assert desk.client.get("/private/").content.decode().count(path) == before + 1
