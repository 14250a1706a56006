"""The rows that deletions kept: read from their JSON, and inserted again with one statement per model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import signals

from ..history.recording import plain
from ..model.fields import SpanField
from ..model.ids import RecordId
from ..model.registry import specs
from ..models import Deletion
from ..sql.collecting import Key, Model, Row, columns_of
from ..sql.setwise import insert_columns
from ..text.times import kept_moment, span_of

Reader = Callable[..., Any]
Column = tuple[str, Reader | None, Reader]
# JSON is what these columns hold.
_AS_THEY_ARE = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.JSONField)


@dataclass(frozen=True)
class Restored:
    """The rows that are back.

    Attributes
    ----------
    by_model : dict
        Model -> its rows, in the order of the deletions.
    kept : dict
        Model and id of a record -> its values as the deletion kept them.
    """

    by_model: dict[Model, list[Row]]
    kept: dict[Key, dict[str, Any]]

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for rows in self.by_model.values() for row in rows]

    def of(self, *wanted: Model) -> list[Row]:
        """The rows of some models."""
        return [row for model in wanted for row in self.by_model.get(model, ())]

    @cached_property
    def records(self) -> dict[Model, list[RecordId]]:
        """Model -> ids of the rows that are records of the API."""
        return {model: [row.pk for row in rows] for model, rows in self.by_model.items() if hasattr(model, "resource")}

    @cached_property
    def keys(self) -> set[Key]:
        """Models and ids of the records."""
        return {(model._meta.label, pk) for model, ids in self.records.items() for pk in ids}


def found_in(deletions: Sequence[Deletion]) -> Restored:
    """The removed rows by model, in the order of the registry: as additions and moves count the rows of projects."""
    found: dict[Model, list[Row]] = {spec.model: [] for spec in specs().values()}
    values: dict[Key, dict[str, Any]] = {}
    for deletion in deletions:
        for kept in deletion.rows:
            model: Any = apps.get_model(kept["model"])
            row = _row(model, kept["values"])
            found.setdefault(model, []).append(row)
            if hasattr(model, "resource"):
                values[row.key] = _newer(model) | kept["values"]
    return Restored({model: rows for model, rows in found.items() if rows}, values)


def _row(model: Model, kept: Mapping[str, Any]) -> Row:
    columns: tuple[Column, ...] = _columns(model)
    values = tuple(_value(column, kept) for column in columns)
    return Row(model, (model._meta.label, values[columns_of(model)[model._meta.pk.attname]]), values)


def _value(column: Column, kept: Mapping[str, Any]) -> Any:
    name, reader, default = column
    if name not in kept:
        return default()
    value = kept[name]
    return value if reader is None or value is None else reader(value)


@cache
def _columns(model: Any) -> tuple[Column, ...]:
    """(name, what reads its JSON, its default) of each column; JSON is read as it is where that is the value."""
    return tuple((one.attname, _reader(one), one.get_default) for one in model._meta.concrete_fields)


def _reader(column: Any) -> Reader | None:
    target = column.target_field if column.is_relation else column
    if isinstance(target, SpanField):
        return span_of
    if isinstance(target, models.DateTimeField):
        return kept_moment
    return None if isinstance(target, _AS_THEY_ARE) else target.to_python


@cache
def _newer(model: Any) -> dict[str, Any]:
    """Defaults of all columns as JSON, for those that are newer than a deletion."""
    found = {one.attname: one.get_default() for one in model._meta.concrete_fields if not one.primary_key}
    return dict(plain(found))


def is_watched(model: Model) -> bool:
    """Whether something acts on each row of a model that is saved."""
    return bool(signals.pre_save.has_listeners(model) or signals.post_save.has_listeners(model))


def insert(model: Any, rows: Sequence[Row]) -> None:
    if is_watched(model):
        for row in rows:
            record = model(**dict(zip(columns_of(model), row.values, strict=True)))
            record.save_base(raw=True, force_insert=True)
        return
    columns = zip(*(row.values for row in rows), strict=True)
    insert_columns(model._meta.db_table, [*zip(model._meta.concrete_fields, columns, strict=True)])


__all__ = ["Restored", "found_in", "insert", "is_watched"]
