"""Whatever people do, what is derived (audiences, roles, counters) stays equal to what it is derived from."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.stem.models.project import Project
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.apps.users.models import Group, Membership
from brainstem.core.access import audit, roles
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Conflict, Missing
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Role
from brainstem.core.models import AudienceCount, Deletion, ObjectRole
from brainstem.core.undo import restoring

from ..lab import Lab
from ..people import Answer, Person, join_group, unique

STEPS = 250
PLACE = "External_XYZ_Absolute"
FLAGS = [{}, {"can_change": True}, {"is_manager": True}, {"is_owner": True}, {"remove": True}]
LISTS = (
    "stem/project", "stem/subject", "stem/session", "stem/collection", "stem/cohort", "stem/epoch",
    "modules/dataacquisition", "modules/procedure", "modules/subjectlog", "personal_attributes/setup",
)  # fmt: skip


class Walk:
    """Four people who take turns at changing a lab; what they may not do is refused and changes nothing."""

    def __init__(self, seed: int, lab: Lab, people: list[Person]) -> None:
        self.pick, self.lab, self.people = random.Random(seed), lab, people
        self.group = join_group(unique("Walkers"), people[0].user, people[2].user)
        self.done: Counter[str] = Counter()
        self.steps: dict[Callable[[Person], bool], int] = {
            self.add_project: 2, self.add_root: 5, self.add_below: 5, self.add_gathering: 3,
            self.set_projects: 6, self.move: 5, self.move_gathering: 4, self.publish: 3,
            self.delete: 3, self.delete_project: 1, self.undelete: 2,
            self.grant_user: 5, self.grant_group: 3, self.change_member: 2, self.leave_group: 1,
        }  # fmt: skip

    def step(self) -> None:
        action = self.pick.choices(list(self.steps), list(self.steps.values()))[0]
        self.done[action.__name__] += action(self.pick.choice(self.people))

    def ids(self, person: Person, path: str, query: str = "") -> list[Any]:
        return person.get(path, f"limit=100&{query}").ids

    def one(self, person: Person, path: str, query: str = "writable=true") -> Any:
        found = self.ids(person, path, query)
        return self.pick.choice(found) if found else None

    def some_projects(self, person: Person) -> list[Any]:
        found = self.ids(person, "stem/project")
        return self.pick.sample(found, min(len(found), self.pick.randint(1, 3)))

    def ok(self, answer: Answer) -> bool:
        assert answer.status in (200, 201, 204, 400, 403, 404, 409), (answer.status, answer.body)
        return answer.status < 300

    # -- adding

    def add_project(self, person: Person) -> bool:
        return self.ok(person.post("stem/project", {"name": unique("P")}))

    def add_root(self, person: Person) -> bool:
        fields = {"name": unique("R"), "projects": self.some_projects(person), "tags": ["walk"]}
        if self.pick.random() < 0.5:
            return self.ok(person.post("stem/session", fields))
        return self.ok(person.post("stem/subject", fields | {"strain": self.lab["strain"], "sex": "F"}))

    def add_below(self, person: Person) -> bool:
        session, subject = self.one(person, "stem/session"), self.one(person, "stem/subject")
        path, fields = self.pick.choice([
            ("modules/dataacquisition", {"session": session, "type": "ExtracellularEphys"}),
            ("stem/epoch", {"session": session, "name": unique("E")}),
            ("modules/procedure", {"subject": subject, "type": "Craniotomy", "coordinates_system": PLACE}),
            ("modules/subjectlog", {"subject": subject, "type": "Weighing"}),
        ])  # fmt: skip
        return self.ok(person.post(path, fields))

    def add_gathering(self, person: Person) -> bool:
        project = self.one(person, "stem/project")
        path, name = self.pick.choice([("stem/collection", "sessions"), ("stem/cohort", "subjects")])
        if project is None:
            return False
        members = self.ids(person, f"stem/{name[:-1]}", f"filter{{projects.id}}={project}")[:1]
        # With members it can hardly move, without it always can.
        fields = {"name": unique("C"), "project": project, name: members if self.pick.random() < 0.5 else []}
        return self.ok(person.post(path, fields))

    # -- moving

    def set_projects(self, person: Person) -> bool:
        path = self.pick.choice(["stem/session", "stem/subject"])
        address = f"{path}/{self.one(person, path)}"
        return self.ok(person.patch(address, {"projects": self.some_projects(person)}))

    def move(self, person: Person) -> bool:
        path, parent = self.pick.choice([
            ("modules/dataacquisition", "session"), ("stem/epoch", "session"), ("modules/procedure", "subject"),
            ("modules/subjectlog", "subject"),
        ])  # fmt: skip
        address = f"{path}/{self.one(person, path)}"
        return self.ok(person.patch(address, {parent: self.one(person, f"stem/{parent}")}))

    def move_gathering(self, person: Person) -> bool:
        path = self.pick.choice(["stem/collection", "stem/cohort"])
        address = f"{path}/{self.one(person, path)}"
        return self.ok(person.patch(address, {"project": self.one(person, "stem/project")}))

    def publish(self, person: Person) -> bool:
        address = f"stem/project/{self.one(person, 'stem/project')}"
        return self.ok(person.patch(address, {"is_public": self.pick.random() < 0.5}))

    # -- deleting

    def delete(self, person: Person) -> bool:
        path = self.pick.choice(["stem/session", "stem/subject", "modules/procedure", "modules/dataacquisition"])
        return self.ok(person.delete(f"{path}/{self.one(person, path)}"))

    def delete_project(self, person: Person) -> bool:
        return self.ok(person.delete(f"stem/project/{self.one(person, 'stem/project')}"))

    def undelete(self, person: Person) -> bool:
        gone = list(Deletion.objects.filter(undone_at=None).order_by("id"))
        if not gone:
            return False
        chosen = self.pick.choice(gone)
        try:
            return (
                restoring.undelete(specs()[chosen.model], chosen.record_id, viewer=Viewer(Actor(via="command"), "")) > 0
            )
        except (Conflict, Missing):
            return False

    # -- roles

    def grant_user(self, person: Person) -> bool:
        path = self.pick.choice(["stem/project", "stem/project", "personal_attributes/setup"])
        users = {self.pick.choice(self.people).email: self.pick.choice(FLAGS)}
        return self.ok(person.patch(f"{path}/{self.one(person, path, '')}", {"users": users}))

    def grant_group(self, person: Person) -> bool:
        path = self.pick.choice(["stem/project", "stem/project", "personal_attributes/setup"])
        groups = {self.group.name: self.pick.choice(FLAGS)}
        return self.ok(person.patch(f"{path}/{self.one(person, path, '')}", {"groups": groups}))

    def change_member(self, person: Person) -> bool:
        """Somebody joins the group, or another one's role in it changes."""
        other = self.pick.choice(self.people)
        if not Membership.objects.filter(group=self.group, user=other.user).exists():
            Membership.objects.create(group=self.group, user=other.user, level=Role.MEMBER)
            roles.flatten_group(self.group.pk)
            return True
        flags = self.pick.choice([{}, {"is_manager": True}, {"is_owner": True}])
        return self.ok(person.patch(f"users/group/{self.group.pk}", {"users": {other.email: flags}}))

    def leave_group(self, person: Person) -> bool:
        return self.ok(person.patch(f"users/group/{self.group.pk}", {"users": {person.email: {"remove": True}}}))


def paged(person: Person, path: str) -> tuple[int, list[Any]]:
    """The count that a list tells, and the ids that its pages hold."""
    first = person.get(path, "limit=7")
    ids = list(first.ids)
    while len(ids) < first.body["count"]:
        page = person.get(path, f"limit=7&offset={len(ids)}").ids
        if not page:
            break
        ids += page
    assert person.get(path, f"limit=7&offset={len(ids)}").ids == []
    return first.body["count"], ids


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_random_edits_nothing_derived_is_out_of_step(lab, alice, bob, dana, charlie, nobody, seed):
    walk = Walk(seed, lab, [alice, bob, dana, charlie])
    for name in ("subject", "session", "setup"):
        lab.add(name)
    for number in range(STEPS):
        walk.step()
        if number % 5 == 0:
            assert audit.findings() == [], number
    assert audit.findings() == []
    assert all(walk.done[action.__name__] for action in walk.steps), walk.done
    for person in (alice, bob, dana, charlie, nobody):
        for path in LISTS:
            count, ids = paged(person, path)
            assert (len(ids), len(set(ids))) == (count, count), (person.portal, path)


def test_every_row_of_the_project_tree_is_in_some_project(lab, alice, bob, dana, charlie):
    walk = Walk(4, lab, [alice, bob, dana, charlie])
    for _ in range(STEPS // 2):
        walk.step()
    assert Project.objects.exists()
    assert not Session.objects.filter(projects=None).exists()
    assert not Subject.objects.filter(projects=None).exists()
    assert Group.objects.filter(pk=walk.group.pk).exists()


@pytest.mark.parametrize("wrong", ["audience", "role", "counter"])
def test_the_recount_sees_what_is_out_of_step(lab, alice, bob, wrong):
    """Otherwise the tests above would prove nothing."""
    other = alice.make("stem/project", name=unique("Other"))
    lab.add("subject", projects=[other["id"]])
    session = lab.add("session")
    assert audit.findings() == []
    if wrong == "audience":
        Session.objects.filter(pk=session["id"]).update(audience=Subject.objects.get(projects=other["id"]).audience)
    elif wrong == "role":
        ObjectRole.objects.filter(object_id=lab["project"], user=bob.user).update(level=Role.OWNER)
    else:
        AudienceCount.objects.filter(model="stem.Session").update(n=7)
    assert len(audit.findings()) == 1
    assert len(audit.mend()) == 1
    assert audit.findings() == audit.mend() == []
    assert Session.objects.get(pk=session["id"]).audience == Session.objects.get(pk=lab["session"]).audience
    assert ObjectRole.objects.get(object_id=lab["project"], user=bob.user).level == Role.MEMBER
    assert alice.get("stem/session").body["count"] == Session.objects.count()


def test_what_lies_below_a_row_follows_it_when_audiences_are_mended(lab, alice, bob):
    other = alice.make("stem/project", name=unique("Other"))["id"]
    lab["behavior"]
    hidden = lab.add("session", projects=[other])["id"]
    right = Session.objects.get(pk=lab["session"]).audience_id
    wrong = Session.objects.get(pk=hidden).audience_id
    for model in (Session, apps.get_model("modules.Behavior")):
        model.objects.filter(audience=right).update(audience=wrong)
    assert bob.get(f"modules/behavior/{lab['behavior']}").status == 404
    assert len(audit.mend()) == 1
    assert bob.get(f"modules/behavior/{lab['behavior']}").status == 200
    assert bob.get(f"stem/session/{hidden}").status == 404
    assert audit.findings() == []


def test_looking_asks_as_much_of_many_rows_as_of_few_and_writes_nothing(lab, alice):
    asked = []
    lab["behavior"]
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert audit.findings() == []
        assert {one["sql"].split()[0] for one in captured} <= {"SELECT", "PRAGMA"}
        asked.append(len(captured))
        for _ in range(3):
            project = alice.make("stem/project", name=unique("Project"))["id"]
            lab.add("session", projects=[project])
            lab.add("subject", projects=[project, lab["project"]])
    assert asked[0] == asked[1]
