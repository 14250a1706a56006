"""How two versions of a text differ, as pieces to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
MOST_COMPARED = 1500  # words between the first and the last difference; longer ones are shown one after the other
LONGEST = 3000  # characters of a piece that went or came
AROUND = 8  # words that stay around a difference
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: str
    text: str

    @property
    def words(self) -> str:
        """The text without the blanks that follow it, which are not marked."""
        return self.text.rstrip()

    @property
    def gap(self) -> str:
        """These blanks."""
        return self.text[len(self.words) :]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The differences between two texts, word by word, each with a few words around it."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    found = [(SAME, old[:start]), *_middle(middle_old, middle_new), (SAME, old[len(old) - end :])]
    shown = [(kind, words) for kind, words in found if words]
    return tuple(
        Piece(kind, _shortened(words, first=not at, last=at == len(shown) - 1) if kind == SAME else _cut(words))
        for at, (kind, words) in enumerate(shown)
    )


def _alike(old: list[str], new: list[str]) -> int:
    return next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )


def _middle(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str]]]:
    if max(len(old), len(new)) > MOST_COMPARED:
        yield from ((GONE, old), (NEW, new))
        return
    for what, i, j, m, n in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield SAME, old[i:j]
        else:
            yield from ((GONE, old[i:j]), (NEW, new[m:n]))


def _shortened(words: list[str], *, first: bool, last: bool) -> str:
    """What stayed, without its middle; at the ends of the text only what is next to a difference."""
    if len(words) <= 2 * AROUND + 4:
        return "".join(words)
    start = "" if first else "".join(words[:AROUND])
    end = "" if last else "".join(words[-AROUND:])
    return f"{start}… {end}"


def _cut(words: list[str]) -> str:
    text = "".join(words)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


__all__ = ["GONE", "NEW", "SAME", "Piece", "pieces"]
