"""Three-way merges of long texts, piece by piece: paragraphs of rich text, lines of others. Pure.

What only one of two people changed is kept. A piece that both changed, or that one changed and the other removed, is a
clash, which is told with the pieces of both. Pieces that both added at the same place are all kept, theirs first: with
nothing there before, neither has changed anything of the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ..text.blocks import Blocks, blocks_of
from .merging import Clash, Merge, whole

Pieces = tuple[str, ...]
MOST_PIECES = 300  # that are compared: beyond, a text is merged as a whole


@dataclass(frozen=True)
class Stretch:
    """Neighbouring pieces as they were, and as both people have them. ``alone`` means that there was no text at all."""

    base: Pieces
    theirs: Pieces
    mine: Pieces
    alone: bool = False

    @property
    def clashes(self) -> bool:
        """Whether somebody has to say which side is right."""
        differ = self.mine not in (self.base, self.theirs) and self.theirs != self.base
        return differ and bool(self.base or self.alone)

    @property
    def merged(self) -> Pieces:
        """The pieces that need no question."""
        if self.mine in (self.base, self.theirs):
            return self.theirs
        if self.theirs == self.base:
            return self.mine
        return self.theirs + tuple(one for one in self.mine if one not in self.theirs)

    @property
    def shown(self) -> Pieces:
        """What somebody goes on with until the question is answered: their own, or theirs if they have none."""
        return (self.mine or self.theirs) if self.clashes else self.merged

    @property
    def name(self) -> str:
        """Tells it apart from others."""
        text = "\0".join(["\1".join(one) for one in (self.base, self.theirs, self.mine)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_NOTHING = Stretch((), (), ())


@dataclass(frozen=True)
class TextClash(Clash):
    """A text of which both writers changed the same pieces."""

    stretches: tuple[Stretch, ...] = ()
    blocks: Blocks = field(default_factory=lambda: Blocks(()))

    @property
    def asked(self) -> list[Stretch]:
        """The pieces that both changed."""
        return [one for one in self.stretches if one.clashes]

    @property
    def shown(self) -> str:
        """The text with everything that could be merged."""
        return self.blocks.joined([piece for one in self.stretches for piece in one.shown])

    @property
    def has_more(self) -> bool:
        """Whether the other one also changed pieces that are no question."""
        return any(not one.clashes and one.theirs != one.base for one in self.stretches)


def text(base: object, theirs: object, mine: object) -> Merge:
    """A text; as a whole where it is one piece, or cannot be told piece by piece."""
    found = whole(base, theirs, mine)
    if not found.clashes or not (isinstance(base, str) and isinstance(theirs, str) and isinstance(mine, str)):
        return found
    cut = [blocks_of(one) for one in (base, theirs, mine)]
    if len({one.rich for one in cut if one.parts}) != 1:
        return found
    blocks = next(one for one in cut if one.parts)
    stretches = _stretches(*(one.parts for one in cut))
    if stretches is None or len([one for one in stretches if one != _NOTHING]) < 2:
        return found
    if any(one.clashes for one in stretches):
        return Merge(theirs, {"": TextClash(base, theirs, mine, tuple(stretches), blocks)})
    return Merge(blocks.joined([piece for one in stretches for piece in one.merged]))


# -- what became of which pieces --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """The pieces from ``start`` to ``end`` of the base became these."""

    start: int
    end: int
    pieces: Pieces
    is_mine: bool

    def meets(self, start: int, end: int) -> bool:
        """Whether it concerns pieces of a range that starts no later, or adds some at the same place or inside."""
        if start == end or self.start == self.end:
            return start < self.start < end or start == end == self.start == self.end
        return self.start < end


def _stretches(base: Pieces, theirs: Pieces, mine: Pieces) -> list[Stretch] | None:
    changes = [_changes(base, theirs, is_mine=False), _changes(base, mine, is_mine=True)]
    if changes[0] is None or changes[1] is None:
        return None
    found: list[Stretch] = []
    at = 0
    for start, end, group in _groups([*changes[0], *changes[1]]):
        found.append(_same(base[at:start]))
        sides = [_side(base[start:end], start, [one for one in group if one.is_mine is mine]) for mine in (False, True)]
        found.append(Stretch(base[start:end], sides[0], sides[1], alone=not base))
        at = end
    return [*found, _same(base[at:])]


def _same(pieces: Pieces) -> Stretch:
    return Stretch(pieces, pieces, pieces)


def _groups(changes: list[_Change]) -> Iterator[tuple[int, int, list[_Change]]]:
    """Changes that concern the same pieces, in the order of the text."""
    ordered = sorted(changes, key=lambda one: (one.start, one.end))
    group: list[_Change] = []
    start = end = 0
    for one in ordered:
        if group and not one.meets(start, end):
            yield start, end, group
            group = []
        start, end = (start, max(end, one.end)) if group else (one.start, one.end)
        group.append(one)
    if group:
        yield start, end, group


def _side(base: Pieces, start: int, changes: list[_Change]) -> Pieces:
    """What one person made of a range of pieces."""
    found: list[str] = []
    at = 0
    for one in changes:
        found += [*base[at : one.start - start], *one.pieces]
        at = one.end - start
    return (*found, *base[at:])


def _changes(base: Pieces, other: Pieces, *, is_mine: bool) -> list[_Change] | None:
    """What became of pieces; one by one where as many came as went. None if they are too many to compare."""
    first = _alike(base, other)
    last = _alike(base[first:][::-1], other[first:][::-1])
    old, new = base[first : len(base) - last], other[first : len(other) - last]
    if max(len(old), len(new)) > MOST_PIECES:
        return None
    found: list[_Change] = []
    for what, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        if j - i == n - m:
            found += [_Change(first + i + at, first + i + at + 1, (new[m + at],), is_mine) for at in range(j - i)]
        else:
            found.append(_Change(first + i, first + j, new[m:n], is_mine))
    return found


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))


__all__ = ["Stretch", "TextClash", "text"]
