"""The choices for a field of a record that is about to be written, given the choices made before.

Narrows what is offered, never what is accepted: the rules of :mod:`brainstem.core.write.rules` decide about writes. The
table ``type_schemas/relations.json`` narrows by type. To narrow by context (a session, a project, an atlas), the apps
declare the path from the related model to what is compared with it::

    narrows(Procedure, session="subject.projects.sessions", subject="subject")
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import models

from ..access.viewer import Viewer
from ..errors import QueryError
from ..model.fields import TypeField
from ..model.registry import Spec, specs
from ..text.words import nearest
from ..types.schemas import FOLDER, current, types_of, unknown_type
from .names import Leaf
from .plan import plan
from .syntax import Filter, Query

EVERY_TYPE = "*"

_paths: dict[str, dict[str, str]] = defaultdict(dict)
_only: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
_own: set[tuple[str, str]] = set()


def narrows(related: type[models.Model], **paths: str) -> None:
    """Declare what narrows the choice among the records of a model.

    Parameters
    ----------
    paths : str
        Name of a context, such as ``session``, and the path from the related model to what must equal it.
    """
    _paths[related._meta.label].update(paths)


def offers_only(model: type[models.Model], field: str, **values: str) -> None:
    """Offer only related records with these values for a field."""
    _only[model._meta.label, field].update(values)


def offers_own(model: type[models.Model], field: str) -> None:
    """Offer only related records that the caller may change for a field."""
    _own.add((model._meta.label, field))


# -- by type ----------------------------------------------------------------------------------------------------------


@cache
def relations() -> Mapping[str, Mapping[str, Mapping[str, list[str] | None]]]:
    """Group of types -> type -> field -> types offered for it; unrestricted if null or missing."""
    table: dict[str, dict[str, dict[str, list[str] | None]]]
    table = json.loads((FOLDER / "relations.json").read_text(encoding="utf-8"))
    return table


def offered_types(group: str, name: str, field: str) -> tuple[str, ...]:
    """Types offered for a field of a record of a type; empty if all are."""
    rows = relations().get(group, {})
    for row in (rows.get(name, {}), rows.get(EVERY_TYPE, {})):
        if row.get(field):
            return tuple(row[field] or ())
    return ()


# -- what there is to ask for -----------------------------------------------------------------------------------------


def relation_fields(spec: Spec) -> list[str]:
    """Fields of a model for which records are chosen."""
    if not spec.resource.verbs & {"add", "change"}:
        return []
    return [name for name in spec.keys if name in spec.relations and spec.writable(name)]


def code_fields(spec: Spec) -> list[str]:
    """Fields of a model for which a code of the type schemas is chosen."""
    if not spec.resource.verbs & {"add", "change"}:
        return []
    columns = {name: spec.columns[name] for name in spec.keys if name in spec.columns}
    return [name for name, column in columns.items() if isinstance(column.field, TypeField) and spec.writable(name)]


def contexts(spec: Spec, field: str | None = None) -> list[str]:
    """Names of the contexts that narrow the choice for one field, or for any field of the model."""
    fields = [field] if field else relation_fields(spec)
    names = {name for one in fields if one in spec.relations for name in _paths.get(spec.relations[one].target, ())}
    if _depends_on_type(spec, field) if field else _group(spec):
        names.add("type")
    return sorted(names)


def context_of(spec: Spec, field: str, name: str) -> Leaf | None:
    """The relation or column that a context selects by, if it belongs to the related records themselves."""
    target = specs()[spec.relations[field].target]
    steps = tuple(_paths.get(target.label, {}).get(name, "").split("."))
    return _end(target, steps) if len(steps) == 1 and steps[0] else None


def _group(spec: Spec) -> str:
    column = spec.columns.get("type")
    return str(getattr(column.field, "schema_group", "")) if column else ""


def _depends_on_type(spec: Spec, field: str) -> bool:
    return any(row.get(field) for row in relations().get(_group(spec), {}).values())


# -- records ----------------------------------------------------------------------------------------------------------


def narrowed(spec: Spec, field: str, query: Query, given: Mapping[str, str], *, viewer: Viewer) -> Query:
    """The query for the choices, with the conditions of type and context added.

    Parameters
    ----------
    given : dict
        What was chosen before, by name; anything that does not concern the field is ignored.

    Raises
    ------
    QueryError
        If a context is not a record or value of the right kind, or not visible to the actor.
    """
    target = specs()[spec.relations[field].target]
    filters = [Filter((name,), False, value) for name, value in _only.get((spec.label, field), {}).items()]
    types = offered_types(_group(spec), _known_type(spec, given), field)
    if types:
        filters.append(Filter(("type", "in"), False, ",".join(types)))
    for name, path in _paths.get(target.label, {}).items():
        if given.get(name):
            steps = tuple(path.split("."))
            value = _value(_end(target, steps), name, given[name], viewer)
            filters.append(Filter(steps, False, value))
    own = (spec.label, field) in _own
    return replace(query, filters=(*query.filters, *filters), writable=query.writable or own)


def _known_type(spec: Spec, given: Mapping[str, str]) -> str:
    name, group = given.get("type", ""), _group(spec)
    if name and group and current(group, name) is None:
        raise QueryError.at("type", unknown_type(group, name))
    return name


def _end(target: Spec, steps: tuple[str, ...]) -> Leaf:
    return plan(Query(filters=(Filter(steps, False, ""),)), target).conditions[0][0].leaf


def _value(leaf: Leaf, name: str, text: str, viewer: Viewer) -> str:
    """The id of a record visible to the actor, or one of the values of a column."""
    if leaf.relation is not None:
        return _seen(specs()[leaf.relation.target], name, text, viewer)
    choices = dict(leaf.column.field.choices or ()) if leaf.column else {}
    by_label = {str(label).casefold(): value for value, label in choices.items()}
    if not choices or text in choices:
        return text
    if text.casefold() in by_label:
        return str(by_label[text.casefold()])
    raise QueryError.at(name, f"There is no {name.replace('_', ' ')} {text!r}.{nearest(text, choices)}")


def _seen(target: Spec, name: str, text: str, viewer: Viewer) -> str:
    wrong = QueryError.at(name, f"No {target.singular_name} with the id {text} exists, or you may not see it.")
    try:
        wanted = target.parse_id(text, below=2**31)
    except ValueError as error:
        raise wrong from error
    if not viewer.seen(target, [wanted]):
        raise wrong
    return str(wanted)


# -- codes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """A type or coordinate system that may be chosen."""

    value: str
    label: str
    group: str | None


def codes(spec: Spec, field: str, query: Query, given: Mapping[str, str]) -> list[Code]:
    """Codes offered for a field, ordered by name; only those that contain every word of the search."""
    of: Any = spec.columns[field].field
    types = offered_types(_group(spec), _known_type(spec, given), field)
    found = [_code(of.schema_group, name, label) for name, label in types_of(of.schema_group)]
    return [one for one in found if (not types or one.value in types) and _matches(one, query.search)]


def _code(group: str, name: str, label: str) -> Code:
    newest = current(group, name)
    return Code(name, label, newest.body.get("x-group") if newest else None)


def _matches(code: Code, words: tuple[str, ...]) -> bool:
    text = f"{code.value} {code.label} {code.group or ''}".casefold()
    return all(word.casefold() in text for word in words)


__all__ = [
    "Code", "code_fields", "codes", "context_of", "contexts", "narrowed", "narrows", "offered_types",
    "offers_only", "offers_own", "relation_fields", "relations",
]  # fmt: skip
