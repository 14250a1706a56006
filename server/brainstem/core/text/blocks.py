"""Long texts as the pieces in which people change them: paragraphs, headings and lists of rich text, lines of others.

Pure. The pieces put together are the text again, character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .html_names import VOID
from .markup import is_markup

_BLOCKS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"})
# A tag of stored markup: it has been written by a parser, and "<" before a letter is nothing else.
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s+[a-zA-Z]+(?:="[^"]*")?)*\s*/?>""")


@dataclass(frozen=True)
class Blocks:
    """The pieces of a stored text, and whether they are markup."""

    parts: tuple[str, ...]
    rich: bool = False

    def joined(self, parts: Sequence[str]) -> str:
        """Some pieces as one text."""
        return ("" if self.rich else "\n").join(parts)


def blocks_of(text: str) -> Blocks:
    """The pieces of a text; none of an empty one."""
    if not text:
        return Blocks(())
    if not is_markup(text):
        return Blocks(tuple(text.split("\n")))
    parts = tuple(_rich(text))
    return Blocks(parts if "".join(parts) == text else (text,), rich=True)


def _rich(text: str) -> Iterator[str]:
    """Elements that stand by themselves, each with the blanks behind it, and what stands between them."""
    cuts = [*_cuts(text), len(text)]
    kept = ""
    for start, end in zip([0, *cuts], cuts, strict=False):
        piece = text[start:end]
        if kept and piece.strip():
            yield kept
            kept = ""
        kept += piece
    if kept:
        yield kept


def _cuts(text: str) -> list[int]:
    """Where an element starts or ends that is in no other; nowhere if the tags do not fit together."""
    found: list[int] = []
    open_tags: list[str] = []
    for tag in _TAG.finditer(text):
        name, ends = tag[2].lower(), bool(tag[1])
        stands = name in _BLOCKS and len(open_tags) == int(ends)
        if ends and (not open_tags or open_tags.pop() != name):
            return []
        if stands:
            found += [tag.end()] if ends else [tag.start(), tag.end()] if name in VOID else [tag.start()]
        if not ends and name not in VOID:
            open_tags.append(name)
    return [] if open_tags else found


__all__ = ["Blocks", "blocks_of"]
