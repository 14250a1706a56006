"""``record.save()``: what was changed is sent, with the version that was read, and nobody's change is overwritten."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemClient, Conflict, RetryPolicy, ValidationError
from brainstem_api_tools.editing import changes_of, differences, tag_in
from brainstem_api_tools.errors import error_of
from brainstem_api_tools.models import Project, Session

ONE, LIST = "/api/private/stem/session/x/", "/api/private/stem/session/"
TAG, NEXT = '"7-aa"', '"8-bb"'
READ = {
    "id": "x",
    "name": "Day 1",
    "date_time": "2026-01-01T09:00:00Z",
    "projects": ["p", "q"],
    "tags": ["pilot"],
    "extra_fields": {"water_ml": 1, "rig": {"name": "r1"}},
    "description": "",
    "created_at": "2026-01-01T09:00:00Z",
    "new_field": 3,
}
INCLUDED = {**READ, "projects": [{"id": "p", "name": "Place cells"}, {"id": "q", "name": "Grid cells"}]}
MOVED = {
    "detail": "The session was changed meanwhile.",
    "current": {**READ, "name": "Day one"},
    "changed": {"name": {"base": "Day 1", "theirs": "Day one", "yours": "Day I"}},
}


def sent(scripted, method: str = "PATCH") -> tuple[dict, dict]:
    """Headers in small letters and parsed body of the last request of a kind."""
    _, _, headers, body = [one for one in scripted.seen if one[0] == method][-1]
    return {name.lower(): value for name, value in headers.items()}, json.loads(body) if body else {}


@pytest.fixture
def session(scripted, listed):
    """A session as a server with versions gives it."""
    scripted.answer("GET", ONE, (200, {"session": READ}, {"ETag": TAG}))
    scripted.answer("PATCH", ONE, (200, {"session": {**READ, "name": "Day I"}}, {"ETag": NEXT}))
    return listed.sessions.get("x")


# --- what was changed ---------------------------------------------------------------------------------------------------


def test_record_that_was_only_read_has_no_changes():
    record = Session(READ)
    _ = [getattr(record, name) for name in READ]

    assert changes_of(record) == {}


@pytest.mark.parametrize("data", [READ, INCLUDED], ids=["ids", "included"])
def test_what_is_set_to_what_it_was_is_no_change(data):
    record = Session(data)
    record.name = "Day 1"
    record.date_time = datetime(2026, 1, 1, 10, tzinfo=timezone(timedelta(hours=1)))
    record.projects = ["p", Project({"id": "q"})]
    record.tags = ["pilot"]

    assert changes_of(record) == {}


def test_what_is_set_is_a_change_as_it_is_sent():
    record = Session(READ)
    record.name = "Day 2"
    record.date_time = datetime(2026, 1, 2, 9, tzinfo=UTC)
    record.projects = [Project({"id": "q"})]
    record.description = None
    record.new_field = 4

    assert changes_of(record) == {
        "name": "Day 2", "date_time": "2026-01-02T09:00:00+00:00", "projects": ["q"], "description": None, "new_field": 4,
    }  # fmt: skip
    assert record.name == "Day 2"
    assert record["name"] == "Day 1"


@pytest.mark.parametrize("data", [READ, INCLUDED], ids=["ids", "included"])
def test_what_is_changed_in_place_is_a_change(data):
    record = Session(data)
    record.tags.append("opto")
    record.extra_fields["rig"]["name"] = "r2"
    record.projects.pop()

    assert changes_of(record) == {
        "tags": ["pilot", "opto"], "extra_fields": {"water_ml": 1, "rig": {"name": "r2"}}, "projects": ["p"],
    }  # fmt: skip
    assert record["extra_fields"]["rig"]["name"] == "r1"


@pytest.mark.parametrize("name", ["created_at", "id"])
def test_what_the_server_sets_cannot_be_set(name):
    with pytest.raises(AttributeError, match="is set by the server"):
        setattr(Session(READ), name, "x")


def test_field_that_does_not_exist_cannot_be_set():
    with pytest.raises(AttributeError, match="Did you mean 'description'"):
        Session(READ).descripton = "x"


def test_method_cannot_be_set():
    with pytest.raises(AttributeError, match="no field 'history'"):
        Session(READ).history = "x"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("date_time", datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "no time zone"),
        ("extra_fields", {"a": float("nan")}, "nan"),
    ],
)
def test_value_that_cannot_be_sent_is_refused_when_it_is_saved(session, scripted, name, value, message):
    setattr(session, name, value)

    with pytest.raises(ValidationError, match=message):
        session.save()
    assert [one[0] for one in scripted.seen] == ["GET"]


def test_records_that_are_copied_keep_their_changes_and_lose_their_client(session):
    session.name = "Day I"
    for copied in (copy.deepcopy(session), copy.copy(session), pickle.loads(pickle.dumps(session))):
        assert copied == session
        assert changes_of(copied) == {"name": "Day I"}
        with pytest.raises(ValueError, match=r"belongs to no client.*client\.sessions\.get"):
            copied.save()


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ('"7-aa"', '"7-aa"'), ('W/"7-aa"', '"7-aa"'), ("", ""), ('"d41d8cd98f00b204e9800998ecf8427e"', ""),
        ('W/"5f-1"x', ""), ("7-aa", ""),
    ],
)  # fmt: skip
def test_only_an_etag_with_a_version_tells_a_version(header, tag):
    assert tag_in({"etag": header}) == tag


def test_differences_are_those_of_both_sides():
    record = Session(INCLUDED)
    current = {**READ, "name": "Day one", "tags": ["x"], "projects": ["q", "p"], "description": "theirs"}
    changes = {"name": "Day I", "tags": ["x"], "projects": ["p"]}

    assert differences(record, changes, current) == {"name": {"base": "Day 1", "theirs": "Day one", "yours": "Day I"}}


# --- saving -------------------------------------------------------------------------------------------------------------


def test_only_changes_are_sent_with_the_version_that_was_read(session, scripted):
    session.name = "Day I"
    assert session.save() is session

    headers, body = sent(scripted)
    assert body == {"name": "Day I"}
    assert headers["if-match"] == TAG
    assert "prefer" not in headers
    assert (session.name, session["name"], changes_of(session)) == ("Day I", "Day I", {})


def test_next_save_has_the_version_that_the_last_one_made(session, scripted):
    session.name = "Day I"
    session.save()
    session.description = "x"
    session.save()

    headers, body = sent(scripted)
    assert (headers["if-match"], body) == (NEXT, {"description": "x"})


def test_nothing_is_sent_where_nothing_was_changed(session, scripted):
    assert session.save() is session
    assert [one[0] for one in scripted.seen] == ["GET"]


def test_merging_is_asked_of_the_server(session, scripted):
    session.name = "Day I"
    session.save(on_conflict="merge")

    headers, _ = sent(scripted)
    assert (headers["if-match"], headers["prefer"]) == (TAG, "merge=fields")


def test_unknown_way_of_saving_is_refused(session):
    session.name = "Day I"
    with pytest.raises(ValueError, match="'raise' or 'merge'"):
        session.save(on_conflict="overwrite")


@pytest.mark.parametrize(("status", "key"), [(412, "changed"), (409, "conflicts")])
def test_conflict_has_the_three_values_and_keeps_what_was_set(session, scripted, status, key):
    body = {name: value for name, value in MOVED.items() if name != "changed"}
    scripted.answer("PATCH", ONE, (status, {**body, key: MOVED["changed"]}))
    session.name = "Day I"
    with pytest.raises(Conflict, match="was changed meanwhile") as caught:
        session.save()

    conflict = caught.value
    assert conflict.changed == MOVED["changed"]
    assert (conflict.base, conflict.theirs, conflict.yours) == (
        {"name": "Day 1"},
        {"name": "Day one"},
        {"name": "Day I"},
    )
    assert conflict.current["name"] == "Day one"
    assert (session.name, session["name"]) == ("Day I", "Day 1")


def test_other_conflicts_have_no_values():
    error = error_of(409, {"detail": "It is in use."})

    assert (type(error), error.changed, error.current, error.message) == (Conflict, {}, {}, "It is in use.")


@pytest.mark.parametrize(
    "body", [{"detail": "x", "changed": [1], "current": 3}, {"changed": {"a": 1}}, "text", None, []]
)
def test_conflict_of_any_form_is_read(body):
    error = error_of(412, body)

    assert (type(error), error.changed, error.current) == (Conflict, {}, {})


def test_included_records_stay_included(scripted, listed):
    asked = {}

    def answer(query):
        asked.update(query)
        return 200, {"session": INCLUDED}, {"ETag": TAG}

    scripted.by_query = {f"GET {ONE}": answer, f"PATCH {ONE}": answer}
    session = listed.sessions.get("x", include=["projects"])
    session.name = "Day I"
    asked.clear()
    session.save()

    assert asked == {"include[]": "projects.*"}
    assert session.projects[0].name == "Place cells"


def test_record_that_is_read_anew_has_no_changes(session, scripted):
    session.name = "Day I"
    scripted.answer("GET", ONE, (200, {"session": {**READ, "name": "Day one"}}, {"ETag": NEXT}))

    assert session.refresh() is session
    assert session.name == "Day one"
    session.name = "Day I"
    session.save()
    assert sent(scripted)[0]["if-match"] == NEXT


def test_who_may_only_propose_gets_the_proposal(scripted, listed):
    path = "/api/private/resources/supplier/x/"
    scripted.answer("GET", path, (200, {"supplier": {"id": "x", "name": "A", "description": ""}}, {"ETag": TAG}))
    scripted.answer("PATCH", path, (200, {"supplier_approval": {"id": "y", "status": "Pending"}}))
    supplier = listed.suppliers.get("x")
    supplier.description = "new"

    assert supplier.save().model == "supplierapproval"
    assert supplier["description"] == ""


def test_save_whose_answer_was_lost_is_no_conflict(scripted):
    scripted.answer("GET", ONE, (200, {"session": READ}, {"ETag": TAG}))
    own = {**MOVED, "changed": {"name": {"base": "Day 1", "theirs": "Day I", "yours": "Day I"}}}
    scripted.answer("PATCH", ONE, (503, {}), (412, own))
    with BrainstemClient(token="t", url=scripted.url, retries=RetryPolicy(first_s=0.01)) as client:
        session = client.sessions.get("x")
        session.name = "Day I"
        scripted.answer("GET", ONE, (200, {"session": {**READ, "name": "Day I"}}, {"ETag": NEXT}))
        session.save()

    assert session["name"] == "Day I"


# --- without a version that was read ------------------------------------------------------------------------------------


@pytest.fixture
def of_list(scripted, listed):
    """A session of a list, which tells no versions."""
    scripted.answer("GET", LIST, (200, {"sessions": [READ], "count": 1, "next": None}))
    scripted.answer("PATCH", ONE, (200, {"session": {**READ, "name": "Day I"}}))
    (session,) = listed.sessions.list()
    session.name = "Day I"
    return session


@pytest.mark.parametrize("on_conflict", ["raise", "merge"])
def test_record_of_a_list_is_compared_before_it_is_saved(of_list, scripted, on_conflict):
    scripted.answer("GET", ONE, (200, {"session": {**READ, "description": "theirs"}}, {"ETag": TAG}))
    of_list.save(on_conflict=on_conflict)

    headers, body = sent(scripted)
    assert (headers["if-match"], body) == (TAG, {"name": "Day I"})


@pytest.mark.parametrize("on_conflict", ["raise", "merge"])
def test_what_others_changed_since_the_list_was_read_is_a_conflict(of_list, scripted, on_conflict):
    scripted.answer("GET", ONE, (200, {"session": {**READ, "name": "Day one"}}, {"ETag": TAG}))
    with pytest.raises(Conflict, match="the same fields since you read this record: name") as caught:
        of_list.save(on_conflict=on_conflict)

    assert caught.value.changed == MOVED["changed"]
    assert "PATCH" not in [one[0] for one in scripted.seen]


@pytest.mark.parametrize(
    "headers", [{}, {"ETag": '"d41d8cd98f00b204e9800998ecf8427e"'}], ids=["none", "of another kind"]
)
def test_server_without_versions_is_asked_as_before(of_list, scripted, headers):
    scripted.answer("GET", ONE, (200, {"session": READ}, headers))
    of_list.save()

    sent_headers, body = sent(scripted)
    assert body == {"name": "Day I"}
    assert "if-match" not in sent_headers
    assert of_list["name"] == "Day I"


def test_list_can_tell_versions(scripted, listed):
    scripted.by_query[f"GET {LIST}"] = lambda query: (
        200, {"sessions": [{**READ, **({"version": "7"} if query["include_version"] == "true" else {})}], "count": 1},
    )  # fmt: skip
    scripted.answer("PATCH", ONE, (200, {"session": READ}))
    session = listed.sessions.list(include_version=True).first()
    session.name = "Day I"
    session.save()

    assert sent(scripted)[0]["if-match"] == '"7"'
    assert session.model == "session"


def test_included_record_is_saved_by_itself(scripted, listed):
    path = "/api/private/stem/project/p/"
    scripted.answer("GET", ONE, (200, {"session": INCLUDED}, {"ETag": TAG}))
    scripted.answer("GET", path, (200, {"project": INCLUDED["projects"][0]}, {"ETag": NEXT}))
    scripted.answer("PATCH", path, (200, {"project": {"id": "p", "name": "New"}}))
    session = listed.sessions.get("x", include="projects")
    session.projects[0].name = "New"
    session.projects[0].save()

    assert sent(scripted)[1] == {"name": "New"}
    assert session.save() is session


def test_created_record_can_be_saved(scripted, listed):
    scripted.answer("POST", LIST, (201, {"session": READ}, {"ETag": TAG}))
    scripted.answer("PATCH", ONE, (200, {"session": READ}))
    session = listed.sessions.create(name="Day 1", projects=["p"])
    session.name = "Day I"
    session.save()

    assert sent(scripted)[0]["if-match"] == TAG


def test_saving_can_be_awaited(scripted):
    scripted.answer("GET", ONE, (200, {"session": READ}, {"ETag": TAG}))
    scripted.answer("PATCH", ONE, (412, MOVED), (200, {"session": {**READ, "name": "Day I"}}))

    async def work():
        async with AsyncBrainstemClient(token="t", url=scripted.url) as client:
            session = await client.sessions.get("x")
            session.name = "Day I"
            with pytest.raises(Conflict):
                await session.save()
            await session.save(on_conflict="merge")
            return session

    assert asyncio.run(work())["name"] == "Day I"
    assert sent(scripted)[0]["prefer"] == "merge=fields"
