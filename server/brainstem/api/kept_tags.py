"""ETags of recent responses, and the moments at which they were right: who has one is told so without reading again.

Each process keeps a few thousand, of fixed size, for a minute: changes that leave no history, such as those made
directly in the database, are noticed then.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from functools import lru_cache
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]

MOST = 2048
LIVES = 60.0  # seconds
# PostgreSQL lists the running transactions in a moment, of which there are hardly ever more than a few.
LONGEST_MOMENT = 200


class Kept(NamedTuple):
    """An ETag, who got it, when it was right, and the models on which the response depends.

    ``headers`` are those of the complete response, and ``circumstances`` what they depended on; None until noted.
    """

    tag: str
    who: tuple[object, ...]
    moment: str
    models: frozenset[str]
    until: float
    headers: Headers = ()
    circumstances: tuple[object, ...] | None = None


class KeptTags:
    """Forgets what was used least recently."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._tags: OrderedDict[bytes, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tags)

    def get(self, key: bytes) -> Kept | None:
        """What is known about a response, if it is recent."""
        with self._lock:
            found = self._tags.get(key)
            if found is not None and found.until <= time.monotonic():
                del self._tags[key]
                return None
            if found is not None:
                self._tags.move_to_end(key)
            return found

    def keep(
        self, key: bytes, tag: str, *, who: tuple[object, ...], moment: str, models: frozenset[str] | None
    ) -> None:
        """Remember the ETag of a response that depends on nothing but these models (None: on other things, too)."""
        if models is None or not moment or len(moment) > LONGEST_MOMENT:
            return
        with self._lock:
            self._tags[key] = Kept(tag, _shared(who), moment, models, time.monotonic() + LIVES)
            self._tags.move_to_end(key)
            if len(self._tags) > self._most:
                self._tags.popitem(last=False)

    def note(self, key: bytes, *, tag: str, headers: Headers, circumstances: tuple[object, ...]) -> None:
        """Add the headers of the complete response, if it is still the one that is kept."""
        with self._lock:
            found = self._tags.get(key)
            if found is not None and found.tag == tag:
                shared = {"headers": _shared(headers), "circumstances": _shared(circumstances)}
                self._tags[key] = found._replace(**shared)

    def forget(self, key: bytes) -> None:
        """Drop what turned out to be no longer right."""
        with self._lock:
            self._tags.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._tags.clear()


@lru_cache(maxsize=128)
def _shared(value: T) -> T:
    """The value, as the same object each time: most responses have the same headers."""
    return value


def key_of(*parts: object) -> bytes:
    """A key of fixed size for a response: who asked, and for what."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


__all__ = ["Kept", "KeptTags", "key_of"]
