"""A kept answer is given again to who may still write and still sees it, and tells nothing to anybody else."""

from __future__ import annotations

import pytest

from brainstem.apps.users import accounts
from brainstem.core.models import KeptAnswer
from brainstem.core.write import once

from ..lab import MODELS
from ..people import Person, unique
from .test_idempotency import KEY, changes

ACQUISITION = "modules/dataacquisition"


def project_with(alice: Person, guest: Person, **role: bool) -> str:
    made = alice.make("stem/project", name=unique("Project"))["id"]
    assert alice.patch(f"stem/project/{made}", {"users": {guest.email: role or {"can_change": True}}}).status == 200
    return made


def put_out(alice: Person, project: str, guest: Person) -> None:
    answer = alice.patch(f"stem/project/{project}", {"users": {guest.email: {"remove": True}}})
    assert answer.status == 200, answer.body


@pytest.fixture
def kept(alice, charlie):
    """What Charlie sends twice, once answered, and the project that it is about."""
    project = project_with(alice, charlie)
    row = {"name": unique("Session"), "projects": [project], "description": "a secret"}
    return project, row, charlie.post("stem/session", row, **{KEY: "one"})


def test_who_still_may_gets_the_answer_again_with_another_token_too(kept, charlie):
    _, row, first = kept
    assert first.status == 201
    for sender in (charlie, Person(charlie.user)):
        assert sender.post("stem/session", row, **{KEY: "one"}).text == first.text


def test_who_lost_the_role_is_told_nothing(kept, alice, charlie):
    project, row, first = kept
    put_out(alice, project, charlie)
    again, written = charlie.post("stem/session", row, **{KEY: "one"}), changes()
    assert again.status == 404
    assert "secret" not in again.text
    assert "Idempotency-Replayed" not in again.headers
    assert changes() == written
    assert alice.get(f"stem/session/{first.id}").status == 200


def test_a_record_that_was_deleted_is_not_shown_again(kept, alice, charlie):
    _, row, first = kept
    assert alice.delete(f"stem/session/{first.id}").status == 204
    assert charlie.post("stem/session", row, **{KEY: "one"}).status == 404


def test_a_reading_token_gets_the_refusal_that_any_write_gets(kept, charlie):
    _, row, first = kept
    reading = Person(charlie.user, read_only=True)
    again, fresh = reading.post("stem/session", row, **{KEY: "one"}), reading.post("stem/session", row)
    assert (again.status, again.body) == (fresh.status, fresh.body) == (403, {"detail": "This token may only read."})
    assert charlie.post("stem/session", row, **{KEY: "one"}).text == first.text


def test_a_closed_account_and_a_revoked_token_get_nothing(kept, admin, charlie):
    from brainstem.apps.users import tokens
    from brainstem.core.access.actor import Actor
    from brainstem.core.access.viewer import Viewer

    _, row, _ = kept
    other = Person(charlie.user)
    tokens.revoke(tokens.of_person(charlie.user))
    assert other.post("stem/session", row, **{KEY: "one"}).status == 401
    assert Person(charlie.user).post("stem/session", row, **{KEY: "one"}).status == 201
    boss = Actor(user_id=admin.user.pk, is_admin=True, via="token")
    last = Person(charlie.user)
    accounts.deactivate(charlie.user.pk, viewer=Viewer(boss, "super"))
    assert last.post("stem/session", row, **{KEY: "one"}).status == 401


@pytest.mark.parametrize("query", ["", "?return=records"], ids=["ids", "records"])
def test_many_rows_are_shown_again_to_who_sees_all_of_them(alice, charlie, query):
    project = project_with(alice, charlie)
    rows = {"create": [{"name": unique("Session"), "projects": [project]} for _ in range(3)]}
    first = charlie.post(f"stem/session/bulk/{query}", rows, **{KEY: "many"})
    assert charlie.post(f"stem/session/bulk/{query}", rows, **{KEY: "many"}).text == first.text
    put_out(alice, project, charlie)
    assert charlie.post(f"stem/session/bulk/{query}", rows, **{KEY: "many"}).status == 404


def test_proposals_of_many_rows_are_shown_again(lab, alice):
    rows = {"create": [lab.payload("strain") for _ in range(2)]}
    first = alice.post("taxonomies/strain/bulk/", rows, **{KEY: "many"})
    assert (first.status, alice.post("taxonomies/strain/bulk/", rows, **{KEY: "many"}).text) == (200, first.text)


def test_who_is_no_administrator_any_more_is_shown_nothing_of_the_super_portal(lab, admin):
    boss, row = admin.through("super"), lab.payload("species")
    assert boss.post(MODELS["species"][0], row, **{KEY: "one"}).status == 201
    admin.user.is_superuser = False
    admin.user.save()
    assert boss.post(MODELS["species"][0], row, **{KEY: "one"}).status == 403


def test_an_answered_invitation_is_answered_again_though_it_is_gone(alice, charlie):
    project = alice.make("stem/project", name=unique("Project"))["id"]
    made = alice.post(f"stem/project/{project}/invite", {"email": charlie.email}, **{KEY: "invite"})
    assert alice.post(f"stem/project/{project}/invite", {"email": charlie.email}, **{KEY: "invite"}).text == made.text
    path = f"{made.headers['Location'].split('/private/')[1]}accept/"
    first = charlie.post(path, {}, **{KEY: "accept"})
    assert first.status == 200, first.body
    assert charlie.post(path, {}, **{KEY: "accept"}).text == first.text
    assert Person(charlie.user, read_only=True).post(path, {}, **{KEY: "accept"}).status == 403


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_nothing_of_an_answer_can_be_read_where_it_is_kept(kept):
    _, row, first = kept
    found = KeptAnswer.objects.get()
    shown = f"{found.body} {found.headers} {found.digest} {found.content}"
    assert not [text for text in (row["name"], "secret", first.id) if text in shown]


def test_with_another_secret_of_the_server_an_answer_is_not_given_and_nothing_is_done_again(kept, charlie, monkeypatch):
    _, row, _ = kept
    written = changes()
    monkeypatch.setattr(once, "SALT", "another")
    again = charlie.post("stem/session", row, **{KEY: "one"})
    assert (again.status, changes()) == (409, written)


def test_of_the_answers_of_one_person_the_oldest_go_first(lab, alice, dana, monkeypatch):
    monkeypatch.setattr(once, "MOST_ANSWERS", 3)
    row = lab.payload("dataacquisition")
    assert dana.post(ACQUISITION, row, **{KEY: "hers"}).status == 201
    made = [alice.post(ACQUISITION, row, **{KEY: f"key-{number}"}).id for number in range(4)]
    assert KeptAnswer.objects.filter(user_id=alice.user.pk).count() == 3
    assert alice.post(ACQUISITION, row, **{KEY: "key-3"}).id == made[3]
    assert alice.post(ACQUISITION, row, **{KEY: "key-1"}).id == made[1]
    assert alice.post(ACQUISITION, row, **{KEY: "key-0"}).id != made[0]
    assert KeptAnswer.objects.filter(user_id=dana.user.pk).count() == 1


def test_of_large_answers_fewer_are_kept_but_always_the_last(lab, alice, monkeypatch):
    monkeypatch.setattr(once, "MOST_BYTES", 10)
    row = lab.payload("dataacquisition")
    for number in range(2):
        first = alice.post(ACQUISITION, row, **{KEY: f"key-{number}"})
        assert alice.post(ACQUISITION, row, **{KEY: f"key-{number}"}).id == first.id
    assert KeptAnswer.objects.count() == 1
