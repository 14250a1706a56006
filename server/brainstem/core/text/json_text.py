"""JSON from outside -> values of Python, with numbers as they were written or not at all. Pure."""

from __future__ import annotations

import json
from typing import Any

import orjson

from .numbers import LARGEST_WHOLE

# Digits become 0 and everything else a blank: many digits in a row are found ten times as fast as by a pattern.
_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))
_MANY = b"0" * 19


_LARGE: Any = object()  # stands for a whole number that is too large


class LargeNumber(ValueError):
    """A whole number beyond 64 bits; ``key`` is that of the object in which it stands, where there is one."""

    def __init__(self, key: str) -> None:
        super().__init__("A whole number must fit into 64 bits.")
        self.key = key


def read_json(text: bytes | str) -> Any:
    """The value.

    Raises
    ------
    LargeNumber
        A whole number in it is too large to be kept.
    ValueError
        Says what else is wrong with the text.
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
        value = json.loads(text, parse_int=_within_64_bits)
        wrong = [key for key, one in value.items() if _holds_large(one)] if isinstance(value, dict) else [""]
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if wrong and (wrong[0] or _holds_large(value)):
        raise LargeNumber(wrong[0])


def _within_64_bits(digits: str) -> Any:
    # The length first: converting very long numbers takes time that grows faster than they do.
    fits = len(digits) <= 20 and -LARGEST_WHOLE - 1 <= int(digits) <= LARGEST_WHOLE
    return 0 if fits else _LARGE


def _holds_large(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_large, value.values()))
    return any(map(_holds_large, value)) if isinstance(value, list) else value is _LARGE


__all__ = ["LargeNumber", "read_json"]
