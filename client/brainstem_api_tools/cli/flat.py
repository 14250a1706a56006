"""Records as rows: the value at a dotted path, and a value as the text of one cell. Pure."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..names import nearest

Row = Mapping[str, Any]
SEPARATOR = ";"
# What spreadsheets take for the start of a formula: some also what stands behind blanks, and the signs in full width.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
GUARD = "'"
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


def at(value: object, path: str) -> Any:
    """The value at ``behaviors.setup.name``; for lists, the values of all their records."""
    if not path:
        return value
    if isinstance(value, list):
        found = [at(one, path) for one in value]
        return [deep for one in found for deep in (one if isinstance(one, list) else [one])]
    if not isinstance(value, Mapping):
        return None
    # A name in extra_fields may hold a dot itself.
    if path in value:
        return value[path]
    head, _, rest = path.partition(".")
    return at(value.get(head), rest)


def picked(record: Row, columns: Iterable[str]) -> dict[str, Any]:
    """Some columns of a record.

    Raises
    ------
    ValueError
        If the record has no such field; the message names the nearest ones.
    """
    for path in columns:
        if path.partition(".")[0] not in record:
            raise ValueError(f"There is no field '{path}'. {nearest(path, record) or 'They are: ' + ', '.join(record)}")
    return {path: at(record, path) for path in columns}


def cell(value: object) -> str:
    """A value as text: lists of texts with ``;`` between them, everything else that is nested as JSON."""
    if value is None or value == []:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) and _is_plain(one) for one in value):
        return SEPARATOR.join(value)
    return json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return bool(text) and SEPARATOR not in text and "," not in text and text == text.strip() and text[0] not in "[{\"'"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate a cell rather than show it; a negative number is no formula."""
    if text[:1] in ("\t", "\r"):
        return True
    bare = text.lstrip().lstrip(INVISIBLE).lstrip()
    return bare.startswith(FORMULA) and not (len(text) < 100 and _NUMBER.fullmatch(text))


def guarded(text: str) -> str:
    """The text as written to a table: with an apostrophe before anything that a spreadsheet might evaluate.

    What has apostrophes of its own there gets one more, so that :func:`unguarded` gives back every text as it was.
    """
    return GUARD + text if is_formula(text.lstrip(GUARD)) else text


def unguarded(text: str) -> str:
    """What :func:`guarded` was given."""
    return text[1:] if text.startswith(GUARD) and is_formula(text.lstrip(GUARD)) else text


def inside(value: object, path: tuple[str, ...]) -> Any:
    """The value at a path inside a free-form value."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(value: object, path: tuple[str, ...], new: object) -> Any:
    """The value with a part of it replaced."""
    if not path:
        return new
    whole = copy.deepcopy(value) if isinstance(value, dict) else {}
    whole[path[0]] = put(whole.get(path[0]), path[1:], new)
    return whole
