"""JSON values of a payload -> column values, cleaned by type, or a message that says what was expected."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError

from ..text import lines, numbers, times
from ..text.markup import sanitise, sanitised
from ..text.shown import kind_of, shown
from ..text.words import truth_of
from . import structures
from .fields import DetailsField, StructureField
from .ids import uuid_of
from .registry import Column, Spec

MAX_JSON_DEPTH = 40
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")


class Bad(ValueError):
    """A value that does not fit its field; the messages say what was expected."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def clean(column: Column, value: object) -> object:
    """The value as stored in its column.

    Raises
    ------
    Bad
        If it does not fit; the message says what was expected.
    """
    if value is None:
        return _empty(column)
    if column.field.choices:
        return _chosen(column, value)
    parse: Callable[[Column, Any], Any] = _CLEANERS.get(column.wire_type, _text)
    cleaned = parse(column, value)
    try:
        column.field.run_validators(cleaned)
    except ValidationError as error:
        raise Bad(" ".join(error.messages)) from error
    return cleaned


@contextmanager
def markup_ahead(spec: Spec, payloads: Iterable[object]) -> Iterator[None]:
    """Sanitise the rich text of payloads before their transaction starts, so that no lock is held meanwhile."""
    names = _rich_names(spec)
    if not names:
        yield
        return
    rows = (payload for payload in payloads if isinstance(payload, Mapping))
    with sanitised(text for row in rows for name in names if isinstance(text := row.get(name), str)):
        yield


@cache
def _rich_names(spec: Spec) -> tuple[str, ...]:
    return tuple(name for name, column in spec.columns.items() if column.wire_type == "richtext")


def is_text(column: Column) -> bool:
    """Whether a column holds text, and therefore accepts only strings, not numbers."""
    return _CLEANERS.get(column.wire_type, _text) in (_text, _url, _email, _country)


def takes_null(column: Column) -> bool:
    """Whether null may be written to a column: it is empty then, or has its default."""
    try:
        _empty(column)
    except Bad:
        return False
    return True


def _empty(column: Column) -> object:
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


def _chosen(column: Column, value: object) -> object:
    """One of a column's choices, of the same type: a string choice cannot be given as a number."""
    valid = [option for option, _ in column.field.flatchoices]
    if all(isinstance(option, str) for option in valid):
        found: str | int | None = value.strip() if isinstance(value, str) else None
        if found == "" and column.field.blank:
            return found
    else:
        found = numbers.whole_of(value)
    if found is None or found not in valid:
        raise Bad(f"{_kind(value)} is not a valid choice. Valid choices: {', '.join(map(str, valid))}.")
    return found


def _text(column: Column, value: object) -> str:
    if not isinstance(value, str):
        raise Bad(f"Expected a string, got {_kind(value)}.")
    text = value
    _storable(text)
    if column.wire_type == "richtext":
        text = _markup(text)
    elif column.wire_type != "text":
        text = text.strip()
    if column.name in lines.NAMES:
        text = _name(text)
    limit = column.field.max_length
    if limit is not None and len(text) > limit:
        raise Bad(f"Ensure this field has no more than {limit} characters (it has {len(text)}).")
    if not column.field.blank and not text.strip():
        raise Bad("This field may not be blank.")
    return text


def _name(text: str) -> str:
    if problem := lines.objection(text):
        raise Bad(problem)
    return lines.composed(text)


def _markup(text: str) -> str:
    try:
        return sanitise(text)
    except ValueError as error:
        raise Bad(str(error)) from error


def _storable(text: str) -> None:
    if "\x00" in text:
        raise Bad("A NUL character is not allowed.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Bad("The text contains a lone surrogate and is not valid Unicode.") from error


def _url(column: Column, value: object) -> str:
    if isinstance(value, str) and value.strip() and not _SCHEME.match(value.strip()):
        value = "http://" + value.strip()
    return _text(column, value)


def _email(column: Column, value: object) -> str:
    return _text(column, value).lower()


def _country(column: Column, value: object) -> str:
    return _text(column, value.upper() if isinstance(value, str) else value)


def _boolean(column: Column, value: object) -> bool:
    found = truth_of(value)
    if found is None:
        raise Bad(f"Expected true or false, got {_kind(value)}.")
    return found


def _integer(column: Column, value: object) -> int:
    found = numbers.whole_of(value)
    if found is None:
        raise Bad(f"Expected an integer, got {_kind(value)}.{_advice(value)}")
    if column.wire_type == "positive_integer" and found < 0:
        raise Bad("Expected an integer of 0 or more.")
    if abs(found) >= 2**31:
        raise Bad("The number is out of range: its magnitude must be less than 2147483648.")
    return found


def _number(column: Column, value: object) -> float:
    number = numbers.float_of(value)
    if number is None:
        raise Bad(f"Expected a number such as 12.5 or 1e-3, got {_kind(value)}.{_advice(value)}")
    return number


def _advice(value: object) -> str:
    return numbers.advice(value) if isinstance(value, str) else ""


def _uuid(column: Column, value: object) -> uuid.UUID:
    found = uuid_of(value)
    if found is None:
        raise Bad(f"Expected a UUID such as 0198c5a2-7a9c-7d3e-9f6b-3f1f6c0a1b2d, got {_kind(value)}.")
    return found


def _date(column: Column, value: object) -> dt.date:
    found = times.day_of_time(value) if isinstance(value, str) else None
    if found is not None:
        return found
    raise Bad(f"Expected a date in the format YYYY-MM-DD, got {_kind(value)}.")


def _datetime(column: Column, value: object) -> dt.datetime:
    return moment_of(value)


def moment_of(value: object) -> dt.datetime:
    """An ISO 8601 time, or a date (midnight); UTC if no zone is given."""
    found = times.moment_of(value) if isinstance(value, str) else None
    if found is not None:
        return found
    raise Bad(f"Expected a time such as 2026-01-31T12:00:00Z or a date, got {_kind(value)}.")


def _duration(column: Column, value: object) -> dt.timedelta | None:
    if column.nullable and isinstance(value, str) and not value.strip():
        return None
    found = times.span_of(value)
    if found is None:
        raise Bad(f"Expected a duration as HH:MM:SS, PT5M or seconds, got {_kind(value)}.")
    return found


def _json(column: Column, value: object) -> Any:
    check_json(value)
    if isinstance(column.field, StructureField):
        try:
            return structures.parse(column.field.structure, value)
        except structures.Wrong as error:
            raise Bad(*error.messages) from error
    if isinstance(column.field, DetailsField) and not isinstance(value, dict | list):
        raise Bad(f"Expected an object, got {_kind(value)}.")
    return value


def check_json(value: object, depth: int = 0) -> None:
    """Refuse what a database cannot store: NUL, lone surrogates, infinities, excessive nesting."""
    if depth > MAX_JSON_DEPTH:
        raise Bad(f"Nested deeper than {MAX_JSON_DEPTH} levels.")
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Bad("A number must be finite.")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise Bad("An integer must fit into 64 bits.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _storable(str(key))
            check_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_json(item, depth + 1)


def _kind(value: object) -> str:
    return shown(value) if isinstance(value, str) else kind_of(value)


_CLEANERS: dict[str, Callable[[Column, object], object]] = {
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
