"""Warnings about writes that succeed: ignored keys, names that nearly equal another one.

Any check of a write may add a remark; the API collects them and returns them with the response. Where nobody collects
them, as in commands, they are dropped. Knows no request.
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
MOST = 1000  # remarks per request that are kept separately; further ones are only counted
_CUTOFF = 0.6

Row = tuple[str, int]


@dataclass(frozen=True)
class Remark:
    """One thing that the writer may not have intended.

    ``field`` is the key, dotted if nested; ``near`` is the right key or the other name, if there is one.
    """

    code: str
    field: str
    message: str
    near: str = ""


@dataclass
class Remarks:
    """The remarks on one request, each once, with the first row concerned and the number of rows."""

    strict: bool = False
    found: dict[Remark, tuple[Row | None, int]] = field(default_factory=dict)
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.found) + self.dropped

    def add(self, remark: Remark, row: Row | None) -> None:
        """Add a remark, or count it once more."""
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
    """Collect remarks made in the block; with ``strict`` unknown keys are errors instead."""
    remarks = Remarks(strict)
    token = _current.set(remarks)
    try:
        yield remarks
    finally:
        _current.reset(token)


@contextmanager
def about_row(row: Row | None) -> Iterator[None]:
    """Attribute the remarks made in the block to a row of a bulk request: its operation and position."""
    token = _row.set(row)
    try:
        yield
    finally:
        _row.reset(token)


def are_wanted() -> bool:
    """Whether remarks are being collected; if not, checks need not query the database for them."""
    return _current.get() is not None


def current_row() -> Row | None:
    """The row of a bulk request being processed."""
    return _row.get()


def tell(remark: Remark, row: Row | None = None) -> None:
    """Add a remark, about the current row unless another one is given."""
    remarks = _current.get()
    if remarks is not None:
        remarks.add(remark, row or _row.get())


def unknown_keys(
    keys: Iterable[str], known: Iterable[str], *, of: str, within: str = "", kept: bool = False
) -> dict[str, list[str]]:
    """Report unknown keys.

    Parameters
    ----------
    keys
        Keys of a payload.
    known
        Valid keys, writable or not.
    of
        What the keys belong to, as the start of the message: "Session".
    within
        Path of the object with the keys; empty for the payload itself.
    kept
        Whether the value is stored all the same.

    Returns
    -------
    dict
        Key -> message in strict mode; otherwise empty, and remarks are added.
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
        fate = "" if remarks.strict else "; it was stored as it is" if kept else "; it was ignored"
        guess = f" Did you mean {near!r}?" if near else ""
        message = f"{of} has no field {shown(key)}{fate}.{guess}"
        if remarks.strict:
            wrong[place] = [message]
        else:
            remarks.add(Remark(UNKNOWN_KEY, place, message, near), _row.get())
    return wrong


def refuse_unknown_keys(payload: Mapping[str, object], known: Iterable[str], *, of: str) -> None:
    """Report unknown keys in the body of an action.

    Raises
    ------
    Invalid
        If there are any, in strict mode.
    """
    if wrong := unknown_keys(payload, known, of=of):
        raise Invalid(wrong)


@lru_cache(maxsize=2048)
def nearest_key(key: str, known: tuple[str, ...]) -> str:
    """The known key that was most likely intended; empty if none is close."""
    if len(key) > LONGEST:  # Comparing takes time quadratic in the length.
        return ""
    plain = {name.replace("_", "").lower(): name for name in reversed(known)}
    close = difflib.get_close_matches(key.replace("_", "").lower(), plain, n=1, cutoff=_CUTOFF)
    return plain[close[0]] if close else ""
