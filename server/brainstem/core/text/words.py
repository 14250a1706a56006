"""Callers' words: booleans, and the closest known names to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ..errors import QueryError
from .shown import shown

LONGEST_WORD = 60


def parse_boolean(text: str, name: str) -> bool:
    """A boolean as people write it: true/false, 1/0, yes/no."""
    lowered = text.strip().lower() if len(text) <= LONGEST_WORD else ""
    if lowered in ("true", "1", "yes", "t"):
        return True
    if lowered in ("false", "0", "no", "f"):
        return False
    raise QueryError.at(name, f"Expected true or false, got {shown(text)}.")


def nearest(name: str, valid: Iterable[str]) -> str:
    """A sentence that suggests the closest valid names: " Did you mean 'name'?"."""
    options = sorted(set(valid))
    # Comparing takes time quadratic in the length, and longer text is not a misspelled name.
    close = difflib.get_close_matches(name, options, n=3, cutoff=0.5) if len(name) <= LONGEST_WORD else []
    if close:
        return " Did you mean " + " or ".join(f"'{option}'" for option in close) + "?"
    return " Valid names: " + ", ".join(options) + "." if options else ""
