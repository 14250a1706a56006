"""Controls that choose among records, and files. Pure: which records are offered is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from .leaves import YES, Leaf, text_of
from .nodes import ABSENT, Canonical, Reading
from .sent import Sent

REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class One(Leaf):
    """One record, by its id; ``target`` is the label of its model."""

    kind = "one"

    target: str

    def fits(self, value: object) -> bool:
        """An id, or the address of a person."""
        return isinstance(value, str | int) and not isinstance(value, bool)

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The id."""
        return id_of(texts[-1].strip())


@dataclass(frozen=True, kw_only=True)
class Many(Leaf):
    """Several records, by their ids; in the order of the form if that matters."""

    kind = "many"

    target: str
    ordered: bool = False

    def fits(self, value: object) -> bool:
        """Lists of ids."""
        return isinstance(value, list)

    def draw(self, value: object) -> Sent:
        """The ids, after a hidden control, without which nothing would be sent for none."""
        if value is ABSENT or value is None:
            return Sent([""])
        return Sent(["", *map(text_of, value)]) if isinstance(value, list) else Sent()

    def canonical(self, sent: Sent) -> Canonical:
        """The ids, each once."""
        if sent.texts is None:
            return None
        ids = dict.fromkeys(text.strip() for text in sent.texts if text.strip())
        return list(ids) if self.ordered else sorted(ids)

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:  # noqa: ARG002
        """The ids."""
        ids = dict.fromkeys(text.strip() for text in sent.texts or () if text.strip())
        return [id_of(text) for text in ids] or self.empty

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The ids."""
        return [id_of(text) for text in texts if text]


@dataclass(frozen=True, kw_only=True)
class File(Leaf):
    """A file to upload; the stored one can be removed. The upload itself travels beside the texts."""

    kind = "file"

    accept: str = ""

    def draw(self, value: object) -> Sent:  # noqa: ARG002
        """The box that removes the stored file."""
        return Sent(parts={REMOVE: Sent([""])})

    def canonical(self, sent: Sent) -> Canonical:
        """Whether the file is to be removed."""
        return YES if sent.at(REMOVE).text.strip() else ""

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:  # noqa: ARG002
        """Null removes the file."""
        return None

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """Nothing: a file is no text."""
        return None


def id_of(text: str) -> str | int:
    """An id: integers as such."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else text
