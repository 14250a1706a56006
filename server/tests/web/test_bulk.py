"""Changing many records: fields, lists, members of others; a look first, all or none, and others who write meanwhile."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import TableImport

from ..people import unique
from .bulk_steps import steps_of
from .pages import Reader

SUBJECTS, BULK = "/private/stem/subject/", "/private/stem/subject/bulk/"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mice(lab):
    return [
        lab.add("subject", name=f"Mouse {n:02}", sex="F" if n % 2 else "M", genotype="wt", tags=["pilot", f"t{n}"])
        for n in range(4)
    ]


def ids(rows):
    return [one["id"] for one in rows]


def looked(reader, rows, what, how="set", **sent):
    """The page of a change that was said."""
    data = {"all": rows} if isinstance(rows, int) else {"id": ids(rows)}
    query = sent.pop("query", "")
    page = reader.post(f"{BULK}{query}", _what=what, _how=how, _do="save", **data, **sent)
    assert page.status == 303, page.words
    return page.to


def applied(reader, url, at=0, do="apply", **sent):
    return reader.post(url, _do=do, _at=at, **sent)


def stored(alice, name):
    return {one["name"]: one[name] for one in alice.get("stem/subject/").records if one["name"].startswith("Mouse")}


def counts(page):
    text = " ".join(page.words.split())
    return {word: int(found[1]) for word in ("change", "stay", "cannot be changed") if (found := re.search(rf"(\d+) {word}", text))}  # fmt: skip


# -- saying what ---------------------------------------------------------------------------------------------------------


def test_the_bar_of_a_list_leads_here(reader, mice):
    text = reader.get(f"{SUBJECTS}?sex=F").text
    assert f'formaction="{BULK}?sex=F">A field' in text
    assert 'name="_what" value="tags"' in text
    assert 'name="_what" value="stem.Cohort.subjects"' in text
    assert 'name="_what" value="projects"' in text


def test_every_field_of_the_form_is_offered_but_files_tables_and_publishing(reader, mice):
    page = reader.post(BULK, id=ids(mice))
    assert "Change 4 subjects" in page.words
    offered = set(re.findall(r'<option value="([^"]+)"', page.text))
    assert {"sex", "strain", "genotype", "birth_date", "projects", "tags", "stem.Cohort.subjects"} <= offered
    assert not {"extra_fields", "image", "is_public", "id", "type"} & offered


def test_details_are_offered_where_all_are_of_one_type(lab, reader):
    one = lab.add("procedure", type="VirusInjection")
    path = "/private/modules/procedure/bulk/"
    assert "details.injectionVolume" not in reader.post(path, id=one["id"]).text
    page = reader.post(f"{path}?type=VirusInjection", id=one["id"], _what="details.injectionVolume")
    assert 'name="details.injectionVolume.unit"' in page.text


def test_without_a_selection_it_is_about_all_that_match(reader, mice):
    page = reader.get(f"{BULK}?sex=F&search=Mouse")
    assert "Change 2 subjects" in page.words
    assert 'name="all" value="2"' in page.text
    none = reader.get(f"{BULK}?search=nothing-of-the-kind")
    assert (none.status, "No rows match" in none.words) == (409, True)


@pytest.mark.parametrize(
    ("what", "how", "sent", "said"),
    [
        ("", "set", {}, "Choose what to change."),
        ("genotype", "set", {"genotype": ""}, "Say the new value, or choose Clear."),
        ("birth_date", "set", {"birth_date": "yesterday"}, "yesterday"),
        ("tags", "add", {"tags": ""}, "Say what to add."),
        ("stem.Cohort.subjects", "add", {"into": ""}, "Choose the cohort."),
        ("stem.Cohort.subjects", "add", {"into": "00000000-0000-0000-0000-000000000000"}, "There is no such cohort"),
    ],
)
def test_what_cannot_be_done_is_said_beside_the_control_and_nothing_is_lost(reader, mice, what, how, sent, said):
    page = reader.post(BULK, _what=what, _how=how, _do="save", id=ids(mice), **sent)
    assert page.status == 422
    assert said in page.words
    assert page.text.count('name="id"') == 4
    if sent.get("birth_date"):
        assert 'value="yesterday"' in page.text
    assert not TableImport.objects.exists()


# -- a look --------------------------------------------------------------------------------------------------------------


def test_the_look_shows_before_and_after_and_writes_nothing(reader, alice, mice):
    url = looked(reader, mice, "sex", sex="F")
    page = reader.get(url)
    assert "Set sex" in page.words
    assert counts(page) == {"change": 2, "stay": 2}
    assert page.text.count("Stays as it is") == 2
    assert re.search(r"<del>\s*Male\s*</del>.*?<ins>\s*Female\s*</ins>", page.text)
    assert set(stored(alice, "sex").values()) == {"M", "F"}


def test_records_that_one_may_not_change_are_named_and_can_be_left_out(lab, alice, bob, mice):
    project = bob.make("stem/project", name=unique("Own"))["id"]
    own = bob.make("stem/subject", name="Mouse 99", projects=[project], strain=lab["strain"], sex="M", genotype="wt")
    reader = Reader(bob)
    url = looked(reader, [*mice, own], "genotype", genotype="het")
    page = reader.get(url)
    assert counts(page)["cannot be changed"] == 4
    assert "You may not change this subject." in page.words
    assert "Leave these 4 out and go on" in page.words
    refused = applied(reader, url)
    assert refused.status == 409
    assert set(stored(alice, "genotype").values()) == {"wt"}
    done = applied(reader, url, do="leave")
    assert done.status == 303
    assert bob.get(f"stem/subject/{own['id']}").record["genotype"] == "het"
    assert set(stored(alice, "genotype").values()) == {"wt"}


def test_who_may_change_none_of_them_is_told(bob, mice):
    page = Reader(bob).post(BULK, id=ids(mice))
    assert (page.status, "You may change none of the 4 subjects" in page.words) == (403, True)


def test_what_the_writer_would_refuse_is_told_beforehand(reader, alice, mice):
    alice.patch(f"stem/subject/{mice[1]['id']}", {"birth_date": "2026-05-01"})
    url = looked(reader, mice, "death_date", death_date="2026-01-01")
    page = reader.get(url)
    assert counts(page)["cannot be changed"] == 1
    assert "Mouse 01" in page.words


# -- doing it ------------------------------------------------------------------------------------------------------------


def test_a_field_is_set_in_one_event_that_is_undone_as_one(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    done = applied(reader, url)
    assert (done.status, done.to) == (303, SUBJECTS)
    assert set(stored(alice, "genotype").values()) == {"Ai32"}
    page = reader.get(SUBJECTS)
    assert "Set genotype: 4 subjects changed." in page.words
    assert f"/private/history/{done.headers['Brainstem-Event']}/undo/" in page.text
    assert alice.post(f"history/{done.headers['Brainstem-Event']}/undo", {}).status in (200, 201)
    assert set(stored(alice, "genotype").values()) == {"wt"}


def test_a_field_is_cleared(reader, alice, mice):
    applied(reader, looked(reader, mice, "genotype", "clear"))
    assert set(stored(alice, "genotype").values()) == {""}


@pytest.mark.parametrize(
    ("how", "after"),
    [("add", ["pilot", "t1", "left"]), ("remove", ["t1"]), ("set", ["left", "pilot"]), ("clear", [])],
)
def test_tags_are_added_removed_set_and_cleared(reader, alice, mice, how, after):
    tags = "pilot" if how == "remove" else "left, pilot"
    applied(reader, looked(reader, mice, "tags", how, tags=tags))
    assert sorted(stored(alice, "tags")["Mouse 01"]) == sorted(after)


def test_records_are_shared_with_another_project_and_taken_out_of_it(reader, lab, alice, mice):
    other = lab.add("project")["id"]
    applied(reader, looked(reader, mice, "projects", "add", projects=other))
    assert {len(projects) for projects in stored(alice, "projects").values()} == {2}
    applied(reader, looked(reader, mice, "projects", "remove", projects=other))
    assert set(map(tuple, stored(alice, "projects").values())) == {(str(lab["project"]),)}


def test_records_are_added_to_a_cohort_after_those_that_are_there(reader, lab, alice, mice):
    cohort = lab.add("cohort", subjects=[mice[3]["id"]])
    url = looked(reader, mice, "stem.Cohort.subjects", "add", into=cohort["id"])
    page = reader.get(url)
    assert f"Add to cohort {cohort['name']}" in page.words
    assert counts(page) == {"change": 3, "stay": 1}
    assert applied(reader, url).status == 303
    held = alice.get(f"stem/cohort/{cohort['id']}").record["subjects"]
    assert held[0] == mice[3]["id"]
    assert set(held) == set(ids(mice))
    url = looked(reader, mice[:2], "stem.Cohort.subjects", "remove", into=cohort["id"])
    applied(reader, url)
    assert set(alice.get(f"stem/cohort/{cohort['id']}").record["subjects"]) == set(ids(mice[2:]))


def test_members_of_what_one_may_not_change_stay_as_they_are(lab, alice, bob, mice):
    project = bob.make("stem/project", name=unique("Own"))["id"]
    own = bob.make("stem/subject", name="Mouse 99", projects=[project], strain=lab["strain"], sex="M")
    cohort = lab.add("cohort")
    reader = Reader(bob)
    url = looked(reader, [own], "stem.Cohort.subjects", "add", into=cohort["id"])
    page = reader.get(url)
    assert "may not" in page.words
    assert 'value="apply"' not in page.text
    assert applied(reader, url).status in (403, 409)
    assert alice.get(f"stem/cohort/{cohort['id']}").record["subjects"] == []


def test_a_detail_is_set_and_the_others_stay(reader, lab, alice):
    volume = {"value": 100, "unit": "nL"}
    one = lab.add("procedure", type="VirusInjection", details={"injectionVolume": volume, "injectionFlowRate": {"value": 1, "unit": "nL/s"}})  # fmt: skip
    path = "/private/modules/procedure/"
    sent = {"details.injectionVolume": "200", "details.injectionVolume.unit": "nL"}
    url = reader.post(
        f"{path}bulk/?type=VirusInjection",
        id=one["id"],
        _what="details.injectionVolume",
        _how="set",
        _do="save",
        **sent,
    ).to
    assert applied(reader, url).status == 303
    details = alice.get(f"modules/procedure/{one['id']}").record["details"]
    assert details["injectionVolume"]["value"] == 200
    assert details["injectionFlowRate"] == {"value": 1, "unit": "nL/s"}


# -- others who write meanwhile ------------------------------------------------------------------------------------------


def test_a_record_whose_field_somebody_else_changed_stops_it(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    alice.patch(f"stem/subject/{mice[2]['id']}", {"genotype": "theirs"})
    refused = applied(reader, url)
    assert refused.status == 409
    assert "Somebody else has changed it since." in refused.words
    assert "theirs" in refused.words
    assert stored(alice, "genotype") == {"Mouse 00": "wt", "Mouse 01": "wt", "Mouse 02": "theirs", "Mouse 03": "wt"}
    assert applied(reader, url, do="leave").status == 303
    assert stored(alice, "genotype") == {"Mouse 00": "Ai32", "Mouse 01": "Ai32", "Mouse 02": "theirs", "Mouse 03": "Ai32"}  # fmt: skip


def test_looking_again_takes_what_others_wrote_as_the_value_before(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    alice.patch(f"stem/subject/{mice[2]['id']}", {"genotype": "theirs"})
    again = applied(reader, url, do="again")
    assert again.status == 303
    assert again.to != url
    assert "theirs" in reader.get(again.to).words
    assert applied(reader, again.to).status == 303
    assert set(stored(alice, "genotype").values()) == {"Ai32"}


def test_changes_of_other_fields_are_kept(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    alice.patch(f"stem/subject/{mice[2]['id']}", {"description": "theirs", "tags": ["theirs"]})
    assert applied(reader, url).status == 303
    found = alice.get(f"stem/subject/{mice[2]['id']}").record
    assert (found["genotype"], found["description"], found["tags"]) == ("Ai32", "theirs", ["theirs"])


def test_all_that_match_are_counted_again(reader, alice, lab, mice):
    url = looked(reader, 2, "genotype", query="?sex=F&search=Mouse", genotype="Ai32")
    late = lab.add("subject", name="Mouse 98", sex="F", genotype="wt")
    refused = applied(reader, url)
    assert refused.status == 409
    assert "2 rows matched when you selected all of them; now 3 do." in refused.words
    assert set(stored(alice, "genotype").values()) == {"wt"}
    again = applied(reader, url, do="again").to
    assert applied(reader, again).status == 303
    assert stored(alice, "genotype")[late["name"]] == "Ai32"


def test_a_selected_record_that_is_gone_stops_it(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    alice.delete(f"stem/subject/{mice[0]['id']}")
    refused = applied(reader, url)
    assert (refused.status, "Of the 4 rows that you selected, 3 are still there." in refused.words) == (409, True)
    assert set(stored(alice, "genotype").values()) == {"wt"}


def test_pressed_twice_it_is_done_once(reader, alice, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    assert applied(reader, url).status == 303
    alice.patch(f"stem/subject/{mice[0]['id']}", {"genotype": "later"})
    reader.get(SUBJECTS)
    again = applied(reader, url)
    assert again.status == 303
    assert "This was done already." in reader.get(again.to).words
    assert stored(alice, "genotype")["Mouse 00"] == "later"


# -- more than are changed at once ---------------------------------------------------------------------------------------


@pytest.fixture
def by_two(mice):
    with steps_of(2):
        yield mice


def test_many_are_changed_in_steps_each_an_event(reader, alice, by_two):
    # What is changed no longer matches: the steps are about the records that were looked at.
    url = looked(reader, 4, "genotype", query="?genotype=wt&search=Mouse", genotype="Ai32")
    first = applied(reader, url)
    assert (first.status, first.to) == (303, f"{url}#go-on")
    page = reader.get(url)
    assert "2 of 4 done, 2 left" in page.words
    assert list(stored(alice, "genotype").values()).count("Ai32") == 2
    assert applied(reader, url).status == 303  # the first button once more
    assert list(stored(alice, "genotype").values()).count("Ai32") == 2
    assert applied(reader, url, at=2).status == 303
    assert set(stored(alice, "genotype").values()) == {"Ai32"}
    page = reader.get(url)
    assert "4 of 4 done" in page.words
    events = re.findall(r'action="/private/history/([\w-]+)/undo/"', page.text)
    assert len(set(events)) == 2
    undone = reader.post(f"/private/history/{events[0]}/undo/", confirmed=1, next=url)
    assert (undone.status, undone.to) == (303, url)
    assert list(stored(alice, "genotype").values()).count("wt") == 2
    assert applied(reader, url).status == 303
    assert list(stored(alice, "genotype").values()).count("wt") == 2


def test_a_step_that_is_refused_says_what_is_done_and_what_is_left(reader, alice, by_two):
    url = looked(reader, by_two, "genotype", genotype="Ai32")
    assert applied(reader, url).status == 303
    left = [one for one in by_two if stored(alice, "genotype")[one["name"]] == "wt"]
    alice.patch(f"stem/subject/{left[0]['id']}", {"genotype": "theirs"})
    refused = applied(reader, url, at=2)
    assert refused.status == 409
    assert "2 of 4 done, 2 left" in refused.words
    assert left[0]["name"] in refused.words
    assert "Leave it out and go on" in refused.words
    assert applied(reader, url, at=2, do="leave").status == 303
    assert sorted(stored(alice, "genotype").values()) == ["Ai32", "Ai32", "Ai32", "theirs"]


def test_a_record_that_goes_between_two_steps_is_told(reader, alice, by_two):
    url = looked(reader, by_two, "genotype", genotype="Ai32")
    applied(reader, url)
    left = [one for one in by_two if stored(alice, "genotype")[one["name"]] == "wt"]
    alice.delete(f"stem/subject/{left[0]['id']}")
    assert applied(reader, url, at=2).status == 303
    assert "1 changed, 1 no longer there" in reader.get(url).words


def test_many_are_deleted_in_steps_after_their_number_was_typed(reader, alice, by_two):
    with mock.patch("brainstem.web.portal.selected.MAX_ROWS", 2):
        page = reader.post(f"{SUBJECTS}selected/delete/", id=ids(by_two))
    assert page.status == 303
    assert "Delete subjects" in reader.get(page.to).words
    wrong = applied(reader, page.to, _sure="3")
    assert (wrong.status, "Type 4 to delete 4 subjects." in wrong.words) == (422, True)
    assert len(stored(alice, "name")) == 4
    assert applied(reader, page.to, _sure="4").status == 303
    assert len(stored(alice, "name")) == 2
    assert applied(reader, page.to, at=2).status == 303
    assert stored(alice, "name") == {}


# -- whose it is ---------------------------------------------------------------------------------------------------------


def test_a_change_is_its_persons_alone(reader, bob, admin, mice):
    url = looked(reader, mice, "genotype", genotype="Ai32")
    for other in (Reader(bob), Reader(admin)):
        assert other.get(url).status == 404
        assert applied(other, url).status == 404
    assert Reader().get(url).status == 302
    assert reader.get(url.replace("/subject/", "/session/")).status == 404
    assert reader.get(url.replace("/private/", "/public/")).status == 404


def test_nothing_of_it_is_there_where_nothing_is_changed(lab, alice, mice):
    assert Reader(alice).get("/public/stem/subject/bulk/").status == 404
    # What is changed in a catalogue is proposed, one entry at a time.
    assert Reader(alice).get("/private/taxonomies/strain/bulk/").status == 404
    assert Reader().get(BULK).status == 302


def test_changes_are_no_imports_and_old_ones_make_room(reader, alice, mice):
    urls = [looked(reader, mice[:1], "genotype", genotype=f"g{n}") for n in range(12)]
    assert alice.get("imports/").body["count"] == 0
    assert alice.get(f"imports/{urls[-1].split('/')[-2]}/").status == 404
    assert reader.get(urls[0]).status == 404
    assert reader.get(urls[-1]).status == 200


def test_the_statements_of_the_pages_do_not_depend_on_the_rows(reader, mice):
    def asked(rows):
        with CaptureQueriesContext(connection) as first:
            reader.post(BULK, id=ids(rows), _what="sex")
        url = looked(reader, rows, "genotype", genotype="wt")
        with CaptureQueriesContext(connection) as second:
            reader.get(url)
        return len(first), len(second)

    asked(mice)
    assert asked(mice[:1]) == asked(mice)
