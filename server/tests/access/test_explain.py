"""Who sees a record, and why: told to those who look after it, and to them alone."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users.token_models import Token

from ..lab import ATTRIBUTES, CATALOGUES, PROJECT_TREE, UNDER_ATTRIBUTES, path_of
from ..people import Person, join_group, person, unique


def access(reader: Person, path: str, **extra) -> dict:
    answer = reader.get(f"{path}/access", **extra)
    assert answer.status == 200, answer.body
    assert list(answer.body) == ["access"]
    return answer.body["access"]


def ways(found: dict, someone: Person) -> list[dict]:
    """The paths of one person, none when they are not named."""
    return next((one["paths"] for one in found["people"] if one["user"] == someone.user.pk), [])


def emails(found: dict) -> list[str]:
    return [one["email"] for one in found["people"]]


@pytest.fixture
def group_of_dana(lab, alice):
    """Name and id of the group through which Dana comes."""
    name = next(iter(alice.get(f"stem/project/{lab['project']}").record["groups"]))
    return {"id": alice.get("users/group", f"filter{{name}}={name}").ids[0], "name": name}


@pytest.fixture
def project(lab, alice):
    """The lab's project as paths name it."""
    return {"id": lab["project"], "name": alice.get(f"stem/project/{lab['project']}").record["name"]}


# -- who, and through what ---------------------------------------------------------------------------------------------


def test_a_project_names_everybody_with_their_highest_role_first(lab, alice, bob, dana, group_of_dana):
    found = access(alice, f"stem/project/{lab['project']}")
    assert (found["public"], found["public_through"], found["everyone"]) == (False, [], False)
    assert [(one["email"], one["role"]) for one in found["people"]] == [
        (alice.email, "owner"),
        (dana.email, "contributor"),
        (bob.email, "member"),
    ]
    # Alice founded the group, too.
    through_group = {"via": "group", "role": "contributor", "group": group_of_dana}
    assert ways(found, alice) == [{"via": "direct", "role": "owner"}, through_group]
    assert ways(found, bob) == [{"via": "direct", "role": "member"}]
    assert ways(found, dana) == [through_group]


@pytest.mark.parametrize("name", PROJECT_TREE)
def test_a_row_of_a_project_names_the_project_and_the_group(name, lab, alice, bob, dana, project, group_of_dana):
    found = access(alice, f"{path_of(name)}/{lab[name]}")
    assert ways(found, bob) == [{"via": "project", "role": "member", "project": project}]
    shared = {"via": "project", "role": "contributor", "project": project, "group": group_of_dana}
    assert ways(found, dana) == [shared]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_personal_attribute_names_those_who_hold_a_role_on_it(name, lab, alice, bob):
    where = f"{path_of(name)}/{lab[name]}"
    assert alice.patch(where, {"users": {bob.email: {"can_change": True}}}).status == 200
    found = access(alice, where)
    assert emails(found) == [alice.email, bob.email]
    assert ways(found, bob) == [{"via": "direct", "role": "contributor"}]


@pytest.mark.parametrize(("name", "parent"), [("equipment", "setup"), ("consumablestock", "inventory")])
def test_what_belongs_to_an_attribute_names_the_attribute(name, parent, lab, alice, bob, dana, group_of_dana):
    attribute = f"{path_of(parent)}/{lab[parent]}"
    grants = {"users": {bob.email: {}}, "groups": {group_of_dana["name"]: {}}}
    assert alice.patch(attribute, grants).status == 200
    named = {"id": lab[parent], "name": alice.get(attribute).record["name"]}
    found = access(alice, f"{path_of(name)}/{lab[name]}")
    assert ways(found, bob) == [{"via": parent, "role": "member", parent: named}]
    assert ways(found, dana) == [{"via": parent, "role": "member", parent: named, "group": group_of_dana}]


def test_a_group_names_its_members_and_a_laboratory_those_of_its_group(lab, alice, charlie):
    group = join_group(unique("Group"), alice.user, charlie.user)
    found = access(alice, f"users/group/{group.pk}")
    assert (found["public"], found["everyone"], emails(found)) == (True, True, [alice.email, charlie.email])
    laboratory = lab.add("laboratory", group=group.pk)["id"]
    named = {"id": group.pk, "name": group.name}
    found = access(alice, f"users/laboratory/{laboratory}")
    assert ways(found, charlie) == [{"via": "group", "role": "member", "group": named}]


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_is_everybodys(name, lab, admin, bob):
    where = f"{path_of(name)}/{lab[name]}"
    for portal in ("private", "super"):
        found = access(admin, where, portal=portal)
        assert found == {"public": True, "public_through": [], "everyone": True, "people": []}
    assert bob.get(f"{where}/access").status == 403


def test_people_ask_about_themselves_alone(lab, alice, bob, admin):
    found = access(alice, f"users/user/{alice.user.pk}")
    assert (found["public"], found["everyone"], found["people"]) == (False, True, [])
    assert access(alice, "users/user/me") == access(admin, f"users/user/{alice.user.pk}") == found
    assert bob.get(f"users/user/{alice.user.pk}/access").status == 403


def test_a_proposal_names_its_author(lab, alice, admin, bob):
    proposal = alice.post("resources/supplier", {"name": unique("Supplier")}).id
    where = f"resources/supplierapproval/{proposal}"
    for reader in (alice, admin):
        assert ways(access(reader, where), alice) == [{"via": "author", "role": "owner"}]
    assert bob.get(f"{where}/access").status == 404


def test_who_invites_is_told_both_sides_and_who_is_invited_does_not_ask(lab, alice, charlie, bob, project):
    invitation = alice.post(f"stem/project/{lab['project']}/invite", {"user": charlie.user.pk}).id
    where = f"stem/projectmembershipinvitation/{invitation}"
    found = access(alice, where)
    assert (found["public"], found["everyone"], emails(found)) == (False, False, [alice.email, charlie.email])
    assert ways(found, alice) == [{"via": "project", "role": "owner", "project": project}]
    assert [one.get(where).status for one in (charlie, bob)] == [200, 404]
    assert [one.get(f"{where}/access").status for one in (charlie, bob)] == [403, 404]


def test_who_cannot_sign_in_is_left_out(lab, alice, bob):
    where = f"stem/session/{lab['session']}"
    assert bob.email in emails(access(alice, where))
    get_user_model().objects.filter(pk=bob.user.pk).update(is_active=False)
    assert bob.email not in emails(access(alice, where))


# -- in public ---------------------------------------------------------------------------------------------------------


def test_what_is_public_says_through_what(lab, alice, nobody, project):
    where = f"stem/session/{lab['session']}"
    assert access(alice, where)["public"] is False
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    through = [{"model": "stem/project", **project}]
    for path in (where, f"stem/project/{lab['project']}", f"users/user/{alice.user.pk}"):
        found = access(alice, path)
        assert (found["public"], found["public_through"]) == (True, through)
        assert nobody.get(path).status == 200


def test_a_public_attribute_shows_what_belongs_to_it(lab, alice, nobody):
    where, setup = f"modules/equipment/{lab['equipment']}", f"personal_attributes/setup/{lab['setup']}"
    assert (access(alice, where)["public"], nobody.get(where).status) == (False, 404)
    record = alice.patch(setup, {"is_public": True}).record
    found = access(alice, where)
    through = [{"model": "personal_attributes/setup", "id": record["id"], "name": record["name"]}]
    assert (found["public"], found["public_through"], nobody.get(where).status) == (True, through, 200)


def test_where_a_sessions_data_are_kept_is_never_public(lab, alice):
    where = f"stem/sessiondatastorage/{lab['sessiondatastorage']}"
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    found = access(alice, where)
    assert (found["public"], found["public_through"]) == (False, [])


# -- who may ask -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["project", "setup", *PROJECT_TREE, *UNDER_ATTRIBUTES])
def test_managers_ask_others_who_see_it_may_not_and_strangers_find_nothing(name, lab, alice, bob, charlie):
    where = f"{path_of(name)}/{lab[name]}"
    root = {"equipment": "setup", "consumablestock": "inventory", "setup": "setup"}.get(name, "project")
    shared = f"{path_of(root)}/{lab[root]}"
    for flags, status in (
        ({}, 403),
        ({"can_change": True}, 403),
        ({"is_manager": True}, 200),
        ({"is_owner": True}, 200),
    ):
        assert alice.patch(shared, {"users": {bob.email: flags}}).status == 200
        assert bob.get(f"{where}/access").status == status
    assert charlie.get(f"{where}/access").status == 404


def test_members_of_a_group_do_not_ask_and_managers_of_it_do(alice, bob, charlie):
    group = join_group(unique("Group"), alice.user, bob.user)
    where = f"users/group/{group.pk}"
    assert [one.get(f"{where}/access").status for one in (alice, bob, charlie)] == [200, 403, 403]
    assert alice.patch(where, {"users": {bob.email: {"is_manager": True}}}).status == 200
    assert bob.get(f"{where}/access").status == 200


def test_administrators_ask_in_the_super_portal_and_nobody_in_the_public_one(lab, alice, admin, nobody):
    where = f"stem/session/{lab['session']}"
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert access(admin, where, portal="super") == access(alice, where)
    assert admin.get(f"{where}/access").status == 404
    assert alice.get(f"{where}/access", portal="super").status == 403
    assert (nobody.get(where).status, nobody.get(f"{where}/access").status) == (200, 404)


def test_it_is_read_with_get_and_head_alone(lab, alice):
    where = f"stem/session/{lab['session']}/access/"
    assert alice.request("head", where).status == 200
    for method in ("post", "put", "patch", "delete"):
        answer = alice.request(method, where, {})
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


# -- what does not leak ------------------------------------------------------------------------------------------------


@pytest.fixture
def shared_subject(lab, alice, charlie):
    """A subject of Alice's project and of one of Charlie's, who lets nobody else in."""
    other = charlie.make("stem/project", name=unique("Secret"))["id"]
    assert charlie.patch(f"stem/project/{other}", {"users": {alice.email: {"can_change": True}}}).status == 200
    subject = lab.add("subject", projects=[lab["project"], other])["id"]
    assert charlie.patch(f"stem/project/{other}", {"users": {alice.email: {"remove": True}}}).status == 200
    return {"subject": subject, "other": other}


def test_another_project_and_its_people_are_not_named(shared_subject, lab, alice, bob, charlie, admin):
    where = f"stem/subject/{shared_subject['subject']}"
    answer = alice.get(f"{where}/access")
    secret = admin.get(f"stem/project/{shared_subject['other']}", portal="super").record["name"]
    assert answer.status == 200
    for hidden in (secret, shared_subject["other"], charlie.email):
        assert hidden not in answer.text
    assert alice.email not in charlie.get(f"{where}/access").text
    assert {alice.email, charlie.email} <= set(emails(access(admin, where, portal="super")))


def test_a_project_that_the_asker_sees_is_named(shared_subject, lab, alice, charlie):
    """Manager in one project, member in the other: both are named."""
    other = f"stem/project/{shared_subject['other']}"
    assert charlie.patch(other, {"users": {alice.email: {}}}).status == 200
    found = access(alice, f"stem/subject/{shared_subject['subject']}")
    named = {"id": shared_subject["other"], "name": charlie.get(other).record["name"]}
    assert ways(found, charlie) == [{"via": "project", "role": "owner", "project": named}]
    assert [path["role"] for path in ways(found, alice)] == ["owner", "contributor", "member"]


# -- tokens with limits, and cost --------------------------------------------------------------------------------------


def test_a_token_that_only_reads_may_ask(lab, alice, bob):
    where = f"stem/session/{lab['session']}"
    assert access(Person(alice.user, read_only=True), where) == access(alice, where)
    assert Person(bob.user, read_only=True).get(f"{where}/access").status == 403


def test_a_bound_token_asks_in_its_project_alone(shared_subject, lab, alice, charlie):
    other = f"stem/project/{shared_subject['other']}"
    assert charlie.patch(other, {"users": {alice.email: {"is_manager": True}}}).status == 200
    bound = Person(alice.user, project_id=uuid.UUID(lab["project"]))
    found = access(bound, f"stem/subject/{shared_subject['subject']}")
    assert charlie.email not in emails(found)
    assert shared_subject["other"] not in str(found)
    assert bound.get(f"{other}/access").status == 404
    assert bound.get(f"personal_attributes/setup/{lab['setup']}/access").status == 403
    assert bound.get(f"users/user/{alice.user.pk}/access").status == 403


def test_the_number_of_statements_does_not_depend_on_the_number_of_people(lab, alice):
    where = f"stem/session/{lab['session']}"

    def statements() -> tuple[int, int]:
        Token.objects.filter(user=alice.user).update(last_used_at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            return len(access(alice, where)["people"]), len(captured)

    people, few = statements()
    new = [person(f"member{number}") for number in range(8)]
    group = join_group(unique("Group"), *[one.user for one in new[4:]])
    shared = {"users": {one.email: {} for one in new[:5]}, "groups": {group.name: {"can_change": True}}}
    assert alice.patch(f"stem/project/{lab['project']}", shared).status == 200
    assert statements() == (people + 8, few)
