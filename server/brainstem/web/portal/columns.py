"""The columns of a list: which there are, and how each makes a cell of a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from brainstem.core.access.scope import View
from brainstem.core.model.registry import Relation, Spec, specs, through_relation
from brainstem.core.query.worked import count_name

from . import words
from .cells import NONE, NUMBERS, Cell, Chip, chips_cell, column_cell, count_cell, number_cell
from .column import Column, Values
from .computed import OF_VIEWER, computed_column, computed_names
from .details import value_in
from .faces import face_of
from .gathering import Gathering
from .meanings import help_of

UNSHOWN = frozenset(
    {"links", "users", "groups", "authenticated_groups", "contributors", "groups_own_json", "user_roles"}
)
_UNSORTED = frozenset({"json", "image", "file"})


class Plain(Column):
    """A column of the table."""

    @property
    def is_bare(self) -> bool:
        return self.numeric

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        return column_cell(self.spec, self.spec.columns[self.key], record.get(self.key))


class Tags(Column):
    """The keywords of a record."""

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        names = record.get("tags")
        return chips_cell([Chip(str(one)) for one in names]) if isinstance(names, list) else NONE


@dataclass(frozen=True)
class Related(Column):
    """Records that this one refers to, by their names."""

    target: Spec = field(kw_only=True)

    def ids(self, record: Values) -> list[object]:
        """Their ids."""
        value = record.get(self.key)
        return value if isinstance(value, list) else [value] if value is not None else []

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        gathering.name(self.target, (one for record in records for one in self.ids(record)[:5]))

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        ids = self.ids(record)
        shown = chips_cell(gathering.chips(self.target, ids[:5]))
        return Cell("chips", chips=shown.chips, more=len(ids) - 5) if len(ids) > 5 else shown


@dataclass(frozen=True)
class Counted(Column):
    """How many records refer to this one; links to them."""

    relation: Relation = field(kw_only=True)

    @property
    def is_bare(self) -> bool:
        return True

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        gathering.count(self.relation, [record["id"] for record in records])

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        number = gathering.number(self.relation, record["id"])
        where = f"/{gathering.viewer.portal}/{self.spec.app}/{self.spec.segment}/{record['id']}/{self.key}/"
        return count_cell(number, where if number else "")


@dataclass(frozen=True)
class Detail(Column):
    """One of the typed values in the details."""

    path: tuple[str, ...] = field(kw_only=True)

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        return value_in(record.get(self.path[0]), self.path[1:])


@cache
def column_of(spec: Spec, key: str, view: View) -> Column | None:
    """The column of a name; None if there is no such column for this viewer."""
    first, _, rest = key.partition(".")
    if not view.shows(spec, first) or first in UNSHOWN:
        return None
    label = words.field_name(spec, key)
    about = help_of(spec, first)
    if rest:
        column = spec.columns.get(first)
        known = column is not None and words.group_of(spec, first) and first in ("details", "coordinates_details")
        path = tuple(key.split("."))
        return Detail(spec, key, label, key, needs=frozenset({first}), path=path) if known and all(path) else None
    if key in spec.columns:
        kind = spec.columns[key].wire_type
        sort = "" if kind in _UNSORTED else key
        return Plain(spec, key, label, sort, kind in NUMBERS, help=about, needs=frozenset({key}))
    if key in spec.relations:
        return _of_relation(spec, key, label, about)
    if key == "tags" and spec.has_tags:
        return Tags(spec, key, label, help=about, needs=frozenset({key}))
    if key in spec.computed and spec.computed[key].kind == "through":
        target = specs()[through_relation(spec, key)[-1].target]
        return Related(spec, key, label, _named_sort(target, key), help=about, needs=frozenset({key}), target=target)
    return None if key in OF_VIEWER and not view.signed_in else computed_column(spec, key)


def _of_relation(spec: Spec, key: str, label: str, about: str) -> Column:
    relation = spec.relations[key]
    target = specs()[relation.target]
    if relation.many and not relation.owned:
        return Counted(spec, key, label, count_name(relation), numeric=True, help=about, relation=relation)
    sort = "" if relation.many else _named_sort(target, key)
    return Related(spec, key, label, sort, help=about, needs=frozenset({key}), target=target)


def _named_sort(target: Spec, key: str) -> str:
    """A record is sorted by the name of what it refers to, as it is shown."""
    title = face_of(target).title
    return f"{key}.{title[0]}" if title and title[0] in target.columns and not target.tree.is_people else ""


def column_names(spec: Spec, view: View, *, type_name: str = "") -> list[str]:
    """Every column that a list of the model can have; with those of its details where one type is chosen."""
    title = face_of(spec).title
    names = [name for name in (*spec.keys, *computed_names(spec)) if name not in title and name != "details"]
    names += [name for name in spec.relations if name in (face_of(spec).tabs or ()) and name not in names]
    if type_name:
        names += [f"details.{key}" for key in words.schema_of(words.type_group(spec), type_name)]
    return [name for name in dict.fromkeys(names) if column_of(spec, name, view) is not None]


__all__ = ["Column", "Counted", "Related", "Values", "column_names", "column_of", "number_cell"]
