"""Texts of callers inside messages: quoted, and never longer than a message should be. Pure."""

from __future__ import annotations

LONGEST = 60


def shown(value: object) -> str:
    """A value as a message quotes it; only the beginning of a long one.

    >>> shown("x" * 100)[-6:]
    "xxx…'"
    """
    text = value if isinstance(value, str) else str(value) if isinstance(value, int | float) else type(value).__name__
    return repr(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
