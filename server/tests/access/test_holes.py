"""What an adversary tries: ways around a role, a limit or a rule that were open once, and stay closed."""

from __future__ import annotations

import base64
import json
import uuid
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from brainstem.apps.users.models import Membership
from brainstem.core.access import roles
from brainstem.core.access.trees import Role
from django.test import Client

from ..people import Person, join_group, unique

# -- leaving, and who is left ------------------------------------------------------------------------------------------


def test_a_bound_token_leaves_nothing_but_its_project(lab, alice, bob):
    setup, group = f"personal_attributes/setup/{lab['setup']}", join_group(unique("G"), alice.user, bob.user)
    assert alice.patch(setup, {"users": {bob.email: {}}}).status == 200
    bound = Person(bob.user, project_id=uuid.UUID(lab["project"]))
    leave = {"users": {bob.email: {"remove": True}}}
    assert bound.patch(setup, leave).status == 403
    assert bound.patch(f"users/group/{group.pk}", leave).status == 403
    assert bound.patch(f"stem/project/{lab['project']}", leave).status == 200


@pytest.mark.parametrize("flags", [{}, {"can_change": True}, {"is_manager": True}])
def test_whoever_holds_a_role_may_leave(lab, alice, bob, flags):
    for path in (f"personal_attributes/setup/{lab['setup']}", f"stem/project/{lab['project']}"):
        assert alice.patch(path, {"users": {bob.email: flags}}).status == 200
        assert bob.patch(path, {"users": {bob.email: {"remove": True}}}).status == 200
        assert bob.get(path).status == 404


def test_the_last_owner_of_a_group_is_not_deleted(lab, alice, charlie, admin):
    group = join_group(unique("G"), charlie.user, alice.user)
    answer = admin.delete(f"users/user/{charlie.user.pk}", portal="super")
    assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])
    Membership.objects.filter(group=group, user=alice.user).update(level=Role.OWNER)
    assert admin.delete(f"users/user/{charlie.user.pk}", portal="super").status == 204


def test_the_last_owner_through_a_group_is_not_deleted(alice, charlie, admin):
    group = join_group(unique("G"), charlie.user)
    project = alice.make("stem/project", name=unique("P"))
    address = f"stem/project/{project['id']}"
    assert alice.patch(address, {"groups": {group.name: {"is_owner": True}}}).status == 200
    assert charlie.patch(address, {"users": {alice.email: {"remove": True}}}).status == 200
    assert admin.delete(f"users/user/{charlie.user.pk}", portal="super").status == 400
    assert roles.has_owner(uuid.UUID(project["id"]))
