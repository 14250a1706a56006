"""A whole answer that is sent back: what was changed inside the record counts, and what was set beside it."""

from __future__ import annotations

import json

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from ..lab import path_of
from ..people import unique


@pytest.fixture
def session(lab):
    return lab.add("session", description="first", tags=["own"])


@pytest.fixture
def address(session):
    return f"stem/session/{session['id']}"


def listed(alice, session):
    return alice.get("stem/session", f"filter{{id}}={session['id']}").body


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("answer", ["list", "record"])
def test_a_key_set_beside_the_record_is_written(alice, session, address, method, answer):
    found = listed(alice, session) if answer == "list" else alice.get(address).body
    found["description"] = "Updated via API"
    written = alice.request(method, address, found)
    assert (written.status, written.record["description"]) == (200, "Updated via API")
    assert (written.record["name"], written.record["tags"]) == (session["name"], ["own"])


def test_what_was_changed_inside_and_beside_is_written_and_beside_wins(alice, session, address):
    found = listed(alice, session)
    found["sessions"][0] |= {"description": "inside", "name_used_in_storage": "kept"}
    found |= {"description": "beside"}
    written = alice.patch(address, found)
    assert (written.status, written.record["description"]) == (200, "beside")
    assert written.record["name_used_in_storage"] == "kept"


def test_what_an_answer_carries_beside_its_records_is_no_field(alice, session, address):
    found = listed(alice, session)
    assert {"count", "next", "previous", "meta"} < set(found)
    written = alice.patch(address, found)
    assert written.status == 200
    assert written.record | {"updated_at": 0} == session | {"updated_at": 0}


def test_a_wrong_value_beside_the_record_is_refused(alice, session, address):
    written = alice.patch(address, listed(alice, session) | {"date_time": "noon"})
    assert (written.status, list(written.body)) == (400, ["date_time"])
    assert alice.get(address).record == session


@pytest.mark.parametrize("wrapper", ["session", "sessions"])
def test_a_new_record_may_come_as_an_answer_with_keys_beside_it(lab, alice, wrapper):
    record = lab.payload("session") | {"description": "inside"}
    body = {wrapper: record if wrapper == "session" else [record], "description": "beside", "count": 1}
    written = alice.post("stem/session", body)
    assert (written.status, written.record["description"]) == (201, "beside")


def test_several_records_are_told_apart_by_the_address_and_refused_without(lab, alice, session, address):
    other = lab.add("session")
    found = {"sessions": [other, session], "description": "beside"}
    assert alice.patch(address, found).record["description"] == "beside"
    assert alice.get(f"stem/session/{other['id']}").record == other
    refused = alice.post("stem/session", {"sessions": [lab.payload("session"), lab.payload("session")], "tags": []})
    assert (refused.status, list(refused.body)) == (400, ["sessions"])


def test_rows_of_bulk_may_be_answers_with_keys_beside_their_records(lab, alice, session):
    rows = {
        "create": [{"session": lab.payload("session"), "description": "new"}],
        "update": [listed(alice, session) | {"description": "changed"}],
    }
    written = alice.post("stem/session/bulk?return=records", rows)
    assert written.status == 200, written.body
    assert written.body["created"][0]["description"] == "new"
    assert (written.body["updated"][0]["id"], written.body["updated"][0]["description"]) == (session["id"], "changed")


def test_a_row_of_bulk_that_holds_several_records_is_refused_by_its_number(lab, alice):
    several = {"sessions": [lab.payload("session"), lab.payload("session")]}
    refused = alice.post("stem/session/bulk", {"create": [lab.payload("session"), several]})
    assert refused.status == 400
    assert [(row["index"], list(row["errors"])) for row in refused.body["errors"]] == [(1, ["sessions"])]


@pytest.mark.parametrize("method", ["patch", "put", "post"])
def test_a_form_may_hold_an_answer_with_fields_beside_it(lab, alice, session, address, method):
    found = listed(alice, session) if method != "post" else {"sessions": [lab.payload("session")]}
    form = {"sessions": json.dumps(found["sessions"]), "count": "1", "description": "beside"}
    path = "stem/session" if method == "post" else address
    # The test client encodes the form of a POST itself.
    sent = form if method == "post" else encode_multipart(BOUNDARY, form)
    written = alice.request(method, path, sent, content_type=MULTIPART_CONTENT)
    assert written.status in (200, 201), written.body
    assert written.record["description"] == "beside"


NAMED = (
    "project", "subject", "session", "collection", "cohort", "breeding", "epoch", "equipment", "behavioralassay",
    "datastorage", "inventory", "license", "setup", "group",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_every_model_takes_its_own_list_with_a_name_beside_it(lab, alice, name):
    record = lab.add(name)
    found = alice.get(path_of(name), f"filter{{id}}={record['id']}").body
    found["name"] = unique("Renamed")
    written = alice.patch(f"{path_of(name)}/{record['id']}", found)
    assert (written.status, written.record["name"]) == (200, found["name"])
