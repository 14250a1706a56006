"""What a token that is bound to one project may do: write data in it, and nothing that says who has or sees it."""

from __future__ import annotations

import pytest

from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Groups, Joining, People, Proposals, Root
from brainstem.core.sharing import grants
from brainstem.core.write.rights import NOT_DATA

from ..lab import MODELS
from ..people import Person, join_group, person, unique


@pytest.fixture
def bound(lab, alice) -> Person:
    """A token of the owner, for the project alone."""
    return Person(alice.user, project_id=lab["project"])


# What of a model is written beside its data, by model: all that the registry knows has to stand here.
MEMBERSHIP = {
    "stem.Project": {"users", "groups", "is_public"},
    "users.Group": {"users"},
    "personal_attributes.Setup": {"users", "groups", "is_public"},
    "personal_attributes.Inventory": {"users", "groups", "is_public"},
    "personal_attributes.DataStorage": {"users", "groups", "is_public"},
    "personal_attributes.License": {"users", "groups", "is_public"},
    "personal_attributes.BehavioralAssay": {"users", "groups", "is_public"},
}


def test_every_key_that_says_who_has_or_sees_something_is_known():
    found = {
        label: {key for key in spec.keys if spec.writable(key) and key in NOT_DATA}
        for label, spec in specs().items()
        if isinstance(spec.tree, (Root, Groups))
    }
    missing = {label: keys - MEMBERSHIP.get(label, set()) - {"authenticated_groups"} for label, keys in found.items()}
    assert not any(missing.values()), missing
    assert set(found) == set(MEMBERSHIP)
    others = [spec for spec in specs().values() if not isinstance(spec.tree, (Root, Groups))]
    assert not [spec.label for spec in others if {key for key in spec.keys if spec.writable(key)} & NOT_DATA]
    assert grants.KEYS < NOT_DATA


SHARING = {
    "a member": lambda guest, group: {"users": {guest.email: {}}},
    "an owner": lambda guest, group: {"users": {guest.email: {"is_owner": True}}},
    "a group": lambda guest, group: {"groups": {group.name: {"can_change": True}}},
    "groups by id": lambda guest, group: {"authenticated_groups": [group.pk]},
    "publishing": lambda guest, group: {"is_public": True},
    "data with it": lambda guest, group: {"description": "new", "is_public": True},
}


@pytest.mark.parametrize("change", SHARING)
@pytest.mark.parametrize("model", ["project", "setup"])
def test_it_changes_no_roles_and_publishes_nothing(lab, alice, bound, charlie, change, model):
    if (model, change) == ("project", "groups by id"):
        model = "inventory"  # projects have no such key
    path = f"{MODELS[model][0]}/{lab[model]}"
    group = join_group(unique("Group"), alice.user)
    before, body = alice.get(path).record, SHARING[change](charlie, group)
    answers = [
        bound.patch(path, body),
        bound.post(f"{MODELS[model][0]}/bulk/", {"update": [{"id": lab[model], **body}]}),
        bound.put(path, before | body),
    ]
    assert [answer.status for answer in answers] == [403, 400, 403]
    assert answers[1].body["errors"][0]["status"] == 403
    assert alice.get(path).record == before
    assert alice.patch(path, body).status == 200


def test_a_member_leaves_no_project_with_it(lab, alice, bob):
    path, theirs = f"stem/project/{lab['project']}", Person(bob.user, project_id=lab["project"])
    body = {"users": {bob.email: {"remove": True}}}
    assert bob.email in alice.get(path).record["users"]
    assert theirs.patch(path, body).status == 403
    assert bob.patch(path, body).status == 200


def test_it_deletes_what_is_in_the_project_but_not_the_project(lab, alice, bound):
    subject = lab.add("subject")["id"]
    assert bound.delete(f"stem/subject/{subject}").status == 204
    path = f"stem/project/{lab['project']}"
    assert bound.delete(path).status == 403
    assert bound.post("stem/project/bulk/", {"delete": [lab["project"]]}).status == 400
    assert alice.delete(path).status == 204


def test_it_writes_the_data_of_its_project(lab, bound):
    project = f"stem/project/{lab['project']}"
    assert bound.patch(project, {"description": "What it is about."}).status == 200
    assert bound.put(project, bound.get(project).record | {"description": "Other"}).status == 200
    assert bound.post("stem/session", {"name": unique("S"), "projects": [lab["project"]]}).status == 201
    for model in ("subject", "epoch", "procedure", "cohort", "collection"):
        made = bound.post(MODELS[model][0], lab.payload(model))
        assert made.status == 201, made.body
        path = f"{MODELS[model][0]}/{made.id}"
        assert bound.patch(path, {"description": "x"}).status == 200
        assert bound.delete(path).status == 204


ELSEWHERE = {
    "another project": ("post", "stem/project", lambda lab: lab.payload("project")),
    "a personal attribute": ("post", "personal_attributes/setup", lambda lab: lab.payload("setup")),
    "a change of one": ("patch", "personal_attributes/setup/{setup}", lambda lab: {"name": unique("x")}),
    "an end of one": ("delete", "personal_attributes/datastorage/{datastorage}", None),
    "a group": ("post", "users/group", lambda lab: {"name": unique("G")}),
    "the account": ("patch", "users/user/me", lambda lab: {"first_name": "x"}),
    "a proposal": ("post", "taxonomies/strain", lambda lab: lab.payload("strain")),
    "an invitation": ("post", "stem/project/{project}/invite", lambda lab: {"email": lab.admin.email}),
    "a token": ("post", "/api/auth/tokens/", lambda lab: {"name": "wider"}),
}


@pytest.mark.parametrize("what", ELSEWHERE.values(), ids=ELSEWHERE)
def test_it_writes_nothing_else(lab, alice, bound, what):
    method, path, body = what
    where = path.format(**{name: lab[name] for name in ("setup", "datastorage", "project")})
    sent = () if body is None else (body(lab),)
    assert getattr(bound, method)(where, *sent).status == 403
    assert getattr(alice, method)(where, *sent).status in (200, 201, 204)


def test_every_action_is_one_of_data_or_refused(lab, bound, admin):
    """What the registry knows of actions, each for one record; a new one has to be placed here."""
    data = {"add_entry", "change_entry", "remove_entry"}
    refused = {"invite", "join", "leave", "deactivate", "activate"}
    for spec in specs().values():
        known = data | refused
        if isinstance(spec.tree, (Joining, Proposals)):
            continue  # of the two sides and of administrators: see below
        assert set(spec.resource.actions) <= known, spec.label
    group = join_group(unique("Group"), admin.user)
    boss = Person(admin.user, project_id=lab["project"])
    for action in ("invite", "join", "leave"):
        assert bound.post(f"users/group/{group.pk}/{action}", {"email": admin.email}).status == 403
    for action in ("deactivate", "activate"):
        assert boss.post(f"users/user/{person('erin').user.pk}/{action}").status == 403
    assert any(isinstance(spec.tree, People) for spec in specs().values())


def test_its_person_still_sees_what_deleting_and_publishing_would_do(lab, bound):
    for name in ("delete_preview", "publish_preview", "access"):
        assert bound.get(f"stem/project/{lab['project']}/{name}").status == 200
