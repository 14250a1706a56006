"""Which columns records have, and of which types: from the declarations of the models, else from the values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter
from typing import Any

from ..record import Field, Record, fields_of, record_class

KINDS = {
    "integer": "integer",
    "positive_integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "duration": "duration",
}
FITTING: dict[str, set[type]] = {"integer": {int}, "number": {int, float}, "boolean": {bool}}
LARGEST = 2**63 - 1
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
Row = Mapping[str, Any]
Labels = Mapping[str, Mapping[Any, str]]  # field -> id -> name
LINKS = "links"  # addresses of related lists, which say nothing that a table could use
FREE = frozenset({"details", "extra_fields"})  # below these, names are the lab's own
Tree = dict[str, Any]  # relation -> the relations that are included below it


@dataclass(frozen=True)
class Column:
    """One column, or one part of the values of one.

    Attributes
    ----------
    kind : str
        text, category, integer, number, boolean, date, datetime, duration, list, struct, quantity (a struct of a value
        and its unit), json (values of several kinds) or nothing (no value at all).
    parts : tuple of Column
        What a struct consists of; of a list, the one column of its elements.
    choices : tuple of str
        What is known of the values of a category.
    unit : str
        The unit of all values of a quantity, if they have one in common.
    """

    name: str
    kind: str
    parts: tuple[Column, ...] = ()
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Filled:
    """A column and its values, one for each row."""

    column: Column
    values: list[Any]


def filled(
    record: type[Record] | None,
    rows: Sequence[Row],
    *,
    include: Tree | None = None,
    flatten: bool = False,
    labels: Labels | None = None,
) -> list[Filled]:
    """The columns of records with their values: those of the contract in its order, then all others."""
    columns = columns_of(record, rows, include or {})
    found = [Filled(column, parts_of(rows, column.name)) for column in columns]
    if not flatten:
        return [part for one in found for part in _labelled(one, labels or {})]
    wanted = (one for one in found if one.column.name != LINKS)
    return [part for one in wanted for flat in _flat(one) for part in _labelled(flat, labels or {})]


def _labelled(one: Filled, labels: Labels) -> Iterable[Filled]:
    """A column, followed by one with the names of the records whose ids it contains."""
    yield one
    column = one.column
    ids = column.parts[0] if column.kind == "list" else column
    if column.name not in labels or ids.kind not in {"text", "integer"}:
        return
    known, name = labels[column.name], f"{column.name}.name"
    if column.kind == "list":
        named = [None if value is None else [known.get(one) for one in value] for value in one.values]
        yield Filled(Column(name, "list", (Column("item", "text"),)), named)
    else:
        yield Filled(Column(name, "text"), [known.get(value) for value in one.values])


def columns_of(record: type[Record] | None, rows: Sequence[Row], include: Tree) -> tuple[Column, ...]:
    """The columns of rows; without rows, all that the model declares."""
    declared = fields_of(record) if record else {}
    seen: dict[str, Any] = {}
    for row in rows or [declared]:
        seen.update(row)
    names = [*(name for name in declared if name in seen), *(name for name in seen if name not in declared)]
    return tuple(_column(name, declared.get(name), parts_of(rows, name), include.get(name)) for name in names)


def _column(name: str, field: Field | None, values: list[Any], include: Tree | None) -> Column:
    given = [value for value in values if value is not None]
    if field is None or field.kind == "json":
        return guessed(name, given)
    column = _declared(name, field, given, include)
    # A newer server may have changed what a field holds; then its values decide.
    return column if _fits(column, given) else guessed(name, given)


def _fits(column: Column, given: list[Any]) -> bool:
    types = set(map(type, given))
    if column.kind == "list":
        return types <= {list} and _fits(column.parts[0], list(chain.from_iterable(given)))
    # An included record that is hidden may leave its id behind.
    return types <= ({dict, str, int} if column.kind == "struct" else FITTING.get(column.kind, {str}))


def _declared(name: str, field: Field, given: list[Any], include: Tree | None) -> Column:
    if field.related:
        return _relation(name, field, given, include)
    if field.kind == "tags":
        return Column(name, "list", (Column("item", "text"),))
    if field.choices:
        return Column(name, "category", choices=tuple(field.choices))
    return Column(name, KINDS.get(field.kind, "text"))


def _relation(name: str, field: Field, given: list[Any], include: Tree | None) -> Column:
    """Ids, or the records that stand in their place."""
    many = field.kind in {"m2m", "reverse_m2m"} or any(isinstance(value, list) for value in given)
    target = record_class(field.related)
    each = [one for value in given for one in value] if many else given
    records = [one for one in each if isinstance(one, dict)]
    if records or include is not None:
        item = Column("item", "struct", columns_of(target, records, include or {}))
    else:
        item = Column("item", KINDS.get(fields_of(target)["id"].kind, "text"))
    return Column(name, "list", (item,)) if many else replace(item, name=name)


# --- what is not declared ---


def guessed(name: str, given: Sequence[Any]) -> Column:
    """The column that values without None fit into."""
    types = set(map(type, given))
    if not given:
        return Column(name, "nothing")
    if types == {dict}:
        return _guessed_struct(name, given)
    if types == {list}:
        return Column(name, "list", (guessed("item", [one for value in given for one in value if one is not None]),))
    if types == {bool}:
        return Column(name, "boolean")
    if types == {int} and all(abs(value) <= LARGEST for value in given):
        return Column(name, "integer")
    if types <= {int, float}:
        return Column(name, "number")
    if types == {str}:
        return Column(name, "datetime" if all(map(MOMENT.fullmatch, given)) else "text")
    return Column(name, "json")


def _guessed_struct(name: str, given: Sequence[Row]) -> Column:
    parts = columns_of(None, given, {})
    if not parts:
        return Column(name, "nothing")
    if {part.name for part in parts} <= {"value", "unit"} and _is_quantity(given):
        units = {one["unit"] for one in given if one.get("unit") is not None}
        unit = units.pop() if len(units) == 1 else ""
        return Column(name, "quantity", (Column("value", "number"), Column("unit", "category")), unit=unit)
    return Column(name, "struct", parts)


NUMBER = frozenset({int, float, type(None)})
TEXT = frozenset({str, type(None)})


def _is_quantity(given: Sequence[Row]) -> bool:
    if not any("unit" in one for one in given):
        return False
    return all(type(one.get("value")) in NUMBER and type(one.get("unit")) in TEXT for one in given)


# --- a column for each part ---


def _flat(one: Filled) -> Iterable[Filled]:
    """Structs as a column for each part, named with dots; quantities as numbers and units. Lists stay lists."""
    column, values = one.column, one.values
    if column.kind == "json" and any(type(value) is dict for value in values):
        # Details of some types are tables: what is an object gets its columns, the rest stays as it is.
        yield from _flat_mixed(one)
    elif column.kind == "quantity":
        yield Filled(Column(column.name, "number", unit=column.unit), parts_of(values, "value"))
        yield Filled(Column(f"{column.name}.unit", "category"), parts_of(values, "unit"))
    elif column.kind == "struct":
        for part in column.parts:
            if part.name == LINKS and not FREE & set(column.name.split(".")):
                continue
            inner = replace(part, name=f"{column.name}.{part.name}")
            yield from _flat(Filled(inner, parts_of(values, part.name)))
    else:
        yield one


def _flat_mixed(one: Filled) -> Iterable[Filled]:
    name = one.column.name
    objects = [value if type(value) is dict else None for value in one.values]
    others = [None if type(value) is dict else value for value in one.values]
    yield Filled(guessed(name, [value for value in others if value is not None]), others)
    inner = guessed(name, [value for value in objects if value is not None])
    if inner.kind != "nothing":
        yield from _flat(Filled(inner, objects))


def parts_of(values: Sequence[Any], name: str) -> list[Any]:
    """One part of each struct; for a bare id in the place of a record, the id."""
    try:
        return list(map(itemgetter(name), values))  # several times as quick as what follows
    except (KeyError, TypeError, IndexError):
        return [value.get(name) if isinstance(value, dict) else value if name == "id" else None for value in values]


def units_of(columns: Iterable[Column], above: str = "") -> dict[str, str]:
    """Column -> unit, for quantities that have the same unit in all rows."""
    found: dict[str, str] = {}
    for column in columns:
        name = f"{above}{column.name}"
        if column.unit:
            found[name] = column.unit
        if column.kind in {"struct", "list"}:
            # The elements of a list have no name of their own.
            below = column.parts if column.kind == "struct" else column.parts[0].parts
            found |= units_of(below, f"{name}.")
    return found


def include_tree(names: Iterable[str]) -> Tree:
    """``["behaviors.setup.*"]`` -> ``{"behaviors": {"setup": {}}}``."""
    tree: Tree = {}
    for name in names:
        here = tree
        for part in name.removesuffix(".*").split("."):
            here = here.setdefault(part, {})
    return tree
