"""Who gets which form, what it offers them, and what becomes of two people who write at the same time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import Change, Event
from brainstem.web.portal.forms import pickers, tagging

from ..lab import MODELS, path_of
from ..people import Person, unique
from .pages import Reader
from .paper import Desk, fill
from .test_forms_records import shown

MOST_STATEMENTS = 15  # of a form: that of a license, which refers to most


# -- doors ------------------------------------------------------------------------------------------------------------


def api_says(who: Person, path: str) -> int:
    """The status of the form of a record, by what the API answers to the same person."""
    if who.get(path).status == 404:
        return 404
    # A change of nothing is refused to nobody who sees a project, as its keys need different roles.
    changed = {"description": unique("x")} if path.startswith("stem/project/") else {}
    return 403 if who.patch(path, changed).status == 403 else 200


@pytest.mark.parametrize("name", MODELS)
def test_what_the_form_refuses_to_show_it_refuses_to_save(lab, charlie, bob, name):
    made, path = lab[name], path_of(name)
    before = Change.objects.count()
    for who in (bob, charlie):
        status = api_says(who, f"{path}/{made}")
        if status != 200:
            data = {"name": "taken", "notes": "taken", "description": "taken"}
            assert Desk(who).client.post(f"/private/{path}/{made}/change/", data).status_code == status
    assert Change.objects.count() == before


@pytest.mark.parametrize("action", ["add", "{}/change", "{}/duplicate"])
def test_a_visitor_signs_in_and_comes_back(lab, client, action):
    url = f"/private/stem/session/{action.format(lab['session'])}/?projects=x"
    response = client.get(url)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/?next=/private/stem/session/")
    assert client.post(url, {"name": "x"}).status_code == 302


@pytest.mark.parametrize("action", ["add", "{}/change", "{}/duplicate"])
def test_the_public_portal_has_no_forms(lab, client, alice, action):
    lab.owner.patch(f"stem/project/{lab['project']}", {"is_public": True})
    url = f"/public/stem/session/{action.format(lab['session'])}/"
    assert client.get(url).status_code == 404
    assert Desk(alice).client.get(url).status_code == 404
    assert Desk(alice).client.post(url, {"name": "x"}).status_code == 404


def test_the_super_portal_is_for_administrators(lab, alice, admin):
    path = f"stem/session/{lab['session']}/change"
    assert Desk(alice, "super").status(path) == 403
    assert Desk(admin, "super").status(path) == 200


@pytest.mark.parametrize(
    "path",
    ["stem/nothing/add", "personal_attributes/protocol/add", "taxonomies/strainapproval/add", "stem/session/x/change"],
)
def test_what_nobody_writes_has_no_form(alice, path):
    assert Desk(alice).status(path) == 404


def test_a_form_is_sent_from_a_page_of_ours_only(lab, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    url = f"/private/stem/session/{lab['session']}/change/"
    assert client.post(url, {"name": "x"}).status_code == 403


def test_only_owners_get_the_box_that_publishes(lab, alice, dana):
    path = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(path, {"users": {dana.email: {"can_change": True}}})
    assert "is_public" in Desk(alice).open(f"{path}/change").names
    assert not {"is_public", "authenticated_groups"} & Desk(dana).open(f"{path}/change").names


def test_a_proposal_goes_the_way_of_the_api(lab, alice, admin):
    desk, path = Desk(alice), f"taxonomies/strain/{lab['strain']}/change"
    paper, before = desk.open(path), Change.objects.count()
    paper.write("description", "<p>Black.</p>")
    response = desk.send(path, paper)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/private/taxonomies/strainapproval/")
    proposal = response.headers["Location"].removesuffix("/review/").rpartition("/")[2]
    assert shown(Desk(admin), "strain", lab["strain"])["description"] == ""
    again = f"taxonomies/strainapproval/{proposal}/change"
    paper = desk.open(again)
    paper.write("description", "<p>Brown.</p>")
    assert desk.save(again, paper) == proposal
    admin.post(f"taxonomies/strainapproval/{proposal}/accept", {})
    assert shown(Desk(admin), "strain", lab["strain"])["description"] == "<p>Brown.</p>"
    assert Change.objects.count() > before


def test_what_a_form_saves_is_in_the_history_as_from_a_browser(lab, alice):
    path, desk = f"stem/session/{lab['session']}/change", Desk(alice)
    paper = desk.open(path)
    paper.write("name", unique("Renamed"))
    paper.write("tags", "new")
    before = Event.objects.count()
    desk.save(path, paper)
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("id").last()
    assert (event.via, event.actor_email) == ("browser", alice.email)
    line = Change.objects.filter(event=event).get()
    assert line.after.keys() == {"name", "tags"}


# -- what is offered --------------------------------------------------------------------------------------------------


def ids_offered(desk: Desk, path: str) -> set[str]:
    response = desk.client.get(f"/{desk.portal}/{path}/")
    return set(re.findall(r'value="([0-9a-f-]{36})"', response.content.decode()))


def test_a_form_offers_what_the_options_of_the_api_offer(lab, alice):
    for name, field in (("session", "projects"), ("procedure", "equipment"), ("subject", "strain")):
        lab[name]
        offered = set(alice.get(f"{path_of(name)}/options", f"field={field}&limit=100").ids)
        assert offered <= ids_offered(Desk(alice), f"{path_of(name)}/add")


def test_the_chosen_record_is_named_even_beyond_what_is_offered(lab, alice, monkeypatch):
    monkeypatch.setattr("brainstem.web.portal.forms.pickers.SHOWN", 1)
    names = [lab.add("project", name=f"{letter} {unique('p')}")["name"] for letter in "ABC"]
    made = lab.add("session", projects=[lab["project"]])
    text = Desk(alice).client.get(f"/private/stem/session/{made['id']}/change/").content.decode()
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    assert project in text
    assert names[0] in text
    assert names[2] not in text
    paper = Desk(alice).open(f"stem/session/{made['id']}/change")
    paper.write("_search.projects", names[2])
    paper.write("description", "kept")
    again = Desk(alice).again(f"stem/session/{made['id']}/change", paper)
    assert again.values("description") == ["kept"]
    assert len(again.options("projects")) == 2


def test_a_form_is_narrowed_by_what_was_chosen_and_the_narrowing_can_be_lifted(lab, alice):
    other = lab.add("project")["id"]
    mine, foreign = lab["subject"], lab.add("subject", projects=[other])["id"]
    desk, path = Desk(alice), "stem/cohort/add"
    paper = desk.open(path, project=lab["project"])
    assert mine in paper.options("subjects")
    assert foreign not in paper.options("subjects")
    paper.write("_all.subjects", "true")
    assert foreign in desk.again(path, paper).options("subjects")


def tags_for(who: Person, typed: str = "") -> list[str]:
    response = Desk(who).client.get("/private/stem/session/tags/", {"q": typed})
    assert response.status_code == 200
    return re.findall(r'<option value="([^"]*)">', response.content.decode())


def test_tags_are_suggested_from_those_that_one_sees(lab, alice, charlie, monkeypatch):
    for tags in (["pilot", "left"], ["pilot"], ["<b>"]):
        lab.add("session", tags=tags)
    assert tags_for(alice)[0] == "pilot"
    assert {"left", "&lt;b&gt;"} <= set(tags_for(alice))
    assert tags_for(alice, "LEF") == ["left"]
    assert tags_for(alice, "nobody uses this") == []
    monkeypatch.setattr(tagging, "LOOKED_AT", 1)
    assert tags_for(alice) == ["&lt;b&gt;"]
    assert tags_for(alice, "lef") == ["left"]  # on no new record
    assert tags_for(charlie) == []
    for path in ("public/stem/session", "private/stem/nothing", "private/users/group"):
        assert Desk(alice).client.get(f"/{path}/tags/").status_code == 404
    assert Client().get("/private/stem/session/tags/").status_code == 302


def test_only_females_are_offered_as_dams(lab, alice):
    paper = Desk(alice).open("stem/breeding/add", project=lab["project"], x=lab["dam"] and lab["subject"])
    assert lab["dam"] in paper.options("mother")
    assert lab["subject"] not in paper.options("mother")


def statements(desk: Desk, url: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert desk.client.get(url).status_code == 200
    return len(captured)  # Before the next request, which forgets them.


def test_forms_take_the_same_statements_in_a_larger_lab_and_stay_small(lab, alice):
    """One statement for each kind of choices, and those that find out who asks and what they may do."""
    desk, few = Desk(alice), {}
    names = ("session", "procedure", "subject", "cohort", "manipulation", "license")
    urls = [f"/private/{path_of(name)}/{lab[name]}/{act}/" for name in names for act in ("change", "duplicate")]
    urls += [f"/private/{path_of(name)}/add/" for name in (*names, "dataacquisition")]
    urls += ["/private/modules/dataacquisition/add/?type=ExtracellularEphys", "/private/stem/session/tags/?q=a"]
    for url in urls:
        statements(desk, url)
        few[url] = statements(desk, url)
    for other in ("project", "subject", "session", "procedure", "equipment", "setup", "license", "datastorage"):
        for _ in range(8):
            lab.add(other)
    for url in urls:
        assert statements(desk, url) <= few[url], url
        # On PostgreSQL, others limit how long these may take.
        assert few[url] <= (MOST_STATEMENTS if connection.vendor == "sqlite" else 32), url
        page = desk.client.get(url, headers={"accept-encoding": "gzip"})
        assert len(page.content) < 25_000, url  # on the wire


# -- two people -------------------------------------------------------------------------------------------------------


@pytest.fixture
def both(lab, alice, dana):
    """Alice and Dana, who both may change what is in the project."""
    return Desk(alice), Desk(dana)


def test_fields_that_only_one_of_two_people_changed_are_merged(lab, both):
    alice, dana = both
    made = lab.add("dataacquisition", notes="a", details={"fileName": "a.dat", "nChannels": 4})
    path = f"modules/dataacquisition/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("notes", "from Alice")
    first.write("details.nChannels", "8")
    second.write("details.fileName", "from Dana")
    alice.save(path, first)
    dana.save(path, second)
    after = shown(alice, "dataacquisition", made["id"])
    assert after["notes"] == "from Alice"
    assert after["details"] == {"fileName": "from Dana", "nChannels": 8}


def test_a_field_that_both_changed_is_shown_from_both_sides_and_not_overwritten(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt", genetic_line="x")
    path = f"stem/subject/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("genotype", "from Alice")
    first.write("genetic_line", "only Alice")
    second.write("genotype", "from Dana")
    second.write("subject_identifier", "only Dana")
    alice.save(path, first)
    refused = dana.refused(path, second)
    assert {"wt", "from Alice", "from Dana", "Before"} <= set(refused.texts)
    assert any(text.startswith("Alice, 20") for text in refused.texts)
    assert refused.values("subject_identifier") == ["only Dana"]
    assert refused.values("genetic_line") == ["only Alice"]
    assert shown(alice, "subject", made["id"])["genotype"] == "from Alice"
    mine = dana.refused(path, second)
    refused.write("_take.genotype", "theirs")
    dana.save(path, refused)
    after = shown(alice, "subject", made["id"])
    assert [after[key] for key in ("genotype", "genetic_line", "subject_identifier")] == [
        "from Alice", "only Alice", "only Dana",
    ]  # fmt: skip
    dana.save(path, mine)
    assert shown(alice, "subject", made["id"])["genotype"] == "from Dana"


def test_whoever_takes_the_other_side_and_goes_on_writing_keeps_their_own_words(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt")
    path = f"stem/subject/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("genotype", "from Alice")
    second.write("genotype", "from Dana")
    alice.save(path, first)
    asked = dana.refused(path, second)
    asked.write("_take.genotype", "theirs")
    asked.write("genotype", "from both")
    again = dana.again(path, asked)
    assert again.values("_take.genotype") == ["mine"]
    assert {"wt", "from Alice", "from both"} <= set(again.texts)
    dana.save(path, asked)
    assert shown(alice, "subject", made["id"])["genotype"] == "from both"


def test_a_side_that_was_taken_stays_taken_when_something_else_is_asked(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt", genetic_line="x")
    path = f"stem/subject/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("genotype", "from Alice")
    second.write("genotype", "from Dana")
    second.write("genetic_line", "from Dana")
    alice.save(path, first)
    asked = dana.refused(path, second)
    asked.write("_take.genotype", "theirs")
    alice.person.patch(f"stem/subject/{made['id']}", {"genetic_line": "from Alice"})
    again = dana.refused(path, asked)
    assert again.values("_take.genotype") == ["theirs"]
    assert {"wt", "from Alice", "from Dana"} <= set(again.texts)
    dana.save(path, again)
    after = shown(alice, "subject", made["id"])
    assert (after["genotype"], after["genetic_line"]) == ("from Alice", "from Dana")


def test_what_cannot_be_read_hides_nothing_that_somebody_else_wrote(lab, both):
    alice, dana = both
    made = lab.add("dataacquisition", notes="a", details={"fileName": "a.dat", "nChannels": 4})
    path = f"modules/dataacquisition/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    for name, text in (("notes", "from Alice"), ("details.nChannels", "8"), ("details.fileName", "from Alice")):
        first.write(name, text)
    second.write("notes", "from Dana")
    second.write("details.nChannels", "many")
    alice.save(path, first)
    asked = dana.refused(path, second)
    assert {"_take.notes", "_take.details.nChannels"} <= asked.names
    assert asked.values("details.nChannels") == ["many"]
    assert asked.values("details.fileName") == ["from Alice"]
    asked.write("details.nChannels", "16")
    dana.save(path, asked)
    after = shown(alice, "dataacquisition", made["id"])
    assert (after["notes"], after["details"]) == ("from Dana", {"fileName": "from Alice", "nChannels": 16})


def test_two_people_who_made_the_same_change_do_not_meet(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt")
    path = f"stem/subject/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    for desk, paper in ((alice, first), (dana, second)):
        paper.write("genotype", "Ai32")
        desk.save(path, paper)
    assert shown(alice, "subject", made["id"])["genotype"] == "Ai32"


def test_lists_that_both_changed_are_merged_by_element_and_values_by_name_are_asked_about(lab, both):
    alice, dana = both
    made = lab.add("session", tags=["a"], extra_fields={"mass": 1, "weight": 1})  # in this order everywhere
    path = f"stem/session/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("tags", "a, b")
    first.write("extra_fields.0.value", "2")
    second.write("tags", "c")
    second.write("extra_fields.1.value", "7")
    alice.save(path, first)
    dana.save(path, second)
    after = shown(alice, "session", made["id"])
    assert (sorted(after["tags"]), after["extra_fields"]) == (["b", "c"], {"mass": 2, "weight": 7})
    first, second = alice.open(path), dana.open(path)
    first.write("extra_fields.0.value", "3")
    first.write("tags", "d")
    second.write("extra_fields.0.value", "4")
    second.write("tags", "b, c, e")
    alice.save(path, first)
    refused = dana.refused(path, second)
    assert {"mass, 2; weight, 7", "mass, 3; weight, 7", "mass, 4; weight, 7"} <= set(refused.texts)
    # What was merged without asking is in the form, and is not undone by sending it again.
    assert refused.values("tags") == ["d, e"]
    assert shown(alice, "session", made["id"])["extra_fields"]["mass"] == 3
    dana.save(path, refused)
    after = shown(alice, "session", made["id"])
    assert (sorted(after["tags"]), after["extra_fields"]) == (["d", "e"], {"mass": 4, "weight": 7})


def test_what_was_kept_from_somebody_else_is_told(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt")
    path = f"stem/subject/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("genotype", "Ai32")
    second.write("subject_identifier", "7")
    alice.save(path, first)
    dana.save(path, second)
    page = dana.client.get(f"/private/stem/subject/{made['id']}/").content.decode()
    assert "Somebody else saved this record while you wrote. Their changes are kept: Genotype." in page


def test_a_list_that_other_records_keep_stays_as_somebody_else_left_it(lab, alice):
    """Subjects keep their licences: the version of a licence does not tell when they change."""
    made, subject, desk = lab.add("license"), lab.add("subject")["id"], Desk(alice)
    path = f"personal_attributes/license/{made['id']}/change"
    for licences in ([made["id"]], []):
        paper, late = desk.open(path), desk.open(path)
        assert alice.patch(f"stem/subject/{subject}", {"licenses": licences}).status == 200
        paper.write("license_number", unique("No"))
        desk.save(path, paper)
        assert shown(desk, "license", made["id"])["subjects"] == ([subject] if licences else [])
        late.write("license_number", unique("No"))
        desk.refused(path, late)
    paper, other = desk.open(path), lab.add("subject")["id"]
    paper = desk.again(path, paper)
    alice.patch(f"stem/subject/{subject}", {"licenses": [made["id"]]})
    paper.write("subjects", other)
    refused = desk.refused(path, paper)
    assert "f-subjects-e" in refused.errors
    desk.save(path, refused)
    assert shown(desk, "license", made["id"])["subjects"] == [other]


def test_a_type_that_one_side_changed_and_details_that_the_other_did_are_asked_about(lab, both):
    alice, dana = both
    made = lab.add("dataacquisition", type="ExtracellularEphys", details={"fileName": "a.dat", "nChannels": 4})
    path = f"modules/dataacquisition/{made['id']}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("type", "MagneticResonanceImaging")
    told = alice.refused(path, first)
    alice.save(path, told)
    second.write("details.nChannels", "8")
    before = shown(alice, "dataacquisition", made["id"])
    dana.refused(path, second)
    assert shown(alice, "dataacquisition", made["id"]) == before


def test_whose_base_history_forgot_is_asked_about_everything_that_differs(lab, both):
    alice, dana = both
    made = lab.add("subject", genotype="wt")
    path = f"stem/subject/{made['id']}/change"
    paper = dana.open(path)
    alice.person.patch(f"stem/subject/{made['id']}", {"genotype": "Ai32"})
    Change.objects.filter(record_id=made["id"]).order_by("id").first().delete()
    paper.write("subject_identifier", "7")
    refused = dana.refused(path, paper)
    assert {"f-genotype-e", "f-subject_identifier-e"} <= refused.errors.keys()
    refused.write("_take.genotype", "theirs")
    dana.save(path, refused)
    after = shown(alice, "subject", made["id"])
    assert (after["genotype"], after["subject_identifier"]) == ("Ai32", "7")


def test_a_record_that_was_deleted_meanwhile_is_gone(lab, both):
    alice, dana = both
    made = lab.add("session")
    path = f"stem/session/{made['id']}/change"
    paper = dana.open(path)
    alice.person.delete(f"stem/session/{made['id']}")
    assert dana.send(path, paper).status_code == 404


# -- logs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def weights(lab, alice) -> Any:
    """A log with two weights."""
    made = lab.add("subjectlog", type="Weighing")
    for day, grams in ((1, 20.5), (2, 21)):
        body = {"date_time": f"2026-02-0{day}T10:00:00.5Z", "details": {"weight": {"value": grams, "unit": "g"}}}
        assert alice.post(f"modules/subjectlog/{made['id']}/add_entry", body).status == 200
    return made["id"]


def entries(desk: Desk, log: str) -> list[tuple[str, Any]]:
    return [
        (one["date_time"][:10], one["details"]["weight"]["value"]) for one in shown(desk, "subjectlog", log)["entries"]
    ]


def test_entries_of_a_log_are_added_changed_and_removed(lab, alice, weights):
    desk, path = Desk(alice), f"modules/subjectlog/{weights}/change"
    paper = desk.open(path)
    paper.write("entries.0.details.weight", "20.6")
    paper.write("entries.1.date_time", "2026-02-03T10:00")
    fill(paper, "entries.2", {"date_time": "2026-02-04T09:00", "details": {"weight": {"value": 0.022, "unit": "kg"}}})
    desk.save(path, paper)
    assert entries(desk, weights) == [("2026-02-01", 20.6), ("2026-02-03", 21), ("2026-02-04", 0.022)]
    paper = desk.again(path, desk.open(path), do="remove entries 1")
    desk.save(path, paper)
    assert [day for day, _ in entries(desk, weights)] == ["2026-02-01", "2026-02-04"]


def test_two_people_write_into_one_log(lab, both, weights):
    alice, dana = both
    path = f"modules/subjectlog/{weights}/change"
    first, second = alice.open(path), dana.open(path)
    for paper, row, day in ((first, "entries.0", 5), (second, "entries.1", 6)):
        paper.write(f"{row}.details.weight", "30")
        fill(
            paper,
            "entries.2",
            {"date_time": f"2026-02-0{day}T09:00", "details": {"weight": {"value": day, "unit": "g"}}},
        )
    alice.save(path, first)
    dana.save(path, second)
    assert [value for _, value in entries(alice, weights)] == [30, 30, 5, 6]


def test_an_entry_that_both_changed_is_not_overwritten(lab, both, weights):
    alice, dana = both
    path = f"modules/subjectlog/{weights}/change"
    first, second = alice.open(path), dana.open(path)
    first.write("entries.0.details.weight", "30")
    second.write("entries.0.details.weight", "31")
    alice.save(path, first)
    asked = dana.refused(path, second)
    assert "Somebody else changed this while you wrote" in asked.errors["f-entries-0-date_time-e"]
    assert {"Entry of 2026-02-01 10:00:00.500"} <= set(asked.texts)
    sides = asked.texts[asked.texts.index("Before") :]
    said = [text for text in sides if "Weight: " in text][:3]
    assert [re.search(r"Weight: (\S+ g)", text)[1] for text in said] == ["20.5 g", "30 g", "31 g"]
    assert entries(alice, weights)[0] == ("2026-02-01", 30)
    again = dana.refused(path, second)
    again.write("_take.entries.0", "theirs")
    drawn = dana.again(path, again)  # the side that was chosen stands in the row
    assert drawn.values("entries.0.details.weight") == ["30"]
    again.write("_take.entries.0", "mine")
    dana.save(path, again)
    assert entries(alice, weights)[0] == ("2026-02-01", 31)


def test_an_entry_that_one_removed_and_the_other_changed_is_asked_about(lab, both, weights):
    alice, dana = both
    path = f"modules/subjectlog/{weights}/change"
    first, second, third = alice.open(path), dana.open(path), dana.open(path)
    first.write("entries.0.details.weight", "30")
    first = alice.again(path, first, do="remove entries 1")
    alice.save(path, first)
    assert entries(alice, weights) == [("2026-02-01", 30)]
    # Removed here, changed there: it is back.
    back = dana.refused(path, dana.again(path, second, do="remove entries 0"))
    assert "is in the table again" in back.errors["f-entries-e"]
    [(row, weight)] = [(name.split(".")[1], text) for name, text in back.pairs() if name.endswith("weight") and text]
    assert weight == "30"
    # Changed here, removed there: as a new entry, or not at all.
    third.write("entries.1.details.weight", "31")
    asked = dana.refused(path, third)
    said = asked.texts[asked.texts.index("Before") + 1 :]
    assert "Weight: 21 g" in said[0]
    assert "nothing" in said
    asked.write("_take.entries.1", "theirs")
    dana.save(path, asked)
    assert entries(alice, weights) == [("2026-02-01", 30)]
    asked = dana.refused(path, third)
    dana.save(path, asked)
    assert entries(alice, weights) == [("2026-02-01", 30), ("2026-02-02", 31)]
    dana.save(path, dana.again(path, back, do=f"remove entries {row}"))
    assert entries(alice, weights) == [("2026-02-02", 31)]


def test_errors_of_entries_stand_in_their_rows(lab, alice, weights):
    desk, path = Desk(alice), f"modules/subjectlog/{weights}/change"
    paper, before = desk.open(path), Change.objects.count()
    paper.write("entries.0.details.weight", "-3")
    fill(paper, "entries.2", {"details": {"weight": {"value": 5, "unit": "g"}}})
    back = desk.refused(path, paper)
    assert "f-entries-0-details-weight-e" in back.errors
    assert "f-entries-2-date_time-e" in back.errors
    assert Change.objects.count() == before


def test_an_interval_may_be_left_open(lab, alice):
    desk, path = Desk(alice), "modules/subjectlog/add"
    paper = desk.open(path, type="WaterDeprivation", subject=lab["subject"])
    paper.write("entries.0.start_date_time", "2026-02-01T10:00")
    paper.write("entries.0.details.responsiblePerson", "Alice")
    made = desk.save(path, paper)
    assert shown(desk, "subjectlog", made)["entries"][0]["end_date_time"] is None


# -- the zone of a person ---------------------------------------------------------------------------------------------


def test_the_zone_is_chosen_on_the_profile_and_is_no_key_of_the_api(alice):
    client = Desk(alice).client
    data = {"first_name": "Alice", "atlas_preference": "AIA", "time_zone": "Europe/Copenhagen"}
    assert client.post("/account/profile/", data).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.time_zone == "Europe/Copenhagen"
    assert "time_zone" not in alice.get("users/user/me").record
    assert client.post("/account/profile/", data | {"time_zone": "Mars/Base"}).status_code == 200


# -- what a new form chooses ------------------------------------------------------------------------------------------


def chosen(desk: Desk, path: str, name: str, **query: Any) -> list[str]:
    """The values of a control as the form is opened."""
    return [one for one in desk.open(path, **query).values(name) if one]


def test_a_new_form_chooses_the_only_project_that_one_writes_in(lab, alice, bob, dana):
    assert chosen(Desk(alice), "stem/subject/add", "projects") == [lab["project"]]
    assert chosen(Desk(alice), "stem/breeding/add", "project") == [lab["project"]]
    assert chosen(Desk(dana), "stem/subject/add", "projects") == [lab["project"]]  # a contributor, who may not edit it
    assert chosen(Desk(bob), "stem/subject/add", "projects") == []  # Bob only reads
    lab.add("project")
    assert chosen(Desk(alice), "stem/subject/add", "projects") == []


def test_places_to_add_to_are_found_among_any_number_of_others(lab, alice, bob, monkeypatch):
    monkeypatch.setattr(pickers, "SHOWN", 3)
    mine = bob.make("stem/project", name="zzz")["id"]
    for number in range(4):  # Bob reads all of these, and they come before his own in the order of names
        lab.add("project", name=unique(f"aaa {number}"), users={bob.email: {}})
    assert Desk(bob).open("stem/subject/add").options("projects") == [mine]
    assert chosen(Desk(bob), "stem/subject/add", "projects") == [mine]


def test_a_new_form_chooses_the_projects_of_what_it_is_about(lab, alice, charlie):
    breeding, other = lab["breeding"], lab.add("project")["id"]
    assert chosen(Desk(alice), "stem/subject/add", "projects", breeding=breeding) == [lab["project"]]
    assert chosen(Desk(alice), "stem/subject/add", "projects", breeding=breeding, projects=other) == [other]
    for origin in (breeding, "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert chosen(Desk(charlie), "stem/subject/add", "projects", breeding=origin) == []


def test_a_type_that_has_coordinates_asks_for_their_system(lab, alice):
    desk, path = Desk(alice), "modules/procedure/add"
    craniotomy = desk.open(path, subject=lab["subject"], type="Craniotomy")
    assert "coordinates_system" in craniotomy.names
    assert "coordinates_system" not in desk.open(path, subject=lab["subject"], type="Anesthesia").names
    errors = desk.refused(path, craniotomy).errors
    assert errors["f-coordinates_system-e"] == "This field is required."


def test_what_was_saved_is_told_and_undone_from_the_notice(lab, alice):
    desk, reader = Desk(alice), Reader(alice)
    reader.client = desk.client
    name = unique("Told")
    paper = desk.open("stem/project/add")
    paper.write("name", name)
    made = desk.save("stem/project/add", paper)
    path = f"/private/stem/project/{made}/"
    page = reader.get(path)
    assert f"{name} was added. Undo" in page.words
    assert 'name="next" value="/private/stem/project/"' in page.text
    assert "was added" not in reader.get(path).words
    paper = desk.open(f"stem/project/{made}/change")
    paper.write("description", "Grid cells")
    desk.save(f"stem/project/{made}/change", paper)
    page = reader.get(path)
    assert f"{name} was saved. Undo" in page.words
    (event,) = set(re.findall('/private/history/([^/"]+)/undo/', page.text))
    undone = reader.post(f"/private/history/{event}/undo/", confirmed="1", next=path)
    assert (undone.status, undone.to) == (303, path)
    assert alice.get(f"stem/project/{made}").record["description"] == ""
    desk.save(f"stem/project/{made}/change", desk.open(f"stem/project/{made}/change"))
    assert "Nothing was changed." in reader.get(path).words
    assert "was saved" not in reader.get(path).words
    paper = desk.open(f"stem/project/{made}/duplicate")
    paper.write("_copies", "2")
    copy = desk.save(f"stem/project/{made}/duplicate", paper)
    first = alice.get(f"stem/project/{copy}").record["name"]
    assert f"2 projects were added. The first is {first}. Undo" in reader.get(f"/private/stem/project/{copy}/").words
    species = lab["species"]
    paper = desk.open("taxonomies/strain/add")
    paper.write("name", unique("Strain"))
    paper.write("species", species)
    proposed = desk.send("taxonomies/strain/add", paper)
    words = reader.get(proposed.headers["Location"]).words
    assert "Your proposal was sent. Administrators decide on it." in words


def test_a_form_offers_only_places_to_which_one_may_add(lab, alice, bob, dana):
    """Bob reads the project, and the subject in it; Alice owns them, and Dana is a contributor, who cannot edit a project."""
    for path, name, record in (("subject", "projects", lab["project"]), ("procedure", "subject", lab["subject"])):
        app = "stem" if path == "subject" else "modules"
        for writer in (alice, dana):
            assert record in Desk(writer).open(f"{app}/{path}/add").options(name)
        paper = Desk(bob).open(f"{app}/{path}/add")
        assert record not in paper.options(name)
        text = Reader(bob).get(f"/private/{app}/{path}/add/").words
        assert "There is none here that you may add to." in text
