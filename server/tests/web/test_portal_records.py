"""Records of the portals: what a page says, who may open it, and what it offers to whom."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.model.registry import specs

from ..people import Person
from .pages import Reader


@pytest.fixture
def reader(alice):
    """Alice's browser."""
    return Reader(alice)


def where(lab, name, portal="private"):
    from ..lab import path_of

    return f"/{portal}/{path_of(name)}/{lab[name]}/"


# -- what it says --------------------------------------------------------------------------------------------------------


def test_values_stand_in_words_and_with_units(reader, lab):
    procedure = lab.add(
        "procedure", type="VirusInjection", notes="Slowly.", date_time="2026-03-04T09:30:00Z",
        details={"injectionVolume": {"value": 300, "unit": "nL"}, "injectionProfile": "Continuous Infusion", "own": [1, 2]},
        coordinates_system="Stereotaxic_BregmaAbsolute",
        coordinates_details={"apCoordinate": {"value": -2.1, "unit": "mm"}},
    )  # fmt: skip
    text = reader.get(f"/private/modules/procedure/{procedure['id']}/").text
    for part in (
        "Virus injection",
        'Injection volume</dt><dd><span class="num">300 <span class="unit">nL</span></span>',
        "Continuous Infusion",
        '-2.1 <span class="unit">mm</span>',
        "2026-03-04 09:30",
        "Slowly.",
        lab.made["subject"]["name"],
    ):
        assert part in text, part


def test_empty_fields_are_folded_into_one_line(reader, lab):
    text = reader.get(where(lab, "subject")).text
    assert "empty fields: description, licenses, genetic line" in text


def test_entries_of_a_log_are_a_table_newest_first(reader, alice, lab):
    path = f"modules/subjectlog/{lab['subjectlog']}/add_entry"
    for day in ("01", "02"):
        entry = {"date_time": f"2026-02-{day}T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
        assert alice.patch(path, entry | {"performed_by": alice.user.pk, "notes": f"Day {day}"}).status in (200, 201)
    text = reader.get(where(lab, "subjectlog")).text
    assert text.index("Day 02") < text.index("Day 01")
    assert f">{alice.user.first_name}" in text
    form = f"{where(lab, 'subjectlog')}change/"
    assert f'href="{form}#s-entries"' in text
    page = reader.get(form).text
    assert 'id="s-entries"' in page
    name = lab.made["subject"]["name"]
    assert f"<h1>Edit Weighing log, {name}</h1>" in page
    assert f"<h1>Duplicate Weighing log, {name}</h1>" in reader.get(f"{where(lab, 'subjectlog')}duplicate/").text


def test_tabs_tell_how_many_records_refer_to_it(reader, lab):
    lab["procedure"], lab["behavior"], lab["cohort"]
    page = reader.get(where(lab, "subject"))
    assert 'Procedures<span class="n">1</span>' in page.text
    assert 'Sessions<span class="n">1</span>' in page.text
    assert 'Cohorts<span class="n n-zero">0</span>' in page.text


def test_a_tab_is_a_small_list_with_its_own_add(reader, lab):
    lab["procedure"]
    page = reader.get(f"{where(lab, 'subject')}procedures/")
    assert f"/private/modules/procedure/{lab['procedure']}/" in page.links
    assert f"/private/modules/procedure/add/?subject={lab['subject']}" in page.links
    listed = f"/private/modules/procedure/?subject={lab['subject']}"
    assert listed in page.links
    assert reader.get(listed).status == 200


def test_sessions_and_subjects_lead_to_each_other(reader, lab):
    lab["behavior"]
    for name, tab, other in (("subject", "sessions", "session"), ("session", "subjects", "subject")):
        page = reader.get(f"{where(lab, name)}{tab}/")
        assert where(lab, other) in page.links
        listed = next(link for link in page.links if f"={lab[name]}" in link and "/add/" not in link)
        assert where(lab, other) in reader.get(listed).links


def test_a_recording_with_its_implant_tells_the_subject_of_a_session(reader, lab):
    """Nothing but the procedure of the data acquisition says which animal was recorded."""
    lab.add("dataacquisition", session=lab["session"], procedures=[lab["procedure"]])
    for name, tab, other in (("subject", "sessions", "session"), ("session", "subjects", "subject")):
        assert where(lab, other) in reader.get(f"{where(lab, name)}{tab}/").links
    assert where(lab, "subject") in reader.get("/private/stem/subject/", sessions=lab["session"]).links
    assert where(lab, "subject") not in reader.get("/private/stem/subject/", sessions=lab.add("session")["id"]).links


@pytest.mark.parametrize("tab", ["nothing", "names", "created_by", "__class__", "projects"])
def test_there_are_no_other_tabs(reader, lab, tab):
    assert reader.get(f"{where(lab, 'subject')}{tab}/").status == 404


def test_the_same_request_of_the_api_is_one_click_away(reader, lab):
    assert f"/api/private/stem/subject/{lab['subject']}/" in reader.get(where(lab, "subject")).links


def test_a_record_takes_as_many_statements_whatever_it_holds(alice, bob, lab):
    reader, path = Reader(alice), where(lab, "session")
    lab["epoch"]

    def statements(address):
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(address).status == 200
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    statements(path), statements(path)
    record, tab = statements(path), statements(f"{path}epochs/")
    for _ in range(5):
        lab.add("epoch")
    assert (statements(path), statements(f"{path}epochs/")) == (record, tab)
    tabs = len([link for link in reader.get(path).links if link.startswith(path) and link.count("/") == 6])
    assert record <= 3 + tabs
    assert tab <= 5
    # Few tabs or many: who asks and what they may do takes two, the record and all that stands beside it two; and for
    # those who may change it, its last changes two more, unless they refer to what the page does not name.
    for name in ("session", "subject", "epoch", "subjectlog", "setup", "license", "equipment"):
        path = where(lab, name)
        statements(path)
        assert statements(path) == 6, name
        assert "added it" in " ".join(reader.get(path).words.split()), name
    for number in range(6):  # more than the page shows
        assert alice.patch(f"stem/subject/{lab['subject']}", {"description": f"Change {number}"}).status == 200
    path = where(lab, "subject")
    statements(path)
    assert statements(path) == 6
    reader, path = Reader(bob), where(lab, "session")
    statements(path), statements(path)
    assert statements(path) <= 4  # the history is for those who may change the record


# -- who may open it --------------------------------------------------------------------------------------------------------


def test_who_is_not_signed_in_gets_the_sign_in_page_and_then_the_page(alice, lab):
    from ..people import PASSWORD

    path = f"{where(lab, 'subject')}procedures/?page=1"
    visitor = Reader()
    asked = visitor.get(path)
    assert (asked.status, asked.to.partition("?")[0]) == (302, "/account/login/")
    done = visitor.client.post(asked.to, {"login": alice.email, "password": PASSWORD})
    assert done["Location"] == path


@pytest.mark.parametrize("page", ["", "delete/", "access/", "procedures/"])
def test_a_stranger_cannot_tell_a_hidden_record_from_none(charlie, lab, page):
    stranger = Reader(charlie)
    hidden, nothing = f"{where(lab, 'subject')}{page}", f"/private/stem/subject/{uuid.uuid4()}/{page}"
    seen = [stranger.get(path) for path in (hidden, nothing)]
    assert [one.status for one in seen] == [404, 404]
    assert lab.made["subject"]["name"] not in seen[0].text


@pytest.mark.parametrize("record", ["7", "abc", "%00", "01a225d4", "me", "x" * 300])
def test_strange_identifiers_are_not_found(reader, record):
    assert reader.get(f"/private/stem/subject/{record}/").status == 404


def test_addresses_of_other_portals_and_models_are_not_found(reader, lab):
    for path in ("/private/stem/nothing/", "/public/stem/sessiondatastorage/", "/other/stem/subject/",
                 f"/public/stem/subject/{lab['subject']}/delete/", f"/public/stem/subject/{lab['subject']}/access/",
                 f"/public/stem/subject/{lab['subject']}/"):  # fmt: skip
        assert reader.get(path).status == 404, path


def test_administrators_see_everything_in_their_portal(admin, reader, lab):
    assert reader.get(where(lab, "subject", "super")).status == 403
    page = Reader(admin).get(where(lab, "subject", "super"))
    assert page.status == 200
    assert f"{where(lab, 'subject', 'super')}change/" in page.links


@pytest.mark.parametrize(
    ("name", "offers"),
    [
        ("alice", {"change/", "duplicate/", "delete/", "access/"}),
        ("bob", set()),
        ("dana", {"change/", "duplicate/", "delete/"}),
    ],
)
def test_a_page_offers_what_the_viewer_may_do(request, lab, name, offers):
    path = where(lab, "subject")
    page = Reader(request.getfixturevalue(name)).get(path)
    found = {link.removeprefix(path) for link in page.links if link.startswith(path)}
    assert found & {"change/", "duplicate/", "delete/", "access/"} == offers


def test_non_administrators_propose_changes_to_a_catalogue(reader, admin, lab):
    assert "Propose a change" in reader.get(where(lab, "strain")).words
    words = Reader(admin).get(where(lab, "strain", "super")).words
    assert "Propose a change" not in words
    assert "Edit" in words


def test_names_of_what_is_hidden_do_not_stand_in_a_page(reader, lab, charlie):
    secret = charlie.make("personal_attributes/license", name="Hidden licence", type="animal_research_authorization",
                          status="draft")  # fmt: skip
    model = specs()["stem.Subject"].model
    model.objects.get(pk=lab["subject"]).licenses.add(secret["id"])
    for page in (reader.get(where(lab, "subject")), reader.get("/private/stem/subject/?columns=licenses")):
        assert page.status == 200
        assert "Hidden licence" not in page.text
        assert secret["id"] not in page.text


def test_in_the_public_portal_the_private_is_left_out_and_that_is_said(alice, lab):
    lab["procedure"], lab["behavior"]
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    reader = Reader()
    page = reader.get(where(lab, "behavior", "public"))
    assert page.status == 200
    assert "Parts of a record that are not public are left out here." in page.text
    assert lab.made["setup"]["name"] not in page.text
    project = reader.get(where(lab, "project", "public")).text
    assert alice.email not in project
    assert alice.user.first_name in project


def test_images_are_shown_to_those_who_may_see_them(reader, lab):
    assert "None" not in reader.get(where(lab, "setup")).words


# -- other addresses -----------------------------------------------------------------------------------------------------


def test_an_identifier_alone_leads_to_its_record(reader, alice, lab, charlie):
    for name in ("subject", "session", "procedure", "setup", "strain"):
        found = reader.get(f"/r/{lab[name]}/")
        assert (found.status, found.to) == (303, where(lab, name))
    kept = reader.get(f"/r/{lab['subject']}/?log=weight")
    assert kept.to == f"{where(lab, 'subject')}?log=weight"
    assert Reader(charlie).get(f"/r/{lab['subject']}/").status == 404
    for strange in (uuid.uuid4(), "7", "x"):
        assert reader.get(f"/r/{strange}/").status == 404


def test_an_identifier_leads_visitors_to_what_is_public_and_to_the_sign_in_page(alice, lab):
    lab["subject"]
    visitor = Reader()
    asked = visitor.get(f"/r/{lab['subject']}/")
    assert (asked.status, asked.to.partition("?")[0]) == (302, "/account/login/")
    assert visitor.get(f"/r/{uuid.uuid4()}/").to.partition("?")[0] == "/account/login/"
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert visitor.get(f"/r/{lab['subject']}/").to == where(lab, "subject", "public")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/private/auth/group/", "/private/users/group/"),
        ("/private/auth/group/?search=a", "/private/users/group/?search=a"),
        ("/private/users/projectmembershipinvitation/", "/private/stem/projectmembershipinvitation/"),
        ("/private/users/projectgroupmembershipinvitation/", "/private/stem/projectgroupmembershipinvitation/"),
        ("/private/personal_attributes/behavioralparadigm/", "/private/personal_attributes/behavioralassay/"),
        ("/register/", "/account/signup/"),
        ("/private/stem/subject", "/private/stem/subject/"),
    ],
)
def test_older_addresses_lead_to_the_present_ones(reader, old, new):
    page = reader.get(old)
    assert (page.status, page.to) == (302, new)


def test_an_address_without_its_slash_leads_to_the_record(reader, lab):
    path = where(lab, "subject")
    assert reader.get(path[:-1]).to == path


# -- deleting -------------------------------------------------------------------------------------------------------------


def test_deleting_shows_what_goes_with_it_and_then_deletes(reader, alice, lab):
    lab["procedure"], lab["cohort"]
    path = where(lab, "subject")
    page = reader.get(f"{path}delete/")
    assert page.status == 200
    assert f"Delete {lab.made['subject']['name']}?" in page.words
    assert "Craniotomy" in page.words
    done = reader.post(f"{path}delete/")
    assert (done.status, done.to) == (303, "/private/stem/subject/")
    assert "was deleted. Undo" in reader.get(done.to).words
    gone = reader.get(path)
    assert gone.status == 404
    assert f"{lab.made['subject']['name']} was deleted" in gone.words
    assert alice.get(f"stem/subject/{lab['subject']}").status == 404


def test_what_is_needed_cannot_be_deleted_and_the_page_says_by_what(reader, lab):
    lab["behavior"]
    path = where(lab, "setup")
    page = reader.get(f"{path}delete/")
    assert "cannot be deleted" in page.words
    assert "Behaviors" in page.words
    assert reader.post(f"{path}delete/").status == 409
    assert reader.get(path).status == 200


def test_who_may_not_delete_is_refused(lab, bob, charlie):
    path = where(lab, "subject")
    for person, status in ((bob, 403), (charlie, 404)):
        other = Reader(person)
        assert other.get(f"{path}delete/").status == status
        assert other.post(f"{path}delete/").status == status
    anonymous = Reader().post(f"{path}delete/")
    assert anonymous.to.startswith("/account/login/")
    assert specs()["stem.Subject"].model.objects.filter(pk=lab["subject"]).exists()


def test_a_deletion_is_in_the_history_of_a_browser(reader, lab):
    from brainstem.core.models import Change

    reader.post(f"{where(lab, 'subject')}delete/")
    last = Change.objects.select_related("event").filter(action="delete", model="stem.Subject").latest("id")
    assert last.event.via == "browser"


def test_forms_from_elsewhere_delete_nothing(alice, lab):
    from django.test import Client

    from .pages import BROWSER

    client = Client(enforce_csrf_checks=True, headers={"accept": BROWSER})
    client.force_login(alice.user)
    assert client.post(f"{where(lab, 'subject')}delete/").status_code == 403
    assert specs()["stem.Subject"].model.objects.filter(pk=lab["subject"]).exists()


# -- access ---------------------------------------------------------------------------------------------------------------


def test_managers_see_who_sees_a_record_and_why(reader, lab, dana, bob):
    page = reader.get(f"{where(lab, 'project')}access/")
    assert page.status == 200
    assert dana.user.first_name in page.words
    assert "through the group" in page.words
    assert Reader(bob).get(f"{where(lab, 'project')}access/").status == 403


# -- start pages ------------------------------------------------------------------------------------------------------------


def test_the_start_page_shows_what_one_worked_on_and_how_much_there_is(reader, lab, bob, charlie):
    lab["session"]
    page = reader.get("/private/")
    assert lab.made["session"]["name"] in page.words
    assert "/private/stem/session/?view=mine" in page.links
    member = Reader(bob).get("/private/")
    assert lab.made["session"]["name"] in member.words
    assert "Nothing of yours is here yet." not in member.words
    assert "/private/stem/session/?view=mine" not in member.links
    new = Reader(charlie).get("/private/")
    assert "Nothing of yours is here yet." in new.words
    assert lab.made["session"]["name"] not in new.words


def test_the_public_start_page_needs_nobody(lab, alice):
    lab["subject"]
    name = lab.made["project"]["name"]
    assert name not in Reader().get("/public/").words
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    page = Reader().get("/public/")
    assert name in page.words
    assert not [link for link in page.links if "/add/" in link or link.startswith("/private")]


def test_links_of_the_operator_stand_at_the_foot_of_every_page(settings, db):
    settings.BRAINSTEM_IMPRINT_URL = "https://lab.example/imprint"
    settings.BRAINSTEM_PRIVACY_URL = "https://lab.example/privacy"
    page = Reader().get("/public/")
    assert {"https://lab.example/imprint", "https://lab.example/privacy"} <= set(page.links)
    assert "Terms" not in page.words


# -- the look --------------------------------------------------------------------------------------------------------------


def test_colours_and_density_are_kept_for_this_browser(reader, lab):
    done = reader.post("/look/", theme="dark", next="/private/stem/subject/")
    assert (done.status, done.to) == (303, "/private/stem/subject/")
    assert 'data-theme="dark"' in reader.get("/private/").text
    reader.post("/look/", density="compact", next="https://evil.example/")
    text = reader.get("/private/").text
    assert 'data-theme="dark"' in text
    assert 'data-density="compact"' in text
    reader.post("/look/", theme="<script>", next="/")
    assert 'data-theme="dark"' in reader.get("/private/").text
    assert reader.post("/look/", theme="", next="//evil.example").to == "/"
    assert "data-theme" not in reader.get("/private/").text
    assert reader.get("/look/").status == 405


def test_a_bound_token_is_no_browser(lab, alice):
    """Pages know sessions only: a token in a header opens none."""
    someone = Person(alice.user)
    response = someone.client.get("/private/stem/subject/", headers={"authorization": f"Bearer {someone.token}"})
    assert response.status_code == 302


# -- times -----------------------------------------------------------------------------------------------------------------


def test_times_are_shown_in_the_zone_of_the_profile_which_is_named_once(reader, alice, lab):
    session = lab.add("session", date_time="2026-07-01T22:30:00Z")
    path = f"/private/stem/session/{session['id']}/"
    utc = reader.get(path)
    assert '<time class="date" datetime="2026-07-01T22:30:00Z">2026-07-01 22:30</time>' in utc.text
    assert "Times in UTC." in utc.words
    type(alice.user).objects.filter(pk=alice.user.pk).update(time_zone="Europe/Berlin")
    for address in (path, f"/private/stem/session/?columns=date_time&id={session['id']}"):
        page = reader.get(address)
        assert '<time class="date" datetime="2026-07-01T22:30:00Z">2026-07-02 00:30</time>' in page.text
        assert page.text.count("Europe/Berlin") == 1
        assert "UTC" not in page.words
    table = reader.get("/private/stem/session/export/csv/", columns="date_time", id=session["id"])
    assert "2026-07-01 22:30" in table.text


def test_the_public_portal_shows_times_in_utc_to_everyone(alice, lab):
    lab["session"]
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    type(alice.user).objects.filter(pk=alice.user.pk).update(time_zone="Asia/Tokyo")
    path = where(lab, "session", "public")
    assert Reader(alice).get(path).words.count("Times in UTC.") == 1
    assert "Times in UTC." in Reader().get(path).words


# -- cards -----------------------------------------------------------------------------------------------------------------


def test_a_card_shows_a_record_in_a_few_lines_without_links(reader, lab):
    page = reader.get(f"{where(lab, 'subject')}card/")
    assert page.status == 200
    assert lab.made["subject"]["name"] in page.words
    assert f"Strain {lab.made['strain']['name']}" in page.words
    assert "Sex Male" in page.words
    assert not page.links
    assert "<html" not in page.text


def test_a_card_is_for_those_who_see_the_record(lab, alice, charlie):
    path = f"{where(lab, 'subject')}card/"
    assert Reader(charlie).get(path).status == 404
    assert Reader().get(path).to.startswith("/account/login/")
    public = path.replace("/private/", "/public/")
    assert Reader().get(public).status == 404
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert Reader().get(public).status == 200


def test_a_card_takes_as_many_statements_whatever_it_shows(reader, lab):
    def statements(name):
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(f"{where(lab, name)}card/").status == 200
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    lab["session"], lab["procedure"], statements("subject"), statements("subject")
    assert statements("subject") == statements("session") == statements("procedure") == 4
