"""Dates, times of day and numbers as each person reads and types them; data are the same for everyone."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

import brainstem.web
from brainstem.apps.users.formats import CLOCKS, DATES, NUMBERS, USUAL, Formats
from brainstem.web import formats
from brainstem.web.portal.forms.typed import stored

from ..lab import path_of
from .pages import Reader
from .paper import Desk

PROFILE = "/account/profile/"
WEB = Path(brainstem.web.__file__).parent
GERMAN = {"date_format": "day-dot", "clock_format": "24", "number_format": "dot"}
AMERICAN = {"date_format": "month-slash", "clock_format": "12", "number_format": "comma"}


def choose(person, chosen):
    type(person.user).objects.filter(pk=person.user.pk).update(**chosen)
    person.user.refresh_from_db()


# -- how each is written ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("iso", "2026-11-05"),
        ("day-slash", "05/11/2026"),
        ("day-dot", "05.11.2026"),
        ("month-slash", "11/05/2026"),
        ("long", "5 Nov 2026"),
    ],
)
def test_dates(name, written):
    with formats.shown_as(Formats(date=name)):
        assert formats.day(dt.date(2026, 11, 5)) == written
        assert formats.day_in("2026-11-05") == written
        assert formats.day_in("2026-11") == "2026-11"
        assert formats.day_in("some words") == "some words"
    assert formats.day(dt.date(2026, 11, 5)) == "2026-11-05"


@pytest.mark.parametrize(
    ("hour", "minute", "name", "written"),
    [
        (0, 5, "24", "00:05"),
        (0, 5, "12", "12:05\u00a0AM"),
        (9, 5, "12", "9:05\u00a0AM"),
        (12, 0, "12", "12:00\u00a0PM"),
        (14, 2, "12", "2:02\u00a0PM"),
        (14, 2, "24", "14:02"),
    ],
)
def test_times_of_day(hour, minute, name, written):
    with formats.shown_as(Formats(clock=name)):
        assert formats.clock(dt.time(hour, minute)) == written


def test_a_moment_is_a_date_and_a_time_of_day():
    at = dt.datetime(2026, 11, 30, 14, 2, 7, tzinfo=dt.UTC)
    with formats.shown_as(Formats("long", "12")):
        assert formats.moment(at) == "30 Nov 2026, 2:02\u00a0PM"
        assert formats.moment(at, seconds=True) == "30 Nov 2026, 2:02:07\u00a0PM"
    with formats.shown_as(Formats("day-slash")):
        assert formats.moment_in("2026-11-30T14:02") == "30/11/2026 14:02"
        assert formats.moment_in("2026-11-30T14:02:00.500") == "30/11/2026 14:02:00.500"
        assert formats.moment_in("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("text", "comma", "dot", "space"),
    [
        ("7", "7", "7", "7"),
        ("1234", "1,234", "1.234", "1\u202f234"),
        ("1234567.125", "1,234,567.125", "1.234.567,125", "1\u202f234\u202f567,125"),
        ("-0.5", "-0.5", "-0,5", "-0,5"),
        ("1.5e-07", "1.5e-07", "1,5e-07", "1,5e-07"),
        ("0012", "0012", "0012", "0012"),
        ("12 g", "12 g", "12 g", "12 g"),
    ],
)
def test_numbers(text, comma, dot, space):
    for name, written in {"plain": text, "comma": comma, "dot": dot, "space": space}.items():
        with formats.shown_as(Formats(number=name)):
            assert formats.number(text) == written


def test_counts_always_have_their_thousands_set_apart():
    found = {}
    for name in NUMBERS:
        with formats.shown_as(Formats(number=name)):
            found[name] = formats.count(12345)
    assert found == {"plain": "12,345", "comma": "12,345", "dot": "12.345", "space": "12\u202f345"}


# -- who chooses them ------------------------------------------------------------------------------------------------------


def test_they_are_chosen_on_the_profile_and_are_no_keys_of_the_api(alice):
    reader, data = Reader(alice), {"first_name": "Alice", "atlas_preference": "AIA"}
    page = reader.get(PROFILE).text
    assert all(f"<option value={value!r}".replace("'", '"') in page for value in (*DATES, *CLOCKS, *NUMBERS))
    assert reader.post(PROFILE, **data, **AMERICAN).status == 302
    alice.user.refresh_from_db()
    assert {name: getattr(alice.user, name) for name in AMERICAN} == AMERICAN
    assert reader.post(PROFILE, **data).status == 302  # a form of an older page leaves them alone
    alice.user.refresh_from_db()
    assert alice.user.date_format == "month-slash"
    assert not {*AMERICAN} & alice.get("users/user/me").record.keys()


@pytest.mark.parametrize("name", AMERICAN)
def test_a_format_that_there_is_not_is_refused_by_name(alice, name):
    data = {"first_name": "Alice", "atlas_preference": "AIA", **AMERICAN, name: "roman"}
    page = Reader(alice).post(PROFILE, **data)
    assert page.status == 200
    assert "roman is not one of the available choices" in page.words
    alice.user.refresh_from_db()
    assert alice.user.date_format == USUAL.date


def test_a_format_of_a_later_version_is_read_as_the_usual_one(alice, lab):
    choose(alice, {"date_format": "stardate", "clock_format": "", "number_format": "roman"})
    session = lab.add("session", date_time="2026-07-01T22:30:00Z")
    assert "2026-07-01 22:30" in Reader(alice).get(f"/private/stem/session/{session['id']}/").words


# -- which pages follow them -----------------------------------------------------------------------------------------------


def test_records_and_lists_follow_them_and_keep_what_programs_read(alice, lab):
    choose(alice, GERMAN | {"time_zone": "Europe/Berlin"})
    reader = Reader(alice)
    session = lab.add("session", date_time="2026-07-01T22:30:00Z")
    for address in (
        f"/private/stem/session/{session['id']}/",
        f"/private/stem/session/?columns=date_time&id={session['id']}",
    ):
        assert '<time class="date" datetime="2026-07-01T22:30:00Z">02.07.2026 00:30</time>' in reader.get(address).text
    subject = lab.add("subject", birth_date="2026-03-05")
    page = reader.get(f"/private/stem/subject/{subject['id']}/").text
    assert '<time class="date" datetime="2026-03-05">05.03.2026</time>' in page
    made = lab.add("dataacquisition", details={"nChannels": 1024, "sr": {"value": 20000.5, "unit": "Hz"}})
    page = reader.get(f"/private/modules/dataacquisition/{made['id']}/").text
    assert '<data value="20000.5">20.000,5</data> <span class="unit">Hz</span>' in page
    assert '<data value="1024">1.024</data>' in page


def test_filters_are_shown_in_them_and_stay_in_addresses_as_they_are(alice, lab):
    lab["subject"]
    choose(alice, GERMAN)
    page = Reader(alice).get("/private/stem/subject/?birth_date.gte=2026-01-31&last_weight.lt=20.5 g")
    assert "31.01.2026" in page.words
    assert "20,5 g" in page.words
    assert any("birth_date.gte=2026-01-31" in link for link in page.links)


def test_histories_and_entries_of_logs_follow_them(alice, lab):
    choose(alice, AMERICAN)
    log = lab.add("subjectlog", type="Weighing")
    path = f"modules/subjectlog/{log['id']}"
    entry = {"date_time": "2026-02-01T15:00:00Z", "details": {"weight": {"value": 20.5, "unit": "g"}}}
    assert alice.post(f"{path}/add_entry", entry).status in (200, 201)
    reader = Reader(alice)
    assert "02/01/2026 3:00\u00a0PM" in reader.get(f"/private/{path}/").text
    assert "02/01/2026 3:00\u00a0PM" in reader.get(f"/private/{path}/history/").text
    assert alice.post(f"{path}/change_entry", entry | {"details": {"weight": {"value": 21, "unit": "g"}}}).status == 200
    assert "entry of 02/01/2026 3:00\u00a0PM" in reader.get(f"/private/{path}/history/").text


def test_pages_of_accounts_follow_them(alice):
    choose(alice, {"date_format": "long", "clock_format": "12"})
    assert alice.token
    page = Reader(alice).get("/private/users/tokens/")
    assert re.search(r'Created <time datetime="20[^"]+">\d+ [A-Z][a-z]{2} 20\d\d</time>', page.text)
    at = dt.datetime(2026, 11, 30, 14, 2, tzinfo=dt.UTC)
    drawn = Template("{% load formats %}{% moment at %}").render(Context({"user": alice.user, "at": at}))
    assert drawn == '<time datetime="2026-11-30T14:02:00+00:00">30 Nov 2026, 2:02\u00a0PM</time>'


def test_conflicts_show_all_sides_in_them(alice, dana, lab):
    choose(alice, GERMAN)
    made = lab.add("subject", birth_date="2026-03-05")
    path, desk = f"{path_of('subject')}/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    lab.owner.patch(f"{path_of('subject')}/{made['id']}", {"birth_date": "2026-03-06"})
    paper.write("birth_date", "2026-03-07")
    response = desk.send(path, paper)
    html = response.content.decode()
    assert response.status_code == 422
    assert all(f'<span class="val">0{day}.03.2026</span>' in html for day in (5, 6, 7))


def test_visitors_public_pages_files_and_the_api_are_the_same_for_everyone(alice, lab):
    session = lab.add("session", name="Day 1", date_time="2026-07-01T22:30:00Z")
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    reader, path = Reader(alice), f"stem/session/{session['id']}"
    listed = f"/private/stem/session/export/csv/?columns=date_time&id={session['id']}"
    before = [reader.get(listed).text, alice.get(path).text]
    choose(alice, AMERICAN)
    assert [reader.get(listed).text, alice.get(path).text] == before
    assert "2026-07-01 22:30" in before[0]
    for who in (reader, Reader()):
        assert "2026-07-01 22:30" in who.get(f"/public/{path}/").words
    assert "07/01/2026 10:30\u00a0PM" in reader.get(f"/private/{path}/").text


def test_what_one_person_reads_does_not_depend_on_who_came_before(alice, dana, lab):
    session = lab.add("session", date_time="2026-07-01T22:30:00Z")
    choose(alice, AMERICAN)
    choose(dana, GERMAN)
    path = f"/private/stem/session/{session['id']}/"
    assert "07/01/2026" in Reader(alice).get(path).words
    assert "01.07.2026" in Reader(dana).get(path).words
    page = Reader(alice).get(path)
    assert "07/01/2026" in page.words
    assert page.headers["Cache-Control"].startswith(("private", "no-store", "no-cache", "max-age=0"))


@pytest.mark.parametrize(
    "path", ["/private/stem/session/", "/private/stem/session/{id}/", "/private/stem/session/{id}/change/"]
)
def test_they_take_no_statement(alice, lab, path):
    session = lab.add("session", date_time="2026-07-01T22:30:00Z")
    reader, address, numbers = Reader(alice), path.format(id=session["id"]), []
    for chosen in ({}, {}, {}, {}, GERMAN):  # the first visits are noted
        choose(alice, {"time_zone": "UTC", **chosen})
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(address).status == 200
        numbers.append(len(queries))
    assert numbers[-1] == numbers[-2]


def test_no_page_writes_dates_or_numbers_by_itself():
    """Or it would not follow the formats of who looks."""
    wrong = re.compile(r"%[YH][-:]%[mM]|:,\}|\|date:[^']|\|intcomma|toLocale\w+\(\"en")
    names = [*WEB.rglob("*.py"), *(WEB / "templates").rglob("*.html"), *(WEB / "static/brainstem").rglob("*.js")]
    assert len(names) > 300
    found = {str(name.relative_to(WEB)) for name in names if wrong.search(name.read_text())}
    # Where formats are made, and a value that a control holds.
    assert found <= {"formats.py", "portal/forms/copying.py"}, found


# -- what is typed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "as_stored"),
    [
        ("dot", "1,5", "1.5"),
        ("dot", "-0,25 mm", "-0.25 mm"),
        ("dot", ",5", ".5"),
        ("dot", "1.234,5 nL", "1234.5 nL"),
        ("dot", "1.234.567", "1234567"),
        ("dot", "1,5e-3", "1.5e-3"),
        ("dot", "1.234", "1.234"),  # as the control shows a stored number
        ("dot", "1,2,3", "1,2,3"),
        ("dot", "1,", "1,"),
        ("dot", "12.34,5", "12.34,5"),
        ("space", "1 234,5", "1234.5"),
        ("space", "1\u202f234\u202f567", "1234567"),
        ("space", "1 234.5 g", "1234.5 g"),
        ("space", "1,5 g", "1.5 g"),
        ("space", "12 34", "12 34"),
        ("space", "20 g", "20 g"),
        ("comma", "1,234.5", "1234.5"),
        ("comma", "1,234", "1234"),
        ("comma", "1,5", "1,5"),
        ("comma", "12,34,567", "12,34,567"),
        ("dot", "9" * 61 + ",5", "9" * 61 + ",5"),
        ("dot", "wide", "wide"),
        ("dot", "", ""),
    ],
)
def test_typed_numbers(name, text, as_stored):
    assert stored(text, name) == as_stored
    assert stored(as_stored, name) == as_stored


def test_a_form_understands_a_decimal_comma_and_shows_what_is_stored(alice, lab):
    made = lab.add("dataacquisition", details={"fileName": "a", "sr": {"value": 20, "unit": "kHz"}})
    path, desk = f"{path_of('dataacquisition')}/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    paper.write("details.sr", "1.234,5")
    assert "1234.5" not in desk.refused(path, paper).values("details.sr")  # the usual format does not know it
    choose(alice, GERMAN)
    assert desk.open(path).values("details.sr") == ["20"]
    again = desk.again(path, paper)
    assert again.values("details.sr") == ["1234.5"]
    desk.save(path, paper)
    found = alice.get(f"{path_of('dataacquisition')}/{made['id']}").record["details"]["sr"]
    assert found == {"value": 1234.5, "unit": "kHz"}


def test_what_is_no_number_loses_nothing_and_texts_keep_their_commas(alice, lab):
    choose(alice, GERMAN)
    made = lab.add("dataacquisition", details={"fileName": "a", "nChannels": 4})
    path, desk = f"{path_of('dataacquisition')}/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    paper.write("details.nChannels", "1,2,3")
    paper.write("details.fileName", "1,5")
    back = desk.refused(path, paper)
    assert "1,2,3" in back.errors["f-details-nChannels-e"]
    assert back.values("details.nChannels") == ["1,2,3"]
    assert back.values("details.fileName") == ["1,5"]


def test_numbers_in_tables_and_entries_are_understood_too(alice, lab):
    choose(alice, GERMAN)
    log, desk = lab.add("subjectlog", type="Weighing"), Desk(alice)
    path = f"{path_of('subjectlog')}/{log['id']}"
    paper = desk.open(f"{path}/change")
    paper.write("entries.0.date_time", "2026-02-01T10:00")
    paper.write("entries.0.details.weight", "20,5")
    desk.save(f"{path}/change", paper)
    assert alice.get(path).record["entries"][-1]["details"]["weight"]["value"] == 20.5
