"""Records as a Parquet file. Times are times, lists of texts are lists; other nested values are JSON as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def write(pages: Iterable[list[dict[str, Any]]], out: IO[bytes]) -> None:
    """Write all records."""
    records = [record for page in pages for record in page]
    names = [name for name in dict.fromkeys(key for record in records for key in record) if name != "links"]
    columns = [_column([record.get(name) for record in records]) for name in names]
    pq.write_table(pa.table(dict(zip(names, columns))), out)


def _column(values: list[Any]) -> Any:
    """One column, in the narrowest type that all its values have."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, str) for value in present):
        return _texts(values, present)
    if present and all(isinstance(value, list) and all(isinstance(one, str) for one in value) for value in present):
        return pa.array(values, pa.list_(pa.string()))
    kinds = {type(value) for value in present}
    if kinds <= {bool} or kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values] if float in kinds else values)
    return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values], pa.string())


def _texts(values: list[str | None], present: list[str]) -> Any:
    column = pa.array(values, pa.string())
    if all(_TIME.fullmatch(value) for value in present):
        from datetime import datetime

        moments = [None if value is None else datetime.fromisoformat(_padded(value)) for value in values]
        return pa.array(moments, pa.timestamp("us", tz="UTC"))
    return pc.cast(column, pa.date32()) if all(_DAY.fullmatch(value) for value in present) else column


def _padded(text: str) -> str:
    """The time as Python 3.9 reads it: with an offset, and six digits after the point or none."""
    whole, point, rest = text.replace("Z", "+00:00").partition(".")
    if not point:
        return whole
    digits = re.match(r"\d+", rest)
    found = digits[0] if digits else ""
    return f"{whole}.{found[:6]:0<6}{rest[len(found) :]}"
