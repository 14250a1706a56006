"""What a form was drawn from: the version of the record, and digests of what no version tells.

Lists that other records keep, and groups that may edit, are not part of a version. For those the form carries a digest
of what it showed, which tells whether its own side or the other one changed them: nobody, one of both, or both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from brainstem.core.history.wire import state_key
from brainstem.core.model.registry import Spec

from .description import Entries, Form
from .nodes import ABSENT, Node
from .sent import Sent

Path = tuple[str, ...]


class Standing(Enum):
    """Who changed a field."""

    SAME = "nobody"
    MINE = "the person with the form"
    THEIRS = "somebody else meanwhile"
    BOTH = "both, to different values"


@dataclass(frozen=True)
class Base:
    """What a form was drawn from: the version of the record, and name of a field -> digest of its texts."""

    version: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parsed(cls, text: str) -> Base:
        """The base that a form carried; without one, everything counts as unchanged by others."""
        version, *rest = text.split() or [""]
        pairs = (part.rpartition(":") for part in rest)
        return cls(version, {name: digest for name, _, digest in pairs})

    @property
    def text(self) -> str:
        """What the form carries."""
        return " ".join([self.version, *(f"{name}:{digest}" for name, digest in self.digests.items())])

    def standing(self, path: Path, node: Node, *, sent: Sent, now: Sent) -> Standing:
        """Who changed a field, given what came back and what the record would show now."""
        mine, theirs = node.digest(sent), node.digest(now)
        before = self.digests.get(".".join(path), theirs)
        if not sent.is_there or mine == before:
            return Standing.SAME if theirs == before else Standing.THEIRS
        return Standing.MINE if theirs in (before, mine) else Standing.BOTH


def base_of(form: Form, values: Mapping[str, object], version: str) -> Base:
    """The base of a form that is drawn from these values of a record."""
    untold = [(path, node) for path, node in form.units() if not tells(form.spec, path[0])]
    found = {
        ".".join(path): node.digest(node.draw(value_at(values, path)))
        for path, node in untold
        if not isinstance(node, Entries)
    }
    return Base(version, found)


def tells(spec: Spec, key: str) -> bool:
    """Whether the history tells what a key was at a version."""
    return key not in spec.computed and state_key(spec, key) != ""


def value_at(values: object, path: Path) -> object:
    """The value below these keys, or ``ABSENT``."""
    for key in path:
        values = values.get(key, ABSENT) if isinstance(values, dict) else ABSENT
    return values
