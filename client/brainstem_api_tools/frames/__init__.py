"""Records as tables: of pandas, polars or Arrow.

``to_pandas``, ``to_polars`` and ``to_arrow`` take what servers answer: a whole answer, a list of records, or one
record, as dicts or as this client's records. Lists of a client (``client.sessions.list(...)``) have them as methods.

Types follow from the declarations of the models: times in UTC, days and durations as such, choices and types as
categories, ids of records as texts and those of people as integers. What is not declared, such as details, gets the
type that fits all its values; what fits none is JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..contract import model_under
from ..names import Name
from ..record import Record, record_class, record_named
from .columns import Filled, Labels, Row, filled, include_tree

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["to_arrow", "to_pandas", "to_polars"]


def to_pandas(
    records: object,
    *,
    model: Name | None = None,
    flatten: bool = False,
    include: Iterable[str] = (),
    labels: Labels | None = None,
) -> pd.DataFrame:
    """A pandas DataFrame with one row per record, and columns in the order of the contract.

    Parameters
    ----------
    records : dict, list of dict, list of Record, or requests.Response
        What a server answered.
    model : str or ModelType, optional
        Such as ``"session"``; not needed for whole answers and for this client's records.
    flatten : bool
        Give single related records and details columns of their own: ``setup.name``, ``details.duration`` and
        ``details.duration.unit``. Lists stay lists; the addresses in ``links`` are omitted.
    include : list of str
        Relations that were included; determines the columns if there are no records.
    labels : dict, optional
        Field -> id -> name: names of related records, to add as columns next to their ids.

    Returns
    -------
    pandas.DataFrame
        ``attrs["units"]`` has the units of quantities whose unit is the same in all rows.
    """
    from .pandas import frame

    given = _given(records, model)
    return frame(given.columns(flatten, include, labels), model=given.name)


def to_polars(
    records: object,
    *,
    model: Name | None = None,
    flatten: bool = False,
    include: Iterable[str] = (),
    labels: Labels | None = None,
) -> pl.DataFrame:
    """A polars DataFrame; parameters as in ``to_pandas``."""
    from .polars import frame

    return frame(_given(records, model).columns(flatten, include, labels))


def to_arrow(
    records: object,
    *,
    model: Name | None = None,
    flatten: bool = False,
    include: Iterable[str] = (),
    labels: Labels | None = None,
) -> pa.Table:
    """An Arrow table; parameters as in ``to_pandas``.

    Returns
    -------
    pyarrow.Table
        The metadata of a field has its ``unit``, if all rows share one.
    """
    from .arrow import table

    given = _given(records, model)
    return table(given.columns(flatten, include, labels), model=given.name)


@dataclass(frozen=True)
class _Given:
    """Records, and their model if it is known."""

    record: type[Record] | None
    rows: list[Row]

    @property
    def name(self) -> str:
        return self.record.model if self.record else ""

    def columns(self, flatten: bool, include: Iterable[str], labels: Labels | None) -> list[Filled]:
        names = [include] if isinstance(include, str) else list(include)
        return filled(self.record, self.rows, include=include_tree(names), flatten=flatten, labels=labels)


def _given(records: Any, model: Name | None) -> _Given:
    if hasattr(records, "json") and callable(records.json):
        records = records.json()
    known = record_named(model) if model is not None else None
    if isinstance(records, Mapping) and not isinstance(records, Record):
        key, records = _records_of(records)
        known = known or _class_of(key)
    listed = [records] if isinstance(records, Mapping) else list(records)
    first = next((one for one in listed if isinstance(one, Record)), None)
    rows: list[Row] = [one.data if isinstance(one, Record) else dict(one) for one in listed]
    return _Given(known or (type(first) if first is not None else None), rows)


def _records_of(answer: Mapping[str, Any]) -> tuple[str, Any]:
    """The key of an answer and what it contains; a record by itself has no key."""
    if "id" not in answer:
        for key, value in answer.items():
            if isinstance(value, list) or (isinstance(value, dict) and key != "meta"):
                return key, value
    return "", [answer]


def _class_of(key: str) -> type[Record] | None:
    """The model whose records stand under a key of an answer."""
    found = model_under(key)
    return record_class(found) if found else None
