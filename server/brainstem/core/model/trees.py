"""The trees along which roles are inherited, as data.

A model declares its place once. Code that needs to know about it asks the tree; no other module checks which tree it
is. What needs SQL or rows is kept per class in one table each: :mod:`brainstem.core.access.scope` turns the place
into conditions, :mod:`brainstem.core.sharing.explain` says who can see a row, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

# States in which a proposal can still be amended and decided.
OPEN_STATES = ("Pending", "Revision requested")


class Role(IntEnum):
    """Level of a person in a project, a group or a personal attribute; each implies those below it."""

    MEMBER = 1
    CONTRIBUTOR = 2
    MANAGER = 3
    OWNER = 4


@dataclass(frozen=True)
class Tree:
    """Where the rows of a model get their permissions from.

    The defaults describe a row that stands alone; each tree overrides what differs.
    """

    # Rows carry an audience: they belong to projects, by their own links or by those of the row above.
    in_projects: ClassVar[bool] = False
    # Who sees the row above sees the row: the relation to it needs no check of its own.
    follows_above: ClassVar[bool] = False
    # Roles are held on the row itself, and its keys say who holds them.
    holds_roles: ClassVar[bool] = False
    # Those roles are memberships of a group, and not grants.
    keeps_members: ClassVar[bool] = False
    # Rows are people, who speak for themselves, and whose names are known to more than may read them.
    is_people: ClassVar[bool] = False
    # Rows propose entries of a catalogue.
    keeps_proposals: ClassVar[bool] = False
    # Whoever is signed in sees every row.
    for_everyone: ClassVar[bool] = False
    # The role that deleting a row takes; None for that which changing it takes.
    delete_level: ClassVar[Role | None] = Role.OWNER
    # The role that asking who sees a row takes; None where everybody may who sees it.
    ask_level: ClassVar[Role | None] = None

    @property
    def lists(self) -> str:
        """Relation to the projects that a row is in; empty where it names none itself."""
        return ""

    @property
    def above(self) -> str:
        """Relation to the one row that a row belongs to; empty where there is none."""
        return ""

    @property
    def place(self) -> str:
        """The key that says where a new row goes, below which its writer needs a role; empty where it goes nowhere."""
        return self.lists or self.above

    @property
    def is_root(self) -> bool:
        """Whether grants are held on the rows themselves: projects and personal attributes."""
        return self.holds_roles and not self.keeps_members

    @property
    def is_project(self) -> bool:
        """Whether the rows are projects."""
        return False

    @property
    def published(self) -> bool:
        """Whether a public project shows the row: the project itself, and what is in it."""
        return self.in_projects

    @property
    def change_level(self) -> Role | None:
        """The role that changing a row's data takes, where some of its keys take another."""
        return None

    @property
    def offer(self) -> Joining | None:
        """The sides of an offer of membership, where the rows are such."""
        return None

    def level_above(self, above: Tree) -> Role | None:
        """The role on the row above that writing a row takes; None for that which changing the row above takes."""
        return Role.CONTRIBUTOR if above.is_root else None

    def may_add(self, *, admin: bool) -> bool:
        """Whether somebody may add rows at all; where they may put one is asked of its place."""
        return True


@dataclass(frozen=True)
class Root(Tree):
    """Roles are held on the row itself: a project or a personal attribute.

    ``change`` is the level that may change it; deleting takes an owner.
    """

    project: bool = False
    change: Role = Role.CONTRIBUTOR

    holds_roles: ClassVar[bool] = True
    ask_level: ClassVar[Role | None] = Role.MANAGER

    @property
    def is_project(self) -> bool:
        return self.project

    @property
    def published(self) -> bool:
        return self.project

    @property
    def change_level(self) -> Role:
        return self.change


@dataclass(frozen=True)
class InProjects(Tree):
    """The row lists its projects (``via`` a many-to-many) or names one (``via`` a foreign key)."""

    via: str = "projects"

    in_projects: ClassVar[bool] = True
    delete_level: ClassVar[Role | None] = None
    ask_level: ClassVar[Role | None] = Role.MANAGER

    @property
    def lists(self) -> str:
        return self.via


@dataclass(frozen=True)
class Under(Tree):
    """The row belongs to another row of the project tree and shares its audience."""

    parent: str
    public: bool = True

    in_projects: ClassVar[bool] = True
    follows_above: ClassVar[bool] = True
    delete_level: ClassVar[Role | None] = None
    ask_level: ClassVar[Role | None] = Role.MANAGER

    @property
    def above(self) -> str:
        return self.parent

    @property
    def published(self) -> bool:
        return self.public


@dataclass(frozen=True)
class UnderAttribute(Tree):
    """The row is a child of a personal attribute and shares its roles."""

    parent: str

    follows_above: ClassVar[bool] = True
    delete_level: ClassVar[Role | None] = None
    ask_level: ClassVar[Role | None] = Role.MANAGER

    @property
    def above(self) -> str:
        return self.parent


@dataclass(frozen=True)
class Catalogue(Tree):
    """Shared by everyone: all may read; ``add`` and ``change`` say who may write: "administrator" or "anyone"."""

    add: str = "administrator"
    change: str = "administrator"

    for_everyone: ClassVar[bool] = True
    ask_level: ClassVar[Role | None] = Role.OWNER  # an administrator

    def may_add(self, *, admin: bool) -> bool:
        return admin or self.add == "anyone"


@dataclass(frozen=True)
class Proposals(Tree):
    """Proposals to a catalogue: authors see and amend their own, administrators see all; nobody else sees any."""

    keeps_proposals: ClassVar[bool] = True


@dataclass(frozen=True)
class People(Tree):
    """Accounts: signed-in users see all of them, or those they share something with, and names of record creators.

    The public sees those who contribute to something public.
    """

    is_people: ClassVar[bool] = True
    for_everyone: ClassVar[bool] = True
    ask_level: ClassVar[Role | None] = Role.MANAGER  # oneself, or an administrator

    def may_add(self, *, admin: bool) -> bool:
        return False


@dataclass(frozen=True)
class Groups(Tree):
    """Groups of people: all may read; managers and owners may change, owners may delete."""

    holds_roles: ClassVar[bool] = True
    keeps_members: ClassVar[bool] = True
    for_everyone: ClassVar[bool] = True
    ask_level: ClassVar[Role | None] = Role.MANAGER

    @property
    def change_level(self) -> Role:
        return Role.OWNER


@dataclass(frozen=True)
class OfGroup(Tree):
    """A row that belongs to a group: all may read, the owners of the group may write."""

    parent: str = "group"

    for_everyone: ClassVar[bool] = True
    ask_level: ClassVar[Role | None] = Role.OWNER

    @property
    def above(self) -> str:
        return self.parent

    def level_above(self, above: Tree) -> Role:
        return Role.OWNER


@dataclass(frozen=True)
class Joining(Tree):
    """A pending membership offer: both sides see it; the side that did not make it responds.

    Parameters
    ----------
    guest : str
        Relation to the joining side: a person, or a group represented by its managers.
    host : str
        Relation to what would be joined: a group or project, represented by its managers.
    flags : tuple of (str, Role)
        Columns for the offered level, highest first; if none is set, it is member.
    asked : bool
        True if the guest asks to join; otherwise the host invites.
    """

    guest: str
    host: str
    flags: tuple[tuple[str, Role], ...] = ()
    asked: bool = False

    @property
    def offer(self) -> Joining:
        return self

    @property
    def sides(self) -> tuple[str, str]:
        """Who would join, and what would be joined."""
        return self.guest, self.host

    @property
    def maker(self) -> str:
        """The side that made the offer and may withdraw it."""
        return self.guest if self.asked else self.host

    @property
    def answerer(self) -> str:
        """The side that accepts or rejects it."""
        return self.host if self.asked else self.guest


@dataclass(frozen=True)
class Nobody(Tree):
    """Rows that are not visible in any portal."""

    def may_add(self, *, admin: bool) -> bool:
        return False
