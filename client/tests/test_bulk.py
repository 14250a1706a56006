"""Many records at once: in few requests where the server takes lists, one by one where it does not."""

from __future__ import annotations

import pytest

from brainstem_api_tools import BrainstemError, BulkError, ValidationError

BULK = "/api/private/stem/session/bulk/"


def rows(count: int) -> list[dict]:
    return [{"name": f"day {at}", "projects": ["p"]} for at in range(count)]


# --- against a real server ---


def test_created_records_come_in_the_order_of_their_rows(client, project):
    ids = client.bulk_create("session", [{"name": f"{project.name} {at}", "projects": [project]} for at in range(5)])

    assert [client.sessions.get(one).name[-1] for one in ids] == ["0", "1", "2", "3", "4"]


def test_row_that_the_server_refuses_is_named_by_its_number(client, project):
    names = [f"{project.name} a", f"{project.name} b", f"{project.name} a"]
    with pytest.raises(BulkError) as caught:
        client.bulk_create("session", [{"name": name, "projects": [project.id]} for name in names])

    assert 2 in caught.value.rows
    assert "name" in caught.value.rows[2]


def test_upsert_changes_what_is_there_and_adds_the_rest(client, project):
    first = client.sessions.create(name=f"{project.name}, 1", projects=[project.id])
    wanted = [{"name": f"{project.name}, {at}", "projects": [project.id], "description": "new"} for at in (2, 1, 3)]
    written = client.upsert("session", wanted)

    assert written.updated == [first.id]
    assert [client.sessions.get(one).name[-1] for one in written.created] == ["2", "3"]
    assert {one.description for one in client.sessions.list(projects=project)} == {"new"}
    assert client.upsert("session", wanted).created == []


# --- what would be done ---


def test_rehearsal_says_what_would_be_stored_and_refused_and_writes_nothing(client, project):
    name = f"{project.name} a"
    good = {"name": name, "projects": [project.id], "date_time": "2025-06-30T16:30:00+02:00"}
    found = client.rehearse("session", [good, {**good, "name": f"{name} b", "date_time": "soon"}, good])

    assert (found.stored[0]["id"], found.stored[0]["date_time"]) == (None, "2025-06-30T14:30:00Z")
    assert {at: list(messages) for at, messages in found.wrong.items()} == {1: ["date_time"], 2: ["name"]}
    with pytest.raises(BulkError, match="row 1: date_time"):
        found.checked()
    assert list(client.sessions.list(name=name)) == []
    client.bulk_create("session", [good])
    assert list(client.rehearse("session", [good]).wrong) == [0]


def test_rehearsal_with_a_key_says_what_would_change(client, project):
    name = f"{project.name} a"
    client.bulk_create("session", [{"name": name, "projects": [project.id], "description": "old"}])
    rows = [{"name": name, "projects": [project.id], "description": text} for text in ("old", "new")]

    assert client.rehearse("session", rows[:1], key="name").checked().changes == {0: {}}
    assert client.rehearse("session", rows[1:], key="name").changes == {
        0: {"description": {"from": "old", "to": "new"}}
    }


@pytest.mark.parametrize("answer", [(405, {"detail": "no"}), (200, {"keys": ["create"], "max_rows": 1000})])
def test_server_that_makes_no_dry_runs_is_sent_no_rows(listed, scripted, answer):
    scripted.answer("OPTIONS", BULK, answer)
    with pytest.raises(BrainstemError, match="does not support dry runs"):
        listed.rehearse("session", rows(2))

    assert [one[0] for one in scripted.seen] == ["OPTIONS"]


# --- what is sent ---


def test_rows_go_in_requests_of_500(listed, scripted):
    scripted.answer(
        "POST",
        BULK,
        *[(200, {"created": [f"{part}-{at}" for at in range(size)]}) for part, size in ((1, 500), (2, 500), (3, 1))],
    )
    ids = listed.bulk_create("session", rows(1001))

    assert [len(body["create"]) for body in scripted.bodies(BULK)] == [500, 500, 1]
    assert (len(ids), ids[0], ids[-1]) == (1001, "1-0", "3-0")


def test_refused_row_of_a_later_request_has_its_number_among_all(listed, scripted):
    refused = [{"operation": "create", "index": 1, "errors": {"name": ["taken"]}, "status": 400}]
    scripted.answer("POST", BULK, (200, {"created": ["a", "b"]}), (400, {"errors": refused}))
    with pytest.raises(BulkError, match="row 3: name: taken") as caught:
        listed.bulk_create("session", rows(5), size=2)

    assert caught.value.rows == {3: {"name": ["taken"]}}
    assert caught.value.written.created == ["a", "b"]
    assert "2 rows" in caught.value.advice


@pytest.mark.parametrize("status", [404, 405])
def test_server_without_lists_gets_one_after_the_other(listed, scripted, status):
    scripted.answer("POST", BULK, (status, {"detail": "no"}))
    scripted.answer("POST", "/api/private/stem/session/", *[(201, {"session": {"id": str(at)}}) for at in range(3)])

    assert listed.bulk_create("session", rows(3)) == ["0", "1", "2"]


def test_wrong_rows_are_refused_before_anything_is_sent(listed, scripted):
    with pytest.raises(BulkError) as caught:
        listed.bulk_create("session", [*rows(2), {"nmae": "x", "projects": []}])

    assert set(caught.value.rows) == {2}
    assert "Did you mean 'name'" in caught.value.rows[2]["nmae"][0]
    assert scripted.seen == []


@pytest.mark.parametrize(("names", "wrong"), [(["a", "b", "a"], 2), (["a", None], 1), (["a", ""], 1)])
def test_upsert_needs_one_key_a_row(listed, scripted, names, wrong):
    with pytest.raises(BulkError) as caught:
        listed.upsert("session", [{"name": name, "projects": []} for name in names])

    assert set(caught.value.rows) == {wrong}
    assert scripted.seen == []


def test_upsert_refuses_a_key_of_several_records(listed, scripted):
    scripted.answer(
        "GET",
        "/api/private/stem/collection/",
        (200, {"collections": [{"id": "1", "name": "a"}, {"id": "2", "name": "a"}], "count": 2}),
    )

    with pytest.raises(ValidationError, match="Several"):
        listed.upsert("collection", [{"name": "a"}])


def test_no_rows_are_no_requests(listed, scripted):
    assert listed.bulk_create("session", []) == []
    assert listed.upsert("session", []).created == []
    assert scripted.seen == []
