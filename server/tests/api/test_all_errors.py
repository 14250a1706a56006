"""All that is wrong with a payload is told at once: values, choices, relations, details, rows and what is missing."""

from __future__ import annotations

import pytest

from ..lab import MODELS, path_of
from ..people import unique

NO_ID = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def wrong():
    """Wrong in ten ways, with the beginning of what has to be said of each."""
    return {
        "subject": (NO_ID, "No subject"),  # a relation that is not there
        "type": ("Craniotomia", "'Craniotomia' is not a type"),  # an unknown type
        "coordinates_system": ("Nowhere", "'Nowhere' is not a type"),  # an unknown coordinate system
        "date_time": ("noon", "Expected a time"),
        "equipment": ([NO_ID, "x", 1.5], ""),  # three wrong relations of one list
        "consumablestock": (NO_ID, "No consumable stock"),
        "brain_region": (NO_ID, "No brain region"),
        "licenses": ("text", "Expected a list"),
        "details": ("text", "Expected an object"),
        "notes": ({"no": "text"}, "Expected a string"),
    }


def payload_of(wrong):
    return {key: value for key, (value, _) in wrong.items()}


def holds(errors, wrong):
    for key, (_, beginning) in wrong.items():
        assert key in errors, (key, errors)
        assert errors[key][0].startswith(beginning), (key, errors[key])


def test_a_new_record_that_is_wrong_in_ten_ways_is_told_of_all(lab, alice, wrong):
    answer = alice.post("modules/procedure", payload_of(wrong))
    assert (answer.status, set(answer.body)) == (400, set(wrong))
    holds(answer.body, wrong)


def test_a_changed_record_that_is_wrong_in_ten_ways_is_told_of_all(lab, alice, wrong):
    address = f"modules/procedure/{lab['procedure']}"
    before = alice.get(address).record
    changed = {key: value for key, value in wrong.items() if key != "subject"}
    for method in ("patch", "put"):
        answer = alice.request(method, address, payload_of(changed) | {"subject": before["subject"]})
        assert (answer.status, set(answer.body)) == (400, set(changed))
        holds(answer.body, changed)
    assert alice.get(address).record == before


def test_rows_of_bulk_that_are_wrong_in_ten_ways_are_told_of_all(lab, alice, wrong):
    changed = {key: value for key, value in wrong.items() if key != "subject"}
    rows = {
        "create": [lab.payload("procedure"), payload_of(wrong), {"type": "Craniotomia"}],
        "update": [payload_of(changed) | {"id": lab["procedure"]}],
    }
    answer = alice.post("modules/procedure/bulk", rows)
    assert [(row["operation"], row["index"]) for row in answer.body["errors"]] == [
        ("create", 1), ("create", 2), ("update", 0)
    ]  # fmt: skip
    first, second, third = (row["errors"] for row in answer.body["errors"])
    assert (set(first), set(third)) == (set(wrong), set(changed))
    holds(first, wrong)
    assert {"type", "subject"} <= set(second)


def test_a_record_alone_is_told_the_same_as_in_bulk(lab, alice, wrong):
    alone = alice.post("modules/procedure", payload_of(wrong)).body
    together = alice.post("modules/procedure/bulk", {"create": [payload_of(wrong), lab.payload("procedure")]}).body
    assert [row["errors"] for row in together["errors"]] == [alone]


def test_wrong_details_do_not_hide_a_wrong_date_nor_the_other_way_round(lab, alice):
    payload = lab.payload("procedure") | {
        "type": "VirusInjection", "date_time": "noon", "details": {"injectionVolume": "much"},
        "coordinates_system": "Nowhere",
    }  # fmt: skip
    answer = alice.post("modules/procedure", payload)
    assert set(answer.body) == {"date_time", "details", "coordinates_system"}
    assert "injectionVolume" in answer.body["details"][0]


def test_rules_between_fields_are_told_beside_wrong_values(lab, alice):
    payload = lab.payload("subject") | {"birth_date": "2026-02-01", "death_date": "2026-01-01", "sex": "X"}
    assert set(alice.post("stem/subject", payload).body) == {"death_date", "sex"}
    # A rule that needs the value that is wrong has nothing to say.
    assert set(alice.post("stem/subject", payload | {"birth_date": "soon"}).body) == {"birth_date", "sex"}
    assert set(alice.patch(f"stem/subject/{lab['subject']}", {"birth_date": "soon", "sex": "X"}).body) == {
        "birth_date",
        "sex",
    }


def test_a_name_that_is_taken_is_told_beside_wrong_values_to_who_may_write_there(lab, alice, charlie):
    taken = lab.add("session")["name"]
    wrong = lab.payload("session") | {"name": taken, "date_time": "noon"}
    assert set(alice.post("stem/session", wrong).body) == {"name", "date_time"}
    # Who does not say where it goes, or may not write there, is not told whether somebody uses the name.
    assert set(charlie.post("stem/session", wrong).body) == {"projects", "date_time"}
    del wrong["projects"]
    assert set(alice.post("stem/session", wrong).body) == {"projects", "date_time"}


def test_who_may_not_write_there_learns_only_what_is_wrong_with_the_values(lab, bob):
    taken = lab.add("session")["name"]
    payload = lab.payload("session") | {"name": taken}
    assert bob.post("stem/session", payload).status == 403
    answer = bob.post("stem/session", payload | {"date_time": "noon"})
    assert (answer.status, set(answer.body)) == (400, {"date_time"})


def test_every_wrong_relation_of_a_list_is_told(lab, alice):
    ids = [NO_ID, NO_ID.replace("7000", "7001"), "x", {"id": "y"}]
    messages = alice.patch(f"stem/session/{lab['session']}", {"projects": [lab["project"], *ids]}).body["projects"]
    assert all(any(one in message for message in messages) for one in (NO_ID, "7001", "'x'", "'y'"))


def test_every_unknown_person_and_group_is_told(lab, alice):
    roles = {"users": {"a@lab.example": {}, "b@lab.example": {}}, "groups": {"No one": {}, "Nobody": {}}}
    answer = alice.patch(f"stem/project/{lab['project']}", roles)
    assert {key: len(texts) for key, texts in answer.body.items()} == {"users": 2, "groups": 2}


def test_every_wrong_row_and_key_of_a_structure_is_told(lab, alice):
    links = [{"Repository": "Nowhere", "URL": "x"}, {"Repository": "DANDI", "URL": "https://dandiarchive.org"}, {}]
    fields = {"2bad": 1, "good": 2, "worse": []}
    answer = alice.patch(f"stem/session/{lab['session']}", {"download_links": links, "extra_fields": fields})
    assert [text.partition(":")[0] for text in answer.body["download_links"]] == [
        "[0].Repository", "[0]", "[2].Repository", "[2].URL"
    ]  # fmt: skip
    assert len(answer.body["extra_fields"]) == 2


def test_an_entry_of_a_log_that_is_wrong_in_many_ways_is_told_of_all(lab, alice):
    entry = {"date_time": "noon", "notes": 1, "details": {"weight": "much"}, "performed_by": "x@nowhere.example"}
    answer = alice.post(f"modules/subjectlog/{lab['subjectlog']}/add_entry", entry)
    assert (answer.status, set(answer.body)) == (400, set(entry))
    assert alice.get(f"modules/subjectlog/{lab['subjectlog']}").record["entries"] == []


def test_a_proposal_that_is_wrong_in_several_ways_is_told_of_all(lab, alice):
    wrong = lab.payload("strain") | {"species": NO_ID, "name": "", "tags": [""]}
    assert {"species", "name"} <= set(alice.post("taxonomies/strain", wrong).body)
    proposal = alice.post("taxonomies/strain", lab.payload("strain")).id
    answer = alice.patch(f"taxonomies/strainapproval/{proposal}", {"species": NO_ID, "name": ""})
    assert (answer.status, set(answer.body)) == (400, {"species", "name"})


@pytest.mark.parametrize("name", [name for name in MODELS if name != "dam"])
def test_of_every_model_each_wrong_key_is_told_whatever_else_is_wrong(lab, name):
    """What is told of one wrong value alone is told again when all others are wrong too."""
    sender = lab.admin.through("super") if MODELS[name][2] else lab.owner
    path, payload = path_of(name), lab.payload(name)
    fields = sender.options(path).body["fields"]
    wrong = {key: [[]] if key in ("tags", "users", "groups") else {"no": unique("value")} for key in fields}
    alone = {}
    for key, value in wrong.items():
        answer = sender.post(path, payload | {key: value})
        if answer.status == 400 and key in answer.body:
            alone[key] = answer.body[key]
        else:
            sender.delete(f"{path}/{answer.id}") if answer.status == 201 else None
    assert alone
    together = sender.post(path, payload | {key: wrong[key] for key in alone})
    assert together.status == 400
    # Which details are right depends on the type, which is wrong as well.
    assert set(alone) - {"details", "coordinates_details"} <= set(together.body)
