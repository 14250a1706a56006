"""Texts of a query string -> values of a field's type, or an error that says what was expected."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..errors import QueryError
from ..model.ids import uuid_of
from ..model.registry import specs
from ..sql.dialect import PostgreSQL, SQLite
from ..text import numbers, times
from ..text.lines import NAMES, composed
from ..text.markup import sanitise
from ..text.shown import shown
from ..text.words import parse_boolean
from ..types.schemas import Quantity
from ..types.units import UNITS, convert, dimension_of, spelled
from .names import Leaf
from .operators import SORTED_TYPES, TEXTS_ONLY, Operator

_ZONE = len(" 02:00")


def parse_text(text: str, name: str) -> str:
    """Any text."""
    return text


def parse_name(text: str, name: str) -> str:
    """A name or a tag, normalised."""
    return composed(text)


def parse_markup(text: str, name: str) -> str:
    """A rich text, as it would be stored."""
    try:
        return sanitise(text)
    except ValueError:
        return text


def parse_integer(text: str, name: str) -> int:
    """A whole number within 64 bits."""
    value = numbers.whole_of(text)
    if value is None:
        raise QueryError.at(name, f"Expected a whole number of at most 64 bits, got {shown(text)}.")
    return value


def parse_number(text: str, name: str) -> float:
    """A finite number."""
    value = numbers.float_of(text)
    if value is None:
        advice = numbers.advice(text)
        raise QueryError.at(name, f"Expected a number such as 12.5 or 1e-3, got {shown(text)}.{advice}")
    return value


def parse_uuid(text: str, name: str) -> uuid.UUID:
    """An identifier of a record."""
    value = uuid_of(text)
    if value is None:
        raise QueryError.at(name, f"Expected a UUID such as 0198c5a2-…, got {shown(text)}.")
    return value


def parse_day(text: str, name: str) -> dt.date:
    """A date."""
    value = times.day_of(text)
    if value is None:
        raise QueryError.at(name, f"Expected a date in the format YYYY-MM-DD, got {shown(text)}.")
    return value


def parse_moment(text: str, name: str) -> dt.datetime:
    """A time; UTC where no zone is given, midnight where only a date is given."""
    value = times.moment_of(_with_plus(text.strip()))
    if value is None:
        raise QueryError.at(name, f"Expected a time such as 2026-01-31T12:00:00Z or a date, got {shown(text)}.")
    return value


def _with_plus(text: str) -> str:
    """A time with its plus sign restored: an unescaped plus before the zone arrives as a space."""
    before, blank, zone = text.rpartition(" ")
    # 2026-01-31 12:00 has a space too, but before the time rather than after it.
    if blank and ":" in before and len(blank + zone) in (_ZONE - 1, _ZONE) and zone.replace(":", "").isdecimal():
        return f"{before}+{zone}"
    return text


def parse_span(text: str, name: str) -> int:
    """A duration in microseconds, from HH:MM:SS, ISO 8601 or seconds."""
    value = times.span_of(text)
    if value is None:
        raise QueryError.at(name, f"Expected a duration as HH:MM:SS or PT5M, got {shown(text)}.")
    return value // dt.timedelta(microseconds=1)


def parse_text_of_time(text: str, name: str) -> str:
    """A time as it is stored inside JSON: in UTC, without a zone."""
    return parse_moment(text, name).replace(tzinfo=None).isoformat()


def parse_person(text: str, name: str) -> int:
    """The id of a user."""
    value = numbers.whole_of(text)
    if value is None:
        raise QueryError.at(name, f"Expected the id of a user, a whole number, got {shown(text)}.")
    return value


def parse_code(text: str, name: str) -> str:
    """The code or the id of a record in a tree."""
    return text.strip()


PARSERS: dict[str, Callable[[str, str], Any]] = {
    "integer": parse_integer,
    "positive_integer": parse_integer,
    "number": parse_number,
    "uuid": parse_uuid,
    "date": parse_day,
    "datetime": parse_moment,
    "duration": parse_span,
    "boolean": parse_boolean,
    "json_time": parse_text_of_time,
    "json_person": parse_person,
    "code": parse_code,
}


def compared_type(leaf: Leaf) -> str:
    """The type of the values that a leaf is compared with."""
    if leaf.kind == "relation" and leaf.relation is not None:
        return specs()[leaf.relation.target].columns["id"].wire_type
    return leaf.kind


def parameters(
    leaf: Leaf, operator: Operator, text: str, name: str, dialect: PostgreSQL | SQLite
) -> tuple[object, ...]:
    """The values that one condition binds, by their numbers in its SQL; numbering continues across comparisons."""
    if operator.value:
        parse = PARSERS[operator.value]
        return tuple([dialect.bind(operator.value, parse(part, name)) for part in operator.reads(text, name)])
    if leaf.quantity is not None:
        return _quantity_parameters(leaf.quantity, operator, text, name, dialect)
    if leaf.kind == "json_path":
        return _json_parameters(operator, text, name, dialect)
    wire_type = compared_type(leaf)
    parse = _parser(leaf, operator, wire_type)
    values = [dialect.bind(wire_type, parse(part, name)) for part in operator.reads(text, name)]
    if operator.lists:
        return (dialect.members(values),)
    return tuple([value.lower() for value in values] if operator.folds else values)


def _parser(leaf: Leaf, operator: Operator, wire_type: str) -> Any:
    """The parser for a text; names and whole texts are compared in the form in which they are stored."""
    if leaf.kind == "tags" or (leaf.column is not None and leaf.column.name in NAMES):
        return parse_name
    if wire_type == "richtext" and operator.whole:
        return parse_markup
    return PARSERS.get(wire_type, parse_text)


def _json_parameters(operator: Operator, text: str, name: str, dialect: PostgreSQL | SQLite) -> tuple[Any, ...]:
    """The text read as each type that the value may have; None for types that it does not fit."""
    texts = operator.reads(text, name)
    if operator.lists:
        figures = [value for value in map(numbers.float_of, texts) if value is not None]
        truths = [word for word in map(_truth, texts) if word]
        given: dict[str, list[Any]] = {"text": texts, "number": figures, "truth": truths}
        return tuple(dialect.members(given[one]) for one in operator.inside)
    if operator.inside == TEXTS_ONLY:
        return tuple([part.lower() for part in texts] if operator.folds else texts)
    known: list[Any] = [_number(part, dialect) for part in texts]
    nothing = [None] * len(texts)
    as_numbers = nothing if None in known else known
    if operator.inside == SORTED_TYPES:
        # A text that is a number is compared only with numbers.
        return (*as_numbers, *(texts if as_numbers is nothing else nothing))
    found = {"text": texts, "number": as_numbers, "truth": [_truth(part) for part in texts]}
    return tuple(value for one in operator.inside for value in found[one])


def _truth(text: str) -> str | None:
    """The JSON literal that a text stands for."""
    return text.lower() if text.lower() in ("true", "false") else None


def _quantity_parameters(
    quantity: Quantity, operator: Operator, text: str, name: str, dialect: PostgreSQL | SQLite
) -> tuple[Any, ...]:
    """The values in the base unit of each dimension of the quantity; None for other dimensions."""
    measured = [_measured(quantity, part, name) for part in operator.reads(text, name)]
    return tuple(
        dialect.bind("numeric", value) if dimension == found else None
        for dimension in quantity.dimensions
        for found, value in measured
    )


def _measured(quantity: Quantity, text: str, name: str) -> tuple[str, Decimal]:
    """Dimension and value in its base unit of a text such as "2 min"."""
    number, word = numbers.measured(text) or (None, "")
    unit = spelled(word, list(quantity.units)) if word else quantity.default or None
    if word and unit is None:
        other = spelled(word, list(UNITS))
        unit = other if other is not None and dimension_of(other) in quantity.dimensions else None
    converted = convert(number, unit) if number is not None and unit is not None else None
    if converted is None:
        units = ", ".join(quantity.units)
        unclear = " (types mean different ones: filter by type, or name it)"
        meant = f" (without one it is in {quantity.default})" if quantity.default else unclear
        advice = numbers.advice(text)
        example = f"300 {quantity.units[0]}{meant}"
        raise QueryError.at(
            name,
            f"Expected a number with a unit, such as {example}, got {shown(text)}.{advice} Units: {units}.",
        )
    return converted


def _number(text: str, dialect: PostgreSQL | SQLite) -> object:
    value = numbers.decimal_of(text)
    return None if value is None else dialect.bind("numeric", value)
