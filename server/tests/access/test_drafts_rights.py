"""Whose drafts are whose: of one person alone, by whatever key they come, and gone with the account."""

from __future__ import annotations

import io
import json
import threading
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client

from brainstem.apps.users import drafts, own_data
from brainstem.apps.users.draft_models import Draft
from brainstem.core.access.actor import Actor
from brainstem.core.history import restoring
from brainstem.core.model.registry import spec_of
from brainstem.core.models import Change, Deletion, Event

from ..people import PASSWORD, Person

pytestmark = pytest.mark.django_db
JSON, WHERE = "application/json", "drafts/session-add"
METHODS = ("get", "put", "delete")


def ask(who: Person, method: str, path: str = WHERE, **more):
    return who.request(method, path, *([{"by": "them"}] if method == "put" else []), **more)


# --- who --------------------------------------------------------------------------------------------------------------

# Person -> status of GET, PUT and DELETE of a draft that Alice has, and of the list, in the private portal.
MATRIX = {
    "alice": (200, 200, 204, 200),
    "alice, read-only": (200, 403, 403, 200),
    "alice, in one project": (403, 403, 403, 403),
    "alice, access token": (200, 200, 204, 200),
    "bob": (404, 201, 404, 200),
    "dana": (404, 201, 404, 200),
    "charlie": (404, 201, 404, 200),
    "admin": (404, 201, 404, 200),
    "nobody": (401, 401, 401, 401),
}


@pytest.fixture
def people(lab, alice, bob, charlie, dana, admin):
    """Everybody, with every kind of key."""
    access = alice.through("private")
    access.token = alice.post("/api/auth/token/", {"email": alice.email, "password": PASSWORD}).body["access"]
    return {
        "alice": alice,
        "alice, read-only": Person(alice.user, read_only=True),
        "alice, in one project": Person(alice.user, project_id=uuid.UUID(lab["project"])),
        "alice, access token": access,
        "bob": bob,
        "charlie": charlie,
        "dana": dana,
        "admin": admin,
        "nobody": Person(),
    }


@pytest.mark.parametrize("name", MATRIX)
def test_everyone_may_do_exactly_this_with_a_draft(people, name):
    alice, who = people["alice"], people[name]
    assert alice.put(WHERE, {"by": "alice"}).status == 201
    found = []
    for method in METHODS:
        with transaction.atomic():
            found.append(ask(who, method).status)
            transaction.set_rollback(True)
    listed = who.get("drafts")
    assert (*found, listed.status) == MATRIX[name]
    if listed.status == 200:
        assert [one["key"] for one in listed.body["drafts"]] == (["session-add"] if who.user == alice.user else [])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("portal", ["public", "super"])
@pytest.mark.parametrize("path", ["drafts", "drafts/d", "drafts/session-add"])
def test_other_portals_have_no_drafts(alice, admin, portal, path, method):
    for who in (alice, admin):
        assert who.put(WHERE, {}).status == 201
        refused = 403 if portal == "super" and who is alice and path == "drafts/d" else 404
        assert ask(who, method, path, portal=portal).status == refused


def test_writing_under_a_key_of_somebody_else_leaves_theirs(alice, bob):
    alice.put(WHERE, {"by": "alice"}), bob.put(WHERE, {"by": "bob"})
    assert bob.delete(WHERE).status == 204
    assert alice.get(WHERE).body == {"by": "alice"}


@pytest.mark.parametrize(
    ("limits", "code"), [({"read_only": True}, "read_only_token"), ({"project_id": uuid.uuid4()}, "project_token")]
)
def test_a_limited_token_is_told_why_it_is_refused(alice, limits, code):
    refused = Person(alice.user, **limits).put(WHERE, {})
    assert (refused.status, refused.headers["Brainstem-Error-Code"]) == (403, code)
    assert not Draft.objects.exists()


def test_a_page_of_this_server_writes_drafts_and_others_do_not(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user)
    browser.get("/api/private/drafts/", headers={"Accept": "text/html"})
    token = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else ""
    where, sent = "/api/private/drafts/session-add/", {"data": "{}", "content_type": JSON}
    assert [browser.put(where, **sent).status_code, browser.delete(where).status_code] == [403, 403]
    assert browser.put(where, **sent, headers={"X-CSRFToken": token}).status_code == 201
    assert browser.get(where).json() == {}
    assert browser.delete(where, headers={"X-CSRFToken": token}).status_code == 204


# --- what they are not ------------------------------------------------------------------------------------------------


def test_drafts_leave_no_history(alice):
    before = [model.objects.count() for model in (Event, Change, Deletion)]
    answers = [alice.put(WHERE, {}), alice.put(WHERE, {"a": 1}), alice.delete(WHERE)]
    assert not any("Brainstem-Event" in answer.headers for answer in answers)
    assert [model.objects.count() for model in (Event, Change, Deletion)] == before


def test_drafts_are_in_no_answer_about_a_person(alice, admin):
    alice.put("drafts/very-secret", {"name": "very secret"})
    address = f"users/user/{alice.user.pk}"
    told = [
        alice.get("users/user/me"),
        admin.get(address, portal="super"),
        admin.get(f"{address}/delete_preview", portal="super"),
    ]
    assert [answer.status for answer in told] == [200] * 3
    assert not any("secret" in answer.text for answer in told)


def test_drafts_go_with_the_account_and_do_not_come_back(alice, admin):
    alice.put(WHERE, {"name": "very secret"})
    user, where = alice.user.pk, f"users/user/{alice.user.pk}"
    assert admin.delete(where, portal="super").status == 204
    assert not Draft.objects.exists()
    assert "very secret" not in json.dumps(list(Deletion.objects.values_list("rows", flat=True)))
    restoring.undelete(spec_of(type(alice.user)), user, actor=Actor(via="command"))
    assert not Draft.objects.exists()


def test_a_person_takes_their_drafts_along(alice, bob):
    alice.put("drafts/a", {"name": "Day 1"}), alice.put("drafts/A", [1]), bob.put("drafts/b", {"name": "of Bob"})
    actor = Actor.in_browser(alice.user, request_id="")
    kept = zipfile.ZipFile(io.BytesIO(own_data.archive(alice.user, actor=actor)))
    facts = {one["key"]: one["file"] for one in json.loads(kept.read("account.json"))["drafts"]}
    assert {key: json.loads(kept.read(file)) for key, file in facts.items()} == {"a": {"name": "Day 1"}, "A": [1]}
    assert len({file.lower() for file in facts.values()}) == 2
    assert "of Bob" not in "".join(kept.read(name).decode("utf-8", "replace") for name in kept.namelist())


# --- at once ----------------------------------------------------------------------------------------------------------


def at_once(*requests):
    """Each answer, to requests that are sent at the same moment."""
    gate = threading.Barrier(len(requests))

    def send(request):
        try:
            gate.wait()
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def writers(who: Person, number: int):
    """The same person at several computers."""
    return [who.through("private") for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_of_writers_at_once_one_makes_the_draft_and_each_is_answered(alice):
    for key in "abc":
        values = [f"{key}{number}" for number in range(4)]
        pairs = zip(writers(alice, 4), values, strict=True)
        answers = at_once(*(partial(one.put, f"drafts/{key}", value) for one, value in pairs))
        assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
        assert alice.get(f"drafts/{key}").body in values


@pytest.mark.django_db(transaction=True)
def test_of_writers_at_once_who_read_the_same_version_one_succeeds(alice):
    for key in "abc":
        where, pairs = f"drafts/{key}", enumerate(writers(alice, 4))
        tag = alice.put(where, "old").headers["ETag"]
        answers = at_once(*(partial(one.put, where, number, HTTP_IF_MATCH=tag) for number, one in pairs))
        assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]
        winner = next(number for number, answer in enumerate(answers) if answer.status == 200)
        assert alice.get(where).body == winner


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_do_not_exceed_the_limit_together(alice, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    pairs = enumerate(writers(alice, 6))
    answers = at_once(*(partial(one.put, f"drafts/d{number}", number) for number, one in pairs))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 3
    assert alice.get("drafts").body["count"] == 3
