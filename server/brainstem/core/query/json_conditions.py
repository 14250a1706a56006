"""Conditions on values inside JSON: by the kind of value, across units, and in any row where the JSON is a list."""

from __future__ import annotations

from collections.abc import Sequence

from ..sql.dialect import literal
from ..sql.fragment import Sql, all_of, any_of
from ..types.units import dimension_of, factor
from .comparisons import SIGNS, Writer, compare, is_null, matching, value_of
from .plan import Condition, Leaf


def in_json(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    """A value inside JSON; where that is a list of rows, in any of them."""
    if not leaf.rows:
        return _compared(writer, column, leaf, operator, index)
    source = writer.dialect.rows_of(column)
    if operator == "isnull":
        absent = writer.dialect.json_absent(writer.dialect.path("e.value", leaf.keys))
        return is_null(writer, f"NOT EXISTS (SELECT 1 FROM {source} WHERE NOT {absent})", index)
    found = _compared(writer, "e.value", leaf, "eq" if operator == "ne" else operator, index)
    return ("NOT " if operator == "ne" else "") + (f"EXISTS (SELECT 1 FROM {source} WHERE " + found + ")")


def in_one_row(writer: Writer, column: str, conditions: Sequence[Condition]) -> Sql:
    """Conditions on the same list of rows, which hold for one row of it; none of them is negative."""
    found = [_compared(writer, "e.value", one.leaf, one.operator, one.index) for one in conditions]
    return f"EXISTS (SELECT 1 FROM {writer.dialect.rows_of(column)} WHERE " + all_of(found) + ")"


def _compared(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    if leaf.quantity:
        return _quantity(writer, column, leaf, operator, index)
    if leaf.kind == "json_time":
        return compare(writer, time_value(writer, column, leaf), "string", operator, index)
    if leaf.kind == "json_person":
        place = writer.dialect.path(column, leaf.keys)
        return compare(writer, writer.dialect.json_number(place), "integer", operator, index)
    return _json(writer, column, leaf, operator, index)


def time_value(writer: Writer, column: str, leaf: Leaf) -> str:
    """A time inside JSON, which is in UTC, as a text that sorts as the times do: a fraction comes after the whole."""
    return f"rtrim({writer.dialect.json_text(writer.dialect.path(column, leaf.keys))},'Z')"


def quantity_values(writer: Writer, column: str, leaf: Leaf) -> list[str]:
    """For every dimension of a quantity its value in the base unit, NULL where the unit measures something else."""
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


def _quantity(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    values = quantity_values(writer, column, leaf)
    width = 2 if operator in ("eq", "ne", "range") else 1
    if operator == "isnull":
        return is_null(writer, f"COALESCE({','.join([*values, 'NULL'])}) IS NULL", index)
    found = []
    for place, value in enumerate(values):
        given = [value_of(writer, "numeric", index, place * width + step) for step in range(width)]
        found.append(_measured(value, operator, given))
    same = any_of(found)
    return "(" + same + " IS NOT TRUE)" if operator == "ne" else same


def _measured(value: str, operator: str, given: list[Sql]) -> Sql:
    if operator == "range":
        return Sql(f"({value} >= ") + given[0] + f" AND {value} <= " + given[1] + ")"
    if operator in ("eq", "ne"):
        # Converted values differ in the last digits.
        return Sql(f"(abs({value}-") + given[0] + ") <= abs(" + given[1] + ")*0.000000001)"
    return Sql(f"{value} {SIGNS[operator]} ") + given[0]


def _json(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    dialect = writer.dialect
    value = dialect.path(column, leaf.keys)
    number, text, truth = dialect.json_number(value), dialect.json_text(value), dialect.json_boolean(value)
    if operator == "isnull":
        return is_null(writer, dialect.json_absent(value), index)
    if operator in ("eq", "ne"):
        same = any_of(
            [
                Sql(f"{text} = ") + value_of(writer, "string", index, 0),
                Sql(f"{number} = ") + value_of(writer, "numeric", index, 1),
                Sql(f"{truth} = ") + value_of(writer, "string", index, 2),
            ]
        )
        return same if operator == "eq" else "(" + same + " IS NOT TRUE)"
    if operator == "in":
        return any_of(
            [
                Sql(dialect.member(text, "string"), (("value", index, 0),)),
                Sql(dialect.member(number, "number"), (("value", index, 1),)),
                Sql(dialect.member(truth, "string"), (("value", index, 2),)),
            ]
        )
    ordered = dialect.ordered_text(text)
    if operator == "range":
        values = [
            value_of(writer, kind, index, place)
            for place, kind in enumerate(("numeric", "numeric", "string", "string"))
        ]
        numbers = Sql(f"({number} >= ") + values[0] + f" AND {number} <= " + values[1] + ")"
        return any_of([numbers, Sql(f"({ordered} >= ") + values[2] + f" AND {ordered} <= " + values[3] + ")"])
    if operator in SIGNS:
        sign = SIGNS[operator]
        by_number = Sql(f"{number} {sign} ") + value_of(writer, "numeric", index, 0)
        return any_of([by_number, Sql(f"{ordered} {sign} ") + value_of(writer, "string", index, 1)])
    return matching(writer, text, operator, index)
