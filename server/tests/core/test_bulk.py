"""Many writes in one request: all or nothing, and each row as if it came alone."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.bulk.writing import MAX_ROWS
from brainstem.core.model.registry import specs
from brainstem.core.models import Change

from ..lab import path_of
from ..people import unique

NO_ID = "00000000-0000-7000-8000-000000000000"


def bulk(person, path, portal="", query="", **rows):
    return person.post(f"{path}/bulk/{query}", rows, portal=portal)


def names(person, path="stem/subject"):
    return {one["name"] for one in person.get(path, "limit=100").records}


def test_rows_are_added_changed_and_deleted_in_one_request(lab, alice):
    kept, gone = lab.add("subject"), lab.add("subject")
    new = [lab.payload("subject") for _ in range(3)]
    answer = bulk(alice, "stem/subject", create=new, update=[{"id": kept["id"], "sex": "F"}], delete=[gone["id"]])
    assert answer.status == 200, answer.body
    assert list(answer.body) == ["created", "updated", "deleted"]
    assert (answer.body["updated"], answer.body["deleted"]) == ([kept["id"]], [gone["id"]])
    added = [alice.get(f"stem/subject/{one}").record["name"] for one in answer.body["created"]]
    assert added == [one["name"] for one in new]
    assert alice.get(f"stem/subject/{kept['id']}").record["sex"] == "F"
    assert alice.get(f"stem/subject/{gone['id']}").status == 404


def test_records_come_back_whole_when_asked_for_in_the_order_of_the_rows(lab, alice):
    kept = [lab.add("subject")["id"] for _ in range(3)]
    rows = [{"id": one, "sex": "U"} for one in (kept[2], kept[0], kept[2])]
    for extra, query in (({"HTTP_PREFER": "return=representation"}, ""), ({}, "?return=records")):
        answer = alice.post(f"stem/subject/bulk/{query}", {"create": [lab.payload("subject")], "update": rows}, **extra)
        assert [one["id"] for one in answer.body["updated"]] == [one["id"] for one in rows]
        for one in answer.body["created"] + answer.body["updated"]:
            assert one == alice.get(f"stem/subject/{one['id']}").record


def test_records_come_back_with_what_the_query_includes(lab, alice):
    answer = bulk(alice, "stem/subject", query="?return=records&include[]=projects", create=[lab.payload("subject")])
    assert answer.body["created"][0]["projects"][0]["id"] == lab["project"]


def test_nothing_is_written_when_the_answer_cannot_be_given(lab, alice):
    row = lab.payload("subject")
    answer = bulk(alice, "stem/subject", query="?return=records&include[]=nonsense", create=[row])
    assert answer.status == 400
    assert row["name"] not in names(alice)


def test_every_wrong_row_is_told_at_once_and_nothing_is_written(lab, alice, bob, charlie):
    theirs = charlie.make("stem/project", name=unique("Theirs"))
    seen = bob.make("stem/project", name=unique("Seen"))
    assert bob.patch(f"stem/project/{seen['id']}", {"users": {alice.email: {}}}).status == 200
    good, before = lab.add("subject"), Change.objects.count()
    rows = {
        "create": [
            lab.payload("subject"),
            lab.payload("subject") | {"sex": "X"},
            {"name": unique("S")},
            lab.payload("subject") | {"projects": [theirs["id"]]},
            lab.payload("subject") | {"projects": [seen["id"]]},
            lab.payload("subject") | {"name": good["name"]},
            "no object",
        ],
        "update": [
            {"id": good["id"], "description": "new"},
            {"id": NO_ID, "sex": "F"},
            {"sex": "F"},
            {"id": good["id"], "birth_date": "soon"},
        ],
        "delete": [good["id"], good["id"], 7],
    }
    answer = bulk(alice, "stem/subject", **rows)
    assert answer.status == 400
    found = [(one["operation"], one["index"], one["status"]) for one in answer.body["errors"]]
    assert found == [
        *(("create", index, status) for index, status in ((1, 400), (2, 400), (3, 400), (4, 403), (5, 400), (6, 400))),
        *(("update", index, status) for index, status in ((1, 404), (2, 400), (3, 400))),
        ("delete", 1, 404),
        ("delete", 2, 404),
    ]
    errors = [one["errors"] for one in answer.body["errors"]]
    assert [set(one) for one in errors[:3]] == [{"sex"}, {"projects", "sex", "strain"} & set(errors[1]), {"projects"}]
    assert errors[3] == {
        "non_field_errors": [
            "You need to be a contributor of every project that you add a subject to or take one from."
        ]
    }
    assert Change.objects.count() == before
    assert alice.get(f"stem/subject/{good['id']}").record["description"] == good["description"]


def test_two_new_rows_of_one_name_clash_with_each_other(lab, alice):
    row = lab.payload("subject")
    answer = bulk(alice, "stem/subject", create=[row, row])
    assert answer.status == 400
    expected = {"operation": "create", "index": 1, "status": 400}
    assert answer.body["errors"] == [
        expected | {"errors": {"name": ["A subject with this name already exists on this server."]}}
    ]
    assert bulk(alice, "stem/subject", create=[row]).status == 200


def test_a_wrong_row_takes_no_name_from_the_next(lab, alice):
    row = lab.payload("subject")
    answer = bulk(alice, "stem/subject", create=[row | {"sex": "X"}, row])
    assert [one["index"] for one in answer.body["errors"]] == [0]


def test_a_data_acquisition_is_in_one_epoch_of_a_batch_too(lab, alice):
    recording = lab.add("dataacquisition")["id"]
    rows = [lab.payload("epoch") | {"dataacquisition": [recording]} for _ in range(2)]
    answer = bulk(alice, "stem/epoch", create=rows)
    assert [(one["index"], list(one["errors"])) for one in answer.body["errors"]] == [(1, ["dataacquisition"])]
    assert bulk(alice, "stem/epoch", create=rows[:1]).status == 200


def test_at_most_a_thousand_rows_are_taken(lab, alice):
    rows = [{} for _ in range(MAX_ROWS + 1)]
    assert MAX_ROWS == 1000
    answer = bulk(alice, "stem/subject", create=rows[:500], delete=rows[500:])
    assert (answer.status, answer.body) == (
        400,
        {"non_field_errors": ["At most 1000 rows can be written in one request, got 1001."]},
    )


def test_an_empty_request_does_nothing(lab, alice):
    assert bulk(alice, "stem/subject").body == {"created": [], "updated": [], "deleted": []}


@pytest.mark.parametrize(
    ("body", "key"),
    [({"creates": []}, "creates"), ({"create": {}}, "create"), ({"delete": None}, "delete"), ([], "non_field_errors")],
    ids=["unknown", "object", "null", "list"],
)
def test_a_body_of_another_shape_is_refused(alice, body, key):
    answer = alice.post("stem/subject/bulk", body if body != [] else [1])
    assert (answer.status, list(answer.body)) == (400, [key])


def test_a_form_is_refused(alice):
    assert alice.post("stem/subject/bulk", "create=1", content_type="application/x-www-form-urlencoded").status == 415


def test_a_word_for_what_comes_back_is_checked(alice):
    assert list(bulk(alice, "stem/subject", query="?return=all").body) == ["return"]


# -- who may ----------------------------------------------------------------------------------------------------------


def test_a_member_writes_no_row_and_a_stranger_sees_none(lab, bob, charlie, dana):
    subject = lab["subject"]
    rows = {"update": [{"id": subject, "sex": "F"}], "delete": [subject]}
    for who, status in ((bob, 403), (charlie, 404)):
        assert {one["status"] for one in bulk(who, "stem/subject", **rows).body["errors"]} == {status}
    assert bulk(dana, "stem/subject", **rows).status == 200


def test_one_row_beyond_the_rights_takes_all_back(lab, alice, charlie):
    theirs = charlie.make("stem/project", name=unique("Theirs"))["id"]
    foreign = charlie.make("stem/session", name=unique("S"), projects=[theirs])["id"]
    rows = [{"session": one, "type": "ExtracellularEphys"} for one in (lab["session"], foreign)]
    answer = bulk(alice, "modules/dataacquisition", create=rows)
    assert [(one["index"], one["status"]) for one in answer.body["errors"]] == [(1, 400)]
    assert alice.get("modules/dataacquisition").body["count"] == 0
    assert bulk(alice, "modules/dataacquisition", create=rows[:1]).status == 200


def test_a_reading_token_writes_no_row(lab, alice):
    reader = type(alice)(alice.user, read_only=True)
    answer = bulk(reader, "stem/subject", create=[lab.payload("subject")], delete=[lab["subject"]])
    assert [one["status"] for one in answer.body["errors"]] == [403, 403]


def test_the_super_portal_writes_for_administrators_alone(lab, alice, admin):
    row = lab.payload("subject")
    assert bulk(alice, "stem/subject", portal="super", create=[row]).status == 403
    assert bulk(admin, "stem/subject", portal="super", create=[row]).status == 200


def test_the_public_portal_takes_none(nobody):
    answer = nobody.post("stem/subject/bulk/", {"create": []})
    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS")


VERBS = {"create": "add", "update": "change", "delete": "delete"}


@pytest.mark.parametrize("label", sorted(specs()))
def test_bulk_is_refused_exactly_where_the_single_verb_is(label, admin):
    spec, client = specs()[label], admin.through("super")
    address = f"{spec.app}/{spec.segment}"
    single = {
        "create": client.post(address).status,
        "update": client.patch(f"{address}/{NO_ID}").status,
        "delete": client.delete(f"{address}/{NO_ID}").status,
    }
    for key, verb in VERBS.items():
        refused = bulk(client, address, **{key: [{}]}).status == 405
        assert refused == (single[key] == 405) == (verb not in spec.resource.verbs), key
    if 405 in single.values() and len(set(single.values())) == 1:
        assert client.post(f"{address}/bulk").status == 405


def test_get_is_refused(alice):
    answer = alice.get("stem/subject/bulk/")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    told = {"keys": ["create", "update", "delete"], "max_rows": 1000, "dry_run": True}
    assert alice.options("stem/subject/bulk/").body == told


# -- catalogues -------------------------------------------------------------------------------------------------------


def test_who_is_no_administrator_proposes_each_row(lab, alice, admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = bulk(alice, "taxonomies/species", create=[{"name": unique("Mus")} for _ in range(2)])
    assert answer.status == 200, answer.body
    found = alice.get("taxonomies/speciesapproval").ids
    assert sorted(found) == sorted(answer.body["created"])
    assert [len(one.to) for one in mail.outbox] == [1]  # one mail that lists both
    written = bulk(admin, "taxonomies/species", create=[{"name": unique("Mus")} for _ in range(2)])
    assert {admin.get(f"taxonomies/species/{one}").status for one in written.body["created"]} == {200}


# -- statements -------------------------------------------------------------------------------------------------------

TOGETHER = ["subject", "session", "behavior", "dataacquisition", "manipulation", "procedure", "equipment", "epoch"]


@pytest.mark.parametrize("name", TOGETHER)
def test_the_number_of_statements_does_not_depend_on_the_number_of_new_rows(lab, alice, name):
    counts = []
    for number in (1, 2, 40):  # The first makes the tags.
        rows = [lab.payload(name) | {"tags": ["a", "b"]} for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            answer = bulk(alice, path_of(name), create=rows)
        assert answer.status == 200, answer.body
        counts.append(len(captured))
    assert counts[1] == counts[2] < 40
