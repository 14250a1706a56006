"""The trees along which roles are inherited, as data.

A model names its place once; :mod:`brainstem.core.access.scope` turns the place into SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

# What a proposal can still be amended in, and decided from.
OPEN_STATES = ("Pending", "Revision requested")


class Role(IntEnum):
    """Level of a person in a project, a group or a personal attribute; each implies those below it."""

    MEMBER = 1
    CONTRIBUTOR = 2
    MANAGER = 3
    OWNER = 4


@dataclass(frozen=True)
class Tree:
    """Where a model's rows take their permissions from."""


@dataclass(frozen=True)
class Root(Tree):
    """The row itself is what roles are held on: a project, or a personal attribute.

    ``change`` is the level that may change it; deleting takes an owner.
    """

    project: bool = False
    change: Role = Role.CONTRIBUTOR


@dataclass(frozen=True)
class InProjects(Tree):
    """The row lists its projects (``via`` a many-to-many) or names one (``via`` a foreign key)."""

    via: str = "projects"


@dataclass(frozen=True)
class Under(Tree):
    """The row belongs to another row of the project tree and shares its audience."""

    parent: str
    public: bool = True


@dataclass(frozen=True)
class UnderAttribute(Tree):
    """The row belongs to a personal attribute and shares its roles."""

    parent: str


@dataclass(frozen=True)
class Catalogue(Tree):
    """Shared by everyone: all may read; ``add`` and ``change`` say who writes: "administrator" or "anyone"."""

    add: str = "administrator"
    change: str = "administrator"


@dataclass(frozen=True)
class Proposals(Tree):
    """Proposals to a catalogue: their author sees and amends them, administrators see all; nobody else any."""


@dataclass(frozen=True)
class People(Tree):
    """Accounts: signed-in people see all, or those they share something with, and the name of whoever made a record.

    The public sees those who contribute to something public.
    """


@dataclass(frozen=True)
class Groups(Tree):
    """Groups of people: all may read; managers and owners change, owners delete."""


@dataclass(frozen=True)
class OfGroup(Tree):
    """A row that belongs to a group: all may read, the owners of the group write."""

    parent: str = "group"


@dataclass(frozen=True)
class Joining(Tree):
    """An open offer of membership: the two sides see it; the one that did not make it answers.

    Parameters
    ----------
    guest : str
        Relation to who would join: a person, or a group whose managers speak for it.
    host : str
        Relation to what would be joined: a group or a project, whose managers speak for it.
    flags : tuple of (str, Role)
        Columns that name the offered level, the highest first; none set is a member.
    asked : bool
        The guest asks to join; otherwise the host invites.
    """

    guest: str
    host: str
    flags: tuple[tuple[str, Role], ...] = ()
    asked: bool = False

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
    """Rows that no portal shows."""
