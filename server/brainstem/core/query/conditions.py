"""Conditions of a plan -> SQL. Every hop to another model is narrowed to what the caller may see there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from ..access.scope import View, visible
from ..registry import Relation, Spec, shares_scope, specs
from ..units import dimension_of, factor
from .dialect import DIALECTS, PostgreSQL, SQLite, literal
from .fragment import FALSE, TRUE, Sql, all_of, any_of, quoted
from .plan import TEXT, Condition, Leaf
from .values import compared_type


@dataclass
class Writer:
    """What the rendering of one statement shares: dialect, view, and a source of aliases."""

    vendor: str
    view: View
    numbers: count[int] = field(default_factory=lambda: count(1))
    rows: dict[str, Spec] = field(default_factory=dict)

    @property
    def dialect(self) -> PostgreSQL | SQLite:
        """The functions of the database."""
        return DIALECTS[self.vendor]

    def alias(self, spec: Spec) -> str:
        """An alias for rows of a model that nothing else in the statement has."""
        name = f"x{next(self.numbers)}"
        self.rows[name] = spec
        return name

    def hop_scope(self, relation: Relation, alias: str) -> Sql:
        """What the target of a hop must satisfy to be seen."""
        if shares_scope(relation):
            return TRUE
        return visible(specs()[relation.target], alias, self.view, hop=True)


def hop(relation: Relation, near: str, far: str) -> tuple[str, Sql]:
    """FROM clause and join condition that lead from the row ``near`` to rows ``far`` of the target."""
    table = specs()[relation.target].table
    if relation.kind == "fk":
        return f"{table} {far}", Sql(f"{far}.id = {near}.{quoted(relation.near)}")
    if relation.kind == "reverse":
        return f"{table} {far}", Sql(f"{far}.{quoted(relation.far)} = {near}.id")
    link = f"l{far}"
    source = f"{relation.through} {link} JOIN {table} {far} ON {far}.id = {link}.{quoted(relation.far)}"
    return source, Sql(f"{link}.{quoted(relation.near)} = {near}.id")


@dataclass
class Branch:
    """Conditions on one row, and on the rows that its relations lead to."""

    leaves: list[Condition] = field(default_factory=list)
    below: dict[str, tuple[Relation, Branch]] = field(default_factory=dict)


def conditions(writer: Writer, alias: str, groups: Sequence[tuple[Condition, ...]]) -> Sql:
    """All filters of a plan.

    Different keys through one relation hold for the same related row; a repeated key is a condition of its own, and so
    is every negation and every alias that stands for several paths.
    """
    together, apart = Branch(), []
    seen: set[tuple[object, ...]] = set()
    for group in groups:
        first = _through(group[0])
        key = (tuple(step.name for step in first.steps), first.leaf, first.operator)
        if len(group) > 1 or first.negated or key in seen:
            apart.append(group)
            continue
        seen.add(key)
        _add(together, first)
    parts = [_branch(writer, alias, together)]
    parts += [any_of([_alone(writer, alias, one) for one in group]) for group in apart if not group[0].negated]
    parts += [_negated(writer, alias, group) for group in apart if group[0].negated]
    return all_of(parts)


def _through(condition: Condition) -> Condition:
    """``projects=ID`` as ``projects.id=ID``, so that it holds for the same record as other keys of ``projects``."""
    relation = condition.leaf.relation
    if relation is None or not relation.many or condition.operator not in ("eq", "in"):
        return condition
    column = specs()[relation.target].columns["id"]
    return replace(condition, steps=(*condition.steps, relation), leaf=Leaf(column.wire_type, column))


def _add(branch: Branch, condition: Condition) -> None:
    for step in condition.steps:
        branch = branch.below.setdefault(step.name, (step, Branch()))[1]
    branch.leaves.append(condition)


def _alone(writer: Writer, alias: str, condition: Condition) -> Sql:
    branch = Branch()
    _add(branch, condition)
    return _branch(writer, alias, branch)


def _negated(writer: Writer, alias: str, group: tuple[Condition, ...]) -> Sql:
    inner = any_of([_alone(writer, alias, one) for one in group])
    return "(" + inner + ") IS NOT TRUE"


def _branch(writer: Writer, alias: str, branch: Branch) -> Sql:
    parts = [leaf_condition(writer, alias, one.leaf, one.operator, one.index) for one in branch.leaves]
    for relation, below in branch.below.values():
        parts.append(_exists(writer, alias, relation, below))
    return all_of(parts)


def _exists(writer: Writer, alias: str, relation: Relation, below: Branch) -> Sql:
    far = writer.alias(specs()[relation.target])
    source, joined = hop(relation, alias, far)
    inner = all_of([joined, writer.hop_scope(relation, far), _branch(writer, far, below)])
    return f"EXISTS (SELECT 1 FROM {source} WHERE " + inner + ")"


def leaf_condition(writer: Writer, alias: str, leaf: Leaf, operator: str, index: int) -> Sql:
    """One comparison at the end of a path."""
    if leaf.kind == "tags":
        return _tags(writer, alias, operator, index)
    if leaf.kind == "relation":
        return _relation(writer, alias, leaf, operator, index)
    assert leaf.column is not None
    column = f"{alias}.{quoted(leaf.column.column)}"
    if leaf.keys:
        return _in_json(writer, column, leaf, operator, index)
    if operator == "isnull":
        empty = leaf.kind in ("image", "file", "json")
        return _is_null(writer, _emptiness(writer, column, leaf) if empty else f"{column} IS NULL", index)
    return compare(writer, column, leaf.kind, operator, index)


def _emptiness(writer: Writer, column: str, leaf: Leaf) -> str:
    if leaf.kind == "json":
        text = f"{column}::text" if writer.vendor == "postgresql" else column
        return f"({column} IS NULL OR {text} IN ('null','{{}}','[]'))"
    return f"({column} IS NULL OR {column} = '')"


def _is_null(writer: Writer, test: str, index: int) -> Sql:
    return Sql(f"(({test}) = ") + _value(writer, "boolean", index, 0) + ")"


def _value(writer: Writer, wire_type: str, index: int, position: int) -> Sql:
    return Sql(writer.dialect.cast(wire_type), (("value", index, position),))


_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compare(writer: Writer, column: str, kind: str, operator: str, index: int) -> Sql:
    """A plain column against the values of one condition."""
    dialect = writer.dialect
    if operator == "ne":
        return Sql(f"({column} IS DISTINCT FROM " if writer.vendor == "postgresql" else f"({column} IS NOT ") + (
            _value(writer, kind, index, 0) + ")"
        )
    if operator == "in":
        return Sql(dialect.member(column, kind), (("value", index, 0),))
    if operator in ("year", "month", "day"):
        return Sql(f"{dialect.date_part(operator, column, kind)} = ") + _value(writer, "integer", index, 0)
    if kind in TEXT and operator in ("gt", "gte", "lt", "lte", "range"):
        column = dialect.ordered_text(column)
    if operator == "range":
        low, high = (_value(writer, kind, index, position) for position in (0, 1))
        return Sql(f"({column} >= ") + low + f" AND {column} <= " + high + ")"
    if operator in _SIGNS:
        return Sql(f"{column} {_SIGNS[operator]} ") + _value(writer, kind, index, 0)
    return matching(writer, column, operator, index)


def matching(writer: Writer, column: str, operator: str, index: int, *, name: str = "value") -> Sql:
    """Part of a text; ``i`` variants ignore case in every script."""
    postgres = writer.vendor == "postgresql"
    if operator.startswith("i"):
        column, operator = writer.dialect.folded(column), operator[1:]
    first = Sql(writer.dialect.cast("string"), ((name, index, 0),))
    if operator == "exact":
        return Sql(f"{column} = ") + first
    if operator == "contains":
        return Sql(f"{'strpos' if postgres else 'instr'}({column},") + first + ") > 0"
    second = Sql(writer.dialect.cast("string"), ((name, index, 1),))
    if operator == "startswith":
        return Sql(f"substr({column},1,length(") + first + ")) = " + second
    if postgres:
        return Sql(f"right({column},length(") + first + ")) = " + second
    # substr(x, -0) is the whole text on SQLite: start after the end instead.
    return Sql(f"substr({column},length({column})-length(") + first + ")+1) = " + second


def _relation(writer: Writer, alias: str, leaf: Leaf, operator: str, index: int) -> Sql:
    relation = leaf.relation
    assert relation is not None
    kind = compared_type(leaf)
    target = specs()[relation.target]
    if operator == "within":
        return _within(writer, alias, relation, index)
    if operator == "isnull":
        return (
            Sql("((NOT ") + _reaches(writer, alias, relation, TRUE) + ") = " + _value(writer, "boolean", index, 0) + ")"
        )
    direct = relation.kind == "fk" and (shares_scope(relation) or visible(target, "x", writer.view, hop=True) == TRUE)
    if direct:
        return compare(writer, f"{alias}.{quoted(relation.near)}", kind, operator, index)
    if operator == "ne":
        return "NOT " + _to(writer, alias, relation, kind, "eq", index)
    return _to(writer, alias, relation, kind, operator, index)


def _within(writer: Writer, alias: str, relation: Relation, index: int) -> Sql:
    """The related record is the one with this code or id, or lies below it in its tree."""
    target = specs()[relation.target]
    own, parent, scope = (quoted(target.columns[name].column) for name in target.resource.tree_of)
    start = Sql(f"SELECT t.id,t.{own},t.{scope} FROM {target.table} t WHERE t.{own} = ") + _value(
        writer, "string", index, 0
    )
    start = start + " OR CAST(t.id AS TEXT) = " + _value(writer, "string", index, 1)
    step = f"SELECT t.id,t.{own},t.{scope} FROM {target.table} t JOIN w ON t.{parent} = w.code AND t.{scope} = w.scope"
    parts = "WITH RECURSIVE w(id,code,scope) AS (" + start + f" UNION {step}) SELECT w.id FROM w"
    far = writer.alias(target)
    source, joined = hop(relation, alias, far)
    inside = f"{far}.id IN (" + parts + ")"
    return f"EXISTS (SELECT 1 FROM {source} WHERE " + all_of([joined, inside, writer.hop_scope(relation, far)]) + ")"


def _to(writer: Writer, alias: str, relation: Relation, kind: str, operator: str, index: int) -> Sql:
    far = writer.alias(specs()[relation.target])
    source, joined = hop(relation, alias, far)
    inner = [joined, compare(writer, f"{far}.id", kind, operator, index), writer.hop_scope(relation, far)]
    return f"EXISTS (SELECT 1 FROM {source} WHERE " + all_of(inner) + ")"


def _reaches(writer: Writer, alias: str, relation: Relation, more: Sql) -> Sql:
    far = writer.alias(specs()[relation.target])
    source, joined = hop(relation, alias, far)
    return f"EXISTS (SELECT 1 FROM {source} WHERE " + all_of([joined, writer.hop_scope(relation, far), more]) + ")"


def tag_source(spec: Spec) -> tuple[str, str, str]:
    """Link table of a model's tags with its two columns."""
    link = spec.model._meta.get_field("tags")
    return link.remote_field.through._meta.db_table, link.m2m_column_name(), link.m2m_reverse_name()


def _tags(writer: Writer, alias: str, operator: str, index: int) -> Sql:
    spec = writer.rows[alias]
    if not spec.has_tags:
        # Clients filter every model by tags; a record of one that has none has no tag of that name.
        return Sql("(1=1) = ") + _value(writer, "boolean", index, 0) if operator == "isnull" else FALSE
    table, near, far = tag_source(spec)
    source = f"EXISTS (SELECT 1 FROM {table} lt JOIN core_tag t ON t.id = lt.{far} WHERE lt.{near} = {alias}.id"
    if operator == "isnull":
        return Sql("((NOT " + source + ")) = ") + _value(writer, "boolean", index, 0) + ")"
    if operator == "ne":
        return "NOT " + (Sql(source + " AND ") + compare(writer, "t.name", "string", "eq", index) + ")")
    return Sql(source + " AND ") + compare(writer, "t.name", "string", operator, index) + ")"


def _in_json(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    """A value inside JSON; where that is a list of rows, in any of them."""
    compared = _quantity if leaf.quantity else _json
    if not leaf.rows:
        return compared(writer, column, leaf, operator, index)
    source = writer.dialect.rows_of(column)
    if operator == "isnull":
        absent = writer.dialect.json_absent(writer.dialect.path("e.value", leaf.keys))
        return _is_null(writer, f"NOT EXISTS (SELECT 1 FROM {source} WHERE NOT {absent})", index)
    found = compared(writer, "e.value", leaf, "eq" if operator == "ne" else operator, index)
    return ("NOT " if operator == "ne" else "") + (f"EXISTS (SELECT 1 FROM {source} WHERE " + found + ")")


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
        return _is_null(writer, f"COALESCE({','.join([*values, 'NULL'])}) IS NULL", index)
    found = []
    for place, value in enumerate(values):
        given = [_value(writer, "numeric", index, place * width + step) for step in range(width)]
        found.append(_measured(value, operator, given))
    same = any_of(found)
    return "(" + same + " IS NOT TRUE)" if operator == "ne" else same


def _measured(value: str, operator: str, given: list[Sql]) -> Sql:
    if operator == "range":
        return Sql(f"({value} >= ") + given[0] + f" AND {value} <= " + given[1] + ")"
    if operator in ("eq", "ne"):
        # Converted values differ in the last digits.
        return Sql(f"(abs({value}-") + given[0] + ") <= abs(" + given[1] + ")*0.000000001)"
    return Sql(f"{value} {_SIGNS[operator]} ") + given[0]


def _json(writer: Writer, column: str, leaf: Leaf, operator: str, index: int) -> Sql:
    dialect = writer.dialect
    value = dialect.path(column, leaf.keys)
    number, text, truth = dialect.json_number(value), dialect.json_text(value), dialect.json_boolean(value)
    if operator == "isnull":
        return _is_null(writer, dialect.json_absent(value), index)
    if operator in ("eq", "ne"):
        same = any_of(
            [
                Sql(f"{text} = ") + _value(writer, "string", index, 0),
                Sql(f"{number} = ") + _value(writer, "numeric", index, 1),
                Sql(f"{truth} = ") + _value(writer, "string", index, 2),
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
            _value(writer, kind, index, place) for place, kind in enumerate(("numeric", "numeric", "string", "string"))
        ]
        numbers = Sql(f"({number} >= ") + values[0] + f" AND {number} <= " + values[1] + ")"
        return any_of([numbers, Sql(f"({ordered} >= ") + values[2] + f" AND {ordered} <= " + values[3] + ")"])
    if operator in _SIGNS:
        sign = _SIGNS[operator]
        by_number = Sql(f"{number} {sign} ") + _value(writer, "numeric", index, 0)
        return any_of([by_number, Sql(f"{ordered} {sign} ") + _value(writer, "string", index, 1)])
    return matching(writer, text, operator, index)
