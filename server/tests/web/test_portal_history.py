"""Histories as pages: what they tell in whose words, who may read them, and what can be taken back."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.model.registry import specs

from ..lab import path_of
from ..people import Person
from .pages import Reader


@pytest.fixture
def reader(alice):
    """Alice's browser."""
    return Reader(alice)


def where(lab, name, portal="private"):
    return f"/{portal}/{path_of(name)}/{lab[name]}/"


def change(person, lab, name, /, **values):
    """A change through the API; the event that it was."""
    response = person.patch(f"{path_of(name)}/{lab[name]}", values)
    assert response.status == 200, response.text
    return response.headers["Brainstem-Event"]


def events(page):
    """The events of a page, newest first."""
    return list(dict.fromkeys(re.findall(r"/private/history/([0-9a-f-]{36})/undo/", page.text)))


# -- what it says --------------------------------------------------------------------------------------------------------


def test_a_history_tells_who_changed_what_when_and_through_what(reader, alice, bob, lab):
    change(alice, lab, "subject", sex="F", description="Shy.")
    page = reader.get(f"{where(lab, 'subject')}history/")
    assert page.status == 200
    words = page.words
    assert f"History of {lab.made['subject']['name']}" in words
    assert f"{alice.user.get_full_name()} changed this subject" in words
    assert f"{alice.user.get_full_name()} added this subject" in words
    assert words.index("changed this subject") < words.index("added this subject")
    assert "Sex Male → became Female" in words
    assert "Description empty → became Shy." in words
    assert "through the API" in words
    assert "just now" in words
    assert "2 changes" in words
    assert re.search(r'<time class="date" datetime="20[0-9T:.-]+Z">', page.text)


def test_relations_stand_by_name_and_what_is_gone_says_so(reader, alice, admin, lab):
    strain = lab.add("strain")
    before = lab.made["strain"]["name"] if lab["strain"] else ""
    change(alice, lab, "subject", strain=strain["id"])
    words = reader.get(f"{where(lab, 'subject')}history/").words
    assert f"Strain {before} → became {strain['name']}" in words
    change(alice, lab, "subject", strain=lab["strain"])
    assert admin.through("super").delete(f"taxonomies/strain/{strain['id']}").status == 204
    words = reader.get(f"{where(lab, 'subject')}history/").words
    assert f"Strain Deleted strain → became {before}" in words


def test_a_long_text_is_told_by_its_differences(reader, alice, lab):
    start = "The animal was handled for ten minutes on each of five days before the first session in the maze. "
    change(alice, lab, "subject", description=f"{start}It was calm.")
    change(alice, lab, "subject", description=f"{start}It was nervous.")
    text = reader.get(f"{where(lab, 'subject')}history/").text
    assert "<del>calm.</del><ins>nervous.</ins>" in text
    assert "… the first session in the maze. It was" in " ".join(text.split())


def test_units_types_and_tags_are_told_as_on_the_record(reader, alice, lab):
    volume = {"injectionVolume": {"value": 300, "unit": "nL"}}
    lab.made["procedure"] = lab.add("procedure", type="VirusInjection", details=volume)
    more = {"injectionVolume": {"value": 500, "unit": "nL"}}
    change(alice, lab, "procedure", details=more)
    words = reader.get(f"{where(lab, 'procedure')}history/").words
    assert "Injection volume 300 nL → became 500 nL" in words
    change(alice, lab, "subject", tags=["pilot", "CA1"])
    change(alice, lab, "subject", tags=["CA1"])
    words = reader.get(f"{where(lab, 'subject')}history/").words
    assert "Tags Added pilot CA1" in words or "Tags Added CA1 pilot" in words
    assert "Tags Removed pilot" in words


def test_entries_of_logs_are_told_one_by_one(reader, alice, lab):
    path = f"modules/subjectlog/{lab['subjectlog']}"
    entry = {"date_time": "2026-02-02T10:00:00Z", "details": {"weight": {"value": 21, "unit": "g"}}}
    assert alice.patch(f"{path}/add_entry", entry).status in (200, 201)
    heavier = entry | {"details": {"weight": {"value": 23, "unit": "g"}}}
    assert alice.patch(f"{path}/change_entry", heavier).status == 200
    words = reader.get(f"{where(lab, 'subjectlog')}history/").words
    assert "added an entry to this subject log" in words
    assert "Weight, entry of 2026-02-02 10:00 21 g → became 23 g" in words


def test_times_are_in_the_zone_of_the_person(reader, alice, lab):
    lab.made["session"] = lab.add("session", date_time="2026-07-01T22:30:00Z")
    change(alice, lab, "session", date_time="2026-07-01T23:30:00Z")
    type(alice.user).objects.filter(pk=alice.user.pk).update(time_zone="Europe/Berlin")
    page = reader.get(f"{where(lab, 'session')}history/")
    assert "2026-07-02 00:30 → became 2026-07-02 01:30" in page.words
    assert page.words.count("Europe/Berlin") == 1


def test_a_history_is_narrowed_by_field_and_person(reader, alice, lab, dana):
    change(alice, lab, "subject", sex="F")
    change(alice, lab, "subject", description="Shy.")
    path = f"{where(lab, 'subject')}history/"
    words = reader.get(path, field="sex", by="").words
    assert "Female" in words
    assert "Shy." not in words
    assert "2 changes" not in reader.get(path, by=dana.user.pk).words
    assert "No such changes" in reader.get(path, by=dana.user.pk).words
    assert "Shy." in reader.get(path, by="me").words
    assert reader.get(path, field="nonsense").status == 400
    assert reader.get(path, cursor="nonsense").status == 400
    api = [link for link in reader.get(path, field="sex").links if link.startswith("/api/")]
    assert f"/api{path}?field=sex" in api


def test_older_changes_are_on_further_pages(reader, alice, lab):
    for number in range(25):
        change(alice, lab, "subject", description=f"Version {number}.")
    page = reader.get(f"{where(lab, 'subject')}history/")
    assert "Version 24." in page.words
    assert "26 changes" in page.words
    [older] = [link for link in page.links if "cursor=" in link]
    further = reader.get(older)
    assert "added this subject" in further.words
    assert "Version 24." not in further.words
    assert "Newest" in further.words


def test_a_history_takes_as_many_statements_however_long(alice, lab):
    reader, path = Reader(alice), f"{where(lab, 'subject')}history/"

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(path).status == 200
        return [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]

    strain = lab.add("strain")["id"]
    change(alice, lab, "subject", strain=strain)
    statements(), statements()
    few = statements()
    for number in range(8):
        change(alice, lab, "subject", strain=(lab["strain"], strain)[number % 2], description=f"V{number}")
    assert len(statements()) == len(few), few


# -- who may read it -----------------------------------------------------------------------------------------------------


def test_only_those_who_may_change_a_record_read_its_history(alice, bob, charlie, dana, lab):
    path = f"{where(lab, 'subject')}history/"
    for person, status in ((alice, 200), (bob, 404), (charlie, 404)):
        assert Reader(person).get(path).status == status
    assert Reader().get(path).to.startswith("/account/login/?next=/private/stem/subject/")
    public = path.replace("/private/", "/public/")
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert Reader(alice).get(public).status == 404
    assert Reader().get(public).status == 404


def test_only_those_who_may_change_something_of_it_see_an_event(alice, bob, charlie, lab):
    event = change(alice, lab, "subject", sex="F")
    for person, status in ((alice, 200), (bob, 404), (charlie, 404)):
        assert Reader(person).get(f"/private/history/{event}/").status == status
        assert Reader(person).post(f"/private/history/{event}/undo/").status == (303 if status == 200 else 404)
    assert Reader().get(f"/private/history/{event}/").to.startswith("/account/login/")
    assert Reader(alice).get(f"/public/history/{event}/").status == 404
    assert Reader(alice).get("/private/history/0199b3f0-5a1e-7c44-9d0b-6a2f6f1f0a11/").status == 404
    assert Reader(alice).get("/private/history/nonsense/").status == 404


def test_a_reference_that_is_hidden_stays_hidden_in_a_history(alice, charlie, dana, lab):
    """What a stranger added and nobody here sees is no change of the record for those who see it."""
    lab["subject"]
    theirs = charlie.make("stem/project", name="Their own project")
    page = Reader(alice).get(f"{where(lab, 'subject')}history/")
    assert theirs["name"] not in page.text


# -- undoing -------------------------------------------------------------------------------------------------------------


def test_a_change_of_one_record_is_undone_at_once_and_so_is_the_undo(reader, alice, lab):
    event, path = change(alice, lab, "subject", sex="F"), f"{where(lab, 'subject')}history/"
    done = reader.post(f"/private/history/{event}/undo/", next=path)
    assert (done.status, done.to) == (303, path)
    assert alice.get(f"stem/subject/{lab['subject']}").record["sex"] == "M"
    page = reader.get(path)
    assert "Undone: 1 record set back." in page.words
    undoing = re.search(r'role="status">.*?/private/history/([0-9a-f-]{36})/undo/', page.text)[1]
    assert undoing != event
    assert reader.post(f"/private/history/{undoing}/undo/", confirmed="1", next=path).status == 303
    assert alice.get(f"stem/subject/{lab['subject']}").record["sex"] == "F"


def test_what_spans_several_records_is_shown_before_it_is_undone(reader, alice, lab):
    rows = [lab.payload("subject") for _ in range(3)]
    made = alice.post("stem/subject/bulk", {"create": rows})
    assert made.status in (200, 201), made.text
    event = made.headers["Brainstem-Event"]
    asked = reader.post(f"/private/history/{event}/undo/", next="/private/")
    assert (asked.status, asked.to) == (303, f"/private/history/{event}/undo/?next=%2Fprivate%2F")
    page = reader.get(asked.to)
    assert f"{alice.user.get_full_name()} added 3 subjects" in page.words
    assert "3 subjects deleted" in page.words
    assert len(specs()["stem.Subject"].model.objects.filter(name__in={row["name"] for row in rows})) == 3
    assert all(row["name"] in page.words for row in rows)
    assert "Undo all of it" in page.words
    done = reader.post(f"/private/history/{event}/undo/", confirmed="1")
    assert done.status == 303
    assert done.to.startswith("/private/history/")
    assert done.to != f"/private/history/{event}/"
    told = reader.get(done.to).words
    assert "deleted 3 subjects" in told
    names = {row["name"] for row in rows}
    assert not specs()["stem.Subject"].model.objects.filter(name__in=names).exists()


def test_an_undo_that_came_too_late_names_the_fields_and_who_changed_them(reader, alice, dana, lab):
    event = change(alice, lab, "subject", description="Shy.")
    change(alice, lab, "subject", description="Bold.")
    page = reader.post(f"/private/history/{event}/undo/")
    assert page.status == 409
    words = page.words
    assert "Nothing was undone." in words
    assert lab.made["subject"]["name"] in words
    assert "Description Bold." in words
    assert alice.user.get_full_name() in words.partition("Changed by")[2]
    assert alice.get(f"stem/subject/{lab['subject']}").record["description"] == "Bold."


def test_what_is_used_is_not_undone_and_the_page_says_by_what(reader, alice, lab):
    path = f"{where(lab, 'subject')}history/"
    lab["procedure"]
    created = events(reader.get(path))[-1]
    page = reader.post(f"/private/history/{created}/undo/", confirmed="1")
    assert page.status == 409
    assert "Procedures: " in page.words
    assert alice.get(f"stem/subject/{lab['subject']}").status == 200


def test_invitations_are_not_undone(reader, alice, charlie, lab):
    sent = alice.post(f"stem/project/{lab['project']}/invite", {"user": charlie.user.pk})
    page = reader.post(f"/private/history/{sent.headers['Brainstem-Event']}/undo/", confirmed="1")
    assert page.status == 409
    assert "Invitations and requests to join are not undone." in page.words


def test_a_record_goes_back_to_how_it_was(reader, alice, lab):
    first = change(alice, lab, "subject", sex="F", description="Shy.")
    change(alice, lab, "subject", sex="U", description="Bold.")
    path = f"{where(lab, 'subject')}history/"
    assert "Restore as it was then" in reader.get(path).words
    done = reader.post(f"{path}revert/", to=first)
    assert (done.status, done.to) == (303, path)
    record = alice.get(f"stem/subject/{lab['subject']}").record
    assert (record["sex"], record["description"]) == ("F", "Shy.")
    assert "Restored as it was after" in reader.get(path).words
    assert reader.post(f"{path}revert/", to=first).to == path
    assert "It is as it was then already." in reader.get(path).words


def test_a_state_that_is_not_valid_any_more_is_refused_by_field(reader, alice, lab):
    path = f"{where(lab, 'subject')}history/"
    old = lab.made["subject"]["name"]
    created = events(reader.get(path))[-1]
    change(alice, lab, "subject", name=f"{old} renamed")
    lab.add("subject", name=old)
    page = reader.post(f"{path}revert/", to=created)
    assert page.status == 400
    assert "Name" in page.words
    assert "Nothing was changed." in page.words
    assert reader.post(f"{path}revert/", to="nonsense").status == 400


def test_who_may_not_change_a_record_takes_nothing_back(alice, bob, charlie, lab):
    event = change(alice, lab, "subject", sex="F")
    for person in (bob, charlie):
        assert Reader(person).post(f"{where(lab, 'subject')}history/revert/", to=event).status == 404
        assert Reader(person).post(f"/private/history/{event}/undo/", confirmed="1").status == 404
    assert Reader(alice).post(f"/public/history/{event}/undo/").status == 404
    assert Reader(alice).get(f"/private/history/{event}/undo/").status == 200  # what it would do; nothing is done
    for person in (bob, charlie):
        assert Reader(person).get(f"/private/history/{event}/undo/").status == 404
    assert Reader(alice).get(f"/public/history/{event}/undo/").status == 404
    assert alice.get(f"stem/subject/{lab['subject']}").record["sex"] == "F"


def test_forms_from_elsewhere_take_nothing_back(alice, lab):
    from django.test import Client

    from .pages import BROWSER

    event = change(alice, lab, "subject", sex="F")
    client = Client(enforce_csrf_checks=True, headers={"accept": BROWSER})
    client.force_login(alice.user)
    assert client.post(f"/private/history/{event}/undo/", {"confirmed": "1"}).status_code == 403
    assert client.post(f"{where(lab, 'subject')}history/revert/", {"to": event}).status_code == 403


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_an_undo_leads_nowhere_else(reader, alice, lab, onward):
    event = change(alice, lab, "subject", sex="F")
    assert reader.post(f"/private/history/{event}/undo/", next=onward).to.startswith("/private/history/")


def test_hostile_values_stay_text_in_a_history(reader, alice, lab):
    change(alice, lab, "subject", description="<script>alert(1)</script> & <b>x</b>", extra_fields={"key": "<u>v</u>"})
    change(alice, lab, "subject", description="\u202e<img src=x onerror=alert(1)>", tags=["<script>"])
    text = reader.get(f"{where(lab, 'subject')}history/").text
    assert "<script>alert" not in text
    assert "<u>v</u>" not in text
    assert "onerror=alert(1)>" not in text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:1 }} </title>"]
)
def test_hostile_names_stay_text_on_every_page_of_the_past(reader, alice, lab, name):
    lab.made["subject"] = lab.add("subject", name=name)
    path, event = where(lab, "subject"), change(alice, lab, "subject", sex="F")
    pages = [reader.get(path + below) for below in ("", "history/", "card/")]
    pages.append(reader.get(f"/private/history/{event}/"))
    pages.append(reader.get(reader.post(f"{path}delete/").to))
    pages += [reader.get(path), reader.get("/private/stem/subject/deleted/"), reader.get(f"{path}history/")]
    for page in pages:
        assert name not in page.text
        assert "<img" not in page.text
        assert name.split("<")[0].strip('">{}') in page.words


def test_administrators_read_histories_in_their_portal(admin, alice, lab):
    change(alice, lab, "subject", sex="F")
    reader = Reader(admin)
    page = reader.get(f"{where(lab, 'subject', 'super')}history/")
    assert page.status == 200
    assert Reader(alice).get(f"{where(lab, 'subject', 'super')}history/").status == 403
    change(admin.through("super"), lab, "strain", popular_name="Black six")
    assert "Black six" in reader.get(f"{where(lab, 'strain')}history/").words
    assert Reader(alice).get(f"{where(lab, 'strain')}history/").status == 404


def test_a_token_is_named(alice, lab, reader):
    lab["subject"]
    someone = Person(alice.user)
    assert someone.patch(f"stem/subject/{lab['subject']}", {"sex": "F"}).status == 200
    assert " · token " in reader.get(f"{where(lab, 'subject')}history/").text


# -- beside the record ---------------------------------------------------------------------------------------------------


def test_the_last_changes_stand_beside_the_record_for_those_who_may_change_it(alice, bob, lab):
    change(alice, lab, "subject", sex="F", description="Shy.")
    path = where(lab, "subject")
    page = Reader(alice).get(path)
    assert "changed description, sex" in page.words or "changed sex, description" in page.words
    assert f"{path}history/" in page.links
    assert 'aria-keyshortcuts="h"' in page.text
    other = Reader(bob).get(path)
    assert other.status == 200
    assert "changed " not in other.words
    assert f"{path}history/" not in other.links


def test_the_newest_change_is_undone_from_the_record(reader, alice, lab):
    path = where(lab, "subject")
    lab["subject"]
    assert "/undo/" not in reader.get(path).text  # that it was added is not undone in passing
    change(alice, lab, "subject", sex="F")
    [event] = events(reader.get(path))
    done = reader.post(f"/private/history/{event}/undo/", next=path)
    assert (done.status, done.to) == (303, path)
    assert alice.get(f"stem/subject/{lab['subject']}").record["sex"] == "M"


# -- what was deleted ----------------------------------------------------------------------------------------------------


def delete(reader, lab, name):
    path = where(lab, name)
    done = reader.post(f"{path}delete/")
    assert done.status == 303
    return path, reader.get(done.to)


def test_a_deletion_is_undone_from_its_notice(reader, alice, lab):
    lab["procedure"]
    path, page = delete(reader, lab, "subject")
    [event] = events(page)
    done = reader.post(f"/private/history/{event}/undo/", confirmed="1", next=path)
    assert (done.status, done.to) == (303, path)
    assert reader.get(path).status == 200
    assert alice.get(f"modules/procedure/{lab['procedure']}").status == 200


def test_what_was_deleted_is_listed_with_what_went_along_and_comes_back(reader, alice, lab):
    lab["procedure"]
    path, _ = delete(reader, lab, "subject")
    name = lab.made["subject"]["name"]
    page = reader.get("/private/stem/subject/deleted/")
    assert f"{name} Deleted by {alice.user.get_full_name()}" in page.words
    assert "with 1 procedure" in page.words
    assert name in reader.get("/private/stem/subject/deleted/", search=name[:6]).words
    assert "Nothing deleted has this name" in reader.get("/private/stem/subject/deleted/", search="nothing").words
    done = reader.post(f"/private/stem/subject/deleted/{lab['subject']}/restore/")
    assert (done.status, done.to) == (303, path)
    assert "Subject restored. Undo" in reader.get(path).words
    assert "Nothing to restore" in reader.get("/private/stem/subject/deleted/").words
    assert reader.post(f"/private/stem/subject/deleted/{lab['subject']}/restore/").status == 404


def test_only_those_who_could_delete_it_restore_it(reader, alice, bob, charlie, lab):
    path, _ = delete(reader, lab, "subject")
    name = lab.made["subject"]["name"]
    for person in (bob, charlie):
        other = Reader(person)
        assert name not in other.get("/private/stem/subject/deleted/").words
        assert other.post(f"/private/stem/subject/deleted/{lab['subject']}/restore/").status == 404
        gone = other.get(path)
        assert gone.status == 404
        assert name not in gone.text
    assert Reader().get("/private/stem/subject/deleted/").to.startswith("/account/login/")
    assert Reader(alice).get("/public/stem/subject/deleted/").status == 404
    assert Reader(alice).post(f"/public/stem/subject/deleted/{lab['subject']}/restore/").status == 404
    assert reader.get(f"/private/stem/subject/deleted/{lab['subject']}/restore/").status == 405


def test_the_history_of_a_deleted_record_is_read_and_leads_to_the_list(reader, lab):
    path, _ = delete(reader, lab, "subject")
    page = reader.get(f"{path}history/")
    assert page.status == 200
    assert f"History of {lab.made['subject']['name']}" in page.words
    assert "deleted this subject" in page.words
    assert "/private/stem/subject/deleted/" in page.links


def test_a_name_that_was_taken_since_refuses_the_restore(reader, lab):
    path, _ = delete(reader, lab, "subject")
    lab.add("subject", name=lab.made["subject"]["name"])
    page = reader.post(f"/private/stem/subject/deleted/{lab['subject']}/restore/")
    assert page.status == 409
    assert "has been taken since" in page.words
    assert reader.get(path).status == 404


def test_a_list_leads_to_what_was_deleted_only_for_those_who_could_delete(reader, admin, lab):
    lab["subject"], lab["strain"]
    assert "/private/stem/subject/deleted/" in reader.get("/private/stem/subject/").links
    assert "/private/taxonomies/strain/deleted/" not in reader.get("/private/taxonomies/strain/").links
    assert "/private/taxonomies/strain/deleted/" in Reader(admin).get("/private/taxonomies/strain/").links
    assert "/public/stem/subject/deleted/" not in Reader().get("/public/stem/subject/").links


def test_a_list_of_what_was_deleted_takes_as_many_statements_however_long(reader, alice, lab):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert reader.get("/private/stem/subject/deleted/").status == 200
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    def one_more():
        assert alice.delete(f"stem/subject/{lab.add('subject')['id']}").status == 204

    one_more(), statements(), statements()
    few = statements()
    for _ in range(5):
        one_more()
    assert statements() == few


def test_the_other_portal_is_reached_at_the_record_itself(reader, lab):
    path = where(lab, "subject")
    assert f"/public/stem/subject/{lab['subject']}/" in reader.get(f"{path}history/").links
    assert "/public/stem/subject/" in reader.get("/private/stem/subject/deleted/").links
