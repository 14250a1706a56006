"""The trees along which roles are inherited, as data.

A model declares its place once; :mod:`brainstem.core.access.scope` turns it into SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

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
    """Where the rows of a model get their permissions from."""


@dataclass(frozen=True)
class Root(Tree):
    """Roles are held on the row itself: a project or personal attribute.

    ``change`` is the level that may change it; deleting requires an owner.
    """

    project: bool = False
    change: Role = Role.CONTRIBUTOR


@dataclass(frozen=True)
class InProjects(Tree):
    """The row lists its projects (``via`` a many-to-many) or names one (``via`` a foreign key)."""

    via: str = "projects"


@dataclass(frozen=True)
class Under(Tree):
    """The row is a child of another row of the project tree and shares its audience."""

    parent: str
    public: bool = True


@dataclass(frozen=True)
class UnderAttribute(Tree):
    """The row is a child of a personal attribute and shares its roles."""

    parent: str


@dataclass(frozen=True)
class Catalogue(Tree):
    """Shared by everyone: all may read; ``add`` and ``change`` say who may write: "administrator" or "anyone"."""

    add: str = "administrator"
    change: str = "administrator"


@dataclass(frozen=True)
class Proposals(Tree):
    """Proposals to a catalogue: authors see and amend their own, administrators see all; nobody else sees any."""


@dataclass(frozen=True)
class People(Tree):
    """Accounts: signed-in users see all of them, or those they share something with, and names of record creators.

    The public sees those who contribute to something public.
    """


@dataclass(frozen=True)
class Groups(Tree):
    """Groups of people: all may read; managers and owners may change, owners may delete."""


@dataclass(frozen=True)
class OfGroup(Tree):
    """A row that belongs to a group: all may read, the owners of the group may write."""

    parent: str = "group"


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
