"""With which of several records deleted together each row goes, so that every one can be restored by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import models

from ..history.linking import links_of_tables
from ..model.registry import lists_projects, project_spec, spec_of
from ..models import GroupGrant, UserGrant
from ..sql.collecting import Key, Row

GRANTS = (UserGrant, GroupGrant)


class Roots:
    """Finds the root of each deleted row: the record whose deletion takes it along.

    A row belongs to the first deleted row that it cannot exist without; a record that is only in deleted projects to
    one of them. Records that belong to none are the roots.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._gone = {row.key for row in rows}
        self._objects = {row.pk: row.key for row in rows if hasattr(row.model, "resource")}
        self._above: dict[Key, Key] = {}
        for row in rows:
            found = next((key for key in _holders(row) if key in self._gone), None)
            if found is not None:
                self._above[row.key] = found
        self._above |= _project_of(rows, self._gone)
        self.keys = [row.key for row in rows if hasattr(row.model, "resource") and row.key not in self._above]

    def of(self, row: Row) -> Key:
        """The root with which a row goes, also one that holds a role on a deleted record."""
        if row.model in GRANTS and row.key not in self._gone:
            return self.of_key(self._objects[row["object_id"]])
        return self.of_key(row.key)

    def of_key(self, key: Key) -> Key:
        """The same, for a row that is known by its model and id."""
        while key in self._above:
            key = self._above[key]
        return key


class OneRoot(Roots):
    """Everything goes with one record."""

    def __init__(self, key: Key) -> None:
        self.keys = [key]

    def of(self, row: Row) -> Key:  # noqa: ARG002
        """The record."""
        return self.keys[0]

    def of_key(self, key: Key) -> Key:  # noqa: ARG002
        """The record."""
        return self.keys[0]


def _holders(row: Row) -> Iterator[Key]:
    """What a row cannot exist without: of a link, the record that it is stored on comes first."""
    for name, label in cascading(row.model):
        yield label, row[name]


@cache
def cascading(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    """(column, model referred to) of the references with which a row is deleted."""
    own: Any = links_of_tables().get(model)
    fields: list[Any] = [one for one in model._meta.concrete_fields if one.is_relation]
    fields = [one for one in fields if one.remote_field.on_delete is models.CASCADE]
    if own is not None:
        fields.sort(key=lambda one: one.name != own.m2m_field_name())
    return tuple((one.attname, one.related_model._meta.label) for one in fields)


def _project_of(rows: Iterable[Row], gone: set[Key]) -> Iterator[tuple[Key, Key]]:
    """(record, project) of records that are in no project but deleted ones."""
    label = project_spec().label
    held: dict[Key, list[Key]] = {}
    for row in rows:
        link: Any = links_of_tables().get(row.model)
        if link is None or link.related_model._meta.label != label or not hasattr(link.model, "resource"):
            continue
        spec = spec_of(link.model)
        if lists_projects(spec) and link.name == spec.tree.lists:
            record, project = row[f"{link.m2m_field_name()}_id"], row[f"{link.m2m_reverse_field_name()}_id"]
            held.setdefault((spec.label, record), []).append((label, project))
    for record, projects in held.items():
        if record in gone and all(one in gone for one in projects):
            yield record, min(projects, key=str)


__all__ = ["GRANTS", "OneRoot", "Roots"]
