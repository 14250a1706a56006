"""What a form sends: texts under dotted names, as a tree. Pure: no Django, no model.

``details.volume=12`` and ``details.volume.unit=nL`` become a node ``details`` with a part ``volume``, which holds a
text and a part ``unit``. A form is drawn from such a tree, and a browser sends one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 12


@dataclass
class Sent:
    """The texts of one control, and the controls below its name; ``texts`` is None if there is no such control."""

    texts: list[str] | None = None
    parts: dict[str, Sent] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The last text, as browsers send check boxes after the hidden control of the same name; else empty."""
        return self.texts[-1] if self.texts else ""

    @property
    def is_there(self) -> bool:
        """Whether a control of this name, or below it, was drawn or sent."""
        return self.texts is not None or any(part.is_there for part in self.parts.values())

    def at(self, *keys: str) -> Sent:
        """What was sent below these names; nothing if there is none."""
        found = self
        for key in keys:
            found = found.parts.get(key, NOTHING)
        return found

    def rows(self) -> list[Sent]:
        """The rows of a table, in the order of the page: numbers only tell rows apart."""
        return [part for key, part in self.parts.items() if key.isdecimal()]

    def pairs(self, name: str = "") -> Iterator[tuple[str, str]]:
        """Names and texts, as a browser would send them."""
        for text in self.texts or ():
            yield name, text
        for key, part in self.parts.items():
            yield from part.pairs(f"{name}.{key}" if name else key)


NOTHING = Sent()


def one(text: str) -> Sent:
    """A control with one text."""
    return Sent([text])


def table(rows: Iterable[Sent], mark: str = "") -> Sent:
    """The rows of a table, with the hidden control by which an empty one differs from none."""
    return Sent([mark], {str(number): row for number, row in enumerate(rows)})


def tree_of(pairs: Iterable[tuple[str, list[str]]]) -> Sent:
    """The tree of names and their texts; line breaks are those of Unix, as they were before a browser sent them."""
    root = Sent()
    for name, texts in pairs:
        keys = name.split(".", MAX_DEPTH)
        at = root
        for key in keys:
            at = at.parts.setdefault(key, Sent())
        at.texts = [plain_breaks(text) for text in texts]
    return root


def plain_breaks(text: str) -> str:
    """The text with the line breaks of Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
