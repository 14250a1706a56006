"""Histories over HTTP: what an entry tells, page by page, and narrowed as asked."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history import reading
from brainstem.core.model.registry import specs
from brainstem.core.models import Change, Event
from brainstem.core.undo import restoring

from ..people import Person, unique

pytestmark = pytest.mark.django_db
KEYS = [
    "id",
    "event",
    "action",
    "date_time",
    "user",
    "user_name",
    "via",
    "model",
    "record",
    "changes",
    "client",
    "token",
]


def history(person: Person, path: str, query: str = "") -> list[dict[str, Any]]:
    answer = person.get(f"{path}/history/", query)
    assert answer.status == 200, answer.body
    return answer.body["history"]


def changes(person: Person, path: str, query: str = "") -> list[dict[str, Any]]:
    return [one["changes"] for one in history(person, path, query)]


@pytest.fixture
def session(lab):
    """Path of a session that was described, and then described anew."""
    made = lab.add("session", description="one", tags=["a"], date_time="2026-01-31T10:00:00Z")
    path = f"stem/session/{made['id']}"
    assert lab.owner.patch(path, {"description": "two", "tags": ["b", "a"]}).status == 200
    return path


# -- entries -----------------------------------------------------------------------------------------------------------


def test_an_entry_tells_who_did_what_when_and_through_what(session, alice):
    first, second = history(alice, session)
    assert list(first) == list(second) == KEYS
    assert (first["action"], second["action"]) == ("change", "create")
    assert (first["user"], first["user_name"], first["token"]) == (alice.user.pk, "Alice", "test")
    assert (first["model"], first["record"]) == ("stem/session", session.rpartition("/")[2])
    assert first["via"] == "api"
    assert int(first["id"]) > int(second["id"])
    moment = dt.datetime.fromisoformat(first["date_time"])
    assert dt.datetime.now(dt.UTC) - moment < dt.timedelta(minutes=5)


def test_an_answer_to_a_write_names_its_event(session, alice):
    answer = alice.patch(session, {"description": "three"})
    assert history(alice, session)[0]["event"] == answer.headers["Brainstem-Event"]


def test_changes_are_told_by_field_before_and_after(session, alice):
    changed, created = changes(alice, session)
    assert changed == {"description": {"from": "one", "to": "two"}, "tags": {"from": ["a"], "to": ["a", "b"]}}
    detail = alice.get(session).record
    assert created["date_time"] == {"from": None, "to": "2026-01-31T10:00:00Z"}
    assert created["projects"] == {"from": None, "to": detail["projects"]}
    assert created["created_by"] == {"from": None, "to": alice.user.pk}


def test_neither_derived_nor_empty_nor_unserved_values_are_told_of_a_new_record(session, alice):
    created = changes(alice, session)[-1]
    assert created.keys().isdisjoint(
        {"id", "updated_at", "created_at", "audience_id", "audience", "name_used_in_storage"}
    )
    assert list(created) == [key for key in specs()["stem.Session"].keys if key in created]


def test_a_password_and_other_secrets_of_an_account_are_never_told(alice, admin):
    path = f"users/user/{alice.user.pk}"
    alice.patch(path, {"first_name": "Alicia", "website": "https://alice.example"})
    answer = alice.get("users/user/me/history/")
    assert answer.status == 200
    text = admin.get(f"{path}/history/", portal="super").text + answer.text
    assert "Alicia" in text
    for word in ("password", "session_epoch", "is_superuser", "two_factor", "argon2"):
        assert word not in text


def test_a_deletion_is_told_from_its_values_to_nothing(session, alice):
    assert alice.delete(session).status == 204
    gone = history(alice, session)[0]
    assert gone["action"] == "delete"
    assert gone["changes"]["description"] == {"from": "two", "to": None}
    assert gone["changes"]["tags"] == {"from": ["a", "b"], "to": None}


def test_what_an_administrator_brings_back_is_told_as_restored(session, alice):
    alice.delete(session)
    record_id = specs()["stem.Session"].parse_id(session.rpartition("/")[2])
    restoring.undelete(specs()["stem.Session"], record_id, viewer=Viewer(Actor(via="command"), ""))
    back = history(alice, session)[0]
    assert (back["action"], back["via"], back["user"], back["user_name"]) == ("restore", "command", None, "")
    assert back["changes"]["description"] == {"from": None, "to": "two"}


def test_references_are_told_under_the_names_of_a_detail(lab, alice):
    epoch, other = lab.add("epoch", start="00:01:00"), lab.add("session")["id"]
    path = f"stem/epoch/{epoch['id']}"
    assert alice.patch(path, {"session": other, "start": "26:01:00.5"}).status == 200
    assert changes(alice, path)[0] == {
        "session": {"from": lab["session"], "to": other},
        "start": {"from": "00:01:00", "to": "26:01:00.500000"},
    }


def test_ids_of_accounts_and_groups_are_numbers(lab, alice, bob):
    path = f"personal_attributes/license/{lab['license']}"
    alice.patch(path, {"license_holders": [bob.user.pk, alice.user.pk]})
    holders = sorted([alice.user.pk, bob.user.pk])
    assert changes(alice, path)[0]["license_holders"] == {"from": [], "to": holders}
    group = f"users/group/{lab['group']}"
    alice.patch(group, {"name": unique("Renamed")})
    assert history(alice, group)[0]["record"] == lab["group"]


def test_an_ordered_list_is_told_in_order(lab, alice):
    path = f"stem/session/{lab.add('session')['id']}"
    first, second = (lab.add("datastorage")["id"] for _ in range(2))
    alice.patch(path, {"datastorage": [first, second]})
    alice.patch(path, {"datastorage": [second, first]})
    assert changes(alice, path)[0] == {"datastorage": {"from": [first, second], "to": [second, first]}}


def test_of_a_long_list_only_what_was_removed_and_added_is_told(lab, alice):
    rows = [{"name": unique("Session"), "projects": [lab["project"]]} for _ in range(52)]
    sessions = alice.post("stem/session/bulk/", {"create": rows}).body["created"]
    path = f"stem/collection/{lab.add('collection', sessions=sessions[:51])['id']}"
    alice.patch(path, {"sessions": sessions[1:]})
    told = {"from": [sessions[0]], "to": [sessions[51]], "partial": True}
    assert changes(alice, path)[0] == {"sessions": told}


def test_roles_are_told_by_address_and_name(lab, alice, bob):
    path = f"stem/project/{lab['project']}"
    alice.patch(path, {"users": {bob.email: {"is_manager": True}}})
    told = changes(alice, path)[0]["users"]
    assert (told["from"][bob.email], told["to"][bob.email]) == ("member", "manager")


def test_entries_of_a_log_are_told_with_who_performed_them(lab, alice, bob):
    path = f"modules/subjectlog/{lab.add('subjectlog')['id']}"
    moment = "2026-01-01T10:00:00Z"
    alice.patch(f"{path}/add_entry", {"date_time": moment, "notes": "first", "performed_by": bob.user.pk})
    alice.patch(f"{path}/change_entry", {"date_time": moment, "notes": "second"})
    alice.patch(f"{path}/remove_entry", {"date_time": moment})
    removed, changed, added, _ = history(alice, path)
    assert [one["action"] for one in (added, changed, removed)] == ["add_entry", "change_entry", "remove_entry"]
    entries = added["changes"]["entries"]
    assert (entries["from"], entries["partial"]) == ([], True)
    assert (entries["to"][0]["notes"], entries["to"][0]["performed_by"]) == ("first", bob.user.pk)
    told = changed["changes"]["entries"]
    assert [one["notes"] for one in (*told["from"], *told["to"])] == ["first", "second"]
    assert removed["changes"]["entries"]["to"] == []


def test_a_file_is_told_by_its_name(lab, alice):
    path = f"personal_attributes/license/{lab['license']}"
    for name in ("first.pdf", "second.pdf"):
        file = SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF", "application/pdf")
        sent = encode_multipart("x", {"license_document": file})
        answer = alice.client.patch(
            f"/api/private/{path}/", sent, MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", "x"),
            headers={"Authorization": f"Bearer {alice.token}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
    second, first, *_ = changes(alice, path)
    assert first["license_document"]["from"] is None
    assert first["license_document"]["to"].endswith("first.pdf")
    assert second["license_document"]["from"] == first["license_document"]["to"]
    assert "/" not in second["license_document"]["to"]


def test_a_record_that_another_deletion_changed_tells_what_it_lost(lab, alice):
    session = lab.add("session")["id"]
    path = f"stem/collection/{lab.add('collection', sessions=[session])['id']}"
    answer = alice.delete(f"stem/session/{session}")
    lost, _ = history(alice, path)
    assert (lost["event"], lost["action"]) == (answer.headers["Brainstem-Event"], "change")
    assert lost["changes"] == {"sessions": {"from": [session], "to": [], "partial": True}}


def test_removing_a_session_from_a_project_is_told_as_detached(lab, alice, bob):
    other = bob.make("stem/project", name=unique("Bob's"))["id"]
    bob.patch(f"stem/project/{other}", {"users": {alice.email: {"can_change": True}}})
    path = f"stem/session/{lab.add('session', projects=[lab['project'], other])['id']}"
    bob_s = {"users": {alice.email: {"can_change": False}}}
    assert bob.patch(f"stem/project/{other}", bob_s).status == 200
    assert alice.delete(path).status == 204
    assert history(bob, path)[0]["action"] == "detach"


# -- through what ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "via"),
    [
        ("MATLAB 9.14.0.2206163 (R2023a)", "matlab"),
        ("python-requests/2.32.3", "python"),
        ("brainstem_python_api_tools/2.0.0", "python"),
        ("curl/8.5.0", "api"),
        ("", "api"),
    ],
)
def test_a_program_is_told_by_its_agent(lab, alice, agent, via):
    path = f"stem/session/{lab.add('session')['id']}"
    answer = alice.client.patch(
        f"/api/private/{path}/", {"description": "x"}, "application/json",
        headers={"Authorization": f"Bearer {alice.token}", "User-Agent": agent},
    )  # fmt: skip
    assert answer.status_code == 200
    told = history(alice, path)[0]
    assert (told["via"], told["client"]) == (via, agent)


def test_a_browser_is_told_as_a_page(lab, alice):
    path = f"stem/session/{lab.add('session')['id']}"
    alice.client.force_login(alice.user)
    answer = alice.client.patch(f"/api/private/{path}/", {"description": "x"}, "application/json")
    assert answer.status_code == 200, answer.content
    told = history(alice, path)[0]
    assert (told["via"], told["token"]) == ("page", "")


def test_many_rows_written_at_once_are_told_as_such(lab, alice):
    answer = alice.post("stem/project/bulk/", {"create": [{"name": unique("Project")} for _ in range(2)]})
    first = history(alice, f"stem/project/{answer.body['created'][0]}")[0]
    assert first["via"] == "bulk"
    assert len(alice.get(f"history/{first['event']}").body["history"]) == 2


# -- pages -------------------------------------------------------------------------------------------------------------


def described(lab, number: int) -> str:
    """Path of a session that was described so often."""
    path = f"stem/session/{lab.add('session')['id']}"
    for text in range(number):
        assert lab.owner.patch(path, {"description": str(text)}).status == 200
    return path


def test_a_history_is_read_page_by_page(lab, alice):
    path = described(lab, 6)
    found, query, pages = [], "limit=3", 0
    while query is not None:
        answer = alice.get(f"{path}/history/", query)
        found += answer.body["history"]
        pages += 1
        assert (answer.body["count"], answer.body["previous"]) == (7, None)
        assert answer.body["meta"] == {"page": 1, "per_page": 3, "total_results": 7, "total_pages": 3}
        query = urlsplit(answer.body["next"]).query if answer.body["next"] else None
    assert (pages, len(found)) == (3, 7)
    assert [one["id"] for one in found] == sorted({one["id"] for one in found}, key=int, reverse=True)


@pytest.mark.parametrize("path", ["stem/session", "record"])
def test_a_page_takes_as_many_statements_however_long_the_history_is(lab, alice, path):
    described(lab, 3)
    here = described(lab, 3) if path == "record" else path
    counted = []
    for limit in (2, 5):
        with CaptureQueriesContext(connection) as captured:
            answer = alice.get(f"{here}/history/", f"limit={limit}")
        assert len(answer.body["history"]) == min(limit, answer.body["count"])
        counted.append(len([one for one in captured if "SAVEPOINT" not in one["sql"]]))
        for number in range(8):
            alice.patch(
                here if path == "record" else f"stem/session/{lab['session']}", {"description": f"{limit} {number}"}
            )
    assert counted[0] == counted[1] < 20


def test_a_long_history_is_not_counted(lab, alice, monkeypatch):
    path = described(lab, 6)
    monkeypatch.setattr(reading, "MOST_COUNTED", 6)
    answer = alice.get(f"{path}/history/", "limit=2")
    assert (answer.body["count"], answer.body["meta"]["total_pages"], bool(answer.body["next"])) == (None, None, True)
    monkeypatch.setattr(reading, "MOST_COUNTED", 7)
    assert alice.get(f"{path}/history/", "limit=2").body["count"] == 7


def test_a_page_ends_where_it_becomes_large(lab, alice, monkeypatch):
    path = described(lab, 4)
    monkeypatch.setattr(reading, "SMALL", 1)
    seen, query = [], "limit=4"
    for _ in range(5):
        answer = alice.get(f"{path}/history/", query)
        assert len(answer.body["history"]) == 1
        seen += [one["id"] for one in answer.body["history"]]
        query = urlsplit(answer.body["next"] or "").query
    assert (len(set(seen)), query) == (5, "")


def test_the_history_of_a_model_tells_of_all_records_newest_first(lab, alice):
    first, second = (f"stem/session/{lab.add('session')['id']}" for _ in range(2))
    for path in (first, second, first):
        alice.patch(path, {"description": unique("x")})
    alice.delete(second)
    told = history(alice, "stem/session")
    ids = {first.rpartition("/")[2], second.rpartition("/")[2]}
    assert [one["action"] for one in told if one["record"] in ids] == [
        "delete", "change", "change", "change", "create", "create",
    ]  # fmt: skip
    pages, query = [], "limit=2"
    while query:
        answer = alice.get("stem/session/history/", query)
        pages += answer.body["history"]
        query = urlsplit(answer.body["next"] or "").query
    assert pages == told


def test_few_and_many_records_tell_the_same(lab, alice, monkeypatch):
    for path in (described(lab, 2), described(lab, 1)):
        alice.delete(path)
    described(lab, 2)
    few = history(alice, "stem/session", "limit=100")
    monkeypatch.setattr(reading, "FEW", 0)
    assert history(alice, "stem/session", "limit=100") == few
    assert len(few) == 10


def test_a_browser_shows_a_history_with_links_to_its_pages(lab, alice):
    path = described(lab, 3)
    alice.client.force_login(alice.user)
    for query, words in (("", "of 4"), ("?limit=3", "4 in all"), ("?limit=3&cursor=", "4 in all")):
        for where in (f"/api/private/{path}/history/", "/api/private/stem/session/history/"):
            page = alice.client.get(where + query, headers={"Accept": "text/html"})
            assert page.status_code == 200
            assert words in page.content.decode()
    event = history(alice, path)[0]["event"]
    for where in (f"/api/private/history/{event}/", "/api/private/changes/"):
        assert alice.client.get(where, headers={"Accept": "text/html"}).status_code == 200


# -- narrowed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["record", "model"])
def test_a_field_narrows_to_what_touches_it_and_shows_only_that(session, alice, path):
    alice.patch(session, {"name": unique("New name")})
    where = session if path == "record" else "stem/session"
    told = changes(alice, where, "field=description")
    assert told == [{"description": {"from": "one", "to": "two"}}, {"description": {"from": None, "to": "one"}}]
    assert alice.get(f"{where}/history/", "field=description").body["count"] == 2
    assert len(changes(alice, where, "field=name")) == 2


@pytest.mark.parametrize("field", ["name_used_in_storage", "datastorage", "extra_fields"])
def test_a_new_record_does_not_touch_a_field_that_it_leaves_empty(session, alice, field):
    assert changes(alice, session, f"field={field}") == []
    assert alice.get(f"{session}/history/", f"field={field}").body["count"] == 0


def test_a_field_may_be_a_relation_tags_or_roles(session, lab, alice, bob):
    assert len(changes(alice, session, "field=tags")) == 2
    told = changes(alice, session, "field=projects")
    assert told == [{"projects": {"from": None, "to": [lab["project"]]}}]
    alice.patch(session, {"datastorage": [lab["datastorage"]]})
    assert changes(alice, session, "field=datastorage") == [{"datastorage": {"from": [], "to": [lab["datastorage"]]}}]
    assert changes(alice, f"stem/project/{lab['project']}", "field=groups")[0]["groups"]["from"] == {}


def test_times_narrow(session, alice):
    second, first = history(alice, session)
    between = Change.objects.get(pk=second["id"]).at.isoformat().replace("+00:00", "Z")
    assert [one["id"] for one in history(alice, session, f"since={between}")] == [second["id"]]
    assert history(alice, session, "until=2020-01-01") == []
    assert [one["id"] for one in history(alice, session, f"until={first['date_time']}")] == [first["id"]]


def test_a_person_narrows(session, alice, dana):
    assert dana.patch(session, {"description": "Dana's"}).status == 200
    assert changes(alice, session, f"by={dana.user.pk}") == [{"description": {"from": "two", "to": "Dana's"}}]
    assert len(changes(alice, session, "by=me")) == 2
    assert changes(dana, "stem/session", "by=me") == [{"description": {"from": "two", "to": "Dana's"}}]
    assert changes(alice, session, "by=0") == []


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("field=descripton", "field", "Did you mean 'description'?"),
        ("field=updated_at", "field", "No changes of 'updated_at' are told"),
        ("field=epochs", "field", "No changes of 'epochs' are told"),
        ("since=yesterday", "since", "Expected a time"),
        ("until=", "until", "Expected a time"),
        ("since=2026-02-02&until=2026-02-01", "since", "after until="),
        ("by=alice", "by", "Expected the id of a user, or me"),
        ("by=-1", "by", "Expected the id of a user, or me"),
        ("limit=0", "limit", "1 or more"),
        ("limit=many", "limit", "1 or more"),
        ("cursor=nonsense", "cursor", "does not belong to this list"),
        ("cursor=WzFd", "cursor", "does not belong to this list"),
        ("cursr=", "cursr", "Did you mean 'cursor'?"),
        ("offset=3", "offset", "There is no parameter 'offset'"),
        ("by=me&by=me", "by", "only once"),
    ],
)
@pytest.mark.parametrize("path", ["record", "model"])
def test_a_wrong_parameter_is_named_with_what_would_be_right(session, alice, path, query, name, words):
    answer = alice.get(f"{session if path == 'record' else 'stem/session'}/history/", query)
    assert (answer.status, list(answer.body)) == (400, [name])
    assert words in answer.body[name][0]


def test_a_cursor_is_only_good_for_the_list_that_it_was_made_for(lab, alice):
    path, other = described(lab, 3), described(lab, 3)
    following = parse_qs(urlsplit(alice.get(f"{path}/history/", "limit=1").body["next"]).query)["cursor"][0]
    assert alice.get(f"{path}/history/", f"limit=1&cursor={following}").status == 200
    for where, more in ((other, ""), ("stem/session", ""), (path, "&by=me")):
        assert alice.get(f"{where}/history/", f"limit=1&cursor={following}{more}").status == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_history_is_only_read(session, lab, alice, method):
    event = history(alice, session)[0]["event"]
    for where in (f"{session}/history/", "stem/session/history/", f"history/{event}/", "changes/"):
        assert alice.request(method, where, {} if method != "delete" else None).status == 405, where


# -- people who are gone ----------------------------------------------------------------------------------------------


def test_an_account_that_is_gone_is_not_named(session, alice):
    Event.objects.filter(actor_id=alice.user.pk).update(actor_id=2_000_000)
    told = history(alice, session)[0]
    assert (told["user"], told["user_name"]) == (None, "")


@pytest.mark.parametrize("people", ["everyone", "shared"])
def test_a_nameless_person_is_told_by_address_only_to_those_who_know_them(
    session, lab, alice, charlie, settings, people
):
    settings.BRAINSTEM_PEOPLE = people
    stranger = charlie.user
    stranger.first_name = ""
    stranger.save()
    Event.objects.filter(actor_id=alice.user.pk).update(actor_id=stranger.pk)
    told = history(alice, session)[0]
    assert (told["user"], told["user_name"]) == (stranger.pk, stranger.email if people == "everyone" else "")
