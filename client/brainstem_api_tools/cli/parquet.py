"""Records as a Parquet file and back, in the types of their model: never in types that only these values would have.

Times are times, durations durations, lists of texts lists. What is nested otherwise is JSON as text, and the metadata
of its column says so (``format: json``), by which :func:`read` knows it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import IO, Any, Callable

import pyarrow as pa
import pyarrow.parquet as pq

from ..durations import duration_of
from ..record import read_date, read_datetime
from .describe import Field

JSON_FORMAT = {"format": "json"}
PLAIN = {
    "integer": pa.int64(),
    "positive_integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "duration": pa.duration("us"),
}
READ: dict[str, Callable[[str], Any]] = {"date": read_date, "datetime": read_datetime, "duration": duration_of}
AT_ONCE = 1000
LARGEST = 512 * 1024 * 1024  # bytes of the columns before they are packed


def write(pages: Iterable[list[dict[str, Any]]], out: IO[bytes], *, columns: dict[str, Field]) -> None:
    """Write all records; ``columns`` are those of the file, in order, with the fields whose types they have.

    Raises
    ------
    ValueError
        If a value does not fit the type of its field.
    """
    schema = pa.schema([_field(name, field) for name, field in columns.items()])
    with pq.ParquetWriter(out, schema) as writer:
        for page in pages:
            arrays = [
                _array(one, [record.get(name) for record in page], field)
                for one, (name, field) in zip(schema, columns.items())
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _field(name: str, field: Field) -> pa.Field:
    return pa.field(name, _type(field), metadata=JSON_FORMAT if field.kind == "json" else None)


def _type(field: Field) -> pa.DataType:
    """The type of a field: the same for all files of a model."""
    one = PLAIN.get(field.related_id if field.related else field.kind, pa.string())
    return pa.list_(one) if field.is_list else one


def _array(column: pa.Field, values: list[Any], field: Field) -> pa.Array:
    try:
        return pa.array([_value(value, field) for value in values], column.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"Column '{column.name}' has a value that is not a {field.kind}: {error}") from error


def _value(value: Any, field: Field) -> Any:
    if value is None:
        return None
    if field.kind == "json":
        return json.dumps(value, ensure_ascii=False)
    read = READ.get(field.kind)
    return read(value) if read and not field.related else value


# --- back ---


def read(content: bytes, *, most_rows: int) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns of a file, and its rows as values of JSON.

    Raises
    ------
    ValueError
        If it is no Parquet, or too large.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"This is not a Parquet file: {error}") from error
    about = file.metadata
    size = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
    if about.num_rows > most_rows or size > LARGEST:
        raise ValueError(
            f"The table has {about.num_rows} rows and {size} bytes, which is too much: import it in parts."
        )
    return list(file.schema_arrow.names), _rows(file)


def _rows(file: pq.ParquetFile) -> Iterator[dict[str, Any]]:
    nested = {one.name for one in file.schema_arrow if (one.metadata or {}).get(b"format") == b"json"}
    try:
        for batch in file.iter_batches(batch_size=AT_ONCE):
            for row in batch.to_pylist():
                yield {name: _back(value, is_json=name in nested) for name, value in row.items()}
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"This Parquet file is damaged: {error}") from error


def _back(value: object, *, is_json: bool = False) -> Any:
    if is_json and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        return (value.astimezone(timezone.utc) if value.tzinfo else value).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return clock(value)
    if isinstance(value, list):
        return [_back(one) for one in value]
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - not a number


def clock(span: timedelta) -> str:
    """A duration as it would be typed: ``1 02:30:00``."""
    minutes, seconds = divmod(span.seconds, 60)
    fraction = f".{span.microseconds:06}" if span.microseconds else ""
    days = f"{span.days} " if span.days else ""
    return f"{days}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{fraction}"


__all__ = ["clock", "read", "write"]
