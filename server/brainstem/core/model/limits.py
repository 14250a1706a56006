"""Size limits for values of a payload, checked before anything else is done with them.

Stored values may be larger if they predate these limits: they can be read, and sent back unchanged. Rich text is
limited where it is sanitised, tags where they are parsed.
"""

from __future__ import annotations

import orjson
from django.conf import settings

from .fields import StructureField
from .registry import Column
from .values import Bad

KILOBYTE = 1024
# A paragraph has about a thousand characters, the longest abstracts five thousand.
MAX_TEXT = 100_000
# Ids in a list. By default SQLite binds at most 32,766 values per statement.
MAX_IDS = 30_000
# Rows of a structured column, such as download links or the roles of people in a project.
MAX_ROWS = 1_000
# People or groups in one map of roles.
MAX_HOLDERS = 1_000


def json_size(value: object) -> int:
    """Bytes of a value as compact JSON; 0 for values that are not JSON, which are refused elsewhere."""
    try:
        return len(orjson.dumps(value))
    except TypeError:  # Half of a surrogate pair, a number beyond 64 bits, endless nesting.
        return 0


def check_json_size(value: object) -> None:
    """Refuse a JSON value that exceeds the limit of a column.

    Raises
    ------
    Bad
        If it is too large; the message gives its size and the limit.
    """
    limit, size = settings.BRAINSTEM_MAX_JSON_BYTES, json_size(value)
    if size > limit:
        raise Bad(f"The value has {in_kilobytes(size)} as JSON. At most {in_kilobytes(limit)} are allowed.")


def check_value(column: Column, value: object, kept: object = None) -> None:
    """Refuse a value that is too large for its column, unless the stored value (``kept``) is too large as well.

    Whether it equals the stored one is only known once it has been cleaned; see :func:`check_cleaned`.
    """
    try:
        _check(column, value)
    except Bad:
        if kept is None or _fits(column, kept):
            raise


def check_cleaned(column: Column, value: object) -> None:
    """Refuse a cleaned value that is too large; for values that differ from the stored one."""
    _check(column, value)


def check_number(items: int, most: int, what: str) -> None:
    """Refuse a list that is too long before its items are looked at."""
    if items > most:
        raise Bad(f"Expected at most {most} {what}, got {items}.")


def in_kilobytes(size: int) -> str:
    """A human-readable size, rounded up, so that something too large never seems to fit."""
    return f"{-(-size // KILOBYTE)} kB"


def _check(column: Column, value: object) -> None:
    if column.wire_type == "json":
        if isinstance(column.field, StructureField) and isinstance(value, list | dict):
            check_number(len(value), MAX_ROWS, "values")
        check_json_size(value)
    elif column.wire_type == "text" and column.field.max_length is None and isinstance(value, str):
        check_number(len(value), MAX_TEXT, "characters")


def _fits(column: Column, value: object) -> bool:
    try:
        _check(column, value)
    except Bad:
        return False
    return True
