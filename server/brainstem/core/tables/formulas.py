"""Texts that a spreadsheet would calculate rather than show, and how they are written to tables and read again. Pure.

A text gets an apostrophe before it, as people type it in a spreadsheet. One that has apostrophes before a formula of
its own gets one more, so that every text comes back as it was. A negative number is no formula.
"""

from __future__ import annotations

import re

# What some spreadsheets take for the start of a formula: also behind blanks, and the signs in full width.
_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_GUARD = "'"
_NUMBER = re.compile(r"[+-][0-9]{1,100}(\.[0-9]{0,100})?([eE][+-]?[0-9]{1,5})?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate the text."""
    if text.startswith(("\t", "\r")):
        return True
    bare = text.lstrip().lstrip(_INVISIBLE).lstrip()
    return bare.startswith(_SIGNS) and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """The text as it is written to a table."""
    return f"{_GUARD}{text}" if is_formula(text.lstrip(_GUARD)) else text


def unguarded(text: str) -> str:
    """What :func:`guarded` was given."""
    return text[1:] if text.startswith(_GUARD) and is_formula(text.lstrip(_GUARD)) else text


__all__ = ["guarded", "is_formula", "unguarded"]
