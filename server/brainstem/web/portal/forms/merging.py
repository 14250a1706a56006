"""Whether a record moved on since its form was drawn, field by field.

The form carries a digest of what each field showed. With the digest of what the record shows now, and of what came
back, that tells which side changed a field: nobody, one of them, or both. This is the only module that knows what
``_base`` holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

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
    """What a form was drawn from: name of the field -> digest of its texts."""

    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parsed(cls, text: str) -> Base:
        """The base that a form carried; without one, everything counts as unchanged by others."""
        pairs = (part.rpartition(":") for part in text.split())
        return cls({name: digest for name, _, digest in pairs})

    @property
    def text(self) -> str:
        """What the form carries."""
        return " ".join(f"{name}:{digest}" for name, digest in self.digests.items())

    def standing(self, path: Path, node: Node, *, sent: Sent, now: Sent) -> Standing:
        """Who changed a field, given what came back and what the record would show now."""
        mine, theirs = node.digest(sent), node.digest(now)
        before = self.digests.get(".".join(path), theirs)
        if not sent.is_there or mine == before:
            return Standing.SAME if theirs == before else Standing.THEIRS
        return Standing.MINE if theirs in (before, mine) else Standing.BOTH


def base_of(form: Form, values: Mapping[str, object]) -> Base:
    """The base of a form that is drawn from these values."""
    digests = {}
    for path, node in form.units():
        if not isinstance(node, Entries):
            digests[".".join(path)] = node.digest(node.draw(value_at(values, path)))
    return Base(digests)


def value_at(values: object, path: Path) -> object:
    """The value below these keys, or ``ABSENT``."""
    for key in path:
        values = values.get(key, ABSENT) if isinstance(values, dict) else ABSENT
    return values
