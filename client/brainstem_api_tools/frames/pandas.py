"""Columns as a DataFrame of pandas, with its nullable types; needs no pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..durations import duration_of
from .columns import Filled, units_of

if TYPE_CHECKING:
    import pandas as pd

MISSING = "to_pandas() needs pandas: pip install 'brainstem_python_api_tools[pandas]'"
TYPES = {"text": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}


def frame(columns: Sequence[Filled], *, model: str = "") -> pd.DataFrame:
    """A frame of the columns; ``attrs["units"]`` has the units that all rows have in common."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(MISSING) from error
    length = len(columns[0].values) if columns else 0
    found = pd.DataFrame({one.column.name: _series(one) for one in columns}, index=range(length))
    found.attrs["units"] = units_of(one.column for one in columns)
    if model:
        found.attrs["model"] = model
    return found


def _series(one: Filled) -> pd.Series[Any]:
    import pandas as pd

    kind, values = one.column.kind, one.values
    if kind == "category":
        known = dict.fromkeys([*one.column.choices, *(value for value in values if value is not None)])
        return pd.Series(pd.Categorical(values, categories=pd.Index(list(known), dtype=object)))
    if kind in {"date", "datetime", "duration"}:
        return _times(kind, values)
    return pd.Series(values, dtype=TYPES.get(kind, "object"))


def _times(kind: str, values: list[Any]) -> pd.Series[Any]:
    """Times, dates or durations; the original strings if one of them cannot be parsed."""
    import pandas as pd

    try:
        if kind == "duration":
            spans = [None if value is None else duration_of(value) for value in values]
            return pd.Series(spans, dtype="timedelta64[us]")
        if kind == "date":
            return pd.Series(values, dtype="datetime64[s]")
        return pd.Series(pd.to_datetime(values, utc=True, format="ISO8601")).astype("datetime64[us, UTC]")
    except ValueError:
        return pd.Series(values, dtype="string")
