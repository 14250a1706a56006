"""Uniqueness of a model: columns whose values, alone or together, no two records share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.db import models

from .registry import Spec


@dataclass(frozen=True)
class Unique:
    """Columns whose values together no two records of a model share."""

    names: tuple[str, ...]
    own: bool = True

    @property
    def at(self) -> str:
        """The key at which a conflict is reported."""
        return self.names[-1]

    def message(self, spec: Spec) -> str:
        """The message about a conflict."""
        if self.own:
            return f"A {spec.singular_name} with this {self.at.replace('_', ' ')} already exists on this server."
        return f"A {spec.singular_name} with this {' and '.join(self.names)} already exists."

    def absent(self, values: tuple[object, ...]) -> bool:
        """Whether the values are empty, which does not count as a conflict."""
        return None in values or (self.own and values == ("",))


@cache
def uniques_of(spec: Spec) -> tuple[Unique, ...]:
    """Unique columns of a model: single columns first."""
    columns = [column for column in spec.columns.values() if column.field.unique and not column.field.primary_key]
    shared = [one for one in spec.model._meta.constraints if isinstance(one, models.UniqueConstraint) and one.fields]
    return (
        *(Unique((column.name,)) for column in columns),
        *(Unique(tuple(one.fields), own=False) for one in shared),
    )
