"""Values of the wire as Python's. Pure."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any, Callable

from ..record import read_date, read_datetime
from .columns import Column, parts_of

LONGEST = 60
# As servers write it, P1DT2H30M or 1 02:30:00.5.
_ISO = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CLOCK = re.compile(
    r"(?:(?P<days>-?\d+) (?:days?, )?)?(?P<sign>[-+]?)(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)"
)


def duration_of(text: str) -> timedelta:
    """A duration.

    Raises
    ------
    ValueError
        If the text is none.
    """
    found = (_ISO.fullmatch(text) or _CLOCK.fullmatch(text)) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(f"'{text[:LONGEST]}' is no duration.")
    parts = found.groupdict(default="0")
    days = timedelta(days=int(parts["days"]))
    clock = timedelta(hours=int(parts["hours"]), minutes=int(parts["minutes"]), seconds=float(parts["seconds"]))
    if found.re is _ISO:
        return -(days + clock) if parts["sign"] == "-" else days + clock
    return days - clock if parts["sign"] == "-" else days + clock


def json_text(value: Any) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


CONVERT: dict[str, Callable[[Any], Any]] = {
    "date": read_date,
    "datetime": read_datetime,
    "duration": duration_of,
    "json": json_text,
    "number": float,
}


def converted(column: Column, value: Any) -> Any:
    """A value as Python holds it: times, days and durations as such, also inside of structs and lists."""
    if value is None or column.kind == "nothing":
        return None
    if column.kind == "list":
        return [converted(column.parts[0], one) for one in value]
    if column.parts:
        return {part.name: converted(part, parts_of([value], part.name)[0]) for part in column.parts}
    convert = CONVERT.get(column.kind)
    return convert(value) if convert else value
