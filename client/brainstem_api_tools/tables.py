"""Rows from lists of dicts or from pandas, polars and Arrow tables, none of which is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from .errors import ValidationError
from .record import Record, fields_of
from .sending import is_missing

WHOLE = frozenset({"integer", "positive_integer"})
Row = Mapping[str, Any]


Rows = Union[Iterable[Mapping[str, Any]], Any]  # tables have no common type


def rows_of(given: Any, record: type[Record]) -> list[Row]:
    """The rows, each with the fields it has.

    In a table, an empty cell (None, NaN, NaT, NA) is a field that is not given: a new record gets the
    default, an existing one keeps its value. Whole numbers that a table stores as floats because of such cells are
    whole.

    Raises
    ------
    ValidationError
        If these are not rows.
    """
    if isinstance(given, (Mapping, str, bytes)):
        raise ValidationError(f"One {type(given).__name__} is not a list of rows: put it in a list.")
    table = _cells(given)
    if table is None:
        rows = list(given)
        _check(rows)
        return rows
    whole = {name for name, field in fields_of(record).items() if field.kind in WHOLE}
    return [
        {name: _cell(value, whole=name in whole) for name, value in row.items() if not is_missing(value)}
        for row in table
    ]


def _cells(given: object) -> list[dict[str, Any]] | None:
    """All cells of a table by row; None if it is not a table."""
    if hasattr(given, "itertuples") and hasattr(given, "columns"):  # pandas
        names = [str(name) for name in given.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValidationError(f"Duplicate columns: {', '.join(repeated)}.", advice="Nothing was sent.")
        return [dict(zip(names, row)) for row in given.itertuples(index=False, name=None)]
    for method in ("to_dicts", "to_pylist"):  # polars, Arrow
        if hasattr(given, method) and hasattr(given, "schema"):
            found: list[dict[str, Any]] = getattr(given, method)()
            return found
    return None


def _check(rows: Iterable[object]) -> None:
    for at, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise ValidationError(
                f"row {at} is a {type(row).__name__}, not a dict of fields and values.", advice="Nothing was sent."
            )


def _cell(value: object, *, whole: bool) -> Any:
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value
