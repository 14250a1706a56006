"""Rows that are not written yet, which statements of this connection see as if they were; SQLite only.

SQLite looks up a name among temporary tables and views first. These belong to one connection, and writing them needs no
lock of the database. So the rows are kept in temporary tables, and while they are to be seen, a view of the same name
hides each table to which they will be written. Knows no rules of models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from django.db import connection
from django.db.models import Model

from ..model.ids import RecordId
from .setwise import insert_columns

Row = Mapping[str, object]  # values by attname
AT_ONCE = 1000  # rows in one statement
_numbers = count()  # no two layers of a connection have one name


@dataclass(frozen=True)
class _Layer:
    """Rows of a model in a temporary table; below it, rows are hidden whose value of ``by`` is in ``gone``."""

    model: type[Model]
    table: str
    by: str = ""

    @property
    def gone(self) -> str:
        return f"{self.table}_gone"


class Overlay:
    """Layers of rows over the tables of a database; to be closed when nothing of it is needed any more."""

    def __init__(self) -> None:
        self._layers: list[_Layer] = []

    @property
    def height(self) -> int:
        """The number of layers, by which :meth:`seen` knows them."""
        return len(self._layers)

    def add(
        self, model: type[Model], rows: Sequence[Row], *, instead_of: tuple[str, Iterable[RecordId]] | None = None
    ) -> None:
        """Add a layer of rows; values that they do not have are null.

        Parameters
        ----------
        instead_of : tuple of str and ids
            A foreign key or the primary key, and the values whose rows these replace.
        """
        fields = model._meta.concrete_fields
        by, gone = instead_of or ("", ())
        keys = [one for one in fields if one.name == by]
        layer = _Layer(model, f"staged_{next(_numbers)}_{model._meta.db_table}", *(str(one.column) for one in keys))
        self._layers.append(layer)
        _create(layer)
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            insert_columns(layer.table, [(field, [row.get(field.attname) for row in some]) for field in fields])
        for key in keys:
            _run(f"CREATE TEMP TABLE {_quoted(layer.gone)} ({_typed(model, only=layer.by)} PRIMARY KEY)")
            if ids := list(dict.fromkeys(gone)):
                insert_columns(layer.gone, [(key, ids)])

    @contextmanager
    def seen(self, height: int) -> Iterator[None]:
        """Statements in the block see the first layers; what they would change is refused by the database."""
        layers: dict[type[Model], list[_Layer]] = {}
        for layer in self._layers[:height]:
            layers.setdefault(layer.model, []).append(layer)
        try:
            for model, mine in layers.items():
                _run(f"CREATE TEMP VIEW {_quoted(model._meta.db_table)} AS {_union(model, mine)}")
            yield
        finally:
            for model in layers:
                _run(f"DROP VIEW IF EXISTS temp.{_quoted(model._meta.db_table)}")

    def close(self) -> None:
        """Drop all layers."""
        for layer in self._layers:
            _run(f"DROP TABLE IF EXISTS temp.{_quoted(layer.table)}")
            _run(f"DROP TABLE IF EXISTS temp.{_quoted(layer.gone)}")
        self._layers.clear()


def _create(layer: _Layer) -> None:
    """Make the table of a layer, with indexes of the columns by which rows are found and joined."""
    fields = layer.model._meta.concrete_fields
    _run(f"CREATE TEMP TABLE {_quoted(layer.table)} ({_typed(layer.model)})")
    for column in (str(one.column) for one in fields if one.primary_key or one.unique or one.remote_field):
        index = _quoted(f"{layer.table}_{column}")
        _run(f"CREATE INDEX temp.{index} ON {_quoted(layer.table)} ({_quoted(column)})")


def _union(model: type[Model], layers: Sequence[_Layer]) -> str:
    """The rows of the table with those of its layers: each layer hides what it replaces of all below it."""
    names = ",".join(_quoted(str(field.column)) for field in model._meta.concrete_fields)
    sources = [f"main.{_quoted(model._meta.db_table)}", *(f"temp.{_quoted(one.table)}" for one in layers)]
    parts = []
    for at, source in enumerate(sources):
        hidden = [
            f"{_quoted(one.by)} NOT IN (SELECT {_quoted(one.by)} FROM temp.{_quoted(one.gone)})"
            for one in layers[at:]
            if one.by
        ]
        parts.append(f"SELECT {names} FROM {source}" + (f" WHERE {' AND '.join(hidden)}" if hidden else ""))
    return " UNION ALL ".join(parts)


def _typed(model: type[Model], *, only: str = "") -> str:
    """The columns of a model, or one of them, with the types by which the driver converts values."""
    fields = (one for one in model._meta.concrete_fields if only in ("", one.column))
    return ",".join(f"{_quoted(str(one.column))} {one.db_type(connection) or ''}" for one in fields)


def _run(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


__all__ = ["Overlay"]
