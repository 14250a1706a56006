"""Values of the wire as Python's. Pure."""

from __future__ import annotations

import json
from typing import Any, Callable

from ..durations import duration_of
from ..record import read_date, read_datetime
from .columns import Column, parts_of


def json_text(value: object) -> str:
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
    """A value in its Python type: times, dates and durations, also inside structs and lists."""
    if value is None or column.kind == "nothing":
        return None
    if column.kind == "list":
        return [converted(column.parts[0], one) for one in value]
    if column.parts:
        return {part.name: converted(part, parts_of([value], part.name)[0]) for part in column.parts}
    convert = CONVERT.get(column.kind)
    return convert(value) if convert else value
