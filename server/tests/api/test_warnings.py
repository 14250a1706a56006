"""What a write says beside its answer: keys that it ignored, names that are nearly others; or a refusal, if asked for."""

from __future__ import annotations

import json

import pytest

from ..contract import documented
from ..lab import MODELS, path_of
from ..people import person, unique

STRICT = {"HTTP_PREFER": "handling=strict"}


def told(answer) -> list[dict]:
    """The remarks in an answer, whose header is short and in ASCII."""
    text = answer.headers.get("Brainstem-Warning", "[]")
    assert len(text) <= 2100
    assert text.isascii()
    assert text.isprintable()
    return json.loads(text)


def nearest(answer) -> dict[str, str]:
    return {one["field"]: one.get("near", "") for one in told(answer) if one["code"] == "unknown_key"}


# -- unknown keys -------------------------------------------------------------------------------------------------------


def test_an_unknown_key_is_ignored_and_told_with_the_nearest_field(lab, alice):
    answer = alice.post("stem/session", lab.payload("session") | {"date_tiem": "2026-01-01", "qwertyuiop": 1})
    assert answer.status == 201
    assert nearest(answer) == {"date_tiem": "date_time", "qwertyuiop": ""}
    assert told(answer)[0]["message"] == ("Session has no field 'date_tiem'; it was ignored. Did you mean 'date_time'?")
    assert nearest(alice.patch(f"stem/session/{answer.id}", {"descripton": "x"})) == {"descripton": "description"}
    assert nearest(alice.put(f"stem/session/{answer.id}", lab.payload("session") | {"Name ": "x"})) == {"Name ": "name"}


def test_what_is_known_is_not_told(lab, alice):
    answer = alice.post("stem/session", lab.payload("session") | {"description": "x", "tags": ["a"]})
    assert (answer.status, "Brainstem-Warning" in answer.headers) == (201, False)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "dam"])
def test_a_record_sent_back_whole_holds_no_unknown_key_of_any_model(lab, name):
    sender = lab.admin.through("super") if MODELS[name][2] else lab.owner
    address = f"{path_of(name)}/{lab[name]}"
    for body in (sender.get(address).body, sender.get(path_of(name), f"filter{{id}}={lab[name]}").body):
        answer = sender.patch(address, body, **STRICT)
        assert answer.status == 200, answer.body
        assert [one for one in told(answer) if one["code"] == "unknown_key"] == []


def test_what_forms_of_the_contract_send_along_is_known(lab, alice):
    models = documented.read("models")["models"]
    sent = {
        name: [one["name"] for one in page["fields"] if one["type"] == "form_filter"] for name, page in models.items()
    }
    asked = {name: keys for name, keys in sent.items() if keys}
    assert len(asked) > 5
    for name, keys in asked.items():
        answer = alice.patch(f"{path_of(name)}/{lab[name]}", dict.fromkeys(keys, None), **STRICT)
        unknown = [text for texts in (answer.body or {}).values() for text in texts if "has no field '" in text]
        assert unknown == [], name


def test_unknown_keys_of_details_are_kept_and_told(lab, alice):
    details = {"fileName": "a.dat", "fileNmae": "b.dat"}
    answer = alice.post("modules/dataacquisition", lab.payload("dataacquisition") | {"details": details})
    assert (answer.status, answer.record["details"]) == (201, details)
    assert nearest(answer) == {"details.fileNmae": "fileName"}
    address = f"modules/dataacquisition/{answer.id}"
    changed = alice.patch(address, {"details": details | {"fileName": "c.dat"}}, **STRICT)
    assert (changed.status, told(changed)) == (200, [])  # what was there before is no mistake of this request
    refused = alice.patch(address, {"details": details | {"file": "c.dat"}}, **STRICT)
    assert (refused.status, list(refused.body)) == (400, ["details.file"])


def test_unknown_keys_of_rows_and_roles_are_told(lab, alice, bob):
    link = {"Repository": "DANDI", "URL": "https://dandiarchive.org/1", "Comment": "x"}
    answer = alice.patch(f"stem/session/{lab['session']}", {"download_links": [link]})
    assert [one["field"] for one in told(answer)] == ["download_links.0.Comment"]
    project = f"stem/project/{lab['project']}"
    roles = {"users": {bob.email: {"can_chagne": True}}}
    assert nearest(alice.patch(project, roles)) == {f"users.{bob.email}.can_chagne": "can_change"}
    assert alice.patch(project, roles, **STRICT).status == 400


def test_unknown_keys_of_actions_are_told_or_refused(lab, alice, bob, admin, charlie):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    entry = {"date_time": "2026-01-05T08:00:00Z", "details": {"weight": 20, "wieght": 3}, "ntoes": "x"}
    proposal = f"taxonomies/strainapproval/{alice.post('taxonomies/strain', lab.payload('strain')).id}"
    assert alice.patch(f"{log}/add_entry", entry, **STRICT).status == 400
    assert nearest(alice.patch(f"{log}/add_entry", entry)) == {"ntoes": "notes", "details.wieght": "weight"}
    invited = {"email": charlie.email, "new_manger": True}
    refused = alice.post(f"users/group/{lab['group']}/invite", invited, **STRICT)
    assert (refused.status, list(refused.body)) == (400, ["new_manger"])
    assert nearest(alice.post(f"users/group/{lab['group']}/invite", invited)) == {"new_manger": "new_manager"}
    assert nearest(bob.post(f"users/group/{lab['group']}/join", {"mesage": "hi"})) == {"mesage": "message"}
    assert admin.post(f"{proposal}/accept", {"coment": "x"}, **STRICT).status == 400
    assert nearest(admin.post(f"{proposal}/accept", {"coment": "x"})) == {"coment": "comment"}


def test_rows_of_bulk_are_told_apart_and_counted(lab, alice):
    right, wrong = lab.payload("session"), lab.payload("session") | {"date_tiem": 1}
    rows = {"create": [right, wrong, lab.payload("session") | {"date_tiem": 2}], "update": [
        {"id": lab["session"], "descripton": "x"}
    ]}  # fmt: skip
    first, second = told(alice.post("stem/session/bulk", rows))
    assert (first["operation"], first["index"], first["rows"], first["near"]) == ("create", 1, 2, "date_time")
    assert (second["operation"], second["index"], second["rows"]) == ("update", 0, 1)
    refused = alice.post(
        "stem/session/bulk", {"create": [lab.payload("session"), lab.payload("session") | {"date_tiem": 1}]}, **STRICT
    )
    assert [(row["index"], list(row["errors"])) for row in refused.body["errors"]] == [(1, ["date_tiem"])]


def test_keys_of_details_in_rows_of_bulk_are_told_with_their_row(lab, alice):
    wrong = lab.payload("dataacquisition") | {"details": {"fileName": "a.dat", "fileNmae": "b.dat"}}
    (only,) = told(alice.post("modules/dataacquisition/bulk", {"create": [lab.payload("dataacquisition"), wrong]}))
    assert (only["operation"], only["index"], only["field"]) == ("create", 1, "details.fileNmae")


def test_the_header_stays_short_and_in_ascii_whatever_was_sent(lab, alice):
    keys = {f"größe\r\nSet-Cookie: {number} {'x' * number}": 1 for number in range(300)}
    answer = alice.post("stem/session", lab.payload("session") | keys | {"🐭": 1})
    assert answer.status == 201
    *named, last = told(answer)
    assert len(named) > 3
    assert last == {"code": "more", "count": 301 - len(named)}


@pytest.mark.parametrize(
    "prefer", ["handling=strict", "return=representation, Handling = strict", 'handling="strict"; x=1']
)
def test_who_prefers_to_be_refused_is(lab, alice, prefer):
    payload = lab.payload("session") | {"date_tiem": 1, "descripton": 2, "date_time": "noon"}
    answer = alice.post("stem/session", payload, HTTP_PREFER=prefer)
    assert (answer.status, set(answer.body)) == (400, {"date_tiem", "descripton", "date_time"})
    assert "Did you mean 'date_time'?" in answer.body["date_tiem"][0]
    assert answer.headers["Preference-Applied"] == "handling=strict"
    right = alice.post("stem/session", lab.payload("session"), HTTP_PREFER=prefer)
    assert (right.status, right.headers["Preference-Applied"]) == (201, "handling=strict")


def test_other_preferences_change_nothing(lab, alice):
    payload = lab.payload("session") | {"date_tiem": 1}
    answer = alice.post("stem/session", payload, HTTP_PREFER="handling=lenient, handling=strict")
    assert (answer.status, "Preference-Applied" in answer.headers) == (201, False)


def test_a_repeat_is_told_what_the_first_request_was_told(lab, alice):
    payload = lab.payload("session") | {"date_tiem": 1}
    first, again = (alice.post("stem/session", payload, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert told(first) == told(again) != []


# -- similar names ------------------------------------------------------------------------------------------------------

NAMED = ("project", "subject", "session", "cohort", "epoch", "setup", "datastorage", "equipment", "species", "supplier")


@pytest.mark.parametrize("name", NAMED)
def test_a_name_that_differs_only_in_case_is_taken_and_told(lab, alice, name):
    sender, path = (lab.admin.through("super") if MODELS[name][2] else alice), path_of(name)
    first = lab.add(name, name=unique("PV Zoë"))["name"]
    answer = sender.post(path, lab.payload(name) | {"name": first.swapcase()})
    assert answer.status == 201, answer.body
    assert [(one["code"], one["field"], one["near"]) for one in told(answer)] == [("similar_name", "name", first)]
    assert told(sender.patch(f"{path}/{answer.id}", {"name": first.swapcase()})) == []
    assert [one["near"] for one in told(sender.patch(f"{path}/{answer.id}", {"name": first.lower()}))] == [first]
    assert told(sender.post(path, lab.payload(name))) == []


def test_similar_names_of_one_request_are_told(lab, alice):
    rows = [lab.payload("subject") | {"name": name} for name in ("Twin A", "twin a", "Other")]
    (only,) = told(alice.post("stem/subject/bulk", {"create": rows}))
    assert (only["operation"], only["index"], only["near"]) == ("create", 1, "Twin A")


def test_a_name_that_the_writer_does_not_see_is_not_told_of(lab, alice, charlie):
    lab.add("subject", name="PV03")
    own = charlie.make("stem/project", name=unique("Own"))["id"]
    answer = charlie.post("stem/subject", lab.payload("subject") | {"name": "pv03", "projects": [own]})
    assert (answer.status, told(answer)) == (201, [])
    assert [one["near"] for one in told(alice.post("stem/subject", lab.payload("subject") | {"name": "pV03"}))] == [
        "PV03"
    ]


def test_names_are_compared_where_they_stand_together(lab, alice):
    """Cohorts of two projects may have the same name; so one that is nearly that of another project's is no slip."""
    lab.add("cohort", name="Pilot")
    other = alice.make("stem/project", name=unique("Second"))["id"]
    assert told(alice.post("stem/cohort", {"name": "pilot", "project": other})) == []
    assert told(alice.post("stem/cohort", {"name": "pilot", "project": lab["project"]})) != []


def test_a_tag_that_differs_only_in_case_is_told(lab, alice):
    lab.add("session", tags=["Pilot"])
    answer = alice.post("stem/subject", lab.payload("subject") | {"tags": ["pilot", "new"]})
    assert answer.status == 201
    assert [(one["field"], one["near"]) for one in told(answer)] == [("tags", "Pilot")]
    again = alice.patch(f"stem/subject/{answer.id}", {"tags": ["pilot", "new", "third"]})
    assert told(again) == []  # what the record has already is no news
    assert told(alice.post("stem/subject", lab.payload("subject") | {"tags": ["pilot"]})) == []  # by now it is in use


def test_a_tag_that_the_writer_does_not_see_is_not_told_of(lab, alice):
    lab.add("session", tags=["Secret"])
    stranger = person("erin")
    mine = stranger.make("stem/project", name=unique("Own"), tags=["secret"])
    assert told(stranger.patch(f"stem/project/{mine['id']}", {"tags": ["SECRET", "x"]}))[0]["near"] == "secret"
    # Nor does the hidden one keep what is told of a visible one.
    lab.add("session", tags=["ours"])
    stranger.patch(f"stem/project/{mine['id']}", {"tags": ["Ours"]})
    assert told(alice.post("stem/session", lab.payload("session") | {"tags": ["OURS"]}))[0]["near"] == "ours"


def test_tags_of_one_request_are_compared_too(lab, alice):
    rows = [lab.payload("session") | {"tags": ["Theta"]}, lab.payload("session") | {"tags": ["theta"]}]
    (only,) = told(alice.post("stem/session/bulk", {"create": rows}))
    assert (only["index"], only["near"]) == (1, "Theta")
