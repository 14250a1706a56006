"""Controls for lists: boxes, several texts, numbers or words in one control. Pure: no database, no request."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from .leaves import Leaf, Option, number, option_value, text_of, whole
from .nodes import ABSENT, Canonical, Reading
from .sent import Sent, plain_breaks

_LIST_ENDS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, kw_only=True)
class Several(Leaf):
    """Single values, one control each."""

    def fits(self, value: object) -> bool:
        """Lists of single values."""
        return isinstance(value, list) and all(isinstance(item, str | int | float) for item in value)

    def draw(self, value: object) -> Sent:
        """The text of each value, after that of a hidden control: without one nothing would be sent for no values."""
        if value is ABSENT or value is None:
            return Sent([""])
        return Sent(["", *map(text_of, value)]) if isinstance(value, list) and self.fits(value) else Sent()


@dataclass(frozen=True, kw_only=True)
class Choices(Several):
    """Several of some values, as check boxes."""

    kind = "choices"

    options: tuple[Option, ...] = ()

    def canonical(self, sent: Sent) -> Canonical:
        """The ticked ones, in any order."""
        return None if sent.texts is None else sorted(plain_breaks(text) for text in sent.texts if text)

    def parsed(self, texts: list[str], kept: object) -> object:
        """What was ticked before in its order, then what was added in that of the options."""
        wanted = dict.fromkeys(text for text in texts if text)
        before = _by_text(kept)
        stay = [item for text, item in before.items() if text in wanted]
        return stay + [option_value(self.options, text) for text in wanted if text not in before]


@dataclass(frozen=True, kw_only=True)
class Texts(Several):
    """A list of texts, one control each."""

    kind = "texts"

    def canonical(self, sent: Sent) -> Canonical:
        """The texts that are not empty, in order."""
        return None if sent.texts is None else [plain_breaks(text) for text in sent.texts if text]

    def parsed(self, texts: list[str], kept: object) -> object:
        """The texts; those that were there before keep their type."""
        before = _by_text(kept)
        return [before.get(text, text) for text in texts if text.strip()]


def _by_text(values: object) -> dict[str, object]:
    """Stored values by what browsers send for them."""
    return {plain_breaks(text_of(item)): item for item in values} if isinstance(values, list) else {}


@dataclass(frozen=True, kw_only=True)
class Numbers(Leaf):
    """A list of numbers in one control: ``1, 2, 3``."""

    kind = "numbers"

    whole: bool = False

    def fits(self, value: object) -> bool:
        """Lists of numbers."""
        return isinstance(value, list) and all(
            isinstance(item, int | float) and not isinstance(item, bool) for item in value
        )

    def texts(self, value: object) -> list[str]:
        """The numbers between commas."""
        return [", ".join(map(text_of, value if isinstance(value, list) else ()))]

    def canonical(self, sent: Sent) -> Canonical:
        """The numbers, however they are separated; several controls are as good as one."""
        return None if sent.texts is None else _LIST_ENDS.sub(" ", " ".join(sent.texts)).split()

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The numbers."""
        words = _LIST_ENDS.sub(" ", " ".join(texts)).split()
        return [whole(word) if self.whole else number(word) for word in words]


@dataclass(frozen=True, kw_only=True)
class Tags(Leaf):
    """Words between commas; one that has a comma itself is quoted."""

    kind = "tags"

    def fits(self, value: object) -> bool:
        """Lists of words."""
        return isinstance(value, list)

    def texts(self, value: object) -> list[str]:
        """The words, quoted where needed."""
        return [", ".join(_quoted(word) for word in (value if isinstance(value, list) else ()))]

    def canonical(self, sent: Sent) -> Canonical:
        """The words, in any order."""
        return None if sent.texts is None else sorted(_words(sent.texts))

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:  # noqa: ARG002
        """The words."""
        return _words(sent.texts or [])

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The words."""
        return _words(texts)


def _quoted(word: object) -> str:
    text = text_of(word)
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _words(texts: list[str]) -> list[str]:
    try:
        rows = list(csv.reader((plain_breaks(text).replace("\n", " ") for text in texts), skipinitialspace=True))
    except csv.Error:  # Longer than any list of tags.
        return texts
    return [word.strip() for row in rows for word in row if word.strip()]
