"""Personal attributes: what each role on them opens, and what of them shows where they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ..lab import ATTRIBUTES, Lab, path_of
from ..people import Person, join_group, unique

LEVELS = ["none", "member", "contributor", "manager", "owner"]
FLAGS: dict[str, dict[str, bool]] = {
    "none": {"remove": True},
    "member": {},
    "contributor": {"can_change": True},
    "manager": {"is_manager": True},
    "owner": {"is_owner": True},
}
CHILD = {"setup": "equipment", "inventory": "consumablestock"}


def address(kind: str, one: Any) -> str:
    return f"{path_of(kind)}/{one}"


@pytest.fixture
def own(alice, admin):
    """A lab of Alice's alone."""
    return Lab(alice, admin)


def give(owner: Person, path: str, who: Person, way: str, level: str) -> None:
    """Let somebody hold a role on a record, by themselves or through a group."""
    if way == "user":
        shared: dict[str, Any] = {"users": {who.email: FLAGS[level]}}
    else:
        shared = {"groups": {join_group(unique("Team"), owner.user, who.user).name: FLAGS[level]}}
    answer = owner.patch(path, shared)
    assert answer.status == 200, answer.body


# -- what a role opens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("way", ["user", "group"])
@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_every_role_opens_what_it_should_and_no_more(own, alice, bob, charlie, kind, way, level):
    path, rank = address(kind, own[kind]), LEVELS.index(level)
    give(alice, path, bob, way, level)

    def expected(least: str, done: int = 200) -> int:
        return done if rank >= LEVELS.index(least) else 403 if rank else 404

    assert bob.get(path).status == expected("member")
    assert bob.get(path_of(kind)).body["count"] == (rank > 0)
    assert bob.get(path_of(kind), "writable=true").body["count"] == (rank > 1)
    assert bob.patch(path, {"name": unique("Renamed")}).status == expected("contributor")
    assert bob.patch(path, {"users": {charlie.email: {}}}).status == expected("manager")
    assert bob.patch(path, {"users": {charlie.email: {"is_manager": True}}}).status == expected("owner")
    assert bob.patch(path, {"is_public": True}).status == expected("owner")
    assert alice.get(path).record["is_public"] is (level == "owner")
    assert bob.delete(path).status == expected("owner", 204)
    assert alice.get(path).status == (404 if level == "owner" else 200)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("way", ["user", "group"])
@pytest.mark.parametrize("kind", CHILD)
def test_what_belongs_to_an_attribute_follows_its_roles(own, alice, bob, kind, way, level):
    below, path, rank = CHILD[kind], address(kind, own[kind]), LEVELS.index(level)
    child, sent = address(below, own[below]), own.payload(below)
    give(alice, path, bob, way, level)
    seen, writes = rank > 0, rank > 1
    assert bob.get(child).status == (200 if seen else 404)
    assert bob.get(path_of(below)).body["count"] == seen
    assert bob.post(path_of(below), sent).status == (201 if writes else 403 if seen else 400)
    assert bob.patch(child, {"notes": "x"}).status == (200 if writes else 403 if seen else 404)
    assert bob.delete(child).status == (204 if writes else 403 if seen else 404)
    assert alice.get(child).status == (404 if writes else 200)


@pytest.mark.parametrize("kind", CHILD)
def test_what_belongs_to_an_attribute_moves_only_to_one_that_one_writes(own, alice, bob, kind):
    below, other = CHILD[kind], own.add(kind)["id"]
    give(alice, address(kind, own[kind]), bob, "user", "contributor")
    child = address(below, own[below])
    assert bob.patch(child, {kind: other}).status == 400
    give(alice, address(kind, other), bob, "user", "member")
    assert bob.patch(child, {kind: other}).status == 403
    give(alice, address(kind, other), bob, "user", "contributor")
    assert bob.patch(child, {kind: other}).status == 200


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_groups_that_are_authenticated_contribute(own, alice, bob, kind):
    group = join_group(unique("Team"), alice.user, bob.user)
    made = own.add(kind, authenticated_groups=[group.pk])
    path = address(kind, made["id"])
    assert made["groups"][group.name] == {"can_change": True, "is_manager": False, "is_owner": False}
    assert bob.patch(path, {"name": unique("Renamed")}).status == 200
    assert bob.patch(path, {"authenticated_groups": []}).status == 403
    assert alice.patch(path, {"authenticated_groups": []}).status == 200
    assert bob.get(path).status == 404


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_an_attribute_keeps_an_owner(own, alice, bob, kind):
    path = address(kind, own[kind])
    leave = {"users": {alice.email: {"remove": True}}}
    give(alice, path, bob, "group", "manager")
    answer = alice.patch(path, leave)
    assert (answer.status, list(answer.body)) == (400, ["users"])
    give(alice, path, bob, "group", "owner")
    assert alice.patch(path, leave).status == 200
    assert list(bob.get(path).record["users"]) == []


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_an_attribute_and_a_project_are_published_apart(own, alice, nobody, kind):
    path, project = address(kind, own[kind]), address("project", own["project"])
    assert alice.patch(project, {"is_public": True}).status == 200
    assert (nobody.get(project).status, nobody.get(path).status) == (200, 404)
    assert alice.patch(project, {"is_public": False}).status == 200
    assert alice.patch(path, {"is_public": True}).status == 200
    assert (nobody.get(project).status, nobody.get(path).status) == (404, 200)
    assert nobody.get(path_of(kind)).ids == [own[kind]]


# -- where it is used ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A record of a project, the key under which it names something, and the attribute that this belongs to."""

    record: str
    key: str
    target: str
    root: str
    many: bool

    def __str__(self) -> str:
        return f"{self.record}.{self.key}"


USES = [
    Use("behavior", "setup", "setup", "setup", False),
    Use("behavior", "behavioralassay", "behavioralassay", "behavioralassay", False),
    Use("session", "datastorage", "datastorage", "datastorage", True),
    Use("sessiondatastorage", "datastorage", "datastorage", "datastorage", False),
    Use("subject", "licenses", "license", "license", True),
    Use("procedure", "licenses", "license", "license", True),
    Use("procedure", "consumablestock", "consumablestock", "inventory", False),
    Use("procedure", "equipment", "equipment", "setup", True),
    Use("dataacquisition", "equipment", "equipment", "setup", True),
    Use("manipulation", "equipment", "equipment", "setup", True),
]
each_use = pytest.mark.parametrize("use", USES, ids=str)


@dataclass
class Used:
    """A use that took place in Alice's project, of which Dana is a contributor."""

    use: Use
    lab: Lab
    path: str
    root: str
    target: str
    shown: Any
    hidden: Any

    def value(self, who: Person, query: str = "") -> Any:
        return who.get(self.path, query).record[self.use.key]

    def found(self, who: Person) -> int:
        """How many records are found by what they use."""
        asked = f"filter{{{self.use.key}.id}}={self.lab[self.use.target]}"
        return int(who.get(path_of(self.use.record), asked).body["count"])

    def included(self, who: Person) -> list[Any]:
        """Ids of the full records that stand in the place of what is used."""
        found = self.value(who, f"include[]={self.use.key}.*")
        return [one["id"] for one in (found if self.use.many else [found]) if one]

    def publish(self, *, yes: bool = True) -> None:
        assert self.lab.owner.patch(self.root, {"is_public": yes}).status == 200


@pytest.fixture
def used(use, lab):
    one = lab[use.target]
    shown = [one] if use.many else one
    record = lab.add(use.record, **{use.key: shown})
    hidden: Any = [] if use.many else None
    return Used(use, lab, address(use.record, record["id"]), address(use.root, lab[use.root]),
                address(use.target, one), shown, hidden)  # fmt: skip


@each_use
def test_what_one_may_not_see_is_hidden_where_it_is_used(used, alice, dana):
    assert (used.value(alice), used.found(alice), len(used.included(alice))) == (used.shown, 1, 1)
    assert (used.value(dana), used.found(dana), used.included(dana)) == (used.hidden, 0, [])
    assert used.target.rpartition("/")[2] not in dana.get(used.path, "include[]=*").text
    if used.use.many:
        assert alice.get(f"{used.path}/{used.use.key}").body["count"] == 1
        assert dana.get(f"{used.path}/{used.use.key}").body["count"] == 0


@each_use
@pytest.mark.parametrize("way", ["user", "group"])
def test_a_member_of_the_attribute_sees_it_where_it_is_used(used, alice, dana, way):
    give(alice, used.root, dana, way, "member")
    assert (used.value(dana), used.found(dana), used.included(dana)) == (
        used.shown, 1, [used.target.rpartition("/")[2]])  # fmt: skip
    assert dana.get(used.target).status == 200


@each_use
def test_a_public_attribute_shows_where_it_is_used_and_is_not_listed(used, dana):
    used.publish()
    assert (used.value(dana), used.found(dana), len(used.included(dana))) == (used.shown, 1, 1)
    assert dana.get(used.target).status == 404
    assert dana.get(path_of(used.use.target)).body["count"] == 0
    used.publish(yes=False)
    assert (used.value(dana), used.found(dana), used.included(dana)) == (used.hidden, 0, [])


@each_use
def test_the_public_sees_it_where_it_is_used_when_both_are_public(used, alice, nobody, lab):
    project = address("project", lab["project"])
    used.publish()
    assert nobody.get(used.path).status == 404
    # Nor does what is public tell of private records that use it.
    assert used.path.rpartition("/")[2] not in nobody.get(used.target, "include[]=*").text
    assert alice.patch(project, {"is_public": True}).status == 200
    if used.use.record == "sessiondatastorage":  # The contract has no public address for these.
        return
    assert (used.value(nobody), used.found(nobody), len(used.included(nobody))) == (used.shown, 1, 1)
    used.publish(yes=False)
    assert (used.value(nobody), used.found(nobody), used.included(nobody)) == (used.hidden, 0, [])


@each_use
def test_who_does_not_see_it_keeps_it_when_they_write(used, alice, dana):
    view = dana.get(used.path).record
    for answer in (dana.patch(used.path, {used.use.key: used.hidden}), dana.put(used.path, view),
                   dana.patch(used.path, view)):  # fmt: skip
        assert answer.status == 200, answer.body
        assert used.value(alice) == used.shown


@each_use
def test_who_sees_it_replaces_it(used, alice, lab):
    other = lab.add(used.use.target)["id"]
    sent = [other] if used.use.many else other
    assert alice.patch(used.path, {used.use.key: sent}).record[used.use.key] == sent


@each_use
def test_only_what_one_sees_can_be_named(used, alice, dana):
    new = used.lab.add(used.use.target)["id"]
    sent = [new] if used.use.many else new
    answer = dana.patch(used.path, {used.use.key: sent})
    assert (answer.status, list(answer.body)) == (400, [used.use.key])
    give(alice, used.root, dana, "user", "contributor")
    if used.use.target in ("equipment", "consumablestock"):  # The new one stands in the same setup or inventory.
        assert dana.patch(used.path, {used.use.key: sent}).record[used.use.key] == sent
    else:
        give(alice, address(used.use.target, new), dana, "user", "contributor")
        assert dana.patch(used.path, {used.use.key: sent}).record[used.use.key] == sent


def test_an_assay_hides_the_licenses_that_one_does_not_see(lab, alice, dana, nobody):
    licence = lab["license"]
    assay = address("behavioralassay", lab.add("behavioralassay", licenses=[licence], is_public=True)["id"])
    give(alice, assay, dana, "user", "contributor")
    assert (dana.get(assay).record["licenses"], nobody.get(assay).record["licenses"]) == ([], [])
    assert dana.put(assay, dana.get(assay).record).status == 200
    assert alice.get(assay).record["licenses"] == [licence]
    assert alice.patch(address("license", licence), {"is_public": True}).status == 200
    assert (dana.get(assay).record["licenses"], nobody.get(assay).record["licenses"]) == ([licence], [licence])
