"""The version of a record: in the ETag of its responses, and next to its keys on request."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pytest

from brainstem.core.models import Change

from ..lab import MODELS, path_of
from ..people import unique


def version(answer) -> str:
    """The version in an ETag."""
    tag = answer.headers["ETag"]
    assert tag.startswith('"')
    assert tag.endswith('"')
    return tag.strip('"').partition("-")[0]


def last_change(record_id) -> str:
    return str(Change.objects.filter(record_id=record_id).order_by("-id").values_list("id", flat=True)[0])


@pytest.mark.parametrize("name", [name for name in MODELS if name != "dam"])
def test_the_version_of_a_record_of_any_model_is_its_last_change(lab, name):
    reader = lab.admin.through("super") if MODELS[name][2] else lab.owner
    address, record_id = f"{path_of(name)}/{lab[name]}", lab[name]
    first = reader.get(address)
    listed = reader.get(path_of(name), f"filter{{id}}={record_id}&include_version=true").records[0]
    assert version(first) == listed["version"] == last_change(record_id)
    assert "version" not in first.record
    assert list(listed) == [*first.record, "version"]
    key = "institution" if name == "laboratory" else "name" if "name" in first.record else "description"
    key = "title" if name == "publication" else key
    if key in first.record:
        changed = reader.patch(address, {key: unique("Text")})
        assert changed.status == 200, changed.body
        assert int(version(changed)) > int(version(first))
        assert version(changed) == last_change(record_id)


def test_a_record_without_history_has_the_version_zero(lab, alice):
    Change.objects.filter(record_id=lab["session"]).delete()
    assert version(alice.get(f"stem/session/{lab['session']}")) == "0"


def test_every_way_to_write_and_to_read_says_the_same(lab, alice):
    made = alice.post("stem/session", lab.payload("session"))
    address = f"stem/session/{made.id}"
    assert made.headers["ETag"] == alice.get(address).headers["ETag"]
    for send in (alice.patch, alice.put):
        answer = send(address, lab.payload("session"))
        assert answer.headers["ETag"] == alice.get(address).headers["ETag"]
    head = alice.request("head", address)
    assert (head.text, head.headers["ETag"]) == ("", alice.get(address).headers["ETag"])
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
    log = f"modules/subjectlog/{lab['subjectlog']}"
    added = alice.patch(f"{log}/add_entry", entry)
    assert added.status == 200, added.body
    assert added.headers["ETag"] == alice.get(log).headers["ETag"]


def test_the_etag_changes_with_lists_of_other_records_but_the_version_does_not(lab, alice):
    address = f"stem/session/{lab['session']}"
    before = alice.get(address)
    lab.add("epoch")
    after = alice.get(address)
    assert version(before) == version(after)
    assert before.headers["ETag"] != after.headers["ETag"]


@pytest.mark.parametrize("portal", ["public", "super", "private"])
def test_all_portals_say_the_version(lab, alice, admin, nobody, portal):
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    reader = {"public": nobody, "super": admin.through("super"), "private": alice}[portal]
    answer = reader.get(f"stem/session/{lab['session']}")
    assert version(answer) == last_change(lab["session"])
    cached = "no-cache" if portal == "public" else "private, no-cache"
    assert answer.headers["Cache-Control"] == cached


def test_a_link_that_another_record_keeps_of_its_own_moves_the_version_of_its_owner(lab, alice):
    address = f"stem/session/{lab['session']}"
    before = version(alice.get(address))
    made = alice.make("stem/sessiondatastorage", session=lab["session"], datastorage=lab["datastorage"])
    shown = alice.get(address)
    assert shown.record["datastorage"] == [lab["datastorage"]]
    assert int(version(shown)) > int(before)
    assert alice.delete(f"stem/sessiondatastorage/{made['id']}").status == 204
    assert int(version(alice.get(address))) > int(version(shown))
    rows = {"create": [{"session": lab["session"], "datastorage": lab["datastorage"]}]}
    before = version(alice.get(address))
    assert alice.post("stem/sessiondatastorage/bulk/", rows).status == 200
    assert int(version(alice.get(address))) > int(before)


# -- on request -------------------------------------------------------------------------------------------------------


def test_included_records_have_versions_too(lab, alice):
    lab.add("epoch")
    query = "include_version=true&include[]=epochs&include[]=projects&include[]=created_by"
    found = alice.get(f"stem/session/{lab['session']}", query).record
    assert found["version"] == last_change(lab["session"])
    assert [one["version"] for one in found["epochs"]] == [last_change(one["id"]) for one in found["epochs"]]
    assert found["projects"][0]["version"] == last_change(lab["project"])
    assert found["created_by"]["version"] == "0"


def test_streams_have_versions_on_request(lab, alice):
    for path, wanted in (("stem/session", lab["session"]), ("users/group", lab["group"])):
        lines = alice.get(path, "format=ndjson&include_version=true").text.splitlines()
        found = {one["id"]: one["version"] for one in map(json.loads, lines)}
        assert found[wanted] == last_change(wanted)
        plain = alice.get(path, "format=ndjson").text.splitlines()
        assert "version" not in json.loads(plain[0])


def test_arrow_has_versions_on_request(lab, alice):
    headers = {"Authorization": f"Bearer {alice.token}"}
    lab.add("epoch")
    for query in ("include_version=true", "include_version=true&include[]=epochs"):
        response = alice.client.get(f"/api/private/stem/session?format=arrow&{query}", headers=headers)
        table = pa.ipc.open_stream(io.BytesIO(b"".join(response))).read_all()
        row = table.to_pylist()[0]
        assert row["version"] == last_change(row["id"])
    assert row["epochs"][0]["version"] == last_change(row["epochs"][0]["id"])


def test_bulk_answers_have_versions_on_request(lab, alice):
    rows = {"create": [lab.payload("session")], "update": [{"id": lab["session"], "description": "new"}]}
    answer = alice.post("stem/session/bulk/?return=records&include_version=true", rows)
    assert answer.status == 200, answer.body
    for one in (*answer.body["created"], *answer.body["updated"]):
        assert one["version"] == last_change(one["id"])
    dry = alice.post("stem/session/bulk/?dry_run=true&include_version=true", {"create": [lab.payload("session")]})
    assert dry.status == 200


def test_a_record_with_its_version_can_be_sent_back(lab, alice):
    found = alice.get(f"stem/session/{lab['session']}", "include_version=true").body
    answer = alice.patch(f"stem/session/{lab['session']}", found, HTTP_PREFER="handling=strict")
    assert answer.status == 200, answer.body


@pytest.mark.parametrize(("text", "status"), [("false", 200), ("1", 200), ("maybe", 400)])
def test_whether_to_include_versions_is_true_or_false(lab, alice, text, status):
    answer = alice.get(f"stem/session/{lab['session']}", f"include_version={text}")
    assert answer.status == status
    if status == 400:
        assert list(answer.body) == ["include_version"]
    else:
        assert ("version" in answer.record) == (text == "1")
