"""JSON from outside -> values of Python, with numbers as they were written or not at all. Pure."""

from __future__ import annotations

import json
from typing import Any

import orjson

from .numbers import LARGEST_WHOLE

# Digits become 0 and everything else a blank: many digits in a row are found ten times as fast as by a pattern.
_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))
_MANY = b"0" * 19


def read_json(text: bytes | str) -> Any:
    """The value.

    Raises
    ------
    ValueError
        Says what is wrong with the text, or that a number in it is too large to be kept.
    """
    try:
        value = orjson.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    # orjson makes a float of a whole number that is too large, and nobody could tell afterwards.
    if _MANY in (text if isinstance(text, bytes) else text.encode()).translate(_DIGITS):
        _refuse_large(text)
    return value


def _refuse_large(text: bytes | str) -> None:
    try:
        json.loads(text, parse_int=_within_64_bits)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _within_64_bits(digits: str) -> int:
    # The length first: converting very long numbers takes time that grows faster than they do.
    if len(digits) > 20 or not -LARGEST_WHOLE - 1 <= int(digits) <= LARGEST_WHOLE:
        raise ValueError("a whole number must fit into 64 bits")
    return 0
