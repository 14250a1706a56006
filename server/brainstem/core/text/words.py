"""Callers' words: booleans, and the closest known names to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ..errors import QueryError
from .shown import shown

LONGEST_WORD = 60


_YES = frozenset({"true", "1", "on", "yes", "t"})
_NO = frozenset({"false", "0", "off", "no", "f"})


def truth_of(value: object) -> bool | None:
    """The boolean that a JSON value, or a word as people write it, means; None if it is neither yes nor no."""
    if isinstance(value, bool):
        return value
    text = str(value) if isinstance(value, str | int) else ""
    word = text.strip().lower() if len(text) <= LONGEST_WORD else ""
    return True if word in _YES else False if word in _NO else None


def parse_boolean(text: str, name: str) -> bool:
    """A truth value in a query string."""
    found = truth_of(text)
    if found is None:
        raise QueryError.at(name, f"Expected true or false, got {shown(text)}.")
    return found


def nearest(name: str, valid: Iterable[str]) -> str:
    """A sentence that suggests the closest valid names: " Did you mean 'name'?"."""
    options = sorted(set(valid))
    # Comparing takes time quadratic in the length, and longer text is not a misspelled name.
    close = difflib.get_close_matches(name, options, n=3, cutoff=0.5) if len(name) <= LONGEST_WORD else []
    if close:
        return " Did you mean " + " or ".join(f"'{option}'" for option in close) + "?"
    return " Valid names: " + ", ".join(options) + "." if options else ""
