"""What a writer is told of a write that succeeds: keys that were ignored, a name that is nearly another one.

Any check of a write may add a remark; the door that collects them gives them along with its answer. Where nobody
collects, as in commands, they are dropped. Knows no request.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from .errors import Invalid
from .text.shown import LONGEST, shown

UNKNOWN_KEY, SIMILAR_NAME = "unknown_key", "similar_name"
MOST = 1000  # remarks of one request that are kept apart; further ones are only counted
_CUTOFF = 0.6

Row = tuple[str, int]


@dataclass(frozen=True)
class Remark:
    """One thing that the writer may not have meant.

    ``field`` is the key, with dots where it lies within another; ``near`` the right key or the other name, if there is
    one.
    """

    code: str
    field: str
    message: str
    near: str = ""


@dataclass
class Remarks:
    """The remarks on one request, each once, with the first row that it is about and the number of rows."""

    strict: bool = False
    found: dict[Remark, tuple[Row | None, int]] = field(default_factory=dict)
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.found) + self.dropped

    def add(self, remark: Remark, row: Row | None) -> None:
        """Keep a remark, or count it once more."""
        if remark in self.found:
            first, number = self.found[remark]
            self.found[remark] = first, number + 1
        elif len(self.found) < MOST:
            self.found[remark] = row, 1
        else:
            self.dropped += 1


_current: ContextVar[Remarks | None] = ContextVar("remarks", default=None)
_row: ContextVar[Row | None] = ContextVar("row", default=None)


@contextmanager
def collecting(*, strict: bool = False) -> Iterator[Remarks]:
    """Collect what is remarked until the block ends; with ``strict`` unknown keys are errors instead."""
    remarks = Remarks(strict)
    token = _current.set(remarks)
    try:
        yield remarks
    finally:
        _current.reset(token)


@contextmanager
def about_row(row: Row | None) -> Iterator[None]:
    """Say of which row of a request of many the remarks in the block are: its operation, and its number there."""
    token = _row.set(row)
    try:
        yield
    finally:
        _row.reset(token)


def are_wanted() -> bool:
    """Whether anybody collects remarks: what asks the database for them need not, otherwise."""
    return _current.get() is not None


def current_row() -> Row | None:
    """The row that is being looked at, of a request of many."""
    return _row.get()


def tell(remark: Remark, row: Row | None = None) -> None:
    """Add a remark, about the row that is being looked at unless another one is given."""
    remarks = _current.get()
    if remarks is not None:
        remarks.add(remark, row or _row.get())


def unknown_keys(
    keys: Iterable[str], known: Iterable[str], *, of: str, within: str = "", kept: bool = False
) -> dict[str, list[str]]:
    """Tell of keys that nothing is known by.

    Parameters
    ----------
    keys
        Those of a payload.
    known
        Those that may stand there, whether they can be written or not.
    of
        What would have such keys, to begin the message with: "Session".
    within
        Path of the object that holds the keys; empty for the payload itself.
    kept
        Whether the value is kept all the same.

    Returns
    -------
    dict
        Key -> message where the writer asked to be refused; otherwise nothing, and the remarks are made.
    """
    remarks, names = _current.get(), tuple(known)
    wrong: dict[str, list[str]] = {}
    if remarks is None:
        return wrong
    for key in keys:
        if key in names:
            continue
        near = nearest_key(key, names)
        place = f"{within}.{key}" if within else key
        fate = "" if remarks.strict else "; it was kept as it is" if kept else "; it was ignored"
        guess = f" Did you mean {near!r}?" if near else ""
        message = f"{of} has no field {shown(key)}{fate}.{guess}"
        if remarks.strict:
            wrong[place] = [message]
        else:
            remarks.add(Remark(UNKNOWN_KEY, place, message, near), _row.get())
    return wrong


def refuse_unknown_keys(payload: Mapping[str, object], known: Iterable[str], *, of: str) -> None:
    """Tell of the keys of an action's body that nothing is known by.

    Raises
    ------
    Invalid
        The writer asked to be refused then.
    """
    if wrong := unknown_keys(payload, known, of=of):
        raise Invalid(wrong)


@lru_cache(maxsize=2048)
def nearest_key(key: str, known: tuple[str, ...]) -> str:
    """The known key that was most likely meant; empty if none comes near."""
    if len(key) > LONGEST:  # Comparing takes time that grows with the square of the length.
        return ""
    plain = {name.replace("_", "").lower(): name for name in reversed(known)}
    close = difflib.get_close_matches(key.replace("_", "").lower(), plain, n=1, cutoff=_CUTOFF)
    return plain[close[0]] if close else ""
