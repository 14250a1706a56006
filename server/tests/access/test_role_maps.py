"""Who holds which role on a row is told to those who hold one there, and to nobody else."""

from __future__ import annotations

import pytest

from ..lab import ATTRIBUTES, path_of
from ..people import Person, join_group, unique

MAPS = ("users", "groups", "authenticated_groups")


@pytest.fixture
def team(alice, bob):
    """A group of Alice and Bob."""
    return join_group(unique("Team"), alice.user, bob.user)


@pytest.fixture
def public(lab, alice, bob, team):
    """A public attribute of each kind, shared with Bob and with his group."""

    def make(kind: str) -> str:
        record = lab.add(kind, is_public=True)
        shared = {"users": {bob.email: {}}, "groups": {team.name: {"can_change": True}}}
        assert alice.patch(f"{path_of(kind)}/{record['id']}", shared).status == 200
        return str(record["id"])

    return make


def maps(record) -> dict:
    return {key: record[key] for key in MAPS if key in record}


def told(record) -> bool:
    return any(maps(record).values())


@pytest.mark.parametrize(("kind", "model"), [("setup", "equipment"), ("inventory", "consumablestock")])
def test_what_is_chosen_from_does_not_tell_strangers_who_holds_what(public, alice, bob, charlie, admin, kind, model):
    wanted, path = public(kind), f"modules/{model}/options"

    def offered(who: Person, **options):
        return next(one for one in who.get(path, f"field={kind}", **options).records if one["id"] == wanted)

    assert set(maps(offered(alice))) >= {"users", "groups"}
    assert maps(offered(charlie)) == {key: [] if key == "authenticated_groups" else {} for key in maps(offered(alice))}
    assert bob.email in offered(alice)["users"]
    assert bob.email in offered(bob)["users"]
    assert not told(offered(admin))
    assert bob.email in offered(admin, portal="super")["users"]


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_lists_and_details_of_what_one_holds_tell_it(public, alice, bob, kind):
    path = f"{path_of(kind)}/{public(kind)}"
    for who in (alice, bob):
        assert alice.email in who.get(path).record["users"]
        listed = who.get(path_of(kind), f"filter{{id}}={path.rsplit('/', 1)[1]}").records
        assert alice.email in listed[0]["users"]


def test_an_included_attribute_does_not_tell_strangers_who_holds_what(public, lab, alice, charlie):
    project = charlie.make("stem/project", name=unique("Mine"))
    session = charlie.make("stem/session", name=unique("Session"), projects=[project["id"]])
    assay, setup = public("behavioralassay"), public("setup")
    subject = charlie.make(
        "stem/subject", name=unique("Subject"), projects=[project["id"]], sex="F", strain=lab["strain"]
    )
    made = charlie.make(
        "modules/behavior",
        session=session["id"],
        subjects=[subject["id"]],
        setup=setup,
        behavioralassay=assay,
    )
    query = "include[]=setup&include[]=behavioralassay&include[]=session.projects"
    found = charlie.get(f"modules/behavior/{made['id']}", query).record
    assert found["setup"]["id"] == setup
    assert not told(found["setup"])
    assert not told(found["behavioralassay"])
    assert charlie.email in found["session"]["projects"][0]["users"]
    assert alice.patch(f"personal_attributes/setup/{setup}", {"users": {charlie.email: {}}}).status == 200
    found = charlie.get(f"modules/behavior/{made['id']}", query).record
    assert alice.email in found["setup"]["users"]


def test_members_know_who_is_in_a_group_and_others_do_not(team, alice, bob, charlie, admin):
    path = f"users/group/{team.pk}"
    everyone = {
        alice.email: {"is_manager": True, "is_owner": True},
        bob.email: {"is_manager": False, "is_owner": False},
    }
    assert alice.get(path).record["users"] == bob.get(path).record["users"] == everyone
    assert admin.get(path, portal="super").record["users"] == everyone
    assert charlie.get(path).record["users"] == {}
    assert charlie.get(path).record["name"] == team.name
    assert charlie.get("users/group", f"filter{{id}}={team.pk}").records[0]["users"] == {}
    assert admin.get(path).record["users"] == {}


def test_which_groups_somebody_owns_is_told_to_members(team, alice, bob, charlie, admin):
    path, owned = f"users/user/{alice.user.pk}", [{"id": team.pk, "name": team.name}]
    assert alice.get(path).record["groups_own_json"] == owned
    assert bob.get(path).record["groups_own_json"] == owned
    assert charlie.get(path).record["groups_own_json"] == []
    assert admin.get(path, portal="super").record["groups_own_json"] == owned


@pytest.mark.parametrize("path", ["users/group", "personal_attributes/setup", "stem/project"])
@pytest.mark.parametrize("query", ["filter{users}=x", "filter{users.contains}=x", "sort[]=users", "sort[]=groups"])
def test_roles_can_be_neither_filtered_nor_sorted_by(charlie, path, query):
    assert charlie.get(path, query).status == 400
