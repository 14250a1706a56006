"""Which rows go with others, which lose a reference to them and which keep them; found model by model, not row by row.

What Django's ``Collector`` finds, with a number of statements that does not depend on the number of rows. Foreign keys
are checked at the end of a transaction on both databases, so that rows may be deleted in any order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import signals

from .setwise import among

Rows = dict[Any, models.Model]
Model = type[models.Model]


@dataclass
class Collected:
    """What a deletion of some rows does.

    Attributes
    ----------
    goes : dict
        Model -> id -> row, those that were found first being first.
    cleared : list of (field, rows)
        Rows that stay, and whose reference becomes null.
    keeps : dict
        Model -> id -> row of what cannot be without a row that goes.
    """

    goes: dict[Model, Rows] = field(default_factory=dict)
    cleared: list[tuple[Any, list[models.Model]]] = field(default_factory=list)
    keeps: dict[Model, Rows] = field(default_factory=dict)

    def rows(self) -> list[models.Model]:
        """All that goes."""
        return [row for rows in self.goes.values() for row in rows.values()]

    def users(self) -> list[models.Model]:
        """All that keeps it."""
        return [row for rows in self.keeps.values() for row in rows.values()]

    def staying(self, rows: Iterable[models.Model]) -> list[models.Model]:
        """Those of some rows that do not go."""
        return [row for row in rows if row.pk not in self.goes.get(type(row), {})]

    def delete(self) -> None:
        """Clear and delete, a few statements a model; what was found last goes first."""
        for reference, rows in self.cleared:
            ids = among(reference.model, [row.pk for row in rows])
            reference.model._base_manager.filter(pk__in=ids).update(**{reference.name: None})
        for model, found in reversed(self.goes.items()):
            model._base_manager.filter(pk__in=among(model, found))._raw_delete(connection.alias)  # type: ignore[attr-defined]
        for model, found in self.goes.items():
            if signals.post_delete.has_listeners(model):
                for row in found.values():
                    signals.post_delete.send(sender=model, instance=row, using=connection.alias, origin=row)


def collect(roots: Iterable[models.Model], *, hold: bool = False) -> Collected:
    """What goes with the roots, loses a reference, or keeps them; a statement for each foreign key that leads there.

    Parameters
    ----------
    hold : bool
        Lock each row that goes before asking what refers to it, so that nothing is added below it meanwhile.
    """
    found = Collected()
    restricting: dict[Model, Rows] = {}
    clearing: list[tuple[Any, list[models.Model]]] = []
    waiting = deque(_new(found, roots).items())
    while waiting:
        model, new = waiting.popleft()
        for reference in references_to(model):
            rows = _referring(reference, new, hold=hold)
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
                raise NotImplementedError(f"Deleting does not know what {on_delete} asks for, of {reference}.")
    # Only now is it known which of these go as well.
    for rows_of in restricting.values():
        _put(found.keeps, found.staying(rows_of.values()))
    cleared = ((reference, found.staying(rows)) for reference, rows in clearing)
    found.cleared = [(reference, rows) for reference, rows in cleared if rows]
    return found


def _new(found: Collected, rows: Iterable[models.Model]) -> dict[Model, list[models.Model]]:
    """Note that rows go; those of which it was not known yet, by model."""
    new: dict[Model, list[models.Model]] = {}
    for row in rows:
        known = found.goes.setdefault(type(row), {})
        if row.pk not in known:
            known[row.pk] = row
            new.setdefault(type(row), []).append(row)
    return new


def _put(into: dict[Model, Rows], rows: Iterable[models.Model]) -> None:
    for row in rows:
        into.setdefault(type(row), {})[row.pk] = row


def _referring(reference: Any, rows: Sequence[models.Model], *, hold: bool) -> list[models.Model]:
    """The rows that refer to some by one foreign key."""
    model: Any = reference.model
    ids = among(reference.related_model, [row.pk for row in rows])
    found = model._base_manager.filter(**{f"{reference.name}__in": ids})
    if hold and reference.remote_field.on_delete is models.CASCADE and references_to(model):
        found = found.select_for_update(of=("self",)).order_by("pk")
    return list(found)


@cache
def references_to(model: Model) -> tuple[Any, ...]:
    """The foreign keys of all models that lead to this one."""
    fields = model._meta.get_fields(include_hidden=True)
    reverse = (one for one in fields if one.auto_created and not one.concrete and (one.one_to_one or one.one_to_many))
    return tuple(one.field for one in reverse)  # type: ignore[union-attr]


__all__ = ["Collected", "collect", "references_to"]
