"""Which field of a model each column of a table is, from its head. Knows declarations; no database, no user.

A head may be the name on the wire (``birth_date``), the label that people read ("Birth date"), a typed value
(``details.injectionVolume``, or its title with a unit, "Injection volume (nL)"), a related record by one of its fields
(``strain.name``), or a column of the released templates (``subject__birth_date``). Nothing is dropped silently: what is
none of these is an error, and what only the server sets is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..errors import Invalid
from ..model.registry import Spec, specs
from ..text.shown import shown
from ..text.words import nearest
from ..types.labels import field_name, group_of, label_of, schema_of
from ..types.schemas import types_of
from ..types.units import UNITS, spelled
from .entries import entries_of

LONGEST_HEAD = 200
UNIT = "unit"
LEFT_OUT = ""
# Names in the released templates that differ from those of their fields.
_TEMPLATE_NAMES: Mapping[str, str] = {
    "data_storage": "datastorage",
    "name_in_data_storage": "name_used_in_storage",
    "coordinates": "coordinates_system",
    "coordinates_data": "coordinates_details",
    "brain_region_acronym": "brain_region.acronym",
    "behavioral_paradigm": "behavioralassay",
    "authenticated_groups": "groups.can_change",
    "entry_datetime": "entries.date_time",
    "entry_start_datetime": "entries.start_date_time",
    "entry_end_datetime": "entries.end_date_time",
    "entry_notes": "entries.notes",
    "entry_data": "entries.details",
}
# What the templates say that a cell means which is empty, or not there.
_TEMPLATE_DEFAULTS: Mapping[str, str] = {"sex": "U"}
# Columns for people and groups with a role, from the lowest.
ROLES = ("can_change", "is_manager", "is_owner")
_BETWEEN = re.compile(r"[\W_]+")
_OPENING = {")": "(", "]": "["}


@dataclass(frozen=True)
class Target:
    """What a column holds.

    Attributes
    ----------
    key : str
        Key of the record on the wire.
    path : tuple of str
        Keys below it, in details and other JSON.
    lookup : str
        The field by which related records are named; empty for their name or id.
    is_unit : bool
        Whether it holds only the units of another column's numbers.
    """

    key: str
    path: tuple[str, ...] = ()
    lookup: str = ""
    is_unit: bool = False

    def __str__(self) -> str:
        """As a matching names it: ``details.volume``, ``strain.name``, ``details.volume, unit``."""
        dotted = ".".join((self.key, *self.path, *([self.lookup] if self.lookup else [])))
        return f"{dotted}, {UNIT}" if self.is_unit else dotted


@dataclass(frozen=True)
class Column:
    """A column that is read: its position, head and target, and the unit that its head names.

    ``of_template`` columns follow the conventions of the released templates: commas between names, months before days.
    """

    at: int
    head: str
    target: Target
    unit: str = ""
    of_template: bool = False


@dataclass
class Matched:
    """The columns that are read, those that are left out with the reason, and what is wrong with the others."""

    columns: list[Column] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        """Keys of the record that the table has."""
        return {column.target.key for column in self.columns}

    def defaults(self, spec: Spec) -> Mapping[str, str]:
        """Values of new records whose cells are empty."""
        template = any(column.of_template and column.head.startswith(_prefix(spec)) for column in self.columns)
        return {key: value for key, value in _TEMPLATE_DEFAULTS.items() if template and key in spec.columns}


def match(spec: Spec, heads: Sequence[str], given: Mapping[str, str] | None = None) -> Matched:
    """Match the heads of a table with the fields of a model.

    Parameters
    ----------
    given
        Head -> target as a text, empty for columns to leave out; goes before what the heads say.

    Raises
    ------
    Invalid
        If ``given`` names a field that the model does not have.
    """
    given, found = given or {}, Matched()
    chosen = {head: parse_target(spec, text, at=f"columns.{head}") for head, text in given.items() if text}
    taken: dict[Target, str] = {}
    for at, head in enumerate(heads):
        if not head:
            continue
        if given.get(head, head) == LEFT_OUT:
            found.left_out[at] = "You left this column out."
            continue
        column = Column(at, head, chosen[head]) if head in chosen else _column(spec, at, head)
        if column is None and (reason := _why_left_out(spec, head)):
            found.left_out[at] = reason
        elif column is None:
            found.problems[at] = _unknown(spec, head)
        elif column.target in taken:
            found.problems[at] = f"This is the same field as the column {shown(taken[column.target])}."
        else:
            taken[column.target] = head
            found.columns.append(column)
    return found


def parse_target(spec: Spec, text: str, *, at: str) -> Target:
    """The target that a text names, as in a matching that was given.

    Raises
    ------
    Invalid
        If the model has no such field; the nearest ones are named.
    """
    found = _target(spec, text)
    if found is None:
        raise Invalid.at(at, _unknown(spec, text))
    return found


def targets_of(spec: Spec) -> dict[str, str]:
    """Everything that a column of a table can be: target as a text -> label."""
    found: dict[str, str] = {}
    for target, label in _all_targets(spec):
        found.setdefault(str(target), label)
    return found


# -- heads ------------------------------------------------------------------------------------------------------------


def _column(spec: Spec, at: int, head: str) -> Column | None:
    if len(head) > LONGEST_HEAD:
        return None
    # One column of the templates breaks their own rule.
    regular = head.replace("session_name_in_", "session__name_in_") if head.startswith("session_name_in_") else head
    if "__" in regular:
        template = _template_target(spec, regular)
        return Column(at, head, template, of_template=True) if template else None
    target = _target(spec, head) or _by_label(spec).get(_folded(head))
    if target is not None:
        return Column(at, head, target)
    name, unit = _with_unit(head)
    target = (_target(spec, name) or _by_label(spec).get(_folded(name))) if unit else None
    return Column(at, head, target, unit=unit) if target is not None and target.path else None


def _with_unit(head: str) -> tuple[str, str]:
    """A head such as ``Volume (nL)`` as its name and its unit."""
    opening = head.rfind(_OPENING.get(head[-1:], "\0"))
    if opening <= 0:
        return head, ""
    unit = spelled(head[opening + 1 : -1].strip(), list(UNITS))
    return head[:opening].strip(), unit or head[opening + 1 : -1].strip()


def _template_target(spec: Spec, head: str) -> Target | None:
    """The target of a column of the templates: ``subject__birth_date``, or ``project__name`` for a related record."""
    entity, _, rest = head.partition("__")
    owner = entity.replace("_", "").casefold()
    if owner == _entity(spec):
        return _target(spec, _TEMPLATE_NAMES.get(rest, rest.replace("__", "."))) or _narrowing(spec, rest)
    for name, relation in spec.relations.items():
        target = specs()[relation.target]
        if _entity(target) == owner and name in spec.keys and spec.writable(name):
            return _target(spec, f"{name}.{rest}")
    return None


def _prefix(spec: Spec) -> str:
    """How the template of a model calls its own columns."""
    return f"{spec.resource.singular}__"


def _entity(spec: Spec) -> str:
    return spec.resource.singular.replace("_", "")


def _narrowing(spec: Spec, name: str) -> Target | None:
    """A field of related records that forms ask for first, such as the atlas of a brain region."""
    related = (key for key, one in spec.relations.items() if not one.many and name in specs()[one.target].columns)
    return next((_target(spec, f"{key}.{name}") for key in related), None) if name in spec.resource.form_keys else None


def _target(spec: Spec, text: str) -> Target | None:
    """The target that a dotted name of the wire is; None if it is none."""
    name, is_unit = (text[: -len(UNIT) - 2], True) if text.endswith(f", {UNIT}") else (text, False)
    key, _, rest = name.partition(".")
    if key == "id" and not rest and not is_unit:
        return Target("id")
    entries = entries_of(spec)
    if entries is not None and key == entries.key:
        return Target(key, (rest,)) if rest in entries.parts and not is_unit else None
    if key not in spec.keys or not spec.writable(key):
        return None
    if not rest:
        return None if is_unit else Target(key)
    if key in spec.computed:
        by_role = rest in ROLES and spec.computed[key].kind in ("users", "groups")
        return Target(key, lookup=rest) if by_role and not is_unit else None
    if key in spec.relations:
        related = specs()[spec.relations[key].target]
        known = rest == "id" or (rest in related.columns and related.columns[rest].wire_type in ("string", "email"))
        return Target(key, lookup="" if rest in ("id", "name") else rest) if known and not is_unit else None
    if key in spec.columns and spec.columns[key].wire_type == "json":
        path = tuple(rest.split("."))
        group = group_of(spec, key)
        known = path[0] in _schema_keys(group) if group else all(path)
        return Target(key, path, is_unit=is_unit) if known else None
    return None


@cache
def _schema_keys(group: str) -> Mapping[str, tuple[str, ...]]:
    """Key of the details -> its titles, over all types of a group."""
    found: dict[str, dict[str, None]] = {}
    for name, _ in types_of(group):
        for key, part in schema_of(group, name).items():
            found.setdefault(key, {})[str(part.get("title") or label_of(key))] = None
    return {key: tuple(titles) for key, titles in found.items()}


def _all_targets(spec: Spec) -> Iterable[tuple[Target, str]]:
    yield Target("id"), field_name(spec, "id")
    if (entries := entries_of(spec)) is not None:
        yield from ((Target(entries.key, (part,)), f"Entry: {label_of(part)}") for part in entries.parts)
    for key in spec.keys:
        if spec.writable(key):
            yield Target(key), field_name(spec, key)
            if key in spec.computed and spec.computed[key].kind in ("users", "groups"):
                for role in ROLES:
                    yield Target(key, lookup=role), f"{field_name(spec, key)}: {label_of(role).lower()}"
            for below, titles in _schema_keys(group_of(spec, key)).items() if _has_details(spec, key) else ():
                yield from ((Target(key, (below,)), title) for title in titles)


def _has_details(spec: Spec, key: str) -> bool:
    return key in spec.columns and spec.columns[key].wire_type == "json" and bool(group_of(spec, key))


@cache
def _by_label(spec: Spec) -> Mapping[str, Target]:
    """Folded label, name or title -> target; labels of fields go before those of details."""
    found: dict[str, Target] = {}
    targets = list(_all_targets(spec))
    entries = entries_of(spec)
    for target, label in sorted(targets, key=lambda one: len(one[0].path)):
        of_entry = entries is not None and target.key == entries.key
        for text in (label, str(target), target.path[-1] if target.path and not of_entry else label):
            found.setdefault(_folded(text), target)
        if target.path and not of_entry:  # Exported lists have the units of numbers in a column of their own.
            found.setdefault(_folded(f"{label}, {UNIT}"), Target(target.key, target.path, is_unit=True))
    return found


def _folded(text: str) -> str:
    """A head as it is compared: without case, spaces and punctuation."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


# -- what is not read --------------------------------------------------------------------------------------------------


def _why_left_out(spec: Spec, head: str) -> str:
    """Why a column that is known is not read; empty if it is not known."""
    folded = _folded(head)
    above = _above(spec)
    if above and above[1] and head == f"{_entity(above[1])}__name":
        return f"It follows from the {above[0].singular_name}."
    if folded == "name" and "name" not in spec.keys:
        return f"A {spec.singular_name} has no name of its own."  # exported lists have one for every model
    for key in spec.keys:
        if not spec.writable(key) and folded in (_folded(key), _folded(field_name(spec, key))):
            return "Only the server sets this field."
    return ""


def _above(spec: Spec) -> tuple[Spec, Spec | None] | None:
    """The model of the rows that those of a model belong to, and that above it."""
    if not spec.tree.place:
        return None
    first = specs()[spec.relations[spec.tree.place].target]
    return first, specs()[first.relations[first.tree.place].target] if first.tree.place else None


def _unknown(spec: Spec, head: str) -> str:
    """That a head is no field, and which fields come nearest, by their labels."""
    labels = {_folded(label): label for _, label in _all_targets(spec)} | {
        _folded(str(target)): str(target) for target, _ in _all_targets(spec) if not target.path
    }
    name = _with_unit(head.partition("__")[2] or head)[0]
    close = nearest(_folded(name), labels)
    for folded, label in labels.items():
        close = close.replace(f"'{folded}'", f"'{label}'")
    hint = close if close.startswith(" Did") else ""
    return f"A {spec.singular_name} has no field {shown(head)}.{hint} Choose the field, or leave the column out."


__all__ = ["LEFT_OUT", "ROLES", "Column", "Matched", "Target", "match", "parse_target", "targets_of"]
