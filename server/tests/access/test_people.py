"""Profiles of people, their laboratories, and what the public learns of either."""

from __future__ import annotations

import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from brainstem.apps.users import email_change, events
from brainstem.apps.users.models import Membership
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import People, Role

from ..people import PASSWORD, Person, join_group, person, unique


def profile(who: Person) -> str:
    return f"users/user/{who.user.pk}"


# -- one's own profile ------------------------------------------------------------------------------------------------------


CHANGES = {
    "first_name": ("Robert", "Robert"),
    "last_name": ("Müller-Lüdenscheidt", "Müller-Lüdenscheidt"),
    "website": ("https://lab.example/bob", "https://lab.example/bob"),
    "google_scholar": ("https://scholar.google.com/citations?user=x", "https://scholar.google.com/citations?user=x"),
    "orcid_id": ("0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
    "atlas_preference": ("S2004", "S2004"),
}


@pytest.mark.parametrize("key", CHANGES)
def test_everybody_changes_their_own_profile_and_nobody_else_s(alice, bob, admin, key):
    sent, kept = CHANGES[key]
    before = bob.get(profile(bob)).record[key]
    assert before != kept
    assert alice.patch(profile(bob), {key: sent}).status == 403
    assert alice.patch(profile(bob), {key: sent}, portal="super").status == 403
    assert Person().patch(profile(bob), {key: sent}).status == 401
    assert Person(bob.user, read_only=True).patch(profile(bob), {key: sent}).status == 403
    assert Person(bob.user, project_id=uuid.uuid4()).patch(profile(bob), {key: sent}).status == 403
    assert bob.get(profile(bob)).record[key] == before
    answer = bob.patch(profile(bob), {key: sent})
    assert (answer.status, answer.record[key]) == (200, kept)
    assert alice.get(profile(bob)).record[key] == kept


@pytest.mark.parametrize("portal", ["private", "super"])
def test_administrators_change_every_profile(bob, admin, portal):
    answer = admin.patch(profile(bob), {"first_name": "Robert"}, portal=portal)
    assert (answer.status, answer.record["first_name"]) == (200, "Robert")


def test_me_is_changed_like_any_other_address(bob):
    assert bob.patch("users/user/me", {"first_name": "Robert"}).record["id"] == bob.user.pk
    assert bob.get(profile(bob)).record["first_name"] == "Robert"


@pytest.mark.parametrize(
    "key", ["is_superuser", "is_staff", "is_active", "password", "session_epoch", "id", "date_joined"]
)
def test_what_is_no_part_of_a_profile_is_neither_shown_nor_changed(bob, admin, key):
    before = {name: getattr(bob.user, name) for name in (key, "is_superuser", "is_active", "password")}
    for sender in (bob, admin):
        assert sender.patch(profile(bob), {key: 0, "last_name": unique("B")}).status == 200
    bob.user.refresh_from_db()
    assert {name: getattr(bob.user, name) for name in before} == before
    assert key == "id" or key not in bob.get(profile(bob)).record
    assert key == "id" or bob.get("users/user", f"filter{{{key}}}=1").status == 400


@pytest.mark.parametrize("who", ["bob", "admin"])
def test_an_address_is_not_changed_over_the_api_without_its_mailboxes(bob, admin, who):
    person = {"bob": bob, "admin": admin}[who]
    answer = person.patch(profile(person), {"email": "robert@lab.example", "first_name": "Robert"})
    assert (answer.status, list(answer.body)) == (400, ["email"])
    assert "/account/email/" in answer.body["email"][0]
    kept = person.get(profile(person)).record
    assert (kept["email"], kept["first_name"]) == (person.email, person.user.first_name)
    assert not mail.outbox


def test_a_record_that_is_sent_back_whole_changes_no_address(bob):
    whole = bob.get(profile(bob)).record | {"email": bob.email.upper(), "first_name": "Robert"}
    for send in (bob.patch, bob.put):
        answer = send(profile(bob), whole)
        assert (answer.status, answer.record["email"], answer.record["first_name"]) == (200, bob.email, "Robert")
    assert not mail.outbox


def test_an_administrator_changes_an_address_and_both_mailboxes_are_told(
    bob, alice, admin, django_capture_on_commit_callbacks
):
    wish = email_change.ask(bob.user, "elsewhere@lab.example")
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.patch(profile(bob), {"email": "Robert.B@Lab.Example"}, portal="super")
    assert (answer.status, answer.record["email"]) == (200, "robert.b@lab.example")
    (kept,) = EmailAddress.objects.filter(user=bob.user)
    assert (kept.email, kept.verified, kept.primary) == ("robert.b@lab.example", True, True)
    assert sorted(to for message in mail.outbox for to in message.to) == sorted([bob.email, "robert.b@lab.example"])
    assert [event.about for event in events.of(bob.user) if event.kind == "email_changed"] == [
        f"From {bob.email} to robert.b@lab.example, by the administrator {admin.email}"
    ]
    assert email_change.find(email_change.key_of(wish, "new")) is None
    body = {"email": "robert.b@lab.example", "password": PASSWORD}
    assert bob.post("/api/auth/token/", body).status == 200
    assert alice.patch(profile(bob), {"email": "x@lab.example"}, portal="super").status == 403


def test_many_at_once_follow_the_same_rule(bob, admin):
    wish = {"update": [{"id": bob.user.pk, "email": "robert@lab.example"}]}
    assert bob.post("users/user/bulk/", wish).status == 400
    assert bob.get(profile(bob)).record["email"] == bob.email
    assert admin.post("users/user/bulk/", wish, portal="super").status == 200
    assert [row.email for row in EmailAddress.objects.filter(user=bob.user)] == ["robert@lab.example"]


def test_an_address_is_kept_in_small_letters_and_belongs_to_one_person(alice, bob, admin):
    assert admin.patch(profile(bob), {"email": "Robert.B@Lab.Example"}, portal="super").status == 200
    for taken in ("robert.b@lab.example", "ROBERT.B@lab.example"):
        answer = admin.patch(profile(alice), {"email": taken}, portal="super")
        assert (answer.status, list(answer.body)) == (400, ["email"])
    project = alice.make("stem/project", name=unique("P"))
    shared = alice.patch(f"stem/project/{project['id']}", {"users": {"Robert.B@Lab.Example": {}}})
    assert (shared.status, set(shared.record["users"])) == (200, {alice.email, "robert.b@lab.example"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("email", ""), ("email", "no address"), ("email", None), ("orcid_id", "0000-0002-1825-0098"),
     ("atlas_preference", "nowhere"), ("website", "javascript:alert(1)"), ("first_name", "x" * 151)],
)  # fmt: skip
def test_a_profile_with_a_wrong_value_is_refused(bob, key, value):
    answer = bob.patch(profile(bob), {key: value})
    assert (answer.status, list(answer.body)) == (400, [key])


def test_accounts_are_deleted_by_administrators_only(alice, bob, admin):
    assert alice.delete(profile(bob)).status == 403
    assert bob.delete(profile(bob)).status == 403
    assert admin.delete(profile(bob)).status == 204
    assert alice.get(profile(bob)).status == 404


def test_active_projects_are_shown_to_those_who_see_them(lab, alice, bob, charlie):
    project = lab["project"]
    assert bob.patch(profile(bob), {"active_projects": [project]}).record["active_projects"] == [project]
    assert alice.get(profile(bob)).record["active_projects"] == [project]
    assert charlie.get(profile(bob)).record["active_projects"] == []
    assert charlie.get("users/user", f"filter{{active_projects.id}}={project}").ids == []
    assert alice.get("users/user", f"filter{{active_projects.id}}={project}").ids == [bob.user.pk]
    assert charlie.patch(profile(charlie), {"active_projects": [project]}).status == 400


def test_own_groups_are_those_that_the_person_owns(alice, bob):
    group = join_group(unique("G"), alice.user, bob.user)
    assert alice.get(profile(alice)).record["groups_own_json"] == [{"id": group.pk, "name": group.name}]
    assert bob.get(profile(bob)).record["groups_own_json"] == []


def test_addresses_are_for_people_who_are_signed_in(lab, alice, bob, charlie, nobody):
    alice.patch(f"stem/project/{lab['project']}", {"is_public": True})
    assert charlie.get("users/user", f"filter{{email}}={alice.email}").ids == [alice.user.pk]
    assert charlie.get(profile(alice)).record["email"] == alice.email
    assert Person().get("users/user").status == 401
    assert nobody.get(profile(alice)).record["email"] is None
    for query in (f"filter{{email}}={alice.email}", "sort[]=email", f"filter{{email.startswith}}={alice.email[:3]}"):
        assert nobody.get("users/user", query).status == 400
    assert nobody.get("users/user", f"search={alice.email.split('@')[0]}").body["count"] == 0
    assert nobody.patch(profile(alice), {"first_name": "x"}).status == 405


# -- who is no part of anything public ---------------------------------------------------------------------------------------


@pytest.fixture
def erin(lab, alice, nobody):
    """Contributes to private things, and is named in public ones."""
    found = person("erin-of-the-secret-lab")
    project = alice.make("stem/project", name=unique("Secret"))
    everything = {"users": {found.email: {"is_owner": True}}}
    assert alice.patch(f"stem/project/{project['id']}", everything).status == 200
    for kind in ("setup", "inventory", "datastorage", "behavioralassay"):
        lab.add(kind, **everything)
    group = join_group(unique("G"), alice.user, found.user)
    lab.add("laboratory", group=group.pk, principal_investigators=[alice.user.pk, found.user.pk])
    lab.add("license", is_public=True, license_holders=[alice.user.pk, found.user.pk], users={found.email: {}})
    public = {"is_public": True, "users": {found.email: {}},
              "user_roles": [{"user": found.email, "role": "Investigator"}]}  # fmt: skip
    assert alice.patch(f"stem/project/{lab['project']}", public).status == 200
    assert found.patch(profile(found), {"active_projects": [lab["project"]]}).status == 200
    log = lab.add("subjectlog")["id"]
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}, "performed_by": found.email}
    assert alice.patch(f"modules/subjectlog/{log}/add_entry", entry).status == 200
    return found


def public_models():
    return [spec for spec in specs().values() if "public" in spec.resource.portals]


def people_of(spec):
    """Relations of a model that lead to people."""
    return [name for name, relation in spec.relations.items() if isinstance(specs()[relation.target].tree, People)]


def test_who_contributes_to_nothing_public_is_nowhere_in_the_public_portal(erin, lab, alice, nobody):
    name = erin.user.first_name
    assert nobody.get(profile(erin)).status == 404
    assert nobody.get("users/user").body["count"] == 2  # Alice and Dana
    for spec in public_models():
        path = f"{spec.app}/{spec.segment}"
        for query in ("limit=100", "limit=100&include[]=*"):
            answer = nobody.get(path, query)
            assert (answer.status, name in answer.text, erin.email in answer.text) == (200, False, False), path
            shown = [record.get(key) for record in answer.records for key in people_of(spec)]
            assert erin.user.pk not in [one for ids in shown if isinstance(ids, list) for one in ids], path


def test_nobody_is_found_in_the_public_portal_by_asking_for_them(erin, lab, nobody):
    name = erin.user.first_name
    assert nobody.get("users/user", f"filter{{first_name}}={name}").body["count"] == 0
    assert nobody.get("users/user", f"search={name}").body["count"] == 0
    assert nobody.get("users/user", f"filter{{id}}={erin.user.pk}").body["count"] == 0
    asked = 0
    for spec in public_models():
        for relation in people_of(spec):
            for query in (f"filter{{{relation}.first_name}}={name}", f"filter{{{relation}}}={erin.user.pk}"):
                answer = nobody.get(f"{spec.app}/{spec.segment}", query)
                assert answer.status == 400 or answer.body["count"] == 0, (spec.label, query)
                asked += answer.status == 200
    assert asked >= 4


def test_related_lists_and_sorts_leave_them_out(erin, lab, alice, nobody):
    [licence] = nobody.get("personal_attributes/license").records
    assert licence["license_holders"] == [alice.user.pk]
    address = f"personal_attributes/license/{licence['id']}/license_holders"
    assert nobody.get(address).ids == [alice.user.pk]
    assert nobody.get(address).body["count"] == 1
    [laboratory] = nobody.get("users/laboratory").records
    assert laboratory["principal_investigators"] == [alice.user.pk]
    assert alice.get(f"personal_attributes/license/{licence['id']}").record["license_holders"] == [
        alice.user.pk, erin.user.pk]  # fmt: skip
    alone = lab.add("license", is_public=True, license_holders=[erin.user.pk])["id"]
    query = "sort[]=license_holders.first_name"
    assert nobody.get("personal_attributes/license", query).ids == [licence["id"], alone]
    assert nobody.get("personal_attributes/license", "filter{license_holders.isnull}=true").ids == [alone]


def test_who_contributes_to_something_public_is_shown_from_the_next_request_on(erin, lab, alice, nobody):
    project, name = f"stem/project/{lab['project']}", erin.user.first_name
    assert alice.patch(project, {"users": {erin.email: {"can_change": True}}}).status == 200
    assert nobody.get(profile(erin)).record["first_name"] == name
    assert nobody.get("users/user").body["count"] == 3
    assert nobody.get("personal_attributes/license", f"filter{{license_holders.first_name}}={name}").body["count"] == 1
    assert erin.user.pk in nobody.get("personal_attributes/license").records[0]["license_holders"]
    assert alice.patch(project, {"is_public": False}).status == 200
    assert nobody.get("users/user").ids == [alice.user.pk]  # her license is public
    assert nobody.get("personal_attributes/license", f"filter{{license_holders.first_name}}={name}").body["count"] == 0


def test_a_public_attribute_makes_its_contributors_public_and_not_its_members(lab, alice, bob, dana, nobody):
    lab.add("setup", is_public=True, users={bob.email: {"can_change": True}, dana.email: {}})
    assert set(nobody.get("users/user").ids) == {alice.user.pk, bob.user.pk}


# -- laboratories -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def team(alice, bob, dana):
    """Alice owns the group, Bob manages it, Dana is a member."""
    group = join_group(unique("Team"), alice.user, bob.user, dana.user)
    Membership.objects.filter(group=group, user=bob.user).update(level=Role.MANAGER)
    return group


def test_only_owners_of_its_group_write_a_laboratory(team, alice, bob, dana, charlie, nobody):
    sent = {"group": team.pk, "institution": "Institute", "principal_investigators": [alice.user.pk]}
    for who in (bob, dana, charlie):
        assert who.post("users/laboratory", sent).status == 403
    made = alice.make("users/laboratory", **sent)
    address = f"users/laboratory/{made['id']}"
    for who in (bob, dana, charlie):
        assert who.get(address).record["institution"] == "Institute"
        assert who.patch(address, {"city": "Bern"}).status == 403
        assert who.put(address, sent | {"city": "Bern"}).status == 403
        assert who.delete(address).status == 403
    assert nobody.get(address).record["city"] == ""
    assert alice.patch(address, {"city": "Bern"}).status == 200
    assert nobody.get(address).record["city"] == "Bern"
    assert alice.put(address, sent | {"city": "Basel"}).status == 200
    assert alice.delete(address).status == 204


@pytest.mark.parametrize("level", ["stranger", "member", "manager", "owner"])
def test_a_laboratory_moves_only_between_groups_that_one_owns(team, alice, bob, level):
    other = join_group(unique("Other"), bob.user)
    if level != "stranger":
        Membership.objects.create(group=other, user=alice.user, level=Role[level.upper()])
    sent = {"group": team.pk, "institution": "Institute", "principal_investigators": [alice.user.pk]}
    address = f"users/laboratory/{alice.make('users/laboratory', **sent)['id']}"
    moved = {"group": other.pk, "principal_investigators": [bob.user.pk]}
    answer = alice.patch(address, moved)
    assert answer.status == (200 if level == "owner" else 403)
    assert alice.get(address).record["group"] == (other.pk if level == "owner" else team.pk)
    # The owner of the other group does not take it either.
    assert bob.patch(address, {"group": other.pk}).status == (200 if level == "owner" else 403)


def test_principal_investigators_are_members_of_the_group(team, alice, dana, charlie):
    sent = {"group": team.pk, "institution": "Institute", "principal_investigators": [charlie.user.pk]}
    answer = alice.post("users/laboratory", sent)
    assert (answer.status, list(answer.body)) == (400, ["principal_investigators"])
    assert alice.post("users/laboratory", sent | {"principal_investigators": [dana.user.pk]}).status == 201


# -- groups ---------------------------------------------------------------------------------------------------------------------


def test_who_founds_a_group_owns_it(alice, bob):
    group = alice.make("users/group", name=unique("G"))
    assert group["users"] == {alice.email: {"is_manager": True, "is_owner": True}}
    address = f"users/group/{group['id']}"
    assert bob.patch(address, {"name": unique("Mine")}).status == 403
    assert bob.delete(address).status == 403
    assert alice.patch(address, {"name": unique("Ours")}).status == 200


def test_managers_of_a_group_change_neither_its_name_nor_its_owners(team, alice, bob, dana):
    address = f"users/group/{team.pk}"
    assert bob.patch(address, {"name": unique("Mine")}).status == 403
    assert bob.patch(address, {"users": {dana.email: {"is_manager": True}}}).status == 403
    assert bob.patch(address, {"users": {alice.email: {"remove": True}}}).status == 403
    assert bob.delete(address).status == 403
    assert dana.patch(address, {"users": {bob.email: {"remove": True}}}).status == 403
    assert bob.patch(address, {"users": {dana.email: {"remove": True}}}).status == 200
    assert alice.delete(address).status == 204
