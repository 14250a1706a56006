"""Two worlds: a lab that people see, and the same lab beside things that they may not see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from brainstem.apps.users.list_models import DEFAULT, PINS, RECENT, SavedView
from brainstem.apps.users.models import Group
from brainstem.apps.users.signed_in import keep
from brainstem.core.model.registry import routes, specs

from ..lab import ATTRIBUTES, CATALOGUES, PROJECT_TREE, UNDER_ATTRIBUTES, Lab, path_of
from ..people import Person, join_group, person, unique

# Saved views: the address of the list, and the name of the view; the last two are those of hidden projects and people.
VIEWS = tuple(
    ("stem/subject/", slug) for slug in ("shared-2222", "words-2222", "own-2222", "hidden-2222", "others-2222")
)
SHARED = (*CATALOGUES, "publication", "group", "laboratory")


@dataclass
class World:
    """The visible lab: Alice's, in which Yuri and Zoe work too, who have secrets elsewhere."""

    people: dict[str, Person] = field(default_factory=dict)
    readers: dict[str, Person] = field(default_factory=dict)
    lab: Any = None
    quiet: str = ""
    second: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        return self.people[name]


def visible_world() -> World:
    """Everything that exists in both worlds."""
    world = World()
    for name in ("alice", "bob", "charlie", "dana", "xena", "yuri", "zoe"):
        world.people[name] = person(name)
    world.people["admin"] = person("admin", admin=True)
    world.lab = lab = Lab(world.alice, world.admin)
    _share_project(world)
    for name in (*PROJECT_TREE, *ATTRIBUTES, *UNDER_ATTRIBUTES, *SHARED):
        lab[name]
    _share_attributes(world)
    _more_rows(world)
    _hidden_in_both(world)
    _deleted_in_both(world)
    _views_in_both(world)
    world.readers = {
        "owner": world.alice,
        "member": world.bob,
        "contributor": world.dana,
        "stranger": world.charlie,
        "anonymous": Person(portal="public"),
        "bound": Person(world.zoe.user, project_id=lab["project"]),
    }
    return world


def _share_project(world: World) -> None:
    lab, change = world.lab, {"can_change": True}
    group = join_group(unique("Group"), world.alice.user, world.dana.user)
    join_group("Others", world.yuri.user)
    shared = {"users": {world.bob.email: {}, world.zoe.email: change, world.yuri.email: change}}
    shared |= {"groups": {group.name: change}, "is_public": True, "tags": ["open"], "extra_fields": {"grant": 7}}
    shared |= {"publications": [lab["publication"]], "user_roles": [{"user": world.bob.email, "role": "Investigator"}]}
    _done(world.alice.patch(f"stem/project/{lab['project']}", shared))
    quiet = {"users": {world.bob.email: {}, world.yuri.email: change}}
    world.quiet = world.alice.make("stem/project", name=unique("Quiet project"))["id"]
    _done(world.alice.patch(f"stem/project/{world.quiet}", quiet))
    for one in (world.alice, world.bob):
        _done(one.patch(f"users/user/{one.user.pk}", {"active_projects": [lab["project"]]}))


def _share_attributes(world: World) -> None:
    lab = world.lab
    for name in ATTRIBUTES:
        users = {world.yuri.email: {"can_change": True}, world.bob.email: {}}
        _done(world.alice.patch(f"{path_of(name)}/{lab[name]}", {"users": users}))
    lab.add("setup", is_public=True, location="Room 1"), lab.add("license", license_holders=[world.bob.user.pk])


def _more_rows(world: World) -> None:
    """Several of each, so that there is something to count and to put in order."""
    lab, both = world.lab, [world.lab["project"], world.quiet]
    world.second = {name: lab.add(name) for name in (*CATALOGUES, "publication")}
    for number in range(3):
        day = f"2025-0{number + 1}-1{number}"
        subject = lab.add("subject", projects=both[number % 2 :][:1], birth_date=day, tags=["pilot"] * (number % 2),
                          genotype="WT", licenses=[lab["license"]], extra_fields={"weight": number})  # fmt: skip
        session = lab.add("session", projects=both[: 1 + number % 2], date_time=f"{day}T10:00:00Z", tags=["opto"],
                          extra_fields={"rig": f"r{number}"}, datastorage=[lab["datastorage"]])  # fmt: skip
        mine = [lab["subject"], *([subject["id"]] if number == 0 else [])]
        behavior = lab.add("behavior", session=session["id"], subjects=mine, order=number)
        recorded = lab.add("dataacquisition", session=session["id"], procedures=[lab["procedure"]], order=number,
                           equipment=[lab["equipment"]])  # fmt: skip
        lab.add("epoch", session=session["id"], start=f"00:0{number}:00", behavior=[behavior["id"]],
                dataacquisition=[recorded["id"]])  # fmt: skip
    lab.add("datastorage"), lab.add("collection", sessions=[lab["session"]])
    lab.add("cohort", subjects=[lab["subject"], lab["dam"]])
    lab.add("procedure", consumablestock=lab["consumablestock"], equipment=[lab["equipment"]],
            brain_region=lab["brainregion"], licenses=[lab["license"]], date_time="2025-02-03T04:05:06Z")  # fmt: skip
    entry = {"date_time": "2025-03-01T00:00:00Z", "notes": "fine", "performed_by": world.bob.user.pk}
    _done(world.alice.patch(f"modules/subjectlog/{lab['subjectlog']}/add_entry", entry))


def _hidden_in_both(world: World) -> None:
    """Rows that everyone here sees, of which one relation leads to what Yuri keeps to himself."""
    own = Lab(world.yuri, world.admin)
    own.made = {name: world.lab.made[name] for name in SHARED} | {"subject": world.lab.made["subject"]}
    session = world.lab["session"]
    world.yuri.make("modules/behavior", **own.payload("behavior") | {"session": session})
    world.yuri.make("stem/sessiondatastorage", session=session, datastorage=own["datastorage"], order=0)


def _deleted_in_both(world: World) -> None:
    """What was deleted, with what went along, and what was changed and undone."""
    lab, alice = world.lab, world.alice
    session = lab.add("session", tags=["opto"])["id"]
    lab.add("behavior", session=session), lab.add("epoch", session=session)
    gone = [("session", session), *((name, lab.add(name)["id"]) for name in ("subject", "license", "project"))]
    for name, record_id in gone:
        assert alice.delete(f"{path_of(name)}/{record_id}").status == 204
    subject = f"stem/subject/{lab['subject']}"
    changed = _done(alice.patch(subject, {"genotype": "Cre", "tags": ["pilot"], "licenses": [lab["license"]]}))
    _done(alice.post(f"history/{changed.headers['Brainstem-Event']}/undo/"))


def _views_in_both(world: World) -> None:
    """Views whose filters name by texts what is hidden, if it is there: projects, subjects and tags."""
    hidden = "projects.name.in=!! first,~~ last&filter{-projects.name}=!! first&name.ne=!! hidden"
    SavedView.objects.create(slug="shared-2222", model="stem.Subject", name="Shared", query=hidden,
                             project_id=world.lab["project"])  # fmt: skip
    SavedView.objects.create(slug="words-2222", model="stem.Subject", name="Words", query="search=!! first",
                             project_id=world.lab["project"])  # fmt: skip
    SavedView.objects.create(slug="own-2222", model="stem.Subject", name="Own", query=hidden, owner=world.alice.user)
    keep(world.alice.user, PINS, _pins(world.lab["subject"]))
    keep(world.alice.user, RECENT, _opened(world.lab["subject"]))


def _pins(*subjects: str) -> list[dict[str, str]]:
    views = [{"model": "stem.Subject", "kind": "view", "name": slug} for _, slug in VIEWS]
    return [*({"model": "stem.Subject", "kind": "record", "name": one} for one in subjects), *views]


def _opened(*subjects: str) -> list[dict[str, str]]:
    return [{"model": "stem.Subject", "id": one, "at": "2025-01-01T00:00:00+00:00"} for one in subjects]


def _done(answer: Any) -> Any:
    assert answer.status == 200, answer.body
    return answer


# -- what is hidden ----------------------------------------------------------------------------------------------------

Hide = Callable[["Hidden"], object]
HIDDEN: dict[str, Hide] = {}


def hides(function: Hide) -> Hide:
    """Register something that can be hidden beside the visible lab."""
    HIDDEN[function.__name__] = function
    return function


class Hidden(Lab):
    """Yuri's and Zoe's own lab; it shares the catalogues, and what each function below says, with the visible one."""

    def __init__(self, world: World) -> None:
        super().__init__(world.yuri, world.admin)
        self.world, self.seen = world, world.lab
        self.made = {name: world.lab.made[name] for name in SHARED} | world.second

    def __getitem__(self, name: str) -> Any:
        new = name not in self.made
        found = super().__getitem__(name)
        if name == "project" and new:
            owner = {self.world.zoe.email: {"is_owner": True}}
            _done(self.owner.patch(f"stem/project/{found}", {"users": owner, "tags": ["secret"]}))
        return found

    def quietly(self, name: str, record_id: str, **changes: Any) -> None:
        """Change a visible record by its hidden links; that it was changed, and when, is no secret."""
        app, segment = path_of(name).split("/")
        rows = routes()[app, segment].model._default_manager.filter(pk=record_id)
        before = rows.get().updated_at
        _done(self.owner.patch(f"{path_of(name)}/{record_id}", changes))
        rows.update(updated_at=before)

    def both(self, name: str) -> str:
        """A visible subject or session that is in the hidden project too."""
        record_id = self.seen[name]
        self.quietly(name, record_id, projects=[self.seen["project"], self["project"]])
        return record_id


@hides
def a_project(hidden: Hidden) -> None:
    hidden["project"], hidden.add("project", name="!! first"), hidden.add("project", name="~~ last", is_public=False)


@hides
def all_kinds_of_rows_in_a_project(hidden: Hidden) -> None:
    for name in PROJECT_TREE:
        hidden[name]
    hidden.add("session", name="!! early", date_time="1900-01-01T00:00:00Z")
    hidden.add("session", name="~~ late", date_time="2900-01-01T00:00:00Z")


@hides
def personal_attributes_of_somebody_else(hidden: Hidden) -> None:
    for name in (*ATTRIBUTES, *UNDER_ATTRIBUTES):
        hidden[name]
    hidden.add("license", license_holders=[hidden.world.bob.user.pk], license_number="!! 1")
    hidden.add("behavioralassay", licenses=[hidden["license"]])


@hides
def another_project_of_a_subject(hidden: Hidden) -> None:
    hidden.both("subject")


@hides
def another_project_of_a_session(hidden: Hidden) -> None:
    hidden.both("session")


@hides
def a_collection_with_a_visible_session(hidden: Hidden) -> None:
    hidden.add("collection", sessions=[hidden.both("session")])


@hides
def a_cohort_with_visible_subjects(hidden: Hidden) -> None:
    hidden.add("cohort", subjects=[hidden.both("dam"), hidden.both("subject")])


@hides
def a_breeding_of_visible_parents(hidden: Hidden) -> None:
    breeding = hidden.add("breeding", mother=hidden.both("dam"), father=hidden.both("subject"))["id"]
    hidden.add("subject", breeding=breeding)


@hides
def a_breeding_that_a_visible_subject_was_born_from(hidden: Hidden) -> None:
    hidden.quietly("subject", hidden.seen["subject"], breeding=hidden["breeding"])


@hides
def rows_of_hidden_sessions_that_use_what_is_visible(hidden: Hidden) -> None:
    seen, subject = hidden.seen, hidden.both("subject")
    used = {"setup": seen["setup"], "behavioralassay": seen["behavioralassay"]}
    hidden.add("behavior", subjects=[subject], notes="!! hidden", **used)
    hidden.add("dataacquisition", procedures=[seen["procedure"]], equipment=[seen["equipment"]])
    hidden.add("manipulation", procedures=[seen["procedure"]], equipment=[seen["equipment"]])
    hidden.add("sessiondatastorage", datastorage=seen["datastorage"], order=0)
    hidden.add("epoch", name="!! hidden")


@hides
def a_procedure_on_a_hidden_subject_with_visible_means(hidden: Hidden) -> None:
    seen = hidden.seen
    hidden.add("procedure", consumablestock=seen["consumablestock"], equipment=[seen["equipment"]],
               licenses=[seen["license"]], date_time="1900-01-01T00:00:00Z", notes="!! hidden")  # fmt: skip
    hidden.add("subject", licenses=[seen["license"]], birth_date="1900-01-01")


@hides
def means_of_visible_rows(hidden: Hidden) -> None:
    seen = hidden.seen
    hidden.quietly("procedure", seen["procedure"], consumablestock=hidden["consumablestock"],
                   equipment=[hidden["equipment"]], licenses=[hidden["license"]])  # fmt: skip
    hidden.quietly("subject", seen["subject"], licenses=[hidden["license"]])
    hidden.quietly("dataacquisition", seen["dataacquisition"], equipment=[hidden["equipment"]])


@hides
def a_project_that_names_a_publication(hidden: Hidden) -> None:
    publications = {"publications": [hidden["publication"]]}
    _done(hidden.owner.patch(f"stem/project/{hidden['project']}", publications))


@hides
def tags_of_hidden_rows_alone(hidden: Hidden) -> None:
    hidden.add("subject", tags=["!! tag", "pilot"]), hidden.add("session", tags=["opto", "~~ tag"])


@hides
def somebody_who_contributes_only_there(hidden: Hidden) -> None:
    xena, change = hidden.world.xena, {"can_change": True}
    _done(hidden.owner.patch(f"stem/project/{hidden['project']}", {"users": {xena.email: change}}))
    _done(hidden.owner.patch(f"personal_attributes/setup/{hidden['setup']}", {"users": {xena.email: change}}))


@hides
def roles_of_groups(hidden: Hidden) -> None:
    for name in ("project", "setup", "license"):
        groups = {"groups": {"Others": {"is_manager": True}}}
        _done(hidden.owner.patch(f"{path_of(name)}/{hidden[name]}", groups))


@hides
def proposals_to_a_catalogue(hidden: Hidden) -> None:
    species = hidden.seen["species"]
    for name in ("!! strain", "~~ strain"):
        made = hidden.owner.post("taxonomies/strain", {"name": name, "species": species})
        assert made.status == 201, made.body
    rejected = f"taxonomies/strainapproval/{made.id}/reject"
    _done(hidden.world.admin.patch(rejected, {"comment": "No."}, portal="super"))


@hides
def active_projects_of_people(hidden: Hidden) -> None:
    for name in ("alice", "bob", "yuri"):
        hidden.world.people[name].user.active_projects.add(hidden["project"])


@hides
def people_named_in_hidden_rows(hidden: Hidden) -> None:
    bob = hidden.world.bob.user
    roles = {"user_roles": [{"user": bob.email, "role": "Investigator"}]}
    _done(hidden.owner.patch(f"stem/project/{hidden['project']}", roles))
    entry = {"date_time": "1900-03-01T00:00:00Z", "performed_by": bob.pk}
    _done(hidden.owner.patch(f"modules/subjectlog/{hidden['subjectlog']}/add_entry", entry))


@hides
def invitations_and_requests(hidden: Hidden) -> None:
    group, xena = Group.objects.get(name="Others"), hidden.world.xena
    invited = {"user": xena.user.pk, "message": "!! join"}
    project = hidden.add("project")["id"]
    for path in (f"users/group/{group.pk}/invite", f"stem/project/{project}/invite"):
        assert hidden.owner.post(path, invited).status == 201
    assert hidden.owner.post(f"stem/project/{project}/invite", {"group": group.pk}).status == 201
    assert hidden.world.zoe.post(f"users/group/{group.pk}/join", {"message": "!! please"}).status == 200


@hides
def views_of_others_and_pins_of_what_is_no_longer_seen(hidden: Hidden) -> None:
    one, view = hidden.add("subject", name="!! hidden")["id"], {"model": "stem.Subject", "name": "!! view"}
    SavedView.objects.create(slug="hidden-2222", query="sex=F", project_id=hidden["project"], **view)
    SavedView.objects.create(slug="others-2222", query="sex=F", owner=hidden.world.yuri.user, **view)
    alice, seen = hidden.world.alice.user, hidden.seen["subject"]
    keep(alice, PINS, _pins(one, seen)), keep(alice, RECENT, _opened(one, seen))
    for reader in (alice, hidden.world.bob.user):
        keep(reader, DEFAULT, {"view": "hidden-2222"}, "stem.Subject")


@hides
def drafts_of_others(hidden: Hidden) -> None:
    for one in (hidden.world.yuri, hidden.world.zoe, hidden.world.admin):
        assert one.put("drafts/session-add", {"name": "!! draft"}).status == 201
        form = {"title": "!! form", "pairs": [["name", "!! draft"]]}
        assert one.put("drafts/form.private.stem.session.add.abc", form).status == 201


@hides
def imports_of_others(hidden: Hidden) -> None:
    for one in (hidden.world.yuri, hidden.world.zoe, hidden.world.admin):
        table = {"text": "name,sex\n!! import,F", "name": "!! file.csv", "model": "stem/subject"}
        assert one.post("imports/?kind=table", table).status == 201


@hides
def what_was_deleted(hidden: Hidden) -> None:
    for name in ("session", "license", "project"):
        assert hidden.owner.delete(f"{path_of(name)}/{hidden.add(name)['id']}").status == 204


# -- the same with other values ---------------------------------------------------------------------------------------


def changed_values(before: dict[str, set[Any]]) -> int:
    """Give the columns of every hidden row another value; how many rows there were."""
    number = 0
    for label, known in before.items():
        spec = specs()[label]
        for row in spec.model._default_manager.exclude(pk__in=known):
            for column in spec.columns.values():
                if column.name not in ("id", "is_public"):
                    setattr(row, column.name, _other(column.field, getattr(row, column.name)))
            row.save()
            number += 1
    return number


def _other(column: models.Field, value: Any) -> Any:
    if column.choices:
        return next((choice for choice, _ in column.choices if choice != value), value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=40)
    if isinstance(value, str):
        return f"{value} other"[: column.max_length] if value and not column.validators[1:] else value
    return value + 3 if isinstance(value, int | float) else value
