"""JSON values of a payload -> values of columns, cleaned by type, or a message that says what would be right."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from . import structures
from .fields import DetailsField, StructureField, sanitise
from .query.values import as_span
from .registry import Column

MAX_JSON_DEPTH = 40
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")


class Bad(ValueError):
    """A value that does not fit its field; the text says what would."""


def clean(column: Column, value: Any) -> Any:
    """The value as its column keeps it.

    Raises
    ------
    Bad
        Says what was expected.
    """
    if value is None:
        return _empty(column)
    if isinstance(value, str):
        _check_choice(column, value.strip())
    parse: Callable[[Column, Any], Any] = _CLEANERS.get(column.wire_type, _text)
    cleaned = parse(column, value)
    try:
        column.field.run_validators(cleaned)
    except ValidationError as error:
        raise Bad(" ".join(error.messages)) from error
    return cleaned


def is_text(column: Column) -> bool:
    """Whether a column holds text: only a text is taken for it, no number."""
    return _CLEANERS.get(column.wire_type, _text) in (_text, _url, _email, _country)


def _empty(column: Column) -> Any:
    if column.nullable:
        return None
    field = column.field
    if column.wire_type == "json":
        return _json(column, None) if isinstance(field, StructureField) else field.get_default()
    if getattr(field, "blank", False) and field.empty_strings_allowed:
        return ""
    if field.has_default():
        return field.get_default()
    raise Bad("This field may not be null.")


def _check_choice(column: Column, value: Any) -> None:
    options = column.field.choices
    if not options or value in ("", None):
        return
    valid = [str(option) for option, _ in options]
    if str(value) not in valid:
        raise Bad(f"{value!r} is not a valid choice. Valid choices: {', '.join(valid)}.")


def _text(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise Bad(f"Expected a text, got {_kind(value)}.")
    text = value
    _storable(text)
    if column.wire_type == "richtext":
        text = sanitise(text)
    elif column.wire_type != "text":
        text = text.strip()
    limit = column.field.max_length
    if limit is not None and len(text) > limit:
        raise Bad(f"Ensure this field has no more than {limit} characters (it has {len(text)}).")
    if not column.field.blank and not text.strip():
        raise Bad("This field may not be blank.")
    return text


def _storable(text: str) -> None:
    if "\x00" in text:
        raise Bad("A NUL character is not allowed.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Bad("The text has half of a surrogate pair and is not valid Unicode.") from error


def _url(column: Column, value: Any) -> str:
    if isinstance(value, str) and value.strip() and not _SCHEME.match(value.strip()):
        value = "http://" + value.strip()
    return _text(column, value)


def _email(column: Column, value: Any) -> str:
    return _text(column, value).lower()


def _country(column: Column, value: Any) -> str:
    return _text(column, value.upper() if isinstance(value, str) else value)


def _boolean(column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "1", "on", "yes"):
        return True
    if str(value).lower() in ("false", "0", "off", "no"):
        return False
    raise Bad(f"Expected true or false, got {_kind(value)}.")


def _integer(column: Column, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Bad(f"Expected a whole number, got {_kind(value)}.")
    if column.wire_type == "positive_integer" and value < 0:
        raise Bad("Expected a whole number of 0 or more.")
    if abs(value) >= 2**31:
        raise Bad("The number is too large.")
    return value


def _number(column: Column, value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise Bad(f"Expected a number, got {_kind(value)}.")
    return number


def _uuid(column: Column, value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as error:
        raise Bad("Expected a uuid.") from error


def _date(column: Column, value: Any) -> dt.date:
    if isinstance(value, str):
        moment = value.strip()
        try:
            found = parse_date(moment[:10] if len(moment) > 10 and moment[10:11] in "T " else moment)
        except ValueError:
            found = None
        if found is not None:
            return found
    raise Bad(f"Expected a date as YYYY-MM-DD, got {_kind(value)}.")


def _datetime(column: Column, value: Any) -> dt.datetime:
    return moment_of(value)


def moment_of(value: Any) -> dt.datetime:
    """An ISO 8601 time, or a date (midnight); UTC where no zone is given."""
    if isinstance(value, str):
        try:
            found = parse_datetime(value.strip())
            if found is None:
                day = parse_date(value.strip())
                found = None if day is None else dt.datetime.combine(day, dt.time())
            if found is not None:
                return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            pass
    raise Bad(f"Expected a time as 2026-01-31T12:00:00Z or a date, got {_kind(value)}.")


def _duration(column: Column, value: Any) -> dt.timedelta:
    found = as_span(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if found is None:
        raise Bad(f"Expected a duration as HH:MM:SS, PT5M or seconds, got {_kind(value)}.")
    return found


def _json(column: Column, value: Any) -> Any:
    check_json(value)
    if isinstance(column.field, StructureField):
        try:
            return structures.parse(column.field.structure, value)
        except ValueError as error:
            raise Bad(str(error)) from error
    if isinstance(column.field, DetailsField) and not isinstance(value, dict | list):
        raise Bad(f"Expected an object, got {_kind(value)}.")
    return value


def check_json(value: Any, depth: int = 0) -> None:
    """Refuse what a database cannot keep: NUL, lone surrogates, infinities, endless nesting."""
    if depth > MAX_JSON_DEPTH:
        raise Bad(f"Nested deeper than {MAX_JSON_DEPTH} levels.")
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Bad("A number must be finite.")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise Bad("A whole number must fit into 64 bits.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _storable(str(key))
            check_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_json(item, depth + 1)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    names = {dict: "an object", list: "a list", bool: "a truth value", int: "a number", float: "a number"}
    return names.get(type(value), "null")


_CLEANERS: dict[str, Callable[[Column, Any], Any]] = {
    "url": _url,
    "email": _email,
    "country": _country,
    "boolean": _boolean,
    "integer": _integer,
    "positive_integer": _integer,
    "number": _number,
    "uuid": _uuid,
    "date": _date,
    "datetime": _datetime,
    "duration": _duration,
    "json": _json,
}
