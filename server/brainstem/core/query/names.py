"""Names of filters and sorts -> columns, relations and values inside JSON, or an error with the nearest valid names.

Knows the declarations of models and the table of operators; knows no user and writes no SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ..errors import QueryError, UnknownName
from ..model.fields import DetailsField
from ..model.registry import Column, Relation, Spec, specs, through_relation
from ..model.structures import ROWS
from ..model.structures import TIMES as ROW_TIMES
from ..text.words import nearest
from ..types.schemas import Quantity, has_rows, quantity_of, schemas
from .bounds import Trail
from .operators import LISTING, OPERATORS, USUAL, Operator, operators_of
from .syntax import Filter, Query, Sort
from .worked import Worked, worked_names, worked_of


@dataclass(frozen=True)
class Leaf:
    """What a path ends at: ``kind`` is a wire type, "quantity", "relation", "tags", or a value inside JSON.

    Inside JSON, "json_path" is a value of any type, "json_time" a time, "json_person" the id of a user, and "json_text"
    the part of a value of any type that is not a number, which is sorted after the numbers.

    ``rows`` says that the JSON is a list of rows, any of which may satisfy a condition.
    """

    kind: str
    column: Column | None = None
    relation: Relation | None = None
    keys: tuple[str, ...] = ()
    quantity: Quantity | None = None
    rows: bool = False
    worked: Worked | None = None


@dataclass(frozen=True)
class Condition:
    """One filter: relations to walk, what to compare there, and how."""

    steps: tuple[Relation, ...]
    leaf: Leaf
    operator: Operator
    negated: bool
    index: int


@dataclass(frozen=True)
class Key:
    """One sort key."""

    steps: tuple[Relation, ...]
    leaf: Leaf
    descending: bool


Hides = Callable[[Spec, str], bool]


def hides_nothing(spec: Spec, name: str) -> bool:
    """Hides no key."""
    return False


SELECTORS = frozenset({"type", "coordinates_system"})


@dataclass(frozen=True)
class Asked:
    """The rest of a request that decides how a name is understood.

    ``settled`` are the types that filters ask for, by path: values in details are then those of that type.
    """

    hides: Hides = hides_nothing
    settled: Mapping[tuple[str, ...], str] = field(default_factory=dict)


def settled_types(query: Query) -> dict[tuple[str, ...], str]:
    """Path of a selector -> the one type that a filter asks for; empty if no name leads into details."""
    paths = [*(one.path for one in query.filters), *(one.path for one in query.sorts)]
    if not any(name in ("details", "coordinates_details") for path in paths for name in path):
        return {}
    return {one.path: one.value for one in query.filters if one.path[-1] in SELECTORS and not one.negated}


def filter_names(spec: Spec) -> list[str]:
    """Names that can start a filter on this model."""
    names = [*spec.columns, *spec.relations, *spec.resource.filter_aliases, "tags"]
    names += [name for name, computed in spec.computed.items() if computed.kind == "through"]
    return sorted(set(names))


def alternatives(spec: Spec, one: Filter, index: int, asked: Asked) -> tuple[Condition, ...]:
    """The condition of a filter; alternatives, any of which may hold, if its name stands for several paths."""
    aliases = spec.resource.filter_aliases.get(one.path[0])
    if aliases is None or one.path[0] in spec.columns:
        paths = [one.path]
    else:
        paths = [(*alias.split("."), *one.path[1:]) for alias in aliases]
    return tuple(_condition(spec, path, one, index, asked) for path in paths)


def _condition(spec: Spec, path: tuple[str, ...], one: Filter, index: int, asked: Asked) -> Condition:
    steps, leaf, rest = _walk(spec, path, one.written, asked)
    operator = rest or USUAL
    allowed = allowed_operators(leaf)
    if operator not in allowed:
        if operator == USUAL:
            only = ", ".join(sorted(allowed))
            raise QueryError.at(one.written, f"'{'.'.join(path)}' can only be filtered with: {only}.")
        raise QueryError.at(
            one.written, f"'{operator}' does not apply to '{path[-2]}' ({leaf.kind}).{nearest(operator, allowed)}"
        )
    return Condition(steps, leaf, OPERATORS[operator], one.negated, index)


def allowed_operators(leaf: Leaf) -> frozenset[str]:
    """The operators that apply; relations to a model whose records form a tree have one more."""
    if leaf.relation is not None and specs()[leaf.relation.target].resource.tree_of:
        return operators_of("tree")
    return operators_of(leaf.kind) - LISTING if leaf.worked else operators_of(leaf.kind)


def _walk(spec: Spec, path: tuple[str, ...], written: str, asked: Asked) -> tuple[tuple[Relation, ...], Leaf, str]:
    """Follow a path; what is left after the leaf is the operator."""
    return _walk_on(Trail(spec, written), spec, path, asked)


def _walk_on(trail: Trail, at: Spec, path: tuple[str, ...], asked: Asked) -> tuple[tuple[Relation, ...], Leaf, str]:
    for position, name in enumerate(path):
        rest = path[position + 1 :]
        if asked.hides(at, name):
            raise UnknownName.at(trail.written, _unknown(at, name, asked))
        if name in at.relations and (name not in at.columns):
            relation = at.relations[name]
            if not rest or (len(rest) == 1 and rest[0] in OPERATORS and not _names(specs()[relation.target], rest[0])):
                trail.to(relation)
                return trail.steps, Leaf("relation", relation=relation), rest[0] if rest else ""
            trail = trail.to(relation)
            at = specs()[relation.target]
            continue
        if name in at.computed and at.computed[name].kind == "through":
            return _rest_of_through(trail, through_relation(at, name), rest, asked)
        leaf, operator = _leaf(at, path[: position + 1], rest, trail.written, asked)
        return trail.steps, leaf, operator
    raise QueryError.at(trail.written, "The name ends too early.")


def _rest_of_through(
    trail: Trail, walked: tuple[Relation, ...], rest: tuple[str, ...], asked: Asked
) -> tuple[tuple[Relation, ...], Leaf, str]:
    *before, last = walked
    for step in before:
        trail = trail.to(step)
    whole = trail.to(last)
    if not rest or (len(rest) == 1 and rest[0] in OPERATORS):
        return trail.steps, Leaf("relation", relation=last), rest[0] if rest else ""
    return _walk_on(whole, specs()[last.target], rest, asked)


def _unknown(spec: Spec, name: str, asked: Asked) -> str:
    valid = [one for one in (*filter_names(spec), *worked_names(spec)) if not asked.hides(spec, one)]
    return f"{spec.model.__name__} has no field '{name}'.{nearest(name, valid)}"


def _names(spec: Spec, name: str) -> bool:
    return name in spec.columns or name in spec.relations


def _leaf(spec: Spec, path: tuple[str, ...], rest: tuple[str, ...], written: str, asked: Asked) -> tuple[Leaf, str]:
    name = path[-1]
    if name == "tags":
        return Leaf("tags"), _operator(spec, name, rest, written)
    worked = worked_of(spec, name)
    if worked is not None and not _hides_part(spec, worked, asked):
        return Leaf(worked.kind, quantity=worked.quantity, worked=worked), _operator(spec, name, rest, written)
    column = spec.columns.get(name)
    if column is None:
        raise UnknownName.at(written, _unknown(spec, name, asked))
    if column.wire_type != "json":
        return Leaf(column.wire_type, column), _operator(spec, name, rest, written)
    keys, operator = (rest[:-1], rest[-1]) if rest and rest[-1] in OPERATORS else (rest, "")
    if not keys:
        return Leaf("json", column), operator
    if any(asked.hides(spec, key) for key in keys):
        raise UnknownName.at(written, _unknown(spec, ".".join((name, *keys)), asked))
    if getattr(column.field, "structure", "") in ROWS and not keys[0].isdigit():
        return _in_rows(spec, path, keys, written, asked), operator
    group = _schema_group(spec, column)
    settled = asked.settled.get((*path[:-1], getattr(column.field, "selector", "")), "")
    quantity = _quantity(group, keys, settled) if group else None
    kind = "quantity" if quantity else "json_path"
    return Leaf(kind, column, keys=keys, quantity=quantity, rows=bool(group) and has_rows(group)), operator


def _hides_part(spec: Spec, worked: Worked, asked: Asked) -> bool:
    """Whether a value is worked out from something that the caller is not shown."""
    if worked.relation is None:
        return any(asked.hides(spec, name) for name in worked.needs)
    target = specs()[worked.relation.target]
    return asked.hides(spec, worked.relation.name) or any(asked.hides(target, name) for name in worked.needs)


def _in_rows(spec: Spec, path: tuple[str, ...], keys: tuple[str, ...], written: str, asked: Asked) -> Leaf:
    """A value in the rows of a structured list, any of which may satisfy a condition."""
    column = spec.columns[path[-1]]
    known, open_ended = ROWS[column.field.structure]
    usual = {key.lower(): key for key in known}
    first = usual.get(keys[0].lower(), keys[0])
    keys = (first, *keys[1:])
    if not open_ended and (first not in known or (len(keys) > 1) != (first == "details")):
        raise UnknownName.at(written, f"'{path[-1]}' has no part '{'.'.join(keys)}'.{nearest(keys[0], known)}")
    if first == "details":
        group = str(getattr(spec.columns["type"].field, "schema_group", ""))
        quantity = _quantity(group, keys[1:], asked.settled.get((*path[:-1], "type"), ""))
        return Leaf("quantity" if quantity else "json_path", column, keys=keys, quantity=quantity, rows=True)
    kind = "json_time" if first in ROW_TIMES and not open_ended else "json_path"
    return Leaf("json_person" if first in _PEOPLE else kind, column, keys=keys, rows=True)


# Keys of rows that hold the id of a user.
_PEOPLE = frozenset({"user", "performed_by"})


def _quantity(group: str, keys: tuple[str, ...], settled: str) -> Quantity | None:
    """What the schemas say about a key. Cached by them, so they are only asked about keys that they name."""
    if keys not in _keys_of(group):
        return None
    return quantity_of(group, keys, settled if settled in schemas().get(group, {}) else "")


@cache
def _keys_of(group: str) -> frozenset[tuple[str, ...]]:
    """Every path of keys in the newest versions of a group's types."""
    newest = [versions[next(reversed(versions))].body for versions in schemas().get(group, {}).values()]
    return frozenset(path for body in newest for path in _keys_in(body.get("items", body)))


def _keys_in(body: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, below in body.get("properties", {}).items():
        yield (name,)
        yield from ((name, *path) for path in _keys_in(below))


def _schema_group(spec: Spec, column: Column) -> str:
    """The group of type schemas that a column of details follows; empty for other JSON."""
    if not isinstance(column.field, DetailsField):
        return ""
    selector = spec.columns.get(column.field.selector)
    return getattr(selector.field, "schema_group", "") if selector else ""


def _operator(spec: Spec, name: str, rest: tuple[str, ...], written: str) -> str:
    if not rest:
        return ""
    if len(rest) == 1 and rest[0] in OPERATORS:
        return rest[0]
    hint = nearest(rest[-1], OPERATORS)
    raise UnknownName.at(written, f"'{name}' of {spec.model.__name__} has no part '{'.'.join(rest)}'.{hint}")


def keys_of(spec: Spec, sort: Sort, asked: Asked) -> tuple[Key, ...]:
    """One sort key; two for a value of any type inside JSON: one for numbers and one for texts."""
    key = _key(spec, sort, asked)
    if key.leaf.kind != "json_path":
        return (key,)
    return key, replace(key, leaf=replace(key.leaf, kind="json_text"))


def _key(spec: Spec, sort: Sort, asked: Asked) -> Key:
    steps, leaf, operator = _walk(spec, sort.path, "sort[]", asked)
    if operator:
        raise QueryError.at("sort[]", f"Cannot sort by the operator '{operator}'; name a field.")
    if leaf.kind == "json":
        raise QueryError.at("sort[]", f"'{sort.written}' is an object; name a value in it.")
    return Key(steps, leaf, sort.descending)
