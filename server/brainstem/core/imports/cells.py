"""The text of a cell -> the value of a payload. Pure; related records are resolved elsewhere.

Whatever is read in more than one way is refused rather than guessed: ``1,500`` may be 1.5 or 1500, and 03/04/2026 may
be in March or in April unless somebody says so.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..model.registry import Spec
from ..text.numbers import LONGEST, advice, float_of
from ..text.shown import shown
from ..text.times import day_of_time, moment_of
from ..text.words import nearest, truth_of
from ..types.labels import choices_of, group_of
from ..types.quantities import is_quantity
from ..types.schemas import current
from ..types.units import UNITS, spelled
from .columns import Column
from .json_values import Json

DAY_FIRST, MONTH_FIRST, ASK = "day", "month", ""
_DATE = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2})\.|/([0-9]{1,2})/)([0-9]{4})(?:[ T](.{1,20}))?")
_COMMA = re.compile(r"([+-]?[0-9]{1,20}),([0-9]{1,20})(?![0-9,.])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class WrongCell(ValueError):
    """What is wrong with a cell; ``options`` are values that were perhaps meant."""

    def __init__(self, message: str, *, options: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.options = options


@dataclass(frozen=True)
class Manner:
    """How a table is to be read.

    Attributes
    ----------
    zone : tzinfo
        Of times that name none.
    first : str
        What comes first in dates with slashes: the day, the month, or unknown (empty).
    """

    zone: dt.tzinfo = dt.UTC
    first: str = ASK


def value_of(spec: Spec, column: Column, text: str, manner: Manner) -> Json:
    """The value of a cell that is not empty, for a field that is no relation.

    Raises
    ------
    WrongCell
        If it does not fit the field, or may be meant in several ways.
    """
    name = column.target.key
    if name == "tags":
        return parts_of(text, commas=True)
    field = spec.columns[name]
    if choices := choices_of(spec, name):
        return _choice(choices, text)
    if field.wire_type in ("image", "file"):
        raise WrongCell("Files are not imported from a table. Add them on the page of the record.")
    return value_of_kind(field.wire_type, text, manner, of_template=column.of_template)


def value_of_kind(kind: str, text: str, manner: Manner, *, of_template: bool = False) -> Json:
    """The value of a cell of a kind on the wire, such as ``datetime``.

    Raises
    ------
    WrongCell
        If it does not fit.
    """
    if of_template and manner.first == ASK:
        manner = Manner(manner.zone, MONTH_FIRST)  # as the templates are documented
    reader = _READERS.get(kind)
    return reader(text, manner) if reader else text


def parts_of(text: str, *, commas: bool) -> list[str]:
    """The parts of a list: JSON, as exports have parts that hold ``;`` or commas, or with these between them."""
    if text.startswith("["):
        with contextlib.suppress(WrongCell):
            found = json_of(text)
            if all(isinstance(one, (str, int)) for one in found):
                return list(dict.fromkeys(map(str, found)))
    parting = ";" if ";" in text or not commas else ","
    return list(dict.fromkeys(part for part in (one.strip() for one in text.split(parting)) if part))


def _choice(choices: Mapping[str, str], text: str) -> str:
    """One of the values of a field, written as such or by its label, in any case."""
    if text in choices:
        return text
    folded = text.casefold()
    found = [value for value, label in choices.items() if folded in (value.casefold(), label.casefold())]
    if len(found) == 1:
        return found[0]
    names = [value for value in choices if value]
    hint = nearest(text, names) if len(names) > 12 else f" Choose one of {', '.join(names)}."
    raise WrongCell(f"{shown(text)} is not one of the choices.{hint}", options=_near(text, choices))


def _near(text: str, choices: Mapping[str, str]) -> tuple[str, ...]:
    found = re.findall(r"'([^']{1,60})'", nearest(text, [value for value in choices if value]).partition("mean")[2])
    return tuple(found[:3])


# -- numbers, dates, times ---------------------------------------------------------------------------------------------


def number_text(text: str) -> str:
    """A number, perhaps with a unit behind it, with a point where it has a decimal comma.

    Raises
    ------
    WrongCell
        If the comma may part thousands.
    """
    match = _COMMA.match(text) if len(text) <= LONGEST else None
    if match is None:
        return text
    if len(match[2]) == 3 and match[1].lstrip("+-") != "0":
        raise WrongCell(f"The comma in {shown(text)} may part decimals or thousands.{advice(text)}")
    return f"{match[1]}.{match[2]}{text[match.end() :]}"


def _number(text: str, manner: Manner) -> Json:  # noqa: ARG001 - readers share a signature
    found = float_of(number_text(text))
    if found is None:
        raise WrongCell(f"Expected a number such as 12.5, got {shown(text)}.")
    whole = found.is_integer() and abs(found) < 2**53
    return int(found) if whole else found


def _boolean(text: str, manner: Manner) -> bool:  # noqa: ARG001
    found = {"enabled": True, "disabled": False, "y": True, "n": False}.get(text.lower(), truth_of(text))
    if found is None:
        raise WrongCell(f"Expected yes or no, got {shown(text)}.")
    return found


def _json(text: str, manner: Manner) -> Json:  # noqa: ARG001
    return json_of(text)


def json_of(text: str) -> Json:
    """The value of a JSON text.

    Raises
    ------
    WrongCell
        If it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongCell(f"This is not valid JSON: {error}") from None


def _day(text: str, manner: Manner) -> str:
    found = day_of_time(text) or (_local(text, manner) or (None,))[0]
    if found is None:
        raise WrongCell(f"{shown(text)} is not a date. Write it as 2026-01-31.")
    return found.isoformat()


def _moment(text: str, manner: Manner) -> str:
    wall, own_zone = _wall(text, manner)
    if own_zone is not None:
        return own_zone
    return _in_zone(wall, manner.zone).astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _wall(text: str, manner: Manner) -> tuple[dt.datetime, str | None]:
    """What the clock on the wall shows, and the moment in UTC if the text names its zone."""
    parts = _local(text, manner)
    if parts is not None:
        return dt.datetime.combine(parts[0], parts[1]), None
    found = moment_of(text)
    if found is None:
        raise WrongCell(f"{shown(text)} is not a time. Write it as 2026-01-31 14:30.")
    if re.search(r"[0-9](?:Z|z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$", text.strip()[10:]):
        return found, found.isoformat().replace("+00:00", "Z")
    return found.replace(tzinfo=None), None


def _local(text: str, manner: Manner) -> tuple[dt.date, dt.time] | None:
    """Day and time of a text such as 31.01.2026 14:30 or 1/31/2026; None if it is written in another way."""
    match = _DATE.fullmatch(text.strip()) if len(text) <= LONGEST and text.isascii() else None
    if match is None:
        return None
    one, two, year = int(match[1]), int(match[2] or match[3]), int(match[4])
    # A number above 12 is no month; with points, the day is written first everywhere.
    first = DAY_FIRST if match[2] or one > 12 else MONTH_FIRST if two > 12 else manner.first
    if first == ASK and one != two:
        time = f" {match[5].strip()}" if match[5] else ""
        ways = tuple(f"{year}-{month:02}-{day:02}{time}" for day, month in ((one, two), (two, one)))
        said = f"{shown(text)} may be {' or '.join(ways)}. Say which comes first in this table, the day or the month."
        raise WrongCell(said, options=ways)
    day, month = (two, one) if first == MONTH_FIRST else (one, two)
    clock = _CLOCK.fullmatch((match[5] or "00:00").strip())
    try:
        if clock is None:
            raise ValueError
        return dt.date(year, month, day), dt.time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        raise WrongCell(f"{shown(text)} is not a time. Write it as 2026-01-31 14:30.") from None


def _in_zone(wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The moment at which a clock in the zone shows a time; refused if it never does, or does twice."""
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        wall.replace(tzinfo=zone).astimezone(dt.UTC)
    except (OverflowError, ValueError):
        raise WrongCell(f"{wall.isoformat(' ')} is out of range.") from None
    if first != second:
        what = "did not exist" if first is not None and second is not None and first < second else "occurred twice"
        raise WrongCell(
            f"{wall.isoformat(' ')} {what} in {zone}, where clocks were changed. Add its offset from UTC: +01:00."
        )
    return wall.replace(tzinfo=zone)


_READERS: Mapping[str, Callable[[str, Manner], Json]] = {
    "boolean": _boolean,
    "integer": _number,
    "positive_integer": _number,
    "number": _number,
    "json": _json,
    "date": _day,
    "datetime": _moment,
}


# -- details --------------------------------------------------------------------------------------------------------


def detail_of(spec: Spec, column: Column, text: str, *, type_name: str, unit: str = "") -> Json:
    """The value of a key inside details, as the schema of the type has it; a number keeps the unit of its cell.

    ``unit`` is that of the row's own column for units, or empty.

    Raises
    ------
    WrongCell
        If it does not fit the schema.
    """
    schema = _part(spec, column, type_name)
    options = [schema, *schema.get("anyOf", ())]
    if any(is_quantity(one) for one in options):
        return _quantity(text, unit or column.unit)
    kind = next((str(one["type"]) for one in options if isinstance(one.get("type"), str)), "")
    if kind in ("number", "integer"):
        return _number(text, Manner())
    if kind == "boolean":
        return _boolean(text, Manner())
    if kind in ("array", "object") and text[:1] in "[{":
        return _json(text, Manner())
    if kind == "array":
        return parts_of(text, commas=True)
    if not kind and not schema.get("enum"):
        return _loose(text)
    return text


def _part(spec: Spec, column: Column, type_name: str) -> Mapping[str, Json]:
    """The part of a type's schema that a column holds; empty if the type does not have it."""
    schema = current(group_of(spec, column.target.key), type_name)
    at: Json = schema.body if schema else {}
    for key in column.target.path:
        at = at.get("properties", {}).get(key, {})
    return at if isinstance(at, dict) else {}


def _quantity(text: str, unit: str) -> Json:
    """A number with the unit of its cell or else of its head, for the schema to check."""
    plain = number_text(text)
    number = float_of(plain)
    if number is None:
        return plain
    value = int(number) if number.is_integer() and abs(number) < 2**53 else number
    return {"value": value, "unit": spelled(unit, list(UNITS)) or unit} if unit else value


def _loose(text: str) -> Json:
    """A value of no known kind: a number, JSON in brackets, or the text itself."""
    if text[:1] in ("{", "["):
        return _json(text, Manner())
    # 007 and 1e5 are no numbers that somebody calculates with, but names.
    number = len(text) <= LONGEST and re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text)
    return json.loads(text) if number else text


__all__ = [
    "ASK",
    "DAY_FIRST",
    "MONTH_FIRST",
    "Manner",
    "WrongCell",
    "detail_of",
    "json_of",
    "parts_of",
    "value_of",
    "value_of_kind",
]
