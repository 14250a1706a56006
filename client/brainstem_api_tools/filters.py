"""Filters as sent: how values are written, and lists that are too long for one address. Pure.

All spellings of filters end up here, so that a value means the same in all of them: None asks for what is not set,
an empty list for nothing, and a list with ``in`` for any of its values, in several requests if there are many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any, Union
from urllib.parse import quote_plus

from ._operators import OPERATORS
from .durations import iso_duration
from .errors import ValidationError
from .sending import is_missing, plain_of
from .wire import Pairs

PART = 6000  # characters of an address that the values of one list may take; many servers take 8000 in all
MOST_REQUESTS = 200
NOTHING = ("filter{id.in}", "")
Given = Union[Mapping[str, Any], Iterable[tuple[str, Any]], None]


def alternatives(given: Given) -> list[Pairs]:
    """The parameters of the requests whose answers together match all filters; usually one request.

    Raises
    ------
    ValidationError
        If a value cannot be asked for.
    """
    pairs = list(given.items() if isinstance(given, Mapping) else given or ())
    choices = [list(_choices(path, value)) for path, value in pairs]
    if math.prod(map(len, choices)) > MOST_REQUESTS:
        raise _wrong(pairs[0][0], f"These lists of values would take more than {MOST_REQUESTS} requests.")
    return [[pair for choice in chosen for pair in choice] for chosen in product(*choices)]


def _choices(path: str, value: object) -> Iterator[Pairs]:
    """The conditions for one filter, any of which may match."""
    base, operator = _parted(path)
    excludes = path.startswith("-") or operator == "ne"
    if value is None:
        yield [_unset(path, base, operator)]
        return
    values = values_of(value)
    if values is None:
        yield [(_name(path), text_of(path, value))]
        return
    texts = list(dict.fromkeys(text_of(path, one) for one in values))
    if not texts:
        yield [] if excludes else [NOTHING]
    elif operator == "range":
        yield [(_name(path), ",".join(texts))]
    elif operator == "in":
        yield from _any_of(path, base, texts, excludes=excludes)
    else:
        yield [(_name(path), text) for text in texts]  # all of them must hold


def _any_of(path: str, base: str, texts: list[str], *, excludes: bool) -> Iterator[Pairs]:
    # A comma parts the values of a list, and blanks around them are dropped, so what has those is asked for alone.
    plain = [text for text in texts if text and "," not in text and text == text.strip()]
    known = set(plain)
    alone = [[(_name(base), text)] for text in texts if text not in known]
    lists = [[(_name(path), ",".join(part))] for part in _parts(plain)]
    if not excludes:
        yield from [*lists, *alone]
    elif len(lists) > 1:
        raise _wrong(path, f"{len(texts)} values are too many to exclude at once.")
    else:
        yield [pair for pairs in [*lists, *alone] for pair in pairs]


def _parts(texts: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for text in texts:
        length = len(quote_plus(text)) + 3  # and a comma
        if part and size + length > PART:
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    if part:
        yield part


def _parted(path: str) -> tuple[str, str]:
    """A path and its operator, if it has one."""
    base, _, last = path.rpartition(".")
    return (base, last) if base and last in OPERATORS else (path, "")


def _name(path: str) -> str:
    return f"filter{{{path}}}"


def _unset(path: str, base: str, operator: str) -> tuple[str, str]:
    if operator not in {"", "eq", "ne"}:
        raise _wrong(
            path, f"None asks for what is not set and cannot be used with '{operator}'. Use {base}.isnull instead."
        )
    return _name(f"{base}.isnull"), "false" if operator == "ne" else "true"


def values_of(value: object) -> list[Any] | None:
    """The values of a list, a set, an iterator, an array or a column; None for a single value."""
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__iter__") or getattr(value, "ndim", 1) == 0:
        return None
    return list(value)


def text_of(path: str, value: object) -> str:
    """A value as sent to servers.

    Raises
    ------
    ValidationError
        If it is not a value that can be asked for.
    """
    if is_missing(value):
        raise _wrong(path, "None, NaN and NaT cannot be compared with. None by itself asks for what is not set.")
    if values_of(value) is None:
        value = plain_of(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return iso_duration(value)
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        raise _wrong(path, f"{value} is not a number that can be compared.")
    if isinstance(value, (bytes, Mapping)) or hasattr(value, "__aiter__") or values_of(value) is not None:
        raise _wrong(path, f"{type(value).__name__} is not a value to compare with.")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _wrong(path: str, what: str) -> ValidationError:
    return ValidationError(f"filter {path}: {what}", errors={path: [what]}, advice="Nothing was sent.")
