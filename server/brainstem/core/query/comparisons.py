"""One comparison -> SQL: a column against the values of a condition, and the hop that leads to the column."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from ..access.scope import View, visible
from ..model.registry import Relation, Spec, shares_scope, specs
from ..sql.dialect import DIALECTS, PostgreSQL, SQLite
from ..sql.fragment import TRUE, Sql, quoted
from .plan import TEXT


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


def is_null(writer: Writer, test: str, index: int) -> Sql:
    return Sql(f"(({test}) = ") + value_of(writer, "boolean", index, 0) + ")"


def value_of(writer: Writer, wire_type: str, index: int, position: int) -> Sql:
    return Sql(writer.dialect.cast(wire_type), (("value", index, position),))


SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compare(writer: Writer, column: str, kind: str, operator: str, index: int) -> Sql:
    """A plain column against the values of one condition."""
    dialect = writer.dialect
    if operator == "ne":
        return Sql(f"({column} IS DISTINCT FROM " if writer.vendor == "postgresql" else f"({column} IS NOT ") + (
            value_of(writer, kind, index, 0) + ")"
        )
    if operator == "in":
        return Sql(dialect.member(column, kind), (("value", index, 0),))
    if operator in ("year", "month", "day"):
        return Sql(f"{dialect.date_part(operator, column, kind)} = ") + value_of(writer, "integer", index, 0)
    if kind in TEXT and operator in ("gt", "gte", "lt", "lte", "range"):
        column = dialect.ordered_text(column)
    if operator == "range":
        low, high = (value_of(writer, kind, index, position) for position in (0, 1))
        return Sql(f"({column} >= ") + low + f" AND {column} <= " + high + ")"
    if operator in SIGNS:
        return Sql(f"{column} {SIGNS[operator]} ") + value_of(writer, kind, index, 0)
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
