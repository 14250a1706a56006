"""A PATCH that prefers merging keeps what others have changed since, and is refused only where both changed the same."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from ..core.test_uploads import picture, send, upload
from ..lab import MODELS, path_of
from ..people import Person, join_group, unique

MERGE = "merge=fields"


@pytest.fixture
def session(lab):
    return f"stem/session/{lab['session']}"


@pytest.fixture
def subject(lab):
    return f"stem/subject/{lab['subject']}"


def read(who: Person, path: str) -> str:
    return who.get(path).headers["ETag"]


def merge(who: Person, path: str, body, had: str, **extra):
    return who.patch(path, body, HTTP_IF_MATCH=had, HTTP_PREFER=MERGE, **extra)


def written(who: Person, path: str, **body) -> None:
    answer = who.patch(path, body)
    assert answer.status == 200, answer.body


def merged(answer) -> set[str]:
    """The fields that were merged from others."""
    assert answer.headers["Preference-Applied"] == MERGE
    told = json.loads(answer.headers.get("Brainstem-Warning", "[]"))
    return {one["field"] for one in told if one["code"] == "merged"}


# -- fields -----------------------------------------------------------------------------------------------------------


def test_fields_that_only_one_changed_are_both_kept(alice, session):
    had = read(alice, session)
    written(alice, session, description="theirs")
    answer = merge(alice, session, {"name": "mine"}, had)
    assert answer.status == 200, answer.body
    assert (answer.record["name"], answer.record["description"]) == ("mine", "theirs")
    assert merged(answer) == {"description"}
    assert answer.headers["ETag"] == read(alice, session)


def test_a_form_that_sends_every_field_overwrites_nothing_that_it_only_repeats(lab, alice, subject):
    whole = alice.get(subject)
    written(
        alice,
        subject,
        description="theirs",
        tags=["theirs"],
        sex="U",
        birth_date="2026-01-01",
        licenses=[lab["license"]],
    )
    form = whole.body["subject"] | {"name": unique("Mine"), "tags": ["mine"]}
    answer = merge(alice, subject, {"subject": form}, whole.headers["ETag"])
    assert answer.status == 200, answer.body
    found = answer.record
    assert (found["name"], found["description"], found["sex"]) == (form["name"], "theirs", "U")
    assert (found["tags"], found["licenses"], found["birth_date"]) == (
        ["mine", "theirs"],
        [lab["license"]],
        "2026-01-01",
    )
    assert merged(answer) == {"description", "tags", "sex", "birth_date", "licenses"}


# Name -> a key with a text, and another text for it.
TEXTS = {
    **dict.fromkeys(MODELS.keys() - {"dam"}, ("description", "theirs")),
    **dict.fromkeys(
        ("behavior", "consumablestock", "dataacquisition", "manipulation", "procedure"), ("notes", "theirs")
    ),
    "sessiondatastorage": ("order", 7),
    "publication": ("abstract", "theirs"),
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_record_of_any_model_sent_back_whole_changes_nothing_of_what_others_wrote(lab, name):
    who = lab.admin.through("super") if MODELS[name][2] else lab.owner
    path = f"{path_of(name)}/{lab[name]}"
    whole = who.get(path)
    key, value = TEXTS[name]
    if key not in whole.record:
        key, value = "name", unique("Theirs")
    written(who, path, **{key: value})
    now = who.get(path)
    assert now.record[key] == value
    answer = merge(who, path, whole.body, whole.headers["ETag"])
    assert answer.status == 200, answer.body
    assert answer.record == now.record
    assert answer.headers["ETag"] == now.headers["ETag"]


def test_the_same_field_changed_by_both_is_refused_and_nothing_is_written(alice, session):
    had = read(alice, session)
    written(alice, session, description="theirs", tags=["t"])
    now = alice.get(session)
    answer = merge(alice, session, {"description": "mine", "name": "mine"}, had)
    assert (answer.status, answer.headers["Brainstem-Error-Code"]) == (409, "edit_conflict")
    assert answer.body["conflicts"] == {"description": {"base": "", "theirs": "theirs", "yours": "mine"}}
    assert answer.body["current"] == now.record == alice.get(session).record
    assert "description" in answer.body["detail"]
    assert alice.get(session).headers["ETag"] == now.headers["ETag"]


def test_both_to_the_same_value_is_no_conflict(alice, session):
    had = read(alice, session)
    written(alice, session, description="same", date_time="2026-01-01T10:00:00Z")
    answer = merge(
        alice, session, {"description": "same", "date_time": "2026-01-01T11:00:00+01:00", "name": "mine"}, had
    )
    assert (answer.status, answer.record["name"]) == (200, "mine")


def test_a_merge_with_the_present_version_is_a_plain_write(alice, session):
    answer = merge(alice, session, {"description": "mine"}, read(alice, session))
    assert (answer.status, merged(answer)) == (200, set())


def test_values_are_compared_as_they_are_stored(lab, alice):
    path = f"stem/epoch/{lab['epoch']}"
    written(alice, path, start="00:10:00", end="00:20:00")
    had = read(alice, path)
    written(alice, path, end="00:30:00")
    answer = merge(alice, path, {"start": 600, "end": "PT20M", "name": "mine"}, had)
    assert answer.status == 200, answer.body
    assert (answer.record["end"], answer.record["name"]) == ("00:30:00", "mine")
    answer = merge(alice, path, {"end": 60}, had)
    assert answer.body["conflicts"]["end"] == {"base": "00:20:00", "theirs": "00:30:00", "yours": "00:01:00"}


def test_a_value_that_is_wrong_is_refused_as_ever(alice, session):
    had = read(alice, session)
    written(alice, session, description="theirs")
    answer = merge(alice, session, {"date_time": "never", "name": "mine"}, had)
    assert (answer.status, list(answer.body)) == (400, ["date_time"])


# -- references, links and tags ---------------------------------------------------------------------------------------


def test_references_clash_as_a_whole(lab, alice, subject):
    strains = [lab.add("strain")["id"] for _ in range(2)]
    had = read(alice, subject)
    written(alice, subject, strain=strains[0])
    assert merge(alice, subject, {"strain": lab["strain"], "name": unique("S")}, had).record["strain"] == strains[0]
    answer = merge(alice, subject, {"strain": strains[1]}, had)
    assert answer.body["conflicts"] == {"strain": {"base": lab["strain"], "theirs": strains[0], "yours": strains[1]}}
    assert merge(alice, subject, {"strain": {"id": strains[0]}}, had).status == 200


def test_lists_of_ids_and_tags_merge_by_element(lab, alice, subject):
    first, second, third = (lab.add("license")["id"] for _ in range(3))
    written(alice, subject, licenses=[first, second], tags=["a", "b"])
    had = read(alice, subject)
    written(alice, subject, licenses=[first, third], tags=["a", "c"])
    answer = merge(alice, subject, {"licenses": [second], "tags": ["b", "d", "a"]}, had)
    assert answer.status == 200, answer.body
    assert answer.record["licenses"] == [third]
    assert answer.record["tags"] == ["a", "c", "d"]


def test_a_link_that_others_removed_with_its_target_is_no_error_in_a_form_that_repeats_it(lab, alice, subject):
    license_ = lab.add("license")["id"]
    written(alice, subject, licenses=[license_])
    had = read(alice, subject)
    written(alice, subject, licenses=[])
    assert alice.delete(f"personal_attributes/license/{license_}").status == 204
    answer = merge(alice, subject, {"licenses": [license_], "name": "mine"}, had)
    assert answer.status == 200, answer.body
    assert (answer.record["licenses"], answer.record["name"]) == ([], "mine")


def test_the_order_of_a_list_is_that_of_who_changed_it(lab, alice):
    one, two, three = (lab.add("subject")["id"] for _ in range(3))
    path = f"stem/cohort/{lab['cohort']}"
    written(alice, path, subjects=[one, two])
    had = read(alice, path)
    written(alice, path, subjects=[two, one])
    answer = merge(alice, path, {"subjects": [one, two, three]}, had)
    assert answer.record["subjects"] == [two, three, one]
    had = read(alice, path)
    written(alice, path, subjects=[one, two, three])
    answer = merge(alice, path, {"subjects": [three, two, one]}, had)
    assert answer.body["conflicts"]["subjects"] == {
        "base": [two, three, one], "theirs": [one, two, three], "yours": [three, two, one]
    }  # fmt: skip


def test_links_to_hidden_records_stay_whatever_is_merged(lab, alice, bob, session):
    written(alice, f"stem/project/{lab['project']}", users={bob.email: {"can_change": True}})
    shared = alice.make("stem/project", name=unique("P"))["id"]
    written(alice, f"stem/project/{shared}", users={bob.email: {"can_change": True}})
    had = read(bob, session)
    hidden = alice.make("stem/project", name=unique("Hidden"))["id"]
    written(alice, session, projects=[lab["project"], hidden])
    answer = merge(bob, session, {"projects": [lab["project"], shared]}, had)
    assert answer.status == 200, answer.body
    assert answer.record["projects"] == sorted([lab["project"], shared])
    assert merged(answer) == set()
    assert set(alice.get(session).record["projects"]) == {lab["project"], shared, hidden}


def test_a_hidden_reference_that_others_changed_is_no_conflict_with_null(lab, alice, bob):
    written(alice, f"stem/project/{lab['project']}", users={bob.email: {"can_change": True}})
    behavior = f"modules/behavior/{lab['behavior']}"
    whole = bob.get(behavior)
    assert whole.record["behavioralassay"] is None
    assay = lab.add("behavioralassay")["id"]
    written(alice, behavior, behavioralassay=assay)
    answer = merge(bob, behavior, whole.body["behavior"] | {"notes": "mine"}, whole.headers["ETag"])
    assert answer.status == 200, answer.body
    found = alice.get(behavior).record
    assert (found["behavioralassay"], found["notes"]) == (assay, "mine")


# -- lists that other records keep ------------------------------------------------------------------------------------


def test_a_list_that_others_keep_is_not_overwritten_by_a_form_that_repeats_it(lab, alice, subject):
    path = f"personal_attributes/license/{lab['license']}"
    whole = alice.get(path)
    written(alice, subject, licenses=[lab["license"]])
    answer = merge(alice, path, whole.body["license"] | {"name": "mine"}, whole.headers["ETag"])
    assert answer.status == 409
    assert answer.body["conflicts"] == {"subjects": {"base": [], "theirs": [lab["subject"]], "yours": []}}
    assert merge(alice, path, {"name": "mine"}, whole.headers["ETag"]).status == 200
    assert alice.get(path).record["subjects"] == [lab["subject"]]


def test_a_list_that_others_keep_can_be_changed_by_who_has_read_it_as_it_is(lab, alice, subject):
    path = f"personal_attributes/license/{lab['license']}"
    written(alice, subject, licenses=[lab["license"]])  # which does not move the version of the license
    had = read(alice, path)
    answer = merge(alice, path, {"subjects": []}, had)
    assert (answer.status, answer.record["subjects"]) == (200, [])
    added = merge(alice, path, {"subjects": [lab["subject"]]}, read(alice, path))
    assert added.record["subjects"] == [lab["subject"]]


def test_elements_that_nobody_else_touched_are_added_and_removed_in_such_a_list(lab, alice, subject):
    path = f"personal_attributes/license/{lab['license']}"
    other = lab.add("subject")["id"]
    written(alice, f"stem/subject/{other}", licenses=[lab["license"]])
    had = read(alice, path)
    written(alice, path, description="moved on")
    answer = merge(alice, path, {"subjects": sorted([other, lab["subject"]])}, had)
    assert answer.status == 200, answer.body
    assert answer.record["subjects"] == sorted([other, lab["subject"]])


# -- objects ----------------------------------------------------------------------------------------------------------


def test_extra_fields_merge_by_name(alice, session):
    written(alice, session, extra_fields={"a": 1, "b": 2, "c": 3})
    had = read(alice, session)
    written(alice, session, extra_fields={"a": 1, "b": 5, "d": 4})
    answer = merge(alice, session, {"extra_fields": {"a": 9, "b": 2, "c": 3, "e": 6}}, had)
    assert answer.status == 200, answer.body
    assert answer.record["extra_fields"] == {"a": 9, "b": 5, "d": 4, "e": 6}
    answer = merge(alice, session, {"extra_fields": {"a": 8, "b": 7, "c": 8}}, had)
    assert answer.status == 409
    assert answer.body["conflicts"] == {
        "extra_fields.a": {"base": 1, "theirs": 9, "yours": 8},
        "extra_fields.b": {"base": 2, "theirs": 5, "yours": 7},
        "extra_fields.c": {"base": 3, "theirs": None, "yours": 8},
    }


def test_details_merge_by_key_in_any_unit_in_which_they_are_sent(lab, alice):
    path = f"modules/dataacquisition/{lab['dataacquisition']}"
    written(alice, path, details={"fileName": "a.dat", "sr": {"value": 30000, "unit": "Hz"}})
    had = read(alice, path)
    written(alice, path, details={"fileName": "theirs.dat", "sr": {"value": 30000, "unit": "Hz"}})
    answer = merge(alice, path, {"details": {"fileName": "a.dat", "sr": "20 kHz"}}, had)
    assert answer.status == 200, answer.body
    assert answer.record["details"]["fileName"] == "theirs.dat"
    assert answer.record["details"]["sr"]["value"] == 20
    conflict = merge(alice, path, {"details": {"fileName": "mine.dat", "sr": 30000}}, had)
    assert conflict.status == 409
    assert conflict.body["conflicts"]["details.fileName"] == {
        "base": "a.dat", "theirs": "theirs.dat", "yours": "mine.dat"
    }  # fmt: skip


def test_rows_of_other_structures_are_values_as_a_whole(alice, session):
    link = {"Repository": "DANDI", "URL": "https://example.org/1"}
    other = {"Repository": "DANDI", "URL": "https://example.org/2"}
    had = read(alice, session)
    written(alice, session, download_links=[link])
    answer = merge(alice, session, {"download_links": [other]}, had)
    assert answer.body["conflicts"] == {"download_links": {"base": [], "theirs": [link], "yours": [other]}}
    assert merge(alice, session, {"download_links": [], "name": "mine"}, had).record["download_links"] == [link]


def test_files_clash_with_files(lab, alice):
    path = f"personal_attributes/setup/{lab['setup']}"
    had = read(alice, path)
    assert send(alice, "patch", path, image=upload("theirs.png", picture())).status == 200
    form = {"image": upload("mine.png", picture()), "_base_version": had}
    answer = send(alice, "patch", path, **form)
    assert answer.status == 409
    assert answer.body["conflicts"]["image"] | {"theirs": None} == {"base": None, "theirs": None, "yours": "mine.png"}
    assert merge(alice, path, {"image": None, "description": "mine"}, had).record["image"] is not None
    had = read(alice, path)
    assert merge(alice, path, {"image": None}, had).record["image"] is None


# -- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["project", "setup"])
def test_roles_merge_by_person(lab, alice, bob, charlie, dana, kind):
    path = f"{path_of(kind)}/{lab[kind]}"
    written(alice, path, users={bob.email: {}, charlie.email: {}})
    whole = alice.get(path)
    written(alice, path, users={bob.email: {"can_change": True}, charlie.email: {"remove": True}})
    form = whole.record["users"] | {dana.email: {"can_change": True}}
    answer = merge(alice, path, {"users": form}, whole.headers["ETag"])
    assert answer.status == 200, answer.body
    users = answer.record["users"]
    assert (users[bob.email]["can_change"], users[dana.email]["can_change"]) == (True, True)
    assert charlie.email not in users
    answer = merge(alice, path, {"users": {bob.email.upper(): {"is_manager": True}}}, whole.headers["ETag"])
    assert answer.status == 409
    assert answer.body["conflicts"] == {
        f"users.{bob.email}": {"base": "member", "theirs": "contributor", "yours": "manager"}
    }


def test_groups_merge_by_group_in_maps_and_in_lists(lab, alice):
    path = f"personal_attributes/setup/{lab['setup']}"
    first, second, third = (join_group(unique("G"), alice.user) for _ in range(3))
    written(alice, path, groups={first.name: {"can_change": True}})
    whole = alice.get(path)
    held = whole.record["authenticated_groups"]
    written(alice, path, groups={first.name: {"remove": True}, second.name: {"can_change": True}})
    answer = merge(alice, path, {"authenticated_groups": [*held, third.pk]}, whole.headers["ETag"])
    assert answer.status == 200, answer.body
    assert set(answer.record["authenticated_groups"]) == {*held, second.pk, third.pk} - {first.pk}
    answer = merge(alice, path, {"groups": whole.record["groups"]}, whole.headers["ETag"])
    assert first.name not in answer.record["groups"]


# -- log entries ------------------------------------------------------------------------------------------------------


def entry(hour: int, notes: str = "", grams: float = 20) -> dict:
    return {
        "date_time": f"2026-01-01T{hour:02}:00:00Z",
        "notes": notes,
        "details": {"weight": {"value": grams, "unit": "g"}},
    }


def notes(answer) -> dict[str, str]:
    return {one["date_time"][11:13]: one["notes"] for one in answer.record["entries"]}


def test_entries_of_a_log_merge_one_by_one(lab, alice):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    assert alice.patch(f"{log}/add_entry", entry(10, "ten")).status == 200
    had = read(alice, log)
    assert alice.patch(f"{log}/add_entry", entry(11, "theirs")).status == 200
    answer = merge(alice, f"{log}/add_entry", entry(9, "mine"), had)
    assert answer.status == 200, answer.body
    assert notes(answer) == {"09": "mine", "10": "ten", "11": "theirs"}
    assert merged(answer) == {"entries"}
    assert alice.patch(f"{log}/change_entry", {"date_time": entry(10)["date_time"], "notes": "theirs"}).status == 200
    answer = merge(alice, f"{log}/change_entry", entry(10, "ten", grams=30), had)
    assert notes(answer)["10"] == "theirs"
    assert answer.record["entries"][1]["details"]["weight"]["value"] == 30
    answer = merge(alice, f"{log}/change_entry", entry(10, "mine"), had)
    assert answer.status == 409
    place = f"entries.{entry(10)['date_time']}.notes"
    assert answer.body["conflicts"][place] == {"base": "ten", "theirs": "theirs", "yours": "mine"}
    assert merge(alice, f"{log}/remove_entry", {"date_time": entry(10)["date_time"]}, had).status == 409
    assert alice.patch(f"{log}/remove_entry", {"date_time": entry(11)["date_time"]}).status == 200


def test_an_entry_that_both_removed_or_added_alike_is_no_conflict(lab, alice):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    assert alice.patch(f"{log}/add_entry", entry(10)).status == 200
    had = read(alice, log)
    assert alice.patch(f"{log}/add_entry", entry(11, "same")).status == 200
    assert alice.patch(f"{log}/remove_entry", {"date_time": entry(10)["date_time"]}).status == 200
    assert merge(alice, f"{log}/add_entry", entry(11, "same"), had).status == 200
    answer = merge(alice, f"{log}/remove_entry", {"date_time": entry(10)["date_time"]}, had)
    assert (answer.status, notes(answer)) == (200, {"11": "same"})
    assert merge(alice, f"{log}/add_entry", entry(11, "other"), had).status == 409


# -- how it is asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_body_names_the_version_too(alice, session, kind, whole):
    had = read(alice, session)
    written(alice, session, description="theirs")
    body = {"name": unique("mine"), "_base_version": had if whole else had.strip('"').partition("-")[0]}
    if kind == "json":
        answer = alice.patch(session, {"session": body})
    elif kind == "form":
        answer = alice.request("patch", session, urlencode(body), content_type="application/x-www-form-urlencoded")
    else:
        answer = send(alice, "patch", session, **body)
    assert answer.status == 200, answer.body
    assert (answer.record["name"], answer.record["description"]) == (body["name"], "theirs")
    assert merged(answer) == {"description"}


def test_rows_of_bulk_merge_too(lab, alice, session):
    had = read(alice, session)
    written(alice, session, description="theirs")
    row = {"id": lab["session"], "name": "mine", "_base_version": had}
    answer = alice.post("stem/session/bulk/?return=records", {"update": [row]})
    assert answer.status == 200, answer.body
    assert (answer.body["updated"][0]["name"], answer.body["updated"][0]["description"]) == ("mine", "theirs")
    told = json.loads(answer.headers["Brainstem-Warning"])
    assert [(one["code"], one["field"], one["operation"], one["index"]) for one in told] == [
        ("merged", "description", "update", 0)
    ]
    refused = alice.post("stem/session/bulk/", {"update": [row | {"description": "mine"}]})
    error = refused.body["errors"][0]
    assert error["status"] == 409
    assert error["conflicts"] == {"description": {"base": "", "theirs": "theirs", "yours": "mine"}}
    assert error["current"]["id"] == lab["session"]


@pytest.mark.parametrize("tag", [None, "*", 'W/"1"', '"1", "2"'])
def test_who_prefers_merging_names_one_version(alice, session, tag):
    extra = {} if tag is None else {"HTTP_IF_MATCH": tag}
    answer = alice.patch(session, {"name": "mine"}, HTTP_PREFER=MERGE, **extra)
    assert (answer.status, list(answer.body)) == (400, ["If-Match"])
    assert "ETag" in answer.body["If-Match"][0]


def test_two_different_versions_are_refused(alice, session):
    answer = merge(alice, session, {"name": "mine", "_base_version": "1"}, read(alice, session))
    assert (answer.status, list(answer.body)) == (400, ["_base_version"])
    had = read(alice, session)
    assert merge(alice, session, {"name": unique("mine"), "_base_version": had}, had).status == 200


@pytest.mark.parametrize("value", ["abc", "", -1, True, [1], {"a": 1}])
def test_a_version_in_a_body_that_is_none_is_refused(alice, session, value):
    answer = alice.patch(session, {"name": "mine", "_base_version": value})
    assert (answer.status, list(answer.body)) == (400, ["_base_version"])


def test_an_unknown_version_cannot_be_merged_with(alice, session):
    answer = merge(alice, session, {"name": "mine"}, '"987654321"')
    assert (answer.status, answer.headers["Brainstem-Error-Code"]) == (412, "unknown_version")
    assert answer.body["current"] == alice.get(session).record


def test_put_replaces_and_does_not_merge(lab, alice, session):
    had = read(alice, session)
    written(alice, session, description="theirs")
    answer = alice.put(session, lab.payload("session"), HTTP_IF_MATCH=had, HTTP_PREFER=MERGE)
    assert answer.status == 412
    answer = alice.put(session, lab.payload("session") | {"_base_version": had})
    assert (answer.status, list(answer.body)) == (400, ["_base_version"])


def test_both_preferences_are_confirmed(alice, session):
    had = read(alice, session)
    answer = alice.patch(session, {"name": "mine"}, HTTP_IF_MATCH=had, HTTP_PREFER="handling=strict, merge=fields")
    assert answer.headers["Preference-Applied"] == "handling=strict, merge=fields"
    assert (
        alice.patch(session, {"name": "x"}, HTTP_IF_MATCH=read(alice, session)).headers.get("Preference-Applied")
        is None
    )


# -- who may ----------------------------------------------------------------------------------------------------------


def test_who_may_not_change_a_record_merges_nothing_and_learns_nothing_of_what_it_was(lab, alice, bob, session):
    written(alice, session, description="secret")
    had = read(bob, session)
    written(alice, session, description="theirs")
    answer = merge(bob, session, {"description": "mine"}, had)
    assert answer.status in (403, 409)
    assert "secret" not in answer.text
    assert merge(bob, session, {"name": "mine"}, had).status == 403


def test_a_proposal_is_merged_with_what_the_entry_has_become(lab, alice, admin):
    path = f"resources/supplier/{lab['supplier']}"
    had = read(alice, path)
    written(admin.through("super"), path, website="https://example.org/")
    answer = merge(alice, path, {"website": "", "name": unique("Mine")}, had)
    assert answer.status == 200, answer.body
    asked = alice.get(f"resources/supplierapproval/{answer.id}/difference").body
    assert list(asked) == ["name"]
    refused = merge(alice, path, {"website": "https://example.org/mine"}, had)
    assert (refused.status, refused.body["conflicts"]["website"]["base"]) == (409, None)
