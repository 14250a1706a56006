"""Untrusted JSON -> Python values, with numbers exactly as written or refused. Pure."""

from __future__ import annotations

import json
from typing import Any

import orjson

from .numbers import LARGEST_WHOLE

# Digits become 0 and everything else a space: finding long runs of digits is ten times as fast as with a pattern.
_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))
_MANY = b"0" * 19


_LARGE: object = object()  # placeholder for an integer that is too large


class LargeNumber(ValueError):
    """An integer beyond 64 bits; ``key`` is its key in the enclosing object, if any."""

    def __init__(self, key: str) -> None:
        super().__init__("An integer must fit into 64 bits.")
        self.key = key


def read_json(text: bytes | str) -> Any:
    """The value of a JSON text.

    Raises
    ------
    LargeNumber
        If an integer in it is too large to be stored.
    ValueError
        If anything else is wrong with the text; the message says what.
    """
    try:
        value = orjson.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    # orjson turns an integer that is too large into a float, which could not be detected afterwards.
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
    # The length first: converting very long numbers takes more than linear time.
    fits = len(digits) <= 20 and -LARGEST_WHOLE - 1 <= int(digits) <= LARGEST_WHOLE
    return 0 if fits else _LARGE


def _holds_large(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_large, value.values()))
    return any(map(_holds_large, value)) if isinstance(value, list) else value is _LARGE


__all__ = ["LargeNumber", "read_json"]
