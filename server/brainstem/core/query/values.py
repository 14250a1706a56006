"""Texts of a query string -> values of a field's type, or an error that says what was expected."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime, parse_duration

from ..errors import QueryError
from ..registry import specs
from ..schemas import Quantity
from ..units import convert, dimension_of, spelled
from .dialect import PostgreSQL, SQLite
from .plan import Leaf
from .syntax import parse_boolean

_BIG = 2**63 - 1


def parse_text(text: str, name: str) -> str:
    """Any text."""
    return text


def parse_integer(text: str, name: str) -> int:
    """A whole number within 64 bits."""
    if re.fullmatch(r"[+-]?\d{1,19}", text.strip(), re.ASCII) and abs(int(text)) <= _BIG:
        return int(text)
    raise QueryError.at(name, f"Expected a whole number, got {text!r}.")


def parse_number(text: str, name: str) -> float:
    """A finite number."""
    value = as_decimal(text)
    if value is None:
        raise QueryError.at(name, f"Expected a number, got {text!r}.")
    return float(value)


def as_decimal(text: str) -> Decimal | None:
    """The text as a finite number of sensible size, or None."""
    stripped = text.strip()
    if len(stripped) > 60 or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", stripped, re.ASCII):
        return None
    try:
        value = Decimal(stripped)
    except InvalidOperation:
        return None
    return value if value.is_finite() and (not value or abs(value.adjusted()) <= 300) else None


def parse_uuid(text: str, name: str) -> uuid.UUID:
    """An identifier of a record."""
    try:
        return uuid.UUID(text.strip())
    except ValueError as error:
        raise QueryError.at(name, f"Expected a uuid such as 0198c5a2-…, got {text!r}.") from error


def parse_day(text: str, name: str) -> dt.date:
    """A date."""
    try:
        value = parse_date(text.strip())
    except ValueError:
        value = None
    if value is None:
        raise QueryError.at(name, f"Expected a date as YYYY-MM-DD, got {text!r}.")
    return value


def parse_moment(text: str, name: str) -> dt.datetime:
    """A time; UTC where no zone is given, midnight where only a date is given."""
    # A plus sign that was not escaped reaches us as a space.
    stripped = re.sub(r" (\d{2}:?\d{2})$", r"+\1", text.strip())
    try:
        value = parse_datetime(stripped)
        if value is None:
            day = parse_date(stripped)
            value = None if day is None else dt.datetime.combine(day, dt.time())
        if value is not None:
            return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise QueryError.at(name, f"Expected a time as 2026-01-31T12:00:00Z or a date, got {text!r}.")


def parse_span(text: str, name: str) -> int:
    """A duration in microseconds, from HH:MM:SS, ISO 8601 or seconds."""
    value = as_span(text)
    if value is None:
        raise QueryError.at(name, f"Expected a duration as HH:MM:SS or PT5M, got {text!r}.")
    return value // dt.timedelta(microseconds=1)


def as_span(text: str) -> dt.timedelta | None:
    """The text as a duration of at most some centuries, or None."""
    try:
        value = parse_duration(text.strip())
    except (ValueError, OverflowError):
        return None
    return value if value is not None and abs(value) < dt.timedelta(days=300 * 365) else None


PARSERS = {
    "integer": parse_integer,
    "positive_integer": parse_integer,
    "number": parse_number,
    "uuid": parse_uuid,
    "date": parse_day,
    "datetime": parse_moment,
    "duration": parse_span,
    "boolean": parse_boolean,
}


def compared_type(leaf: Leaf) -> str:
    """The type of the values that a leaf is compared with."""
    if leaf.kind == "relation" and leaf.relation is not None:
        return specs()[leaf.relation.target].columns["id"].wire_type
    return leaf.kind


def parameters(leaf: Leaf, operator: str, text: str, name: str, dialect: PostgreSQL | SQLite) -> tuple[Any, ...]:
    """The parameters that one condition binds, in the order in which its SQL asks for them."""
    if operator == "isnull":
        return (dialect.bind("boolean", parse_boolean(text, name)),)
    if operator in ("year", "month", "day"):
        return (parse_integer(text, name),)
    if operator == "within":
        return (text.strip(), text.strip())
    if leaf.quantity is not None:
        return _quantity_parameters(leaf.quantity, operator, text, name, dialect)
    if leaf.kind == "json_path":
        return _json_parameters(operator, text, name, dialect)
    wire_type = compared_type(leaf)
    parse: Any = PARSERS.get(wire_type, parse_text)
    if operator == "in":
        values = [dialect.bind(wire_type, parse(part, name)) for part in _split(text)]
        return (dialect.members(values),)
    if operator == "range":
        return tuple(dialect.bind(wire_type, parse(part, name)) for part in _two(text, name))
    value = dialect.bind(wire_type, parse(text, name))
    if operator in ("icontains", "istartswith", "iendswith", "iexact"):
        value = value.lower()
    return (value, value) if operator in ("startswith", "istartswith", "endswith", "iendswith") else (value,)


def _json_parameters(operator: str, text: str, name: str, dialect: PostgreSQL | SQLite) -> tuple[Any, ...]:
    if operator in ("eq", "ne"):
        return (text, _number(text, dialect), text.lower() if text.lower() in ("true", "false") else None)
    if operator == "in":
        parts = _split(text)
        numbers = [float(value) for value in map(as_decimal, parts) if value is not None]
        truths = [part.lower() for part in parts if part.lower() in ("true", "false")]
        return (dialect.members(parts), dialect.members(numbers), dialect.members(truths))
    if operator in ("gt", "gte", "lt", "lte"):
        number = _number(text, dialect)
        return (number, None if number is not None else text)
    if operator == "range":
        low, high = _two(text, name)
        numbers2 = (_number(low, dialect), _number(high, dialect))
        as_text = (None, None) if None not in numbers2 else (low, high)
        return (*(numbers2 if None not in numbers2 else (None, None)), *as_text)
    value = text.lower() if operator.startswith("i") else text
    return (value, value) if operator.endswith("with") else (value,)


def _quantity_parameters(
    quantity: Quantity, operator: str, text: str, name: str, dialect: PostgreSQL | SQLite
) -> tuple[Any, ...]:
    """For every dimension of the quantity the value in its base unit, None for those that are not meant."""
    texts = _two(text, name) if operator == "range" else (text, text) if operator in ("eq", "ne") else (text,)
    measured = [_measured(quantity, one, name) for one in texts]
    return tuple(
        dialect.bind("numeric", value) if dimension == found else None
        for dimension in quantity.dimensions
        for found, value in measured
    )


def _measured(quantity: Quantity, text: str, name: str) -> tuple[str, Decimal]:
    """A text such as "2 min" as dimension and value in its base unit."""
    match = re.fullmatch(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*", text)
    number = as_decimal(match[1]) if match else None
    unit = spelled(match[2], list(quantity.units)) if match and match[2] else quantity.default or None
    if match and match[2] and unit is None and dimension_of(match[2]) in quantity.dimensions:
        unit = match[2]
    if number is None or unit is None:
        units = ", ".join(quantity.units)
        unclear = "(types mean different ones: filter by type, or say which)"
        meant = f"or in {quantity.default}" if quantity.default else unclear
        raise QueryError.at(name, f"Expected a number, with a unit {meant}, got {text!r}. Units: {units}.")
    return convert(number, unit)


def _number(text: str, dialect: PostgreSQL | SQLite) -> Any:
    value = as_decimal(text)
    return None if value is None else dialect.bind("numeric", value)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _two(text: str, name: str) -> tuple[str, str]:
    parts = _split(text)
    if len(parts) != 2:
        raise QueryError.at(name, f"Expected two values separated by a comma, got {text!r}.")
    return parts[0], parts[1]
