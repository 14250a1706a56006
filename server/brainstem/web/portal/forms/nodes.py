"""The parts of a form, as a tree beside the tree of a value: what draws a value as texts, and reads the texts back.

Reading is the exact inverse of drawing: a control that comes back as it was drawn gives the value that it was drawn
from, whatever its text leaves out. Pure: no database, no request.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Final

from .sent import Sent, table

WAS = "_was"  # hidden control of a row: which row of the stored value it was drawn from


class Absent(Enum):
    """No value at all, which differs from null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
Canonical = Any


@dataclass
class Reading:
    """The errors of a form's texts, by name of the control."""

    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def error(self, name: str, message: str) -> None:
        """Record an error beside a control."""
        self.errors[name].append(message)


@dataclass(frozen=True, kw_only=True)
class Node(ABC):
    """A part of a form.

    ``key`` is its name within the part that it belongs to; ``required`` means that a new record needs it.
    """

    kind: ClassVar[str]

    key: str
    label: str = ""
    help: str = ""
    required: bool = False

    @abstractmethod
    def draw(self, value: object) -> Sent:
        """The controls of a value, with their texts; none if the value has another shape than the part."""

    @abstractmethod
    def canonical(self, sent: Sent) -> Canonical:
        """What the texts say, for comparing them: equal if nothing was typed, however browsers write it."""

    @abstractmethod
    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The value of controls whose texts differ from those of the stored value."""

    def read(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The value that controls were left with.

        Parameters
        ----------
        kept
            The stored value, or ``ABSENT``. It is returned itself if the controls are as it draws them, or missing.
        at : str
            Full name of the control, for errors.
        """
        if not sent.is_there or self.canonical(sent) == self.canonical(self.draw(kept)):
            return kept
        return self.changed(sent, kept, at=at, reading=reading)

    def least(self) -> object:
        """The value of a part in which nothing was typed, if there must be one: a required list is then empty."""
        return ABSENT

    def digest(self, sent: Sent) -> str:
        """A short digest of what the texts say."""
        text = json.dumps(self.canonical(sent), sort_keys=True, default=str)
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Group(Node):
    """An object with known keys; keys that are not known stay as they are."""

    kind = "group"

    parts: tuple[Node, ...]

    def draw(self, value: object) -> Sent:
        """The controls of all parts."""
        if not isinstance(value, dict) and value not in (ABSENT, None):
            return Sent()
        held = value if isinstance(value, dict) else {}
        return Sent(parts={part.key: part.draw(held.get(part.key, ABSENT)) for part in self.parts})

    def canonical(self, sent: Sent) -> Canonical:
        """The parts that say something: nothing is sent for a radio button that nobody pressed."""
        found = {part.key: part.canonical(sent.at(part.key)) for part in self.parts if sent.at(part.key).is_there}
        nothing = self._nothing
        return {key: value for key, value in found.items() if value != nothing[key]}

    @cached_property
    def _nothing(self) -> dict[str, Canonical]:
        return {part.key: part.canonical(part.draw(ABSENT)) for part in self.parts}

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The stored object with what was changed; absent if nothing is left of it."""
        values = dict(kept) if isinstance(kept, dict) else {}
        for part in self.parts:
            before = values.get(part.key, ABSENT)
            after = part.read(sent.at(part.key), before, at=f"{at}.{part.key}", reading=reading)
            if after is ABSENT:
                after = part.least()
            if after is ABSENT:
                values.pop(part.key, None)
            elif after is not before:
                values[part.key] = after
        return values or ABSENT

    def least(self) -> object:
        """The empty lists that must be there."""
        found = {part.key: least for part in self.parts if (least := part.least()) is not ABSENT}
        return found or ABSENT


@dataclass(frozen=True, kw_only=True)
class Rows(Node):
    """A list: a table of objects. ``nothing`` is the value of a table without rows."""

    kind = "rows"

    row: Group
    nothing: object = ABSENT

    def opened(self, value: object) -> list[object] | None:
        """The rows of a value; None if it is no table."""
        if value is ABSENT or value is None:
            return []
        return value if isinstance(value, list) else None

    def closed(self, rows: list[object]) -> object:
        """The value with these rows."""
        return rows or self.nothing

    def draw(self, value: object) -> Sent:
        """The rows, each with the number of the stored one, and a hidden control that stands for the table."""
        rows = self.opened(value)
        return Sent() if rows is None else table(self._drawn_rows(rows))

    def least(self) -> object:
        """A table without rows, if there must be one."""
        return self.nothing if self.required else ABSENT

    def _drawn_rows(self, rows: list[object]) -> Iterator[Sent]:
        for number, row in enumerate(rows):
            drawn = self.row.draw(row)
            yield Sent(parts={WAS: Sent([self.mark(number, row)]), **drawn.parts})

    def mark(self, number: int, row: object) -> str:  # noqa: ARG002
        """What tells the stored row again when the form comes back."""
        return str(number)

    def moved_to(self, sent: Sent, drawn_from: object, stored: object) -> Sent:
        """The controls as ones of another stored value: a row stands for the equal one there, or for none.

        Without this, what no control shows of one row could end up in another one.
        """
        before = {self.mark(number, row): row for number, row in enumerate(self.opened(drawn_from) or [])}
        free = list(enumerate(self.opened(stored) or []))
        parts = dict(sent.parts)
        for key, row in sent.parts.items():
            old = before.get(row.at(WAS).text, ABSENT)
            found = next(((number, one) for number, one in free if one == old), None)
            rest = {name: part for name, part in row.parts.items() if name != WAS}
            if found is not None:
                free.remove(found)
                rest = {WAS: Sent([self.mark(*found)]), **rest}
            parts[key] = Sent(row.texts, rest)
        return Sent(sent.texts, parts)

    def canonical(self, sent: Sent) -> Canonical:
        """The rows that hold something, in order."""
        return [[row.at(WAS).text, self.row.canonical(row)] for row in self.filled(sent)]

    def filled(self, sent: Sent) -> list[Sent]:
        """The rows that were stored, or in which something was typed."""
        return [row for row in sent.rows() if row.at(WAS).text or self.row.canonical(row)]

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The rows in the order of the form; one that was emptied is gone."""
        stored = self.opened(kept) or []
        before = {self.mark(number, row): row for number, row in enumerate(stored)}
        rows = []
        for number, sent_row in enumerate(self.filled(sent)):
            old = before.pop(sent_row.at(WAS).text, ABSENT)
            row = self.row.read(sent_row, old, at=f"{at}.{number}", reading=reading)
            if row is not ABSENT:
                rows.append(row)
        return self.closed(rows)
