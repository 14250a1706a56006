"""Values that are worked out -> SQL. Records that the caller does not see count for nothing."""

from __future__ import annotations

from ..access.levels import level_held, members_counted
from ..access.scope import readable
from ..model.registry import Spec, specs
from ..sql.dialect import literal
from ..sql.fragment import Sql, quoted, slot
from .comparisons import Writer, compare
from .json_conditions import quantity_values
from .names import Leaf
from .operators import OPERATORS, Operator
from .past import MOMENT
from .sources import from_hop
from .worked import MEMBERS, MY_LEVEL, WEIGHT, WEIGHT_LOG, Worked

DAY_S = 86_400


def worked_condition(writer: Writer, alias: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    """A comparison with a worked out value."""
    value = worked_value(writer, alias, leaf)
    forms = {"column": value, "ordered": value, "absent": value + " IS NULL"}
    kind = "string" if leaf.kind == "json_time" else leaf.kind
    positive = OPERATORS[operator.opposite] if operator.opposite else operator
    found = compare(writer, "", kind, positive, index, forms=forms)
    return "(" + found + " IS NOT TRUE)" if operator.opposite else found


def worked_value(writer: Writer, alias: str, leaf: Leaf) -> Sql:
    """The value itself: quantities in the base unit of their dimension, times as texts that sort."""
    worked = leaf.worked
    assert worked is not None
    if worked.relation is not None:
        return _last_weight(writer, alias, worked) if worked.quantity else _count(writer, alias, worked)
    spec = writer.rows[alias]
    if worked.name == "age":
        return _age(writer, spec, alias)
    if worked.name == MY_LEVEL:
        return level_held(spec, alias)
    if worked.name == MEMBERS:
        return members_counted(alias, writer.view)
    if worked.name == "days_left":
        return _between(writer, _today(writer), Sql(_column(spec, alias, worked.needs[0])))
    entries = _column(spec, alias, "entries")
    if worked.name == "entries_count":
        return Sql(length_of(writer, entries))
    return Sql(writer.dialect.ordered_text(moment_of(writer, last_of(writer, entries))))


def length_of(writer: Writer, column: str) -> str:
    """How many elements a list has."""
    return f"{'jsonb_array_length' if writer.vendor == 'postgresql' else 'json_array_length'}({column})"


def last_of(writer: Writer, column: str) -> str:
    """The last element of a list of objects, as JSON."""
    return f"({column} -> -1)" if writer.vendor == "postgresql" else f"json_extract({column},'$[#-1]')"


def _column(spec: Spec, alias: str, name: str) -> str:
    return f"{alias}.{quoted(spec.columns[name].column)}"


def _today(writer: Writer) -> Sql:
    """The day that it is, or was at the moment that is looked at."""
    now = slot("now") if writer.past is None else Sql("%s", (MOMENT,))
    return (
        "(" + now + "::timestamptz AT TIME ZONE 'UTC')::date" if writer.vendor == "postgresql" else "date(" + now + ")"
    )


def _between(writer: Writer, start: Sql, end: Sql) -> Sql:
    """Seconds from one day to another."""
    if writer.vendor == "postgresql":
        return "((" + end + " - " + start + f")*{DAY_S})::numeric"
    return "((julianday(" + end + ")-julianday(" + start + f"))*{DAY_S})"


def _age(writer: Writer, spec: Spec, alias: str) -> Sql:
    born = Sql(_column(spec, alias, "birth_date"))
    until = f"COALESCE({_column(spec, alias, 'death_date')}," + _today(writer) + ")"
    return "(CASE WHEN " + born + " <= " + until + " THEN " + _between(writer, born, until) + " END)"


def _count(writer: Writer, alias: str, worked: Worked) -> Sql:
    assert worked.relation is not None
    target = specs()[worked.relation.target]
    far = writer.alias(target)
    where = [writer.hop_scope(worked.relation, far), readable(target, far, writer.view)]
    return "(SELECT count(*) " + from_hop(writer, worked.relation, alias, far, where) + ")"


def _last_weight(writer: Writer, alias: str, worked: Worked) -> Sql:
    """From the newest entry of all weight logs of a subject that the caller sees."""
    assert worked.relation is not None
    target = specs()[worked.relation.target]
    far = writer.alias(target)
    last = last_of(writer, _column(target, far, "entries"))
    leaf = Leaf("quantity", target.columns["entries"], keys=WEIGHT, quantity=worked.quantity)
    value = f"COALESCE({','.join([*quantity_values(writer, last, leaf), 'NULL'])})"
    newest = f"ORDER BY {moment_of(writer, last)} DESC NULLS LAST,{far}.id DESC LIMIT 1"
    where = [
        writer.hop_scope(worked.relation, far),
        readable(target, far, writer.view),
        Sql(f"{_column(target, far, 'type')} = {literal(WEIGHT_LOG)}"),
    ]
    source = from_hop(writer, worked.relation, alias, far, where, reading=[value, newest])
    return f"(SELECT {value} " + source + f" {newest})"


def moment_of(writer: Writer, entry: str) -> str:
    """When an entry of a log was made, or began, as a text that sorts: in UTC, without the Z."""
    texts = (writer.dialect.json_text(writer.dialect.path(entry, (key,))) for key in ("date_time", "start_date_time"))
    return f"rtrim(COALESCE({','.join(texts)}),'Z')"


__all__ = ["last_of", "length_of", "moment_of", "worked_condition", "worked_value"]
