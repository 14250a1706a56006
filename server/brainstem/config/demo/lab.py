"""The people of the demo lab, and the order in which it is created."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from brainstem.apps.users.models import Group, Membership
from brainstem.config import catalogue
from brainstem.core.access import roles
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Role
from brainstem.core.sharing import membership

from .attributes import add_attributes
from .build import Builder
from .catalogue import add_catalogue
from .projects import add_private_project, add_public_project

DOMAIN = "example.org"
FIXED_PASSWORD = "demo-{name}-hippocampus"  # noqa: S105 - for DEBUG only, and printed
PEOPLE = (
    ("alice", "Alice", "Andersen", "0000-0002-1825-0097", "owns both projects"),
    ("bob", "Bob", "Baker", "0000-0001-5109-3700", "member of the private project"),
    ("dana", "Dana", "Diaz", "0000-0002-9079-593X", "contributor through the group Hippocampus Lab"),
    ("admin", "Ada", "Ahmadi", "", "administrator"),
)


@dataclass(frozen=True)
class Account:
    """An account of the demo lab."""

    email: str
    password: str
    about: str


def load(*, fixed_passwords: bool) -> list[Account]:
    """Create the demo lab on top of the catalogue, once, in one transaction.

    Parameters
    ----------
    fixed_passwords : bool
        Use guessable passwords, for your own machine; otherwise they are random.

    Returns
    -------
    list of Account
        Who can sign in; empty if the lab already exists.
    """
    if exists():
        return []
    with transaction.atomic():
        catalogue.load()
        accounts = [_account(*about, fixed=fixed_passwords) for about in PEOPLE]
        _build()
    return accounts


def exists() -> bool:
    """Whether the demo lab was loaded."""
    return get_user_model()._default_manager.filter(email=_email("alice")).exists()


def fixed_accounts() -> list[Account]:
    """The accounts that can still sign in with their fixed passwords."""
    found = []
    for name, *_, about in PEOPLE:
        user = get_user_model()._default_manager.filter(email=_email(name), is_active=True).first()
        password = FIXED_PASSWORD.format(name=name)
        if user is not None and user.check_password(password):
            found.append(Account(_email(name), password, about))
    return found


def _email(name: str) -> str:
    return f"{name}@{DOMAIN}"


def _account(name: str, first: str, last: str, orcid: str, about: str, *, fixed: bool) -> Account:
    password = FIXED_PASSWORD.format(name=name) if fixed else secrets.token_urlsafe(12)
    users: Any = get_user_model()._default_manager
    create = users.create_superuser if name == "admin" else users.create_user
    create(email=_email(name), password=password, first_name=first, last_name=last, orcid_id=orcid)
    return Account(_email(name), password, about)


def _build() -> None:
    alice = _viewer("alice")
    lab = Builder(alice)
    groups = _groups(lab)
    chosen = add_catalogue(Builder(_viewer("admin", "super")), publisher=lab)
    attributes = add_attributes(lab, chosen, group=groups[0], holder=int(alice.actor.user_id or 0))
    private = add_private_project(lab, chosen, attributes)
    people = {_email("bob"): {"can_change": False}}
    lab.change("stem.Project", private, users=people, groups={groups[0]: {"can_change": True}})
    public = add_public_project(lab, chosen, attributes)
    credit = [{"user": _email("alice"), "role": "Project leader"}, {"user": _email("dana"), "role": "Data collector"}]
    lab.change("stem.Project", public, groups={groups[0]: {"can_change": True}}, user_roles=credit)
    lab.change("users.User", alice.actor.user_id, active_projects=[private, public])
    _offer(alice, private, public, groups)


def _offer(alice: Viewer, private: str, public: str, groups: tuple[str, str]) -> None:
    """Invitations and a request that are still pending."""
    projects, hosts = specs()["stem.Project"], specs()["users.Group"]
    laboratory = Group.objects.get(name=groups[0]).pk
    welcome = {"email": _email("bob"), "can_change": True, "message": "The recordings need a second pair of hands."}
    membership.invite(projects, public, welcome, viewer=alice)
    membership.invite(projects, private, {"group": groups[1]}, viewer=alice)
    membership.invite(hosts, laboratory, {"email": _email("bob")}, viewer=alice)
    please = {"message": "I look after the server and would like to see the lab's pages."}
    membership.ask(hosts, laboratory, please, viewer=_viewer("admin"))


def _viewer(name: str, portal: str = "private") -> Viewer:
    user: Any = get_user_model()._default_manager.get(email=_email(name))
    return Viewer(Actor(user_id=user.pk, email=user.email, is_admin=user.is_superuser, via="command"), portal)


def _groups(lab: Builder) -> tuple[str, str]:
    """Names of the two groups: the laboratory itself, and a core facility."""
    names = ("Hippocampus Lab", "Imaging Core")
    laboratory, core = (lab.add("users.Group", name=name) for name in names)
    _join(laboratory, alice=Role.OWNER, dana=Role.MEMBER)
    _join(core, alice=Role.OWNER, bob=Role.MANAGER)
    lab.add(
        "users.Laboratory",
        group=laboratory,
        principal_investigators=[_viewer("alice").actor.user_id],
        institution="Example University",
        department="Institute of Neuroscience",
        city="Copenhagen",
        country="Denmark",
        website="https://hippocampus.example.org",
        description="Circuits of memory in the hippocampal formation of freely moving rodents.",
    )
    return names


def _join(group_id: int, **levels: Role) -> None:
    """Add people to a group as if each had accepted an invitation."""
    group = Group.objects.get(pk=group_id)
    for name, level in levels.items():
        user = get_user_model()._default_manager.get(email=_email(name))
        Membership.objects.update_or_create(group=group, user=user, defaults={"level": int(level)})
    roles.flatten_group(group_id)
