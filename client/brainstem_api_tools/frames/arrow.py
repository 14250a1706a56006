"""Columns as Arrow arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from ..durations import duration_of
from ..record import read_date, read_datetime
from .columns import Column, Filled, parts_of
from .values import json_text

if TYPE_CHECKING:
    import pyarrow as pa

MISSING = "to_arrow() needs pyarrow: pip install 'brainstem_python_api_tools[arrow]'"


def table(columns: Sequence[Filled], *, model: str = "") -> pa.Table:
    """A table of the columns; units that all rows have in common stand in the metadata of their fields."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(MISSING) from error
    arrays = [_array(one.column, one.values, outermost=True) for one in columns]
    fields = [_field(one.column, array.type) for one, array in zip(columns, arrays)]
    return pa.table(arrays, schema=pa.schema(fields, metadata={"model": model} if model else None))


def _field(column: Column, kind: pa.DataType) -> pa.Field:
    import pyarrow as pa

    return pa.field(column.name, kind, metadata={"unit": column.unit} if column.unit else None)


def _array(column: Column, values: list[Any], *, outermost: bool = False) -> pa.Array:
    import pyarrow as pa

    if column.kind == "nothing":
        return pa.nulls(len(values))
    if column.kind == "list":
        return _lists(column, values)
    if column.parts:
        return _structs(column, values)
    if column.kind == "category":
        # Inside of structs and lists many programs cannot read dictionaries.
        return _categories(column, values) if outermost else pa.array(values, pa.string())
    return _plain(column.kind, values)


def _plain(kind: str, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    if kind == "json":
        return pa.array([None if value is None else json_text(value) for value in values], pa.string())
    if kind in {"date", "datetime", "duration"}:
        return _times(kind, values)
    kinds = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    return pa.array(values, kinds.get(kind, pa.string()))


def _times(kind: str, values: list[Any]) -> pa.Array:
    """Times, dates or durations; the original strings if one of them cannot be parsed."""
    import pyarrow as pa

    kinds = {"date": pa.date32(), "datetime": pa.timestamp("us", tz="UTC"), "duration": pa.duration("us")}
    read = {"date": read_date, "datetime": read_datetime, "duration": duration_of}[kind]
    texts = pa.array(values, pa.string())
    try:
        if kind != "duration":
            return texts.cast(kinds[kind])
    except pa.ArrowInvalid:
        pass  # a form of ISO 8601 that Arrow does not read
    try:
        return pa.array([None if value is None else read(value) for value in values], kinds[kind])
    except (ValueError, TypeError, pa.ArrowInvalid, pa.ArrowTypeError):
        return texts


def _categories(column: Column, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    places = {choice: at for at, choice in enumerate(column.choices)}
    numbers = [None if value is None else places.setdefault(value, len(places)) for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(list(places), pa.string()))


def _structs(column: Column, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    arrays = [_array(part, parts_of(values, part.name)) for part in column.parts]
    fields = [_field(part, array.type) for part, array in zip(column.parts, arrays)]
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=missing)


def _lists(column: Column, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    elements = _array(column.parts[0], list(chain.from_iterable(value or () for value in values)))
    ends = accumulate((len(value or ()) for value in values), initial=0)
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), elements, mask=missing)
