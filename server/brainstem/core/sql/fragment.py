"""SQL fragments that carry the positions of their parameters, so that text can be cached and values bound later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Slot = tuple[Any, ...]


@dataclass(frozen=True)
class Sql:
    """SQL text with a ``%s`` for every slot, in order of appearance."""

    text: str
    slots: tuple[Slot, ...] = ()

    def __add__(self, other: Sql | str) -> Sql:
        if isinstance(other, str):
            return Sql(self.text + other, self.slots)
        return Sql(self.text + other.text, self.slots + other.slots)

    def __radd__(self, other: str) -> Sql:
        return Sql(other + self.text, self.slots)

    def __bool__(self) -> bool:
        return bool(self.text)


TRUE = Sql("1=1")
FALSE = Sql("1=0")


def slot(*name: object) -> Sql:
    """A placeholder for a value."""
    return Sql("%s", (name,))


def join(separator: str, parts: Iterable[Sql]) -> Sql:
    """The parts, with a separator between them."""
    found = list(parts)
    text = separator.join(part.text for part in found)
    return Sql(text, tuple(slot for part in found for slot in part.slots))


def all_of(parts: Iterable[Sql]) -> Sql:
    """A condition that holds when every part holds."""
    found = [part for part in parts if part and part != TRUE]
    return join(" AND ", found) if found else TRUE


def any_of(parts: Iterable[Sql]) -> Sql:
    """A condition that holds when some part holds."""
    found = [part for part in parts if part]
    return "(" + join(" OR ", found) + ")" if found else FALSE


def quoted(name: str) -> str:
    """A column or table name in SQL; names come from the declarations, never from a caller."""
    return f'"{name}"'
