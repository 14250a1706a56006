"""Columns as a DataFrame of polars; needs no pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .columns import Column, Filled
from .values import converted

if TYPE_CHECKING:
    import polars as pl

MISSING = "to_polars() needs polars: pip install 'brainstem_python_api_tools[polars]'"


def frame(columns: Sequence[Filled]) -> pl.DataFrame:
    """A frame of the columns."""
    try:
        import polars as pl
    except ImportError as error:
        raise ImportError(MISSING) from error
    return pl.DataFrame([_series(one) for one in columns])


def _series(one: Filled) -> pl.Series:
    import polars as pl

    column = one.column
    try:
        values = [converted(column, value) for value in one.values]
        return pl.Series(column.name, values, dtype=_type(column, outermost=True))
    except (ValueError, TypeError, pl.exceptions.PolarsError):
        if column.kind not in {"date", "datetime", "duration"}:
            raise
        return pl.Series(column.name, one.values, dtype=pl.String)  # one of the texts is no time


def _type(column: Column, *, outermost: bool = False) -> Any:
    import polars as pl

    if column.kind == "list":
        return pl.List(_type(column.parts[0]))
    if column.parts:
        return pl.Struct({part.name: _type(part) for part in column.parts})
    kinds: dict[str, Any] = {
        "integer": pl.Int64,
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
        "datetime": pl.Datetime("us", "UTC"),
        "duration": pl.Duration("us"),
        "category": pl.Categorical if outermost else pl.String,
        "nothing": pl.Null,
    }
    return kinds.get(column.kind, pl.String)
