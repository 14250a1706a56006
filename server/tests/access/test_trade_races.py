"""Two requests at the same moment, each of which is right alone: who owns, joins or is invited afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from brainstem.apps.users.models import Membership
from brainstem.core.access import audit
from brainstem.core.model.trees import Role
from brainstem.core.models import Change, ObjectRole

from ..lab import Lab
from ..people import Answer, Person, join_group, person, unique

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def at_once(*requests: Callable[[], Answer]) -> list[int]:
    """Status of each request, all sent at the same moment."""
    gate = threading.Barrier(len(requests))

    def send(request: Callable[[], Answer]) -> int:
        try:
            gate.wait()
            return request().status
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def pair(first: Person, second: Person, kind: str) -> str:
    """Address of a group or project that two people own."""
    address = f"{'users/group' if kind == 'group' else 'stem/project'}/"
    if kind == "group":
        group = join_group(unique("G"), first.user, second.user)
        Membership.objects.filter(group=group).update(level=Role.OWNER)
        return f"{address}{group.pk}"
    address += first.make("stem/project", name=unique("P"))["id"]
    assert first.patch(address, {"users": {second.email: {"is_owner": True}}}).status == 200
    return address


@pytest.mark.parametrize("kind", ["group", "project"])
@pytest.mark.parametrize("flags", [{}, {"remove": True}], ids=["demoted", "removed"])
def test_two_owners_who_end_each_other_at_once_leave_one(alice, bob, kind, flags):
    # Superset, pull request 4296: each counted the other as the owner who stays.
    for _ in range(ROUNDS):
        address = pair(alice, bob, kind)
        statuses = at_once(
            lambda address=address: alice.patch(address, {"users": {bob.email: flags}}),
            lambda address=address: bob.patch(address, {"users": {alice.email: flags}}),
        )
        assert statuses.count(200) == 1, statuses
        assert set(statuses) <= {200, 400, 403, 404}
    owners = [len(owners) for owners in _owners(kind).values()]
    assert owners == [1] * ROUNDS
    assert audit.findings() == []


@pytest.mark.parametrize("kind", ["group", "project"])
def test_two_owners_who_leave_at_once_leave_one(alice, bob, kind):
    for _ in range(ROUNDS):
        address = pair(alice, bob, kind)
        statuses = at_once(lambda address=address: _leave(alice, address), lambda address=address: _leave(bob, address))
        assert sorted(statuses) == [200, 400]
    assert audit.findings() == []


def _leave(who: Person, address: str) -> Answer:
    if address.startswith("users"):
        return who.post(f"{address}/leave/")
    return who.patch(address, {"users": {who.email: {"remove": True}}})


def _owners(kind: str) -> dict[object, list[int]]:
    rows = (
        Membership.objects.filter(level=Role.OWNER).values_list("group_id", "user_id")
        if kind == "group"
        else ObjectRole.objects.filter(level=Role.OWNER).values_list("object_id", "user_id")
    )
    found: dict[object, list[int]] = {}
    for place, user in rows:
        found.setdefault(place, []).append(user)
    return found


@pytest.fixture
def project(alice, admin):
    """Address of Alice's project."""
    return f"stem/project/{Lab(alice, admin)['project']}"


def invitation(alice: Person, project: str, guest: Person) -> str:
    made = alice.post(f"{project}/invite/", {"email": guest.email})
    assert made.status == 201
    return f"stem/projectmembershipinvitation/{made.id}"


def test_an_invitation_that_is_accepted_twice_at_once_is_accepted_once(project, alice):
    for number in range(ROUNDS):
        guest = person(f"guest{number}")
        address = invitation(alice, project, guest)
        statuses = at_once(*[lambda guest=guest, address=address: guest.post(f"{address}/accept/")] * 3)
        assert sorted(statuses) == [200, 404, 404]
    assert Change.objects.filter(action="accept").count() == ROUNDS


def test_an_invitation_is_either_accepted_or_withdrawn(project, alice):
    for number in range(ROUNDS):
        guest = person(f"guest{number}")
        address = invitation(alice, project, guest)
        accepted, withdrawn = at_once(
            lambda guest=guest, address=address: guest.post(f"{address}/accept/"),
            lambda address=address: alice.post(f"{address}/cancel/"),
        )
        assert sorted((accepted, withdrawn)) == [200, 404]
        assert guest.get(project).status == accepted
    assert audit.findings() == []


def test_nobody_joins_on_the_word_of_who_is_demoted_at_that_moment(project, alice, bob):
    for number in range(ROUNDS):
        guest = person(f"guest{number}")
        assert alice.patch(project, {"users": {bob.email: {"is_manager": True}}}).status == 200
        address = invitation(bob, project, guest)
        accepted, demoted = at_once(
            lambda guest=guest, address=address: guest.post(f"{address}/accept/"),
            lambda: alice.patch(project, {"users": {bob.email: {}}}),
        )
        assert demoted == 200
        assert accepted in (200, 400)
        assert guest.get(project).status == (200 if accepted == 200 else 404)
    assert audit.findings() == []


def test_a_person_who_is_invited_twice_at_once_is_invited_once(project, alice):
    group = alice.make("users/group", name=unique("G"))["id"]
    for number in range(ROUNDS):
        guest = person(f"guest{number}")
        for place in (project, f"users/group/{group}"):
            invites = [lambda guest=guest, place=place: alice.post(f"{place}/invite/", {"email": guest.email})] * 2
            assert sorted(at_once(*invites)) == [201, 400]
        assert guest.get("users/groupmembershipinvitation").body["count"] == 1
        assert guest.get("stem/projectmembershipinvitation").body["count"] == 1


def test_asking_and_being_invited_at_once_leaves_one_open_offer(alice):
    group = alice.make("users/group", name=unique("G"))["id"]
    for number in range(ROUNDS):
        guest = person(f"guest{number}")
        asked, invited = at_once(
            lambda guest=guest: guest.post(f"users/group/{group}/join/"),
            lambda guest=guest: alice.post(f"users/group/{group}/invite/", {"email": guest.email}),
        )
        assert (asked, invited) in ((200, 400), (400, 201))


def test_a_group_that_is_deleted_while_somebody_joins_leaves_nothing_behind(alice):
    for number in range(ROUNDS):
        group, guest = alice.make("users/group", name=unique("G"))["id"], person(f"guest{number}")
        made = alice.post(f"users/group/{group}/invite/", {"email": guest.email})
        accepted, deleted = at_once(
            lambda guest=guest, made=made: guest.post(f"users/groupmembershipinvitation/{made.id}/accept/"),
            lambda group=group: alice.delete(f"users/group/{group}"),
        )
        assert deleted == 204
        assert accepted in (200, 404)
        assert not Membership.objects.filter(group_id=group).exists()
    assert audit.findings() == []
