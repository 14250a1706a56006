"""Three-way merges: what two writers made of the same value, put together. Pure.

Every function takes the value as both have read it (``base``), as one of them has changed it since (``theirs``), and as
the other one wants it (``mine``), all as JSON. What only one of them changed is kept, whoever it was. Where both
changed the same thing to different values there is a :class:`Clash`; the merged value then holds theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

H = TypeVar("H", bound=Hashable)


class Absent:
    """The value of a key that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Clash:
    """The three values of something that both writers changed, differently; ``ABSENT`` where one removed it."""

    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True)
class Merge:
    """A merged value, and the clashes in it by their place: a key, keys with dots between, or empty for all of it."""

    value: Any
    clashes: Mapping[str, Clash] = field(default_factory=dict)


def same(one: object, other: object) -> bool:
    """Whether two JSON values are equal; unlike in Python, 1 is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def whole(base: object, theirs: object, mine: object) -> Merge:
    """A value that is changed as a whole: text, a number, a reference."""
    if same(mine, base) or same(mine, theirs):
        return Merge(theirs)
    if same(theirs, base):
        return Merge(mine)
    return Merge(theirs, {"": Clash(base, theirs, mine)})


def elements(base: Iterable[H], theirs: Iterable[H], mine: Iterable[H]) -> list[H]:
    """A list without an order of its own, such as tags: what either removed is gone, what either added is there."""
    old, wanted, now = set(base), list(mine), list(theirs)
    gone = old - set(wanted)
    kept = [one for one in now if one not in gone]
    held = {*now, *old}
    return kept + list(dict.fromkeys(one for one in wanted if one not in held))


def ordered(base: Sequence[H], theirs: Sequence[H], mine: Sequence[H]) -> Merge:
    """A list in an order, of elements that are there once; it clashes only if both moved elements, differently.

    The order is that of the one who moved elements. What the other one added follows what it followed there.
    """
    if same([*mine], [*base]) or same([*mine], [*theirs]):
        return Merge([*theirs])
    if same([*theirs], [*base]):
        return Merge([*mine])
    moved_by_me, moved_by_them = _moved(base, mine), _moved(base, theirs)
    if moved_by_me and moved_by_them and not _alike(theirs, mine):
        return Merge([*theirs], {"": Clash([*base], [*theirs], [*mine])})
    first, second = (mine, theirs) if moved_by_me else (theirs, mine)
    gone = set(base) - set(second)
    found = [one for one in first if one not in gone]
    for at, one in enumerate(second):
        if one not in found and one not in base:
            found.insert(_place(found, second[:at]), one)
    return Merge(found)


def _moved(base: Sequence[H], other: Sequence[H]) -> bool:
    """Whether elements that are in both lists are in another order."""
    return not _alike(base, other)


def _alike(one: Sequence[H], other: Sequence[H]) -> bool:
    both = set(one) & set(other)
    return [x for x in one if x in both] == [x for x in other if x in both]


def _place(found: Sequence[H], before: Sequence[H]) -> int:
    """Where an element goes: behind the nearest of those before it that is there, else to the start."""
    return next((found.index(one) + 1 for one in reversed(before) if one in found), 0)


def by_key(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merge:
    """An object whose keys are changed one by one, such as extra fields."""
    found: dict[str, Any] = {}
    clashes: dict[str, Clash] = {}
    for key in dict.fromkeys([*theirs, *mine]):
        merged = whole(*(one.get(key, ABSENT) for one in (base, theirs, mine)))
        if merged.value is not ABSENT:
            found[key] = merged.value
        if merged.clashes:
            clashes[key] = merged.clashes[""]
    return Merge(found, clashes)


Rows = Sequence[Mapping[str, Any]]


def rows(base: Rows, theirs: Rows, mine: Rows, *, name: Callable[[Mapping[str, Any]], str]) -> Merge:
    """A list of objects that each have a name, such as the entries of a log, which are merged by their keys.

    What one of them removed and the other one changed clashes.
    """
    named = [{name(row): row for row in one} for one in (base, theirs, mine)]
    found: dict[str, Any] = {}
    clashes: dict[str, Clash] = {}
    for key in dict.fromkeys([*named[1], *named[2]]):
        old, now, wanted = (one.get(key, ABSENT) for one in named)
        merged = _row(old, now, wanted)
        if merged.value is not ABSENT:
            found[key] = merged.value
        clashes |= {f"{key}.{place}" if place else key: clash for place, clash in merged.clashes.items()}
    return Merge([*found.values()], clashes)


def _row(base: Any, theirs: Any, mine: Any) -> Merge:
    there = isinstance(theirs, Mapping) and isinstance(mine, Mapping)
    if there and not same(theirs, mine):
        # Of an entry that both added, nothing is known of what it was before.
        return by_key(base if isinstance(base, Mapping) else {}, theirs, mine)
    return whole(base, theirs, mine)


__all__ = ["ABSENT", "Clash", "Merge", "by_key", "elements", "ordered", "rows", "same", "whole"]
