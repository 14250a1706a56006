"""Conditions on values inside JSON: by the kind of value, across units, and in any row where the JSON is a list."""

from __future__ import annotations

from collections.abc import Sequence

from ..sql.dialect import literal
from ..sql.fragment import Sql, all_of, any_of
from ..types.units import dimension_of, factor
from .comparisons import Forms, Writer, compare
from .names import Condition, Leaf
from .operators import OPERATORS, Operator


def in_json(writer: Writer, column: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    """A condition on a value inside JSON; if that is a list of rows, on any of them."""
    if not leaf.rows:
        return _compared(writer, column, leaf, operator, index)
    source = writer.dialect.rows_of(column)
    if operator.asks_absence:
        absent = writer.dialect.json_absent(writer.dialect.path("e.value", leaf.keys))
        forms: Forms = {"absent": f"NOT EXISTS (SELECT 1 FROM {source} WHERE NOT {absent})"}
        return compare(writer, column, leaf.kind, operator, index, forms=forms)
    positive = OPERATORS[operator.opposite] if operator.opposite else operator
    found = _compared(writer, "e.value", leaf, positive, index)
    return ("NOT " if operator.opposite else "") + (f"EXISTS (SELECT 1 FROM {source} WHERE " + found + ")")


def in_one_row(writer: Writer, column: str, conditions: Sequence[Condition]) -> Sql:
    """Conditions on the same list of rows, which hold for one row of it; no negative ones."""
    found = [_compared(writer, "e.value", one.leaf, one.operator, one.index) for one in conditions]
    return f"EXISTS (SELECT 1 FROM {writer.dialect.rows_of(column)} WHERE " + all_of(found) + ")"


def _compared(writer: Writer, column: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    if leaf.kind == "json_time":
        return compare(writer, time_value(writer, column, leaf), "string", operator, index)
    if leaf.kind == "json_person":
        place = writer.dialect.path(column, leaf.keys)
        return compare(writer, writer.dialect.json_number(place), "integer", operator, index)
    return _of_any_type(writer, column, leaf, operator, index)


def _of_any_type(writer: Writer, column: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    """A value that may be of several types or dimensions, with a comparison for each."""
    if operator.asks_absence:
        absent = writer.dialect.json_absent(writer.dialect.path(column, leaf.keys))
        if leaf.quantity:
            absent = f"COALESCE({','.join([*quantity_values(writer, column, leaf), 'NULL'])}) IS NULL"
        return compare(writer, column, leaf.kind, operator, index, forms={"absent": absent})
    positive = OPERATORS[operator.opposite] if operator.opposite else operator
    parts = enumerate(_expressions(writer, column, leaf, operator))
    found = [compare(writer, value, kind, positive, index, part=part) for part, (value, kind) in parts]
    same = found[0] if len(operator.inside) == 1 else any_of(found)
    return "(" + same + " IS NOT TRUE)" if operator.opposite else same


def _expressions(writer: Writer, column: str, leaf: Leaf, operator: Operator) -> list[tuple[str, str]]:
    """The expressions to compare, each with its kind: NULL if the value is of another type or dimension."""
    if leaf.quantity:
        return [(value, "quantity") for value in quantity_values(writer, column, leaf)]
    dialect = writer.dialect
    value = dialect.path(column, leaf.keys)
    known = {
        "text": (dialect.json_text, "string"),
        "number": (dialect.json_number, "number" if operator.lists else "numeric"),
        "truth": (dialect.json_boolean, "string"),
    }
    return [(read(value), kind) for read, kind in (known[name] for name in operator.inside)]


def time_value(writer: Writer, column: str, leaf: Leaf) -> str:
    """A time inside JSON (UTC) as a text that sorts chronologically: fractions after the whole second."""
    return f"rtrim({writer.dialect.json_text(writer.dialect.path(column, leaf.keys))},'Z')"


def quantity_values(writer: Writer, column: str, leaf: Leaf) -> list[str]:
    """For each dimension of a quantity its value in the base unit; NULL if the unit measures something else."""
    assert leaf.quantity is not None
    dialect = writer.dialect
    place = dialect.path(column, leaf.keys)
    number = (
        f"COALESCE({dialect.json_number(dialect.path(column, (*leaf.keys, 'value')))},{dialect.json_number(place)})"
    )
    unit = f"COALESCE({dialect.json_text(dialect.path(column, (*leaf.keys, 'unit')))},{literal(leaf.quantity.default)})"
    found = []
    for dimension in leaf.quantity.dimensions:
        cases = [_in_base(number, one) for one in leaf.quantity.units if dimension_of(one) == dimension]
        found.append(f"(CASE {unit} {' '.join(cases)} END)")
    return found


def _in_base(number: str, unit: str) -> str:
    size, offset = factor(unit)
    scaled = number if size == 1 else f"{number}*{size:f}"
    return f"WHEN {literal(unit)} THEN {scaled}" + (f"+{offset:f}" if offset else "")
