"""Which rows are deleted with others, which lose a reference and which prevent the deletion, model by model.

Finds the same as Django's ``Collector``, with a number of statements that does not depend on the number of rows.
Foreign keys are checked at the end of a transaction on both databases, so rows may be deleted in any order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import signals

from .setwise import among

Model = type[models.Model]
Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of any table, without a model instance, since thousands are read at once."""

    model: Model
    key: Key
    values: tuple[Any, ...]

    def __getitem__(self, name: str) -> Any:
        """The value of a column, by the name that Django gives it (``session_id``)."""
        return self.values[columns_of(self.model)[name]]

    @property
    def label(self) -> str:
        """The model's label."""
        return self.key[0]

    @property
    def pk(self) -> Any:
        """The row's id."""
        return self.key[1]


Rows = dict[object, Row]


@dataclass
class Collected:
    """The effects of deleting some rows.

    Attributes
    ----------
    goes : dict
        Model -> id -> row to be deleted, in the order they were found.
    cleared : list of (field, rows)
        Rows that stay, but whose reference becomes null.
    keeps : dict
        Model -> id -> row that prevents the deletion.
    """

    goes: dict[Model, Rows] = field(default_factory=dict)
    cleared: list[tuple[Any, list[Row]]] = field(default_factory=list)
    keeps: dict[Model, Rows] = field(default_factory=dict)

    def rows(self) -> list[Row]:
        """All rows to be deleted."""
        return [row for rows in self.goes.values() for row in rows.values()]

    def users(self) -> list[Row]:
        """All rows that prevent the deletion."""
        return [row for rows in self.keeps.values() for row in rows.values()]

    def staying(self, rows: Iterable[Row]) -> list[Row]:
        """The given rows that are not deleted."""
        return [row for row in rows if row.pk not in self.goes.get(row.model, {})]

    def delete(self) -> None:
        """Clear and delete, with a few statements per model; rows found last are deleted first."""
        for reference, rows in self.cleared:
            ids = among(reference.model, [row.pk for row in rows])
            reference.model._base_manager.filter(pk__in=ids).update(**{reference.name: None})
        for model, found in reversed(self.goes.items()):
            model._base_manager.filter(pk__in=among(model, found))._raw_delete(connection.alias)
        for model, found in self.goes.items():
            if signals.post_delete.has_listeners(model):
                for row in found.values():
                    gone = model(**dict(zip(columns_of(model), row.values, strict=True)))
                    signals.post_delete.send(sender=model, instance=gone, using=connection.alias, origin=gone)


def collect(roots: Mapping[Model, Iterable[Any]], *, hold: bool = False) -> Collected:
    """Find what is deleted with the roots (ids by model), loses a reference to them, or prevents the deletion.

    One statement per foreign key to a model with rows to be deleted.

    Parameters
    ----------
    hold : bool
        Lock each row before looking up its references, so that no children are added meanwhile.
    """
    found = Collected()
    restricting: dict[Model, Rows] = {}
    clearing: list[tuple[Any, list[Row]]] = []
    waiting = deque(_new(found, _rows_at(roots)).items())
    while waiting:
        model, new = waiting.popleft()
        ids = among(model, [row.pk for row in new])
        for reference in references_to(model):
            rows = _referring(reference, ids, hold=hold)
            on_delete = reference.remote_field.on_delete
            if on_delete is models.CASCADE:
                waiting.extend(_new(found, rows).items())
            elif on_delete is models.PROTECT:
                _put(found.keeps, rows)
            elif on_delete is models.RESTRICT:
                _put(restricting, rows)
            elif on_delete is models.SET_NULL:
                clearing.append((reference, rows))
            else:
                raise NotImplementedError(f"Unsupported on_delete {on_delete} of {reference}.")
    # Only now is it known which of these are deleted as well.
    for rows_of in restricting.values():
        _put(found.keeps, found.staying(rows_of.values()))
    cleared = ((reference, found.staying(rows)) for reference, rows in clearing)
    found.cleared = [(reference, rows) for reference, rows in cleared if rows]
    return found


def _new(found: Collected, rows: Iterable[Row]) -> dict[Model, list[Row]]:
    """Mark rows as to be deleted; returns the newly marked ones, by model."""
    new: dict[Model, list[Row]] = {}
    for row in rows:
        known = found.goes.setdefault(row.model, {})
        if row.pk not in known:
            known[row.pk] = row
            new.setdefault(row.model, []).append(row)
    return new


def _put(into: dict[Model, Rows], rows: Iterable[Row]) -> None:
    for row in rows:
        into.setdefault(row.model, {})[row.pk] = row


def _referring(reference: Any, ids: Any, *, hold: bool) -> list[Row]:
    """The rows that refer to some by one foreign key."""
    model: Any = reference.model
    found = model._base_manager.filter(**{f"{reference.name}__in": ids})
    if hold and reference.remote_field.on_delete is models.CASCADE and references_to(model):
        found = found.select_for_update(of=("self",)).order_by("pk")
    return read(found)


def _rows_at(roots: Mapping[Model, Iterable[object]]) -> Iterator[Row]:
    for model, ids in roots.items():
        yield from read(model._base_manager.filter(pk__in=among(model, ids)))


def read(found: Any) -> list[Row]:
    """The rows of a queryset."""
    names = columns_of(found.model)
    at, label = names[found.model._meta.pk.attname], found.model._meta.label
    return [Row(found.model, (label, values[at]), values) for values in found.values_list(*names)]


@cache
def columns_of(model: Model) -> dict[str, int]:
    """Columns of a model -> index in the values of a row."""
    return {one.attname: at for at, one in enumerate(model._meta.concrete_fields)}


@cache
def references_to(model: Model) -> tuple[Any, ...]:
    """The foreign keys of all models to this one."""
    fields = model._meta.get_fields(include_hidden=True)
    reverse = (one for one in fields if one.auto_created and not one.concrete and (one.one_to_one or one.one_to_many))
    return tuple(one.field for one in reverse)  # type: ignore[union-attr]


__all__ = ["Collected", "Row", "collect", "columns_of", "read", "references_to"]
