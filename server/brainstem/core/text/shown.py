"""Callers' text in messages: quoted and truncated. Pure."""

from __future__ import annotations

LONGEST = 60


def shown(value: object) -> str:
    """A value as quoted in a message, truncated if long.

    >>> shown("x" * 100)[-6:]
    "xxx…'"
    """
    text = value if isinstance(value, str) else str(value) if isinstance(value, int | float) else type(value).__name__
    return repr(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    return _KINDS.get(type(value), "null")


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    bool: "a truth value",
    str: "a text",
    int: "a number",
    float: "a number",
}
