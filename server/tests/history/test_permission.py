"""Who reads a history: those who may change the record, or could if it had not been deleted. Everybody else: 404."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.permission import open_histories
from brainstem.core.model.registry import specs
from brainstem.core.undo import restoring

from ..people import Person, unique

pytestmark = pytest.mark.django_db
SESSION = specs()["stem.Session"]
OPEN_TO = "The history of a {} is open to those who may change it."


def reads(person: Person, path: str) -> bool:
    """Whether a person reads the history of a record, and finds it in that of its model; both are alike."""
    answer = person.get(f"{path}/history/")
    assert answer.status in (200, 404), answer.body
    model, _, record_id = path.rpartition("/")
    listed = person.get(f"{model}/history/", "limit=100")
    assert listed.status == 200
    found = answer.status == 200
    assert (record_id in {str(one["record"]) for one in listed.body["history"]}) == found
    events = {one["event"] for one in answer.body["history"]} if found else set()
    for event in events:
        records = {str(one["record"]) for one in person.get(f"history/{event}/", "limit=100").body["history"]}
        assert record_id in records
    return found


def refusal(person: Person, path: str) -> str:
    answer = person.get(f"{path}/history/")
    assert answer.status == 404
    return str(answer.body["detail"])


@pytest.fixture
def session(lab):
    return f"stem/session/{lab.add('session', description='Text.')['id']}"


# -- records that exist ------------------------------------------------------------------------------------------------


def test_those_who_may_change_a_record_read_its_history(session, alice, bob, charlie, dana, admin):
    assert [reads(one, session) for one in (alice, dana, bob, charlie, admin)] == [True, True, False, False, False]
    assert reads(admin.through("super"), session)


def test_who_sees_a_record_is_told_whom_its_history_is_for(session, bob):
    assert refusal(bob, session) == OPEN_TO.format("session")


def test_who_does_not_see_a_record_is_told_as_of_one_that_does_not_exist(session, charlie, admin):
    nowhere = uuid.UUID(int=7)
    for one in (charlie, admin):
        told = refusal(one, session).replace(session.rpartition("/")[2], str(nowhere))
        assert told == refusal(one, f"stem/session/{nowhere}") == f"No session has the id {nowhere}."


def test_nobody_reads_a_history_in_the_public_portal(session, lab, alice, nobody):
    hidden = "Spelled out before it was published."
    project = f"stem/project/{lab['project']}"
    for path in (session, project):
        assert alice.patch(path, {"description": hidden}).status == 200
        assert alice.patch(path, {"description": "Neutral."}).status == 200
    assert alice.patch(project, {"is_public": True}).status == 200
    event = alice.get(f"{session}/history/").body["history"][0]["event"]
    assert nobody.get(session).status == 200
    own = Person(alice.user, portal="public")
    for reader in (nobody, own):
        for path in (
            f"{session}/history/",
            f"{project}/history/",
            "stem/session/history/",
            f"history/{event}/",
            "changes/",
        ):
            answer = reader.get(path)
            assert answer.status == 404, path
            assert hidden not in answer.text
        for path in (session, project, "stem/session", "stem/project"):
            assert hidden not in reader.get(path).text


def test_one_signs_in_first(session, nobody):
    for path in (f"{session}/history/", "stem/session/history/", f"history/{uuid.uuid4()}/", "changes/"):
        assert nobody.get(path, portal="private").status == 401


def test_the_super_portal_is_for_administrators(session, alice):
    for path in (f"{session}/history/", "stem/session/history/", f"history/{uuid.uuid4()}/", "changes/"):
        assert alice.get(path, portal="super").status == 403


def test_a_token_that_only_reads_reads_histories_too(session, alice):
    assert reads(Person(alice.user, read_only=True), session)


def test_a_token_bound_to_a_project_reads_what_it_may_change(session, lab, alice):
    elsewhere = alice.make("stem/project", name=unique("Elsewhere"))["id"]
    here, there = (Person(alice.user, project_id=one) for one in (lab["project"], elsewhere))
    assert (reads(here, session), reads(there, session)) == (True, False)
    setup = f"personal_attributes/setup/{lab['setup']}"
    assert (reads(alice, setup), reads(here, setup)) == (True, False)
    alice.delete(session)
    assert (reads(here, session), reads(there, session)) == (True, False)


def test_the_history_of_a_project_is_its_owners(lab, alice, bob, dana):
    path = f"stem/project/{lab['project']}"
    alice.patch(path, {"users": {bob.email: {"is_manager": True}}})
    assert [reads(one, path) for one in (alice, bob, dana)] == [True, False, False]


def test_the_history_of_an_account_is_its_owner_s(alice, bob, admin):
    path = f"users/user/{alice.user.pk}"
    alice.patch(path, {"website": "https://alice.example"})
    assert [reads(one, path) for one in (alice, bob, admin)] == [True, False, True]
    assert refusal(bob, path) == OPEN_TO.format("user")


def test_the_history_of_a_catalogue_is_that_of_those_who_keep_it(lab, alice, admin):
    path = f"resources/supplier/{lab['supplier']}"
    assert [reads(one, path) for one in (alice, admin)] == [False, True]
    paper = f"dissemination/publication/{lab['publication']}"
    assert [reads(one, paper) for one in (alice, admin)] == [True, True]


def test_the_history_of_a_proposal_is_its_author_s_as_long_as_it_is_open(lab, alice, bob, admin):
    proposal = alice.make("resources/supplier", name=unique("Supplier"))["id"]
    path = f"resources/supplierapproval/{proposal}"
    assert [reads(one, path) for one in (alice, bob, admin)] == [True, False, False]
    assert admin.post(f"{path}/accept/").status == 200
    assert [reads(one, path) for one in (alice, admin.through("super"))] == [False, True]


def test_the_history_of_an_invitation_is_for_administrators(lab, alice, bob, admin):
    made = alice.post(f"stem/project/{lab['project']}/invite/", {"user": admin.user.pk})
    path = f"stem/projectmembershipinvitation/{made.id}"
    assert [reads(one, path) for one in (alice, admin, admin.through("super"))] == [False, False, True]


# -- records that were deleted ---------------------------------------------------------------------------------------


def test_who_could_change_a_deleted_record_reads_its_history(session, alice, bob, charlie, dana, admin):
    assert alice.delete(session).status == 204
    assert [reads(one, session) for one in (alice, dana, bob, charlie, admin)] == [True, True, False, False, False]
    assert reads(admin.through("super"), session)
    assert refusal(bob, session) == f"No session has the id {session.rpartition('/')[2]}."


def test_the_roles_of_today_decide_on_a_deleted_record(session, lab, alice, charlie, dana):
    alice.delete(session)
    project = f"stem/project/{lab['project']}"
    assert alice.patch(project, {"users": {charlie.email: {"can_change": True}}}).status == 200
    assert reads(charlie, session)
    assert alice.patch(project, {"users": {charlie.email: {"remove": True}}}).status == 200
    assert not reads(charlie, session)


def test_what_was_deleted_with_a_session_is_read_like_it(lab, alice, bob, dana):
    path = f"modules/behavior/{lab.add('behavior')['id']}"
    assert alice.delete(f"stem/session/{lab['session']}").status == 204
    assert [reads(one, path) for one in (alice, dana, bob)] == [True, True, False]


def test_what_was_deleted_with_a_project_is_read_by_those_who_owned_it(lab, alice, bob, dana, charlie, admin):
    project = f"stem/project/{lab['project']}"
    before, epoch = (f"stem/session/{lab.add('session')['id']}", f"stem/epoch/{lab.add('epoch')['id']}")
    assert alice.delete(before).status == 204
    assert alice.delete(project).status == 204
    for path in (project, epoch, f"stem/session/{lab['session']}", before):
        assert [reads(one, path) for one in (alice, dana, bob, charlie, admin)] == [True, False, False, False, False]
        assert reads(admin.through("super"), path)
    restoring.undelete(specs()["stem.Project"], uuid.UUID(lab["project"]), viewer=Viewer(Actor(via="command"), ""))
    assert [reads(one, epoch) for one in (alice, dana, bob)] == [True, True, False]
    assert [reads(one, before) for one in (alice, dana, bob)] == [True, True, False]


def test_a_token_bound_to_another_project_does_not_read_what_its_owner_deleted(lab, alice):
    session, project = f"stem/session/{lab['session']}", lab["project"]
    elsewhere = alice.make("stem/project", name=unique("Elsewhere"))["id"]
    bound = Person(alice.user, project_id=elsewhere)
    alice.delete(f"stem/project/{project}")
    assert not reads(bound, session)
    assert not reads(bound, f"stem/project/{project}")
    assert reads(Person(alice.user, read_only=True), session)


def test_a_deleted_attribute_is_read_by_its_owner_and_so_is_what_it_held(lab, alice, charlie):
    setup, camera = f"personal_attributes/setup/{lab['setup']}", f"modules/equipment/{lab.add('equipment')['id']}"
    alice.patch(setup, {"users": {charlie.email: {"can_change": True}}})
    other = f"modules/equipment/{lab.add('equipment')['id']}"
    assert alice.delete(other).status == 204
    assert [reads(one, other) for one in (alice, charlie)] == [True, True]
    assert alice.delete(setup).status == 204
    for path in (setup, camera, other):
        assert [reads(one, path) for one in (alice, charlie)] == [True, False], path


def test_a_deleted_group_is_read_by_its_owner_and_so_is_its_laboratory(lab, alice, bob):
    laboratory, group = f"users/laboratory/{lab['laboratory']}", f"users/group/{lab['group']}"
    assert alice.delete(group).status == 204
    for path in (group, laboratory):
        assert [reads(one, path) for one in (alice, bob)] == [True, False]


def test_a_deleted_laboratory_is_read_by_the_owners_of_its_group(lab, alice, bob):
    path = f"users/laboratory/{lab['laboratory']}"
    assert alice.delete(path).status == 204
    assert [reads(one, path) for one in (alice, bob)] == [True, False]


def test_a_deleted_entry_of_a_catalogue_is_read_by_those_who_keep_it(lab, alice, admin):
    path = f"resources/supplier/{lab['supplier']}"
    assert admin.delete(path, portal="super").status == 204
    assert [reads(one, path) for one in (alice, admin)] == [False, True]


def test_a_deleted_account_is_read_by_administrators(alice, charlie, admin):
    path = f"users/user/{charlie.user.pk}"
    assert charlie.patch(path, {"website": "https://charlie.example"}).status == 200
    assert admin.delete(path, portal="super").status == 204
    assert [reads(one, path) for one in (alice, admin)] == [False, True]


# -- who may write too -------------------------------------------------------------------------------------------------


def _viewer(person: Person, **limits: Any) -> Viewer:
    return Viewer(Actor(user_id=person.user.pk, email=person.email, via="token", **limits), "private")


def test_a_token_that_only_reads_undoes_nothing(lab, alice):
    session, gone = uuid.UUID(lab.add("session")["id"]), uuid.UUID(lab.add("session")["id"])
    alice.delete(f"stem/session/{gone}")
    whole, reading = _viewer(alice), _viewer(alice, read_only=True)
    assert open_histories(SESSION, [session, gone], viewer=whole, to_write=True) == {session, gone}
    assert open_histories(SESSION, [session, gone], viewer=reading) == {session, gone}
    assert open_histories(SESSION, [session, gone], viewer=reading, to_write=True) == set()
    alice.delete(f"stem/project/{lab['project']}")
    assert open_histories(SESSION, [session, gone], viewer=reading, to_write=True) == set()
