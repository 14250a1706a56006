"""Which unique values of rows to be restored have been taken since, said more clearly than the database would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from ..errors import Conflict
from ..sql.collecting import Model, Row, columns_of
from ..sql.setwise import among_values


def refuse_taken(model: Model, rows: Sequence[Row]) -> None:
    """Refuse rows of which a unique value is taken; one query per unique constraint.

    Raises
    ------
    Conflict
        Names the record and the value.
    """
    for names in _uniques(model):
        wanted = {values: row for row in rows if None not in (values := tuple(row[name] for name in names))}
        wanted = {values: row for values, row in wanted.items() if values != ("",)}
        if not wanted:
            continue
        field = model._meta.get_field(names[0])
        near = model._base_manager.filter(**{f"{names[0]}__in": among_values(field, {values[0] for values in wanted})})
        for taken in near.values_list(*names):
            if taken in wanted:
                _refuse(wanted[taken], names)


def _uniques(model: Model) -> Iterator[tuple[str, ...]]:
    """Columns whose values are unique, alone or together."""
    for column in model._meta.concrete_fields:
        if column.unique and not column.primary_key:
            yield (column.attname,)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            fields: list[Any] = [model._meta.get_field(name) for name in constraint.fields]
            yield tuple(field.attname for field in fields)


def _refuse(row: Row, names: tuple[str, ...]) -> None:
    model: Any = row.model
    record = model(**dict(zip(columns_of(model), row.values, strict=True)))
    fields = [model._meta.get_field(name).name for name in names]
    what = f"{fields[0]} {row[names[0]]!r}" if len(names) == 1 else f"the place of this {' and '.join(fields)}"
    raise Conflict(
        f"Cannot restore {model._meta.verbose_name} '{record}': {what} has been taken since."
        " Rename or remove the record that has it, then try again."
    )


__all__ = ["refuse_taken"]
