"""Entity tags (RFC 9110): those of our responses, and the lists of them that callers send. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from brainstem.core.errors import Invalid
from brainstem.core.text.shown import shown

ANY = "*"
DIGEST_BYTES = 10
_TAG = re.compile(r'[\s,]*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"(?=[\s,]|$)')
MOST_TAGS = 100


@dataclass(frozen=True)
class Tags:
    """What a header lists: opaque tags without their quotes, the weak ones apart; or, with ``any``, every tag."""

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    any: bool = False

    def match(self, tag: str) -> bool:
        """Whether a tag of ours is among them, compared strongly: as writes are."""
        return self.any or opaque(tag) in self.strong

    def have(self, tag: str) -> bool:
        """Whether a tag of ours is among them, compared weakly: as reads are."""
        return self.any or opaque(tag) in self.strong or opaque(tag) in self.weak

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that the strong ones name: what comes before the digest."""
        return tuple(one.partition("-")[0] for one in self.strong)


def parsed(header: str, name: str) -> Tags:
    """The tags in the header ``name``; none if it is empty, which is a list too (RFC 9110, section 5.6.1).

    Raises
    ------
    Invalid
        If it is neither a list of tags nor ``*``.
    """
    if header.strip() == ANY:
        return Tags(any=True)
    strong: list[str] = []
    weak: list[str] = []
    at = 0
    while match := _TAG.match(header, at):
        (weak if match[1] else strong).append(match[2])
        at = match.end()
    if header[at:].strip(" \t,") or len(strong + weak) > MOST_TAGS:
        raise Invalid.at(
            name, f'Expected * or ETags in quotes, as responses have them, such as "1234-0a1b2c", got {shown(header)}.'
        )
    return Tags(tuple(strong), tuple(weak))


def opaque(tag: str) -> str:
    """A tag without quotes and without the mark of weak ones."""
    return tag.removeprefix("W/").strip('"')


class Digest:
    """The digest of a body that is made piece by piece."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES)

    def add(self, piece: bytes) -> None:
        """Continue with a piece of the body."""
        self._hash.update(piece)

    def tag(self, version: str = "") -> str:
        """The ETag of a record's response, which begins with its version; of other responses a weak one."""
        return f'"{version}-{self._hash.hexdigest()}"' if version else f'W/"{self._hash.hexdigest()}"'


__all__ = ["ANY", "Digest", "Tags", "opaque", "parsed"]
