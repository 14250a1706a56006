"""Columns and relations of a model -> controls. Reads declarations; no database, no request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from brainstem.core.model.countries import COUNTRIES
from brainstem.core.model.fields import DetailsField, StructureField, TypeField
from brainstem.core.model.registry import Column, Spec, group_spec, user_spec
from brainstem.core.text.lines import NAMES as ONE_LINE
from brainstem.core.types.schemas import current, types_of
from brainstem.core.write.checks import required_names

from ..meanings import help_of
from ..words import field_name
from .leaves import Choice, Day, Leaf, Number, Option, Span, Switch, Text
from .lists import Tags
from .measures import Moment
from .nodes import ABSENT, Node
from .relations import File, Many, One
from .structures import structure

About = dict[str, Any]
LINES = {"richtext": 6, "text": 4}
LONG, NOTES = 500, 2  # characters that deserve more than one line, and how many lines they get


def control_of(spec: Spec, name: str, zone: str) -> Node | None:
    """The control for a writable key of a model; None for details, which depend on a type."""
    about: About = {"key": name, "label": field_name(spec, name), "help": help_of(spec, name)}
    about["required"] = name in required_names(spec)
    if name in spec.relations:
        relation = spec.relations[name]
        if relation.many:
            return Many(**about, target=relation.target, ordered=bool(relation.order), empty=[])
        return One(**about, target=relation.target, empty=None)
    if name == "tags" and spec.has_tags:
        return Tags(**about, hint="pilot, left hemisphere")
    if name in spec.computed:
        return Many(**about, target=group_spec().label, empty=[]) if name == "authenticated_groups" else None
    column = spec.columns[name]
    return None if isinstance(column.field, DetailsField) else _column(about, column, zone)


def default_of(spec: Spec, name: str) -> object:
    """The value that a new record gets for a key that is left out, as JSON; ``ABSENT`` if that is empty."""
    column = spec.columns.get(name)
    if column is None or not column.field.has_default():
        return ABSENT
    value = column.field.get_default()
    return value if isinstance(value, str | int | float) and value != "" else ABSENT


def _column(about: About, column: Column, zone: str) -> Node:
    field = column.field
    about["empty"] = None if column.nullable else ""
    if isinstance(field, StructureField):
        about.pop("empty")
        return structure(field.structure, about, people=user_spec().label)
    if isinstance(field, TypeField):
        return Choice(**about, options=_types(field.schema_group))
    if field.choices:
        return Choice(**about, options=tuple(Option(str(value), str(label), value) for value, label in field.choices))
    make = _BY_TYPE.get(column.wire_type)
    if make is not None:
        return make(about, zone)
    is_long = (field.max_length or 0) >= LONG and column.name not in ONE_LINE
    lines = LINES.get(column.wire_type, NOTES if is_long else 1)
    return Text(**about, lines=lines, rich=column.wire_type == "richtext", mode=_MODES.get(column.wire_type, ""))


def _types(group: str) -> tuple[Option, ...]:
    found = []
    for name, label in types_of(group):
        schema = current(group, name)
        found.append(Option(name, label, name, str(schema.body.get("x-group", "")) if schema else ""))
    return tuple(sorted(found, key=lambda option: (option.note, option.label)))


def _switch(about: About, _zone: str) -> Leaf:
    about.pop("empty")
    return Switch(**about)


def _file(about: About, accept: str) -> Leaf:
    about.pop("empty")
    return File(**about, accept=accept)


_MODES = {"url": "url", "email": "email"}
_COUNTRIES = tuple(
    Option(code, name) for code, name in sorted(COUNTRIES.items(), key=lambda one: normalize("NFKD", one[1]))
)
_BY_TYPE: dict[str, Callable[[About, str], Node]] = {
    "boolean": _switch,
    "country": lambda about, _: Choice(**about, options=_COUNTRIES),
    "date": lambda about, _: Day(**about),
    "datetime": lambda about, zone: Moment(**about, zone=zone),
    "duration": lambda about, _: Span(**about, hint="0:30:00"),
    "file": lambda about, _: _file(about, ".pdf,.docx,.xlsx,.odt,.doc,.txt,.png,.jpg,.jpeg"),
    "image": lambda about, _: _file(about, "image/png,image/jpeg,image/gif,image/webp,image/tiff"),
    "integer": lambda about, _: Number(**about, whole=True),
    "number": lambda about, _: Number(**about),
    "positive_integer": lambda about, _: Number(**about, whole=True),
}
