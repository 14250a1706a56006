"""Paragraphs that two people changed: asked about one by one, while the rest of their text is merged.

The control holds the merged text, with the person's own paragraphs where a question is open. The form carries each
question along (``_part``), so that a side can be taken without looking back: the paragraph that the control holds is
replaced by that of the other side. If it is not there any more, the person has gone on writing, and their words count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import strip_tags

from brainstem.core.text.blocks import Blocks, blocks_of
from brainstem.core.text.markup import sanitise
from brainstem.core.write.merging_texts import TextClash

from .description import Form
from .sent import Sent, one

TAKE, PART, THEIRS = "_take", "_part", "theirs"
MOST = 200  # questions of one text
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Part:
    """One question: the paragraphs as they were, theirs, and those of the person with the form.

    ``more`` tells that others of their paragraphs were merged without asking.
    """

    name: str
    before: str
    theirs: str
    mine: str
    more: bool = False

    @property
    def held(self) -> str:
        """What the control holds until it is answered: never nothing, or the place would not be found again."""
        return self.mine or self.theirs

    @property
    def text(self) -> str:
        """What the form carries."""
        return json.dumps([self.before, self.theirs, self.mine, self.more], ensure_ascii=False)

    @classmethod
    def parsed(cls, name: str, text: str) -> Part | None:
        """A question as the form carried it; None if it is none."""
        try:
            before, theirs, mine, more = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            return None
        if not (isinstance(before, str) and isinstance(theirs, str) and isinstance(mine, str)):
            return None
        return cls(name, before, theirs, mine, bool(more))


def parts_of(clash: TextClash) -> list[Part]:
    """The questions about a text."""
    join, more = clash.blocks.joined, clash.has_more
    return [Part(asked.name, join(asked.base), join(asked.theirs), join(asked.mine), more) for asked in clash.asked]


def open_parts(sent: Sent, path: Sequence[str]) -> Iterator[Part]:
    """The questions that a form carries about a text, as far as they are not answered by going on writing."""
    carried = sent.at(PART, *path).parts
    text = _stored(sent.at(*path).text) if carried else ""
    for name, kept in list(carried.items())[:MOST]:
        part = Part.parsed(name, kept.text)
        if part is not None and part.theirs != part.mine and _place(blocks_of(text), part.held) is not None:
            yield part


def answered(form: Form, sent: Sent) -> Sent:
    """What a form sends, with the sides of paragraphs that were chosen in its texts."""
    if not sent.at(PART).is_there:
        return sent
    parts = dict(sent.parts)
    for path, _ in form.units():
        if len(path) == 1 and sent.at(PART, *path).parts:
            parts[path[0]] = one(_answered(sent, path))
    return Sent(sent.texts, parts)


def _answered(sent: Sent, path: Sequence[str]) -> str:
    text = sent.at(*path).text
    for part in open_parts(sent, path):
        chosen = part.theirs if sent.at(TAKE, *path, part.name).text == THEIRS else part.mine
        if chosen == part.held:
            continue
        blocks = blocks_of(_stored(text))
        place = _place(blocks, part.held)
        if place is not None:
            start, end = place
            text = blocks.joined([*blocks.parts[:start], *blocks_of(chosen).parts, *blocks.parts[end:]])
    return text


def _stored(text: str) -> str:
    """A text as it would be stored; an editor may write the same paragraph in another way."""
    try:
        return sanitise(text)
    except ValueError:  # Longer than any text that is kept: it is refused, and nothing in it replaced.
        return text


def _place(blocks: Blocks, held: str) -> tuple[int, int] | None:
    """Where paragraphs stand in a text, by their words."""
    wanted = [_words(piece) for piece in blocks_of(held).parts]
    found = [_words(piece) for piece in blocks.parts]
    for start in range(len(found) - len(wanted) + 1):
        if found[start : start + len(wanted)] == wanted:
            return start, start + len(wanted)
    return None


def _words(piece: str) -> str:
    return _BLANKS.sub(" ", strip_tags(piece)).strip()


__all__ = ["PART", "TAKE", "THEIRS", "Part", "answered", "open_parts", "parts_of"]
