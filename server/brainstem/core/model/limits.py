"""How large a value of a payload may be, asked before anything is done with it.

What is in the database already may be larger, from a time before these limits: it can be read, and sent back as it is.
Rich text is limited where it is sanitised, tags where they are read.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings

from .fields import StructureField
from .registry import Column
from .values import Bad

KILOBYTE = 1024
# A paragraph has about a thousand characters, the longest abstracts five thousand.
MAX_TEXT = 100_000
# Ids in a list. SQLite binds 32,766 values to a statement unless it was built for more.
MAX_IDS = 30_000
# Rows of a structured column, such as download links or the roles of people in a project.
MAX_ROWS = 1_000
# People or groups in one map of roles.
MAX_HOLDERS = 1_000


def json_size(value: Any) -> int:
    """Bytes of a value as compact JSON; 0 for what is no JSON, which is refused elsewhere."""
    try:
        return len(orjson.dumps(value))
    except TypeError:  # Half of a surrogate pair, a number beyond 64 bits, endless nesting.
        return 0


def check_json_size(value: Any) -> None:
    """Refuse a JSON value that is larger than a column may be.

    Raises
    ------
    Bad
        Says how large it is, and how large it may be.
    """
    limit, size = settings.BRAINSTEM_MAX_JSON_BYTES, json_size(value)
    if size > limit:
        raise Bad(f"The value has {in_kilobytes(size)} as JSON; at most {in_kilobytes(limit)} can be kept here.")


def check_value(column: Column, value: Any, kept: Any = None) -> None:
    """Refuse a value that is too large for its column, unless what is ``kept`` there is too large as well.

    Whether the value is the kept one shows only when it has been cleaned; see :func:`check_cleaned`.
    """
    try:
        _check(column, value)
    except Bad:
        if kept is None or _fits(column, kept):
            raise


def check_cleaned(column: Column, value: Any) -> None:
    """Refuse a value that is too large as it would be kept; for what differs from what is kept."""
    _check(column, value)


def check_number(items: int, most: int, what: str) -> None:
    """Refuse a list that is too long before its items are looked at."""
    if items > most:
        raise Bad(f"Expected at most {most} {what}, got {items}.")


def in_kilobytes(size: int) -> str:
    """A size for people, rounded up, so that what is too large never seems to fit."""
    return f"{-(-size // KILOBYTE)} kB"


def _check(column: Column, value: Any) -> None:
    if column.wire_type == "json":
        if isinstance(column.field, StructureField) and isinstance(value, list | dict):
            check_number(len(value), MAX_ROWS, "values")
        check_json_size(value)
    elif column.wire_type == "text" and column.field.max_length is None and isinstance(value, str):
        check_number(len(value), MAX_TEXT, "characters")


def _fits(column: Column, value: Any) -> bool:
    try:
        _check(column, value)
    except Bad:
        return False
    return True
