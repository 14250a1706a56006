"""Histories of a list and of a person, what an undo would do, and what was deleted: by whom they are read, and what they say."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.core.history import grouped
from brainstem.core.model.registry import specs
from brainstem.web.portal.history import events, previews

from ..lab import path_of
from .pages import Reader
from .test_portal_history import change, delete, where

SUBJECTS = "/private/stem/subject/"
LIST, MINE = f"{SUBJECTS}history/", "/private/history/"
DELETED = f"{SUBJECTS}deleted/"


@pytest.fixture
def reader(alice):
    """Alice's browser."""
    return Reader(alice)


def name_of(person):
    return person.user.get_full_name()


def added(alice, lab, number=3):
    """Several subjects of one write; their names, and the event."""
    rows = [lab.payload("subject") for _ in range(number)]
    made = alice.post("stem/subject/bulk", {"create": rows})
    assert made.status in (200, 201), made.text
    return [row["name"] for row in rows], made.headers["Brainstem-Event"]


def statements(reader, path):
    with CaptureQueriesContext(connection) as seen:
        assert reader.get(path).status == 200
    return [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]


def subject_of(lab):
    return f"stem/subject/{lab['subject']}"


# -- the history of a list ----------------------------------------------------------------------------------------------


def test_a_list_tells_each_write_once_and_of_one_record_field_by_field(reader, alice, lab):
    names, _ = added(alice, lab, 5)
    change(alice, lab, "subject", sex="F")
    page = reader.get(LIST)
    assert page.status == 200
    words = page.words
    assert f"{name_of(alice)} added 5 subjects" in words
    assert f"{names[0]} , {names[1]} , {names[2]} and 2 more" in words
    assert names[3] not in words
    assert f"{name_of(alice)} changed {lab.made['subject']['name']}" in words
    assert "Sex Male → became Female" in words
    assert words.index("changed") < words.index("added 5 subjects")
    assert "in bulk" in words
    assert f"/api{LIST}" in page.links


def test_the_list_leads_to_its_history_and_so_does_that_of_a_record(reader, bob, lab):
    lab["subject"]
    assert LIST in reader.get(SUBJECTS).links
    assert LIST in reader.get(f"{where(lab, 'subject')}history/").links
    assert "/public/stem/subject/history/" not in Reader().get("/public/stem/subject/").links
    assert "/private/taxonomies/strain/history/" not in reader.get("/private/taxonomies/strain/").links


def test_only_those_who_may_change_a_record_find_it_in_the_history_of_the_list(alice, bob, charlie, admin, lab):
    change(alice, lab, "subject", description="Shy.")
    name = lab.made["subject"]["name"]
    assert name in Reader(alice).get(LIST).words
    for person in (bob, charlie):
        page = Reader(person).get(LIST)
        assert page.status == 200
        assert name not in page.text
        assert "Shy." not in page.text
    assert Reader().get(LIST).to.startswith("/account/login/?next=/private/stem/subject/history/")
    assert Reader(alice).get("/public/stem/subject/history/").status == 404
    assert Reader(alice).get("/super/stem/subject/history/").status == 403
    assert name in Reader(admin).get("/super/stem/subject/history/").words
    assert Reader(alice).post(LIST).status == 405


def test_who_no_longer_may_change_a_record_no_longer_reads_what_happened_to_it(alice, bob, dana, lab):
    path = f"stem/project/{lab['project']}"
    change(alice, lab, "subject", description="Shy.")
    assert "Shy." in Reader(dana).get(LIST).words
    for role, reads in (({"can_change": True}, True), ({"can_change": False}, False)):
        assert alice.patch(path, {"users": {bob.email: role}}).status == 200
        assert ("Shy." in Reader(bob).get(LIST).text) is reads
        assert ("Shy." in Reader(bob).get(MINE, by=alice.user.pk).text) is reads


def test_the_history_of_a_list_is_narrowed_and_says_so_in_chips(reader, alice, dana, lab):
    change(alice, lab, "subject", sex="F")
    change(alice, lab, "subject", description="Shy.")
    gone = lab.add("subject")
    assert alice.delete(f"stem/subject/{gone['id']}").status == 204
    page = reader.get(LIST, field="sex", action="change", by="me")
    assert "Female" in page.words
    assert "Shy." not in page.words
    assert gone["name"] not in page.words
    assert "Field is Sex" in page.words
    assert "Person is Me" in page.words
    assert "What was done is Changed" in page.words
    assert f"{LIST}?field=sex&by=me" in page.links  # without the chip
    deletions = reader.get(LIST, action="delete").words
    assert f"deleted {gone['name']}" in deletions
    assert "Female" not in deletions
    assert "No such changes" in reader.get(LIST, by=dana.user.pk).words
    assert "No such changes" in reader.get(LIST, until="2001-01-01").words
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert "Shy." in reader.get(LIST, since=today, until=today).words


@pytest.mark.parametrize(
    ("asked", "named"),
    [({"field": "nonsense"}, "field"), ({"action": "nonsense"}, "action"), ({"since": "soon"}, "since"),
     ({"by": "nobody"}, "by"), ({"cursor": "nonsense"}, "cursor"), ({"cursor": "~x"}, "cursor"), ({"x": "1"}, "x")],
)  # fmt: skip
def test_what_a_history_does_not_understand_is_named(reader, lab, asked, named):
    page = reader.get(LIST, **asked)
    assert page.status == 400
    assert named in page.words


def test_older_writes_are_on_further_pages_and_none_is_told_twice(reader, alice, lab):
    names, _ = added(alice, lab, 4)
    for number in range(45):
        change(alice, lab, "subject", description=f"Version {number}.")
    path, seen = LIST, []
    for _ in range(4):
        page = reader.get(path)
        seen += re.findall(r"became (Version \d+)\.", page.words)
        if "Older" not in page.words:
            break
        path = [link for link in page.links if link.startswith(f"{LIST}?cursor=")][-1]
    assert seen == [f"Version {number}" for number in reversed(range(45))]
    assert "added 4 subjects" in page.words
    assert "Newest" in page.words


def test_the_history_of_a_list_takes_as_many_statements_however_long(reader, alice, lab):
    strain = lab.add("strain")["id"]
    change(alice, lab, "subject", strain=strain)
    added(alice, lab, 2)
    statements(reader, LIST)
    few = statements(reader, LIST)
    for number in range(6):
        change(alice, lab, "subject", strain=(lab["strain"], strain)[number % 2])
        added(alice, lab, 4)
    many = statements(reader, LIST)
    assert len(many) <= len(few), many
    assert len(many) <= 20


def test_an_undo_in_the_list_undoes_one_write_and_leads_back(reader, alice, lab):
    event = change(alice, lab, "subject", sex="F")
    done = reader.post(f"/private/history/{event}/undo/", next=f"{LIST}?by=me")
    assert (done.status, done.to) == (303, f"{LIST}?by=me")
    assert alice.get(subject_of(lab)).record["sex"] == "M"
    assert "Undone: 1 record set back." in reader.get(done.to).words


def test_a_record_is_restored_from_the_list_as_it_was(reader, alice, lab):
    first = change(alice, lab, "subject", sex="F")
    change(alice, lab, "subject", sex="U")
    revert = f"{where(lab, 'subject')}history/revert/"
    assert f'action="{revert}"' in reader.get(LIST).text
    done = reader.post(revert, to=first, next=LIST)
    assert (done.status, done.to) == (303, LIST)
    assert alice.get(subject_of(lab)).record["sex"] == "F"
    assert reader.post(revert, to=first, next="https://evil.example/").to == f"{where(lab, 'subject')}history/"


# -- of a person --------------------------------------------------------------------------------------------------------


def test_everybody_finds_what_they_wrote_over_all_models(reader, alice, lab):
    change(alice, lab, "subject", description="Shy.")
    change(alice, lab, "project", description="About mazes.")
    page = reader.get(MINE)
    assert "Your changes" in page.words
    assert f"changed {lab.made['subject']['name']} (subject)" in page.words
    assert "About mazes." in page.words
    assert MINE in reader.get("/private/").links
    narrowed = reader.get(MINE, model="stem/project").words
    assert "About mazes." in narrowed
    assert "Shy." not in narrowed
    assert "Kind of record is Projects" in narrowed
    assert reader.get(MINE, model="stem/nonsense").status == 400


def test_of_others_one_reads_what_one_may_change_oneself(alice, charlie, admin, lab):
    change(alice, lab, "subject", description="Shy.")
    theirs = charlie.make("stem/project", name="Their own project")
    asked = {"by": alice.user.pk}
    seen = Reader(admin).get("/super/history/", **asked)
    assert "Shy." in seen.words
    assert f"Changes by {name_of(alice)}" in seen.words
    assert "Shy." not in Reader(charlie).get(MINE, **asked).text
    assert theirs["name"] not in Reader(alice).get(MINE, by=charlie.user.pk).text
    assert theirs["name"] in Reader(charlie).get(MINE).words
    everyone = Reader(admin).get("/super/history/").words
    assert "Changes by everyone" in everyone
    assert theirs["name"] in everyone
    assert Reader(alice).get("/super/history/").status == 403
    assert Reader(alice).get("/public/history/").status == 404
    assert Reader().get(MINE).to.startswith("/account/login/")
    # An account that is not there answers as one of which nothing is seen.
    assert Reader(alice).get(MINE, by=987654).status == 200


def test_names_lead_to_what_these_people_did(reader, alice, lab):
    change(alice, lab, "subject", sex="F")
    for path in (LIST, f"{where(lab, 'subject')}history/", MINE):
        assert f"{MINE}?by=me" in reader.get(path).links


def test_the_history_of_a_person_takes_as_many_statements_however_long(reader, alice, lab):
    change(alice, lab, "subject", description="First.")
    added(alice, lab, 2)
    statements(reader, MINE)
    few = statements(reader, MINE)
    for number in range(6):
        change(alice, lab, "subject", description=f"V{number}")
        added(alice, lab, 4)
    assert len(statements(reader, MINE)) <= len(few)


def test_hidden_writes_are_passed_over_and_what_is_seen_behind_them_is_found(alice, dana, lab, monkeypatch):
    change(alice, lab, "subject", description="Shy.")
    for number in range(40):
        alice.make("stem/project", name=f"Hidden {number}")
    asked = {"by": alice.user.pk}
    page = Reader(dana).get(MINE, **asked)
    assert "Shy." in page.words
    assert "Hidden" not in page.text
    assert "Older" not in page.words
    # After too many of them the page ends, with a cursor of which one cannot read where it stands.
    monkeypatch.setattr(grouped, "MOST_READ", 25)
    stopped = Reader(dana).get(MINE, **asked)
    assert "Shy." not in stopped.words
    [older] = [link for link in stopped.links if link.startswith(f"{MINE}?") and "cursor=" in link]
    further = Reader(dana).get(older)
    assert "Shy." in further.words
    assert "Hidden" not in further.text


# -- what an undo would do ----------------------------------------------------------------------------------------------


def test_an_undo_is_shown_before_it_is_done(reader, alice, lab):
    names, event = added(alice, lab)
    page = reader.get(f"/private/history/{event}/undo/", next=LIST)
    assert page.status == 200
    assert "Undo this change?" in page.words
    assert "3 subjects deleted" in page.words
    assert all(f"Deletes {name}" in page.words for name in names)
    assert f'name="next" value="{LIST}"' in page.text
    assert specs()["stem.Subject"].model.objects.filter(name__in=names).count() == 3
    evil = reader.get(f"/private/history/{event}/undo/", next="https://evil.example/")
    assert 'name="next" value="https' not in evil.text
    assert not any(link.startswith("https://evil.example") for link in evil.links)


def test_the_preview_of_an_undo_names_what_moved_since(reader, alice, lab):
    names, event = added(alice, lab)
    model = specs()["stem.Subject"].model
    changed = str(model.objects.get(name=names[1]).pk)
    assert alice.patch(f"stem/subject/{changed}", {"description": "Bold."}).status == 200
    page = reader.get(f"/private/history/{event}/undo/")
    assert page.status == 409
    assert "This cannot be undone" in page.words
    assert f"{names[1]} Description Bold." in page.words
    assert 'name="confirmed"' not in page.text
    assert reader.post(f"/private/history/{event}/undo/", confirmed="1").status == 409


def test_what_is_undone_already_has_nothing_left(reader, alice, lab):
    event = change(alice, lab, "subject", sex="F")
    change(alice, lab, "subject", sex="M")
    page = reader.get(f"/private/history/{event}/undo/")
    assert page.status == 200
    assert "Nothing is left to undo" in page.words


def test_an_undo_is_undone_after_it_was_shown(reader, alice, lab):
    event = change(alice, lab, "subject", sex="F")
    undone = reader.post(f"/private/history/{event}/undo/", confirmed="1").to
    page = reader.get(f"{undone}undo/")
    assert "Sex Male → became Female" in page.words
    assert reader.post(f"{undone}undo/", confirmed="1").status == 303
    assert alice.get(subject_of(lab)).record["sex"] == "F"


def test_a_large_write_is_not_tried_ahead(reader, alice, lab, monkeypatch):
    monkeypatch.setattr(previews, "MOST_TRIED", 2)
    _, event = added(alice, lab)
    page = reader.get(f"/private/history/{event}/undo/")
    assert page.status == 200
    assert "This changed more than 2 records." in page.words
    assert 'name="confirmed"' in page.text


def test_a_write_is_told_in_numbers_over_models_and_read_on(reader, alice, lab, monkeypatch):
    monkeypatch.setattr(events, "PER", 2)
    names, event = added(alice, lab, 5)
    page = reader.get(f"/private/history/{event}/")
    assert f"{name_of(alice)} added 5 subjects" in page.words
    assert names[0] not in page.words or names[4] not in page.words
    [more] = [link for link in page.links if link.startswith(f"/private/history/{event}/?cursor=")]
    assert f"{name_of(alice)} added 5 subjects" in reader.get(more).words
    assert f"/private/history/{event}/undo/" in page.links


# -- what was deleted ---------------------------------------------------------------------------------------------------


def deleted_ones(alice, lab, number=3):
    found = [lab.add("subject") for _ in range(number)]
    for one in found:
        assert alice.delete(f"stem/subject/{one['id']}").status == 204
    return found


def test_what_was_deleted_is_narrowed_by_person_and_days(reader, alice, dana, lab):
    [one] = deleted_ones(alice, lab, 1)
    assert one["name"] in reader.get(DELETED, by="me").words
    assert "Nothing was deleted so" in reader.get(DELETED, by=dana.user.pk).words
    assert "Nothing was deleted so" in reader.get(DELETED, until="2001-01-01").words
    today = f"{timezone.localdate():%Y-%m-%d}"
    page = reader.get(DELETED, since=today, search=one["name"][:6])
    assert one["name"] in page.words
    assert f"From day {today}" in page.words
    assert f'name="since" value="{today}"' in page.text


def test_several_are_restored_together(reader, alice, lab):
    found = deleted_ones(alice, lab)
    ids = [one["id"] for one in found[:2]]
    done = reader.post(f"{DELETED}restore/", id=ids, next=DELETED)
    assert (done.status, done.to) == (303, DELETED)
    assert "2 subjects restored." in reader.get(done.to).words
    model = specs()["stem.Subject"].model
    assert model.objects.filter(pk__in=ids).count() == 2
    assert not model.objects.filter(pk=found[2]["id"]).exists()
    assert reader.post(f"{DELETED}restore/").status == 422
    assert reader.post(f"{DELETED}restore/", id=ids).status == 409  # they are back already
    assert reader.get(f"{DELETED}restore/").status == 405


def test_what_cannot_come_back_is_named_and_the_others_are_offered(reader, alice, lab):
    found = deleted_ones(alice, lab)
    lab.add("subject", name=found[1]["name"])
    page = reader.post(f"{DELETED}restore/", id=[one["id"] for one in found])
    assert page.status == 409
    assert "Nothing was restored" in page.words
    assert f"{found[1]['name']} : Cannot restore" in page.words
    assert "has been taken since" in page.words
    model = specs()["stem.Subject"].model
    assert not model.objects.filter(pk__in=[one["id"] for one in found]).exists()
    offered = re.findall(r'name="id" value="([^"]+)"', page.text)
    assert sorted(offered) == sorted([found[0]["id"], found[2]["id"]])
    assert reader.post(f"{DELETED}restore/", id=offered).status == 303
    assert model.objects.filter(pk__in=offered).count() == 2


def test_what_others_deleted_is_neither_listed_nor_restored(alice, bob, charlie, lab):
    [one] = deleted_ones(alice, lab, 1)
    for person in (bob, charlie):
        other = Reader(person)
        assert one["name"] not in other.get(DELETED, search=one["name"]).text.replace(f'value="{one["name"]}"', "")
        assert other.post(f"{DELETED}restore/", id=[one["id"]]).status == 409
    assert not specs()["stem.Subject"].model.objects.filter(pk=one["id"]).exists()
    assert Reader(alice).post("/public/stem/subject/deleted/restore/", id=[one["id"]]).status == 404


def test_what_went_along_with_something_else_is_found_by_its_name(reader, alice, bob, lab):
    procedure = lab.add("procedure", description="Craniotomy.")
    shown = alice.get(f"{path_of('procedure')}/{procedure['id']}").record
    delete(reader, lab, "subject")
    name = str(shown.get("type", ""))
    path = "/private/modules/procedure/deleted/"
    page = reader.get(path, search=name[:5])
    assert "Deleted along with something else" in page.words
    assert "Whole change" in page.words
    assert "Deleted along with" not in Reader(bob).get(path, search=name[:5]).words
    assert reader.post(f"{SUBJECTS}deleted/{lab['subject']}/restore/").status == 303
    assert "Deleted along with" not in reader.get(path, search=name[:5]).words


# -- hostile names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:1 }} </title>"]
)
def test_hostile_names_stay_text_in_the_histories_of_lists_and_people(reader, alice, lab, name):
    lab.made["subject"] = lab.add("subject", name=name)
    event = change(alice, lab, "subject", description=name, sex="F")
    lab.made["dam"] = lab.add("dam", name=f"{name} 2")
    pages = [reader.get(path) for path in (LIST, MINE, f"/private/history/{event}/undo/", f"{LIST}?field=name")]
    for one in ("subject", "dam"):
        reader.post(f"{where(lab, one)}delete/")
    lab.add("subject", name=name)
    pages += [reader.get(path) for path in (LIST, MINE, DELETED, f"{DELETED}?search=e")]
    pages.append(reader.post(f"{DELETED}restore/", id=[lab["subject"], lab["dam"]]))
    for page in pages:
        assert name not in page.text
        assert "<img" not in page.text
        assert name.split("<")[0].strip('">{}') in page.words
