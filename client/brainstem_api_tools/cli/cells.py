"""The text of a cell as a value of its field, and whether two values are the same. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone, tzinfo
from typing import Any
from uuid import UUID

from ..durations import LONGEST, duration_of
from ..record import read_datetime
from .describe import Field
from .flat import SEPARATOR
from .moments import in_zone

YES = ("true", "yes", "1", "on", "enabled")
NO = ("false", "no", "0", "off", "disabled")
LARGEST_WHOLE = 2**63 - 1
# What the templates of the public server take besides ISO 8601.
FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")


class WrongCell(ValueError):
    """What is wrong with a cell."""


def value_of(field: Field, text: str, zone: tzinfo = timezone.utc) -> Any:
    """The value of a field from the text of a cell, except for relations.

    Raises
    ------
    WrongCell
        If the text is not valid for the field.
    """
    if field.kind in {"file", "image"}:
        raise WrongCell("Files cannot be imported from a table.")
    reader = READERS.get(field.kind)
    found = _moment(text, zone) if field.kind == "datetime" else reader(text) if reader else text
    # Of choices the server says which it takes.
    if field.max_length and not field.choices and reader is None and len(text) > field.max_length:
        raise WrongCell(f"{len(text)} characters; the limit is {field.max_length}.")
    return found


def parts_of(text: str, *, commas: bool = False) -> list[Any]:
    """The parts of a list: JSON, or texts with ``;`` between them."""
    if text.startswith("["):
        found = _json(text)
        return found if isinstance(found, list) else [found]
    separator = "," if commas and SEPARATOR not in text else SEPARATOR
    return [part.strip() for part in text.split(separator) if part.strip()]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise WrongCell(f"This is not valid JSON: {error}") from None


def loose(text: str) -> Any:
    """A value inside a free-form field: a number, JSON in brackets, or the text itself."""
    if text[:1] in {"{", "["}:
        return _json(text)
    # 007 and 1e5 are no numbers that somebody calculates with, but names.
    number = len(text) <= LONGEST and re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text)
    return json.loads(text) if number else text


def _uuid(text: str) -> str:
    try:
        return str(UUID(text if len(text) <= LONGEST and text.isascii() and "_" not in text else ""))
    except ValueError:
        raise WrongCell(f"'{_start(text)}' is not a valid id.") from None


def _boolean(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise WrongCell(f"'{text}' is not true or false.")


def _integer(text: str) -> int:
    if len(text) > LONGEST or not re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text):
        raise WrongCell(f"'{_start(text)}' is not a whole number.")
    found = int(text.partition(".")[0])
    if abs(found) > LARGEST_WHOLE:
        raise WrongCell(f"'{_start(text)}' is too large: whole numbers must fit in 64 bits.")
    return found


def _number(text: str) -> float | int:
    # Python also takes 1_000, digits of other scripts, and nan.
    if len(text) > LONGEST or not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", text):
        comma = " Use a point as the decimal separator." if "," in text else ""
        raise WrongCell(f"'{_start(text)}' is not a number.{comma}")
    found = float(text)
    if not math.isfinite(found):
        raise WrongCell(f"'{text}' is not a number that can be stored.")
    return int(found) if found.is_integer() and "." not in text and "e" not in text.lower() else found


def _start(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _day(text: str) -> str:
    try:
        # Of a time its day; but not of 2025-06-30 or so.
        found = date.fromisoformat(re.split("[T ]", text[:LONGEST])[0]).isoformat()
        if len(text) > len(found) and not isinstance(read_datetime(text[:LONGEST]), datetime):
            raise ValueError
        return found
    except ValueError:
        raise WrongCell(f"'{_start(text)}' is not a date: write it as 2025-06-30.") from None


def _moment(text: str, zone: tzinfo) -> str:
    if len(text) > LONGEST:
        raise WrongCell(f"'{_start(text)}' is not a time: write it as 2025-06-30T14:30:00Z.")
    found = read_datetime(text)
    for form in FORMATS:
        if isinstance(found, datetime):
            break
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007  # its zone is added below
        except ValueError:
            continue
    if not isinstance(found, datetime):
        raise WrongCell(f"'{text}' is not a time: write it as 2025-06-30T14:30:00Z.")
    try:
        moment = (found if found.tzinfo else in_zone(found, zone)).astimezone(timezone.utc)
    except OverflowError:
        raise WrongCell(f"'{text}' is not a time that can be stored.") from None
    except ValueError as error:
        raise WrongCell(str(error)) from None
    return moment.isoformat().replace("+00:00", "Z")


def _duration(text: str) -> str:
    if seconds_of(text) is None:
        raise WrongCell(f"'{_start(text)}' is not a duration: write it as 01:30:00.")
    return text


def seconds_of(text: object) -> float | None:
    """Seconds of a duration such as ``01:30:00`` or ``PT90M``; None if it is not a duration."""
    try:
        return duration_of(str(text)).total_seconds()
    except ValueError:
        return None


READERS: Mapping[str, Any] = {
    "uuid": _uuid,
    "boolean": _boolean,
    "integer": _integer,
    "positive_integer": _integer,
    "number": _number,
    "date": _day,
    "duration": _duration,
    "json": _json,
    "tags": parts_of,
}


# --- comparing ---


def same(field: Field, old: Any, new: Any) -> bool:
    """Whether a field already has a value, however either of them is written."""
    if field.is_list:
        return sorted(map(str, old or ())) == sorted(map(str, new or ()))
    if field.kind == "datetime" and isinstance(old, str) and isinstance(new, str):
        return bool(read_datetime(old) == read_datetime(new))
    if field.kind == "duration" and old and new:
        return seconds_of(old) == seconds_of(new)
    if field.related:
        return str(old) == str(new)
    return alike(old, new)


def alike(old: object, new: object) -> bool:
    """Whether two values are written alike. Only the server knows what else means the same."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(alike(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(alike, old, new))
    return (bool(old == new) and isinstance(old, bool) == isinstance(new, bool)) or (
        old in (None, "") and new in (None, "")
    )


def as_key(kind: str, value: object) -> str:
    """A value in the one form in which keys are compared."""
    if isinstance(value, list):
        return SEPARATOR.join(sorted(map(str, value)))
    found = read_datetime(value) if kind == "datetime" and isinstance(value, str) else value
    return str(found.timestamp()) if isinstance(found, datetime) else str(value)
