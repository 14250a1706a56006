"""One row of every model, beneath roots on which each of the people holds what the model of permissions says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from brainstem.apps.personal_attributes.models.protocol import Protocol
from brainstem.apps.users import tokens
from brainstem.apps.users.models import Membership
from brainstem.apps.users.token_models import Token
from brainstem.core.access import roles
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import note, snapshot
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Role
from brainstem.core.models import Change

from ..lab import ATTRIBUTES, CATALOGUES, MODELS, Lab
from ..people import PASSWORD, Person, join_group, unique
from .permissions_model import AUTHOR, INVITEE, PEOPLE, SUBJECT

WORDS = ("description", "notes", "comments", "website", "name")
MOMENT = "2026-01-01T10:00:00Z"
MEASURED = {"weight": 31, "impedances": [1.5]}  # each log takes what is its own
LIMITS: dict[str, dict[str, Any]] = {"read only": {"read_only": True}}


@dataclass
class World:
    """What the matrix asks about: addresses, rows, payloads and tokens."""

    lab: Lab
    users: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    additions: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    roots: list[tuple[Any, Any]] = field(default_factory=list)
    carriers: dict[int, Role] = field(default_factory=dict)  # groups through which people hold their roles
    events: dict[str, tuple[str, str]] = field(default_factory=dict)  # two changes of each row
    gone: dict[str, Any] = field(default_factory=dict)  # a deleted row of each model

    def open_roots(self) -> None:
        """Publish the project and every personal attribute, as their owner would."""
        for model, row_id in self.roots:
            model.objects.filter(pk=row_id).update(is_public=True)


def build() -> World:
    """Everything, in the database that is open; some 150 writes."""
    world = World(Lab(_account("founder"), _account("boss", admin=True)))
    for spec in specs().values():
        world.paths[spec.segment] = f"{spec.app}/{spec.segment}"
    _people(world)
    _crew(world)
    _rows(world)
    _grants(world)
    _tokens(world)
    _proposals(world)
    _offers(world)
    _histories(world)
    _past(world)
    for spec in specs().values():
        words = [key for key in WORDS if key in spec.keys]
        text = "https://changed.example" if words and words[0] == "website" else unique("Changed")
        world.changes[spec.segment] = {words[0]: text} if words else {"order": 7}
    _deleted(world)
    return world


def _past(world: World) -> None:
    """Two changes of every row, the second of which was made by nobody who is asked about."""
    boss, author = world.lab.admin, Person(world.users[AUTHOR])
    for spec in specs().values():
        words = [key for key in WORDS if key in spec.keys]
        if "change" not in spec.resource.verbs or spec.segment not in world.rows:
            continue
        who, portal = (author, "private") if spec.tree.keeps_proposals else (boss, "super")
        events = []
        for number in (3, 5):
            text = f"https://past{number}.example" if words and words[0] == "website" else unique("Past")
            change = {words[0]: text} if words else {"order": number}
            done = who.patch(f"{spec.app}/{spec.segment}/{world.rows[spec.segment]}", change, portal=portal)
            assert done.status == 200, done.body
            events.append(str(done.headers["Brainstem-Event"]))
        world.events[spec.segment] = (events[0], events[1])


def _deleted(world: World) -> None:
    """Another row of every model, on whose roots the people hold the same, and which the administrator deletes."""
    lab, made = world.lab, dict[str, Any]()
    changed: dict[str, dict[str, Any]] = {
        "laboratory": {"group": lab["third crew"], "principal_investigators": [lab.owner.user.pk]},
        "sessiondatastorage": {"session": lab.add("session")["id"]},
    }
    for name in MODELS:
        if name not in ("group", "dam"):
            made[name] = lab.add(name, **changed.get(name, {}))["id"]
    made |= {"group": lab["fourth crew"], "user": _account("leaver").user.pk}
    _grant(world, {name: made[name] for name in ("project", *ATTRIBUTES)})
    for name, pk in made.items():
        done = lab.admin.delete(f"{world.paths[name]}/{pk}", portal="super")
        if done.status != 405:
            assert done.status == 204, done.body
            world.gone[name] = pk


def _account(name: str, *, admin: bool = False) -> Person:
    users = get_user_model().objects
    create = users.create_superuser if admin else users.create_user
    return Person(create(email=f"{unique(name).replace(' ', '-')}@lab.example", password=PASSWORD, first_name=name))


def _people(world: World) -> None:
    for person in PEOPLE:
        if person.token != "none" and not person.account:
            world.users[person.name] = _account(person.name, admin=person.admin).user


def _crew(world: World) -> None:
    """The group whose row is asked about; one like it that has no laboratory yet and invites; one that is invited."""
    founder = world.lab.owner.user
    crews = dict.fromkeys(("crew", "second crew", "third crew", "fourth crew"), "group")
    for name, root in {**crews, "visitors": "visitors"}.items():
        group = join_group(unique(name), founder)
        world.lab.made[name] = {"id": group.pk, "name": group.name}
        for person in PEOPLE:
            if root in person.roles and not person.account:
                Membership.objects.create(group=group, user=world.users[person.name], level=person.roles[root])


def _rows(world: World) -> None:
    lab, changed = world.lab, defaultdict[str, dict[str, Any]](dict)
    changed["laboratory"] = {"group": lab["crew"], "principal_investigators": [lab.owner.user.pk]}
    for name in MODELS:
        # The project is also what everything hangs below; nothing refers to the other rows, so that all can be deleted.
        world.rows[name] = lab[name] if name == "project" else lab.add(name, **changed[name])["id"]
    world.rows |= {"group": lab["crew"], "user": world.users[SUBJECT].pk}
    world.rows["protocol"] = Protocol.objects.create(name=unique("Protocol"), created_by=lab.owner.user).pk
    changed["laboratory"]["group"] = lab["second crew"]
    changed["sessiondatastorage"] = {"session": lab.add("session")["id"]}
    world.additions = {name: lab.payload(name) | changed[name] for name in MODELS}
    for name in ("subjectlog", "procedurelog"):
        entry = {"date_time": MOMENT, "details": MEASURED}
        done = lab.owner.patch(f"{world.paths[name]}/{world.rows[name]}/add_entry/", entry)
        assert done.status == 200, done.body


def _grants(world: World) -> None:
    """The same roles on every root, directly or through groups."""
    founder = world.lab.owner.user
    for person in PEOPLE:
        if not person.account and person.through_group:
            group = join_group(unique("Carrier"), founder, world.users[person.name])
            world.carriers[group.pk] = Role(person.roles["project"])
    by_segment = {spec.segment: spec.model for spec in specs().values()}
    for name in ("project", *ATTRIBUTES):
        for row in {world.rows[name], world.lab[name]}:
            _grant(world, {name: row})
            world.roots.append((by_segment[name], row))


def _grant(world: World, rows: Mapping[str, Any]) -> None:
    """The roles of all people on some roots, by name of the model."""
    for name, row in rows.items():
        root = "project" if name == "project" else "attribute"
        direct = [one for one in PEOPLE if not (one.account or one.through_group) and root in one.roles]
        users = {world.users[one.name].pk: Role(one.roles[root]) for one in direct}
        roles.grant(_uuid(row), users=users, groups=world.carriers)


def _tokens(world: World) -> None:
    """A token of each, noted as used in the far future, so that no request notes its use again."""
    elsewhere = world.lab.add("project")["id"]
    roles.grant(_uuid(elsewhere), users={world.users["owner"].pk: Role.OWNER})
    limits = LIMITS | {
        "bound here": {"project_id": _uuid(world.rows["project"])},
        "bound elsewhere": {"project_id": _uuid(elsewhere)},
    }
    for person in PEOPLE:
        if person.token == "none":
            world.tokens[person.name] = None
            continue
        user = world.users[person.whose]
        world.tokens[person.name] = tokens.create_personal(user, name="test", **limits.get(person.token, {})).raw
        if person.token == "dead":
            user.is_active = False
            user.save()
    Token.objects.update(last_used_at=timezone.now() + dt.timedelta(days=1))


def _uuid(text: Any) -> Any:
    return specs()["stem.Project"].parse_id(text)


def _proposals(world: World) -> None:
    author = Person(world.users[AUTHOR])
    for name in CATALOGUES:
        if name != "brainregion":
            made: Mapping[str, Any] = author.make(world.paths[name], **world.lab.payload(name))
            world.rows[f"{name}approval"] = made["id"]


def _histories(world: World) -> None:
    """The beginning of the history of rows that no request wrote."""
    for spec in specs().values():
        record = spec.model._default_manager.get(pk=world.rows[spec.segment])
        if not Change.objects.filter(model=spec.label, record_id=record.pk).exists():
            note("create", record, viewer=Viewer(Actor(via="command"), ""), before=None, after=snapshot(record))


def _offers(world: World) -> None:
    """An open invitation of each kind, sent by the owner, and a request to join."""
    owner, guest = Person(world.users["owner"]), Person(world.users[INVITEE])
    project, user = f"stem/project/{world.rows['project']}/invite", {"user": guest.user.pk}
    made = {
        "projectmembershipinvitation": owner.post(project, user),
        "projectgroupmembershipinvitation": owner.post(project, {"group": world.lab["visitors"]}),
        "groupmembershipinvitation": owner.post(f"users/group/{world.lab['second crew']}/invite", user),
        "groupmembershiprequest": guest.post(f"users/group/{world.rows['group']}/join"),
    }
    for name, answer in made.items():
        assert answer.status in (200, 201), answer.body
        world.rows[name] = answer.id
