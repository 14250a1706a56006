"""Plan + view -> one SQL statement, compiled once for every shape of request."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..access.scope import View, editable, readable, visible
from ..model.registry import Relation, Spec, scoped_by, specs
from ..sql.fragment import FALSE, TRUE, Slot, Sql, all_of, any_of, join, quoted, slot
from .called import contained, is_called, nearness
from .comparisons import Writer, compare
from .conditions import conditions
from .json_conditions import quantity_values, time_value
from .names import Key, Leaf
from .operators import OPERATORS, TEXT, USUAL
from .plan import Plan
from .projection import PAGE, Projection, budgeted
from .sources import from_hop, from_tags
from .worked_values import worked_value

_NAME = re.compile(r"[a-z_]+")
FOUND = "found"
NEAR = "near"  # the name of how near what was typed is


@dataclass(frozen=True)
class Statement:
    """SQL with the slots of its values, and the number of sort values that follow each record."""

    text: str
    slots: tuple[Slot, ...]
    key_width: int = 0
    # Labels of the models that the result depends on; None if it also depends on what has no history.
    models: frozenset[str] | None = None
    # Whether one plan is good for all values, and planning it takes longer than running it.
    one_plan: bool = False


def list_statement(
    plan: Plan, view: View, vendor: str, *, within: Relation | None = None, offered: bool = False
) -> Statement:
    """One page with its exact count: rows of (count, JSON of a record or NULL, sort values...).

    Parameters
    ----------
    within : Relation, optional
        Only rows that this relation leads to from the record whose id is bound to the slot "id".
    offered : bool
        Rows that may be referred to rather than those that are listed.
    """
    writer = Writer(vendor, view)
    spec, nodes = plan.spec, []
    writer.rows["a"] = spec
    if within is None and plan.keys and not lists_everything(plan):
        count, page = Sql(f"SELECT count(*) AS n FROM {FOUND}"), _page_found(writer, plan)
        nodes = [_found(writer, plan, offered)]
    else:
        count = _count(writer, plan, within, offered)
        page = page_of(writer, plan, within=within, offered=offered)
    writer.rows["b"] = spec
    by_address = asks_for_address(plan)
    projection = Projection(writer, held="" if offered or within else "b", by_address=by_address)
    doc = projection.readable(plan.node, "b") if by_address else projection.record(plan.node, "b")
    names = [*(f"k{number}" for number in range(len(plan.keys))), "id"] if plan.cursor else []
    values = "".join(f",b.{name}" for name in names)
    before, behind = writer.dialect.around_page(names)
    body = "SELECT c.n,CASE WHEN b.id IS NULL THEN NULL ELSE " + doc + f" END AS doc{values} FROM (" + count
    body = body + ") c LEFT JOIN (" + page + ") b ON 1=1"
    statement = with_nodes([*nodes, *projection.nodes]) + budgeted(before, PAGE) + body + behind
    return Statement(statement.text, statement.slots, len(plan.keys), _depends(writer, statement, within))


def _found(writer: Writer, plan: Plan, offered: bool) -> Sql:
    """The ids and sort values of all rows that are listed, which counting and ordering both have to read."""
    rows = row_conditions(writer, plan, "a", within=None, offered=offered, sweep=True)
    keys = [key_expression(writer, "a", key) + f" AS k{number}" for number, key in enumerate(plan.keys)]
    selected = join(",", [Sql("a.id"), *keys, *_nearness(writer, plan)])
    return f"{FOUND} AS MATERIALIZED (SELECT " + selected + f" FROM {plan.spec.table} a WHERE " + all_of(rows) + ")"


def _page_found(writer: Writer, plan: Plan) -> Sql:
    """The rows of one page in order, from those that are found; as :func:`page_of`."""
    keys = [f"k{number}" for number in range(len(plan.keys))]
    after = all_of([after_cursor(writer, [Sql(f"a.{key}") for key in keys], plan.keys)] if plan.cursor else [])
    near = [NEAR] if plan.titles else []
    first = _limited(
        f"SELECT a.id,{','.join(f'a.{key}' for key in [*keys, *near])} FROM {FOUND} a WHERE " + after, plan
    )
    selected = f"SELECT a.*,{','.join(f'f.{key}' for key in keys)} FROM ("
    return selected + first + f") f JOIN {plan.spec.table} a ON a.id = f.id ORDER BY {_order(plan, 'f')}"


def _nearness(writer: Writer, plan: Plan) -> list[Sql]:
    """What is sorted by before everything else, if a text was typed."""
    return [nearness(writer, plan.spec, "a", plan.titles) + f" AS {NEAR}"] if plan.titles else []


def _order(plan: Plan, alias: str = "a") -> str:
    return (f"{NEAR}," if plan.titles else "") + order_of(plan.keys, alias)


def page_of(writer: Writer, plan: Plan, *, within: Relation | None, offered: bool) -> Sql:
    """The rows of one page in order, with their sort values as ``k0``, ``k1``, ..."""
    writer.rows["a"] = plan.spec
    sweep = within is None and not _in_index_order(plan)
    rows = row_conditions(writer, plan, "a", within=within, offered=offered, sweep=sweep)
    where = all_of([_within(within, "a"), *rows])
    keys = [key_expression(writer, "a", key) for key in plan.keys]
    after = [after_cursor(writer, keys, plan.keys)] if plan.cursor else []
    numbered = [key + f" AS k{number}" for number, key in enumerate(keys)]
    selected = join(",", [Sql("a.*"), *numbered, *_nearness(writer, plan)])
    return _limited("SELECT " + selected + f" FROM {plan.spec.table} a WHERE " + all_of([where, *after]), plan)


def _limited(rows: Sql, plan: Plan) -> Sql:
    """Those of some rows ``a`` with their sort values that stand on the page, in order."""
    page = rows + f" ORDER BY {_order(plan)} LIMIT " + slot("limit")
    return page if plan.cursor else page + " OFFSET " + slot("offset")


def _in_index_order(plan: Plan) -> bool:
    """Whether an index has the rows in order, so that only the first ones are read."""
    first = plan.keys[0] if plan.keys else None
    column = first.leaf.column if first is not None and not first.steps and not first.leaf.keys else None
    return first is None or (column is not None and column.field.unique)


def record_statement(plan: Plan, view: View, vendor: str) -> Statement:
    """The record whose id is bound to the slot "id", if it is visible: (version, JSON, moment)."""
    writer = Writer(vendor, view)
    writer.rows["a"] = plan.spec
    projection = Projection(writer, held="a")
    doc = projection.record(plan.node, "a")
    where = all_of([Sql("a.id = ") + slot("id"), visible(plan.spec, "a", view)])
    selected = join(",", [projection.version(plan.spec, "a"), doc, Sql(writer.dialect.moment())])
    statement = with_nodes(projection.nodes) + "SELECT " + selected + f" FROM {plan.spec.table} a WHERE " + where
    return Statement(statement.text, statement.slots, models=_depends(writer, statement))


def _depends(writer: Writer, statement: Sql, within: Relation | None = None) -> frozenset[str] | None:
    """The models whose history shows every change of the result; None for what time or new accounts change."""
    if ("now",) in statement.slots or writer.rows["a"].tree.is_people:
        return None
    # By the tables that it names: rows of a link table may be records of their own.
    named = set(_NAME.findall(statement.text))
    used = [spec for spec in specs().values() if spec.table in named or (within and within.source == spec.label)]
    return scoped_by(used)


def with_nodes(nodes: list[Sql]) -> Sql:
    """The ``WITH`` clause of named subqueries."""
    return "WITH " + join(",", nodes) + " " if nodes else Sql("")


def row_conditions(
    writer: Writer, plan: Plan, alias: str, *, within: Relation | None, offered: bool = False, sweep: bool = False
) -> list[Sql]:
    """What a row must meet to be listed, apart from being reached by the relation ``within``.

    ``sweep``: the statement reads all of these rows.
    """
    spec, people = plan.spec, plan.spec.tree.is_people
    # People the caller does not know are not listed, but can be found by their whole address.
    referred = asks_for_address(plan) if people else offered or within is not None
    return [
        conditions(writer, alias, plan.conditions),
        _search(writer, spec, alias, plan),
        _called(writer, spec, alias, plan) if plan.called else TRUE,
        editable(spec, alias, writer.view, level=plan.level, sweep=sweep) if plan.writable else TRUE,
        TRUE if within and writer.trusts(within) else visible(spec, alias, writer.view, hop=referred, sweep=sweep),
    ]


def asks_for_address(plan: Plan) -> bool:
    """Whether people are requested by one whole address, and by nothing else that would reveal more of them."""
    searched = plan.search_terms or plan.called
    if not plan.spec.tree.is_people or plan.keys or searched or len(plan.conditions) != 1:
        return False
    first, *others = plan.conditions[0]
    column = first.leaf.column
    asked = column is not None and column.name == "email" and first.operator.name == USUAL and not first.negated
    return asked and not first.steps and not others


def _within(relation: Relation | None, alias: str) -> Sql:
    if relation is None:
        return TRUE
    if relation.kind == "reverse":
        return Sql(f"{alias}.{quoted(relation.far)} = ") + slot("id")
    source = f"EXISTS (SELECT 1 FROM {relation.through} w WHERE w.{quoted(relation.far)} = {alias}.id"
    return Sql(f"{source} AND w.{quoted(relation.near)} = ") + slot("id") + ")"


def _search(writer: Writer, spec: Spec, alias: str, plan: Plan) -> Sql:
    names = [name for name in spec.resource.search if spec.columns[name].wire_type in TEXT]
    columns = [f"{alias}.{quoted(spec.columns[name].column)}" for name in names]
    parts = []
    for index in range(plan.search_terms):
        found = [contained(writer, spec, alias, path, index) for path in plan.named] or [
            compare(writer, column, "string", OPERATORS["icontains"], index, slot="search") for column in columns
        ]
        parts.append(any_of(found) if found else FALSE)
    return all_of(parts)


def _called(writer: Writer, spec: Spec, alias: str, plan: Plan) -> Sql:
    known = Sql(writer.dialect.member(f"CAST({alias}.id AS TEXT)", "string"), (("called",),))
    return any_of([known, *(is_called(writer, spec, alias, path) for path in plan.named)])


def today_count(writer: Writer, plan: Plan) -> Sql:
    """How many rows a list of everything has, as ``n``."""
    return _count(writer, plan, None, False)


def _count(writer: Writer, plan: Plan, within: Relation | None, offered: bool) -> Sql:
    if lists_everything(plan) and not within and plan.spec.in_project_tree:
        return _counted(writer, plan.spec)
    writer.rows["q"] = plan.spec
    rows = row_conditions(writer, plan, "q", within=within, offered=offered, sweep=within is None)
    where = all_of([_within(within, "q"), *rows])
    return f"SELECT count(*) AS n FROM {plan.spec.table} q WHERE " + where


def lists_everything(plan: Plan) -> bool:
    """Whether a list has every row that the caller sees."""
    return not (plan.conditions or plan.search_terms or plan.called or plan.writable)


def _counted(writer: Writer, spec: Spec) -> Sql:
    """The count, from the counters of every visible audience rather than from the rows."""
    return "SELECT CAST(COALESCE(SUM(q.n),0) AS BIGINT) AS n " + from_audiences(writer, spec)


def from_audiences(writer: Writer, spec: Spec) -> Sql:
    """FROM and WHERE clauses for the counters ``q`` of the audiences whose rows are seen."""
    view = writer.view
    scope = visible(spec, "q", view, sweep=True)
    return f"FROM core_audiencecount q WHERE q.model = '{spec.label}' AND " + scope


def key_expression(writer: Writer, alias: str, key: Key) -> Sql:
    """A sort value; through to-many relations the smallest visible one (the largest if descending)."""
    return _walk_key(writer, alias, key, 0)


def _walk_key(writer: Writer, alias: str, key: Key, position: int) -> Sql:
    if position == len(key.steps):
        return _leaf_value(writer, alias, key)
    relation = key.steps[position]
    far = writer.alias(specs()[relation.target])
    inner = _walk_key(writer, far, key, position + 1)
    where = [writer.hop_scope(relation, far), readable(specs()[relation.target], far, writer.view)]
    if relation.many:
        inner = ("max(" if key.descending else "min(") + inner + ")"
    return "(SELECT " + inner + " " + from_hop(writer, relation, alias, far, where, reading=[inner.text]) + ")"


def _leaf_value(writer: Writer, alias: str, key: Key) -> Sql:
    leaf, dialect = key.leaf, writer.dialect
    if leaf.worked is not None:
        return worked_value(writer, alias, leaf)
    if leaf.kind == "relation" and leaf.relation is not None:
        relation = leaf.relation
        far = writer.alias(specs()[relation.target])
        least = "max" if key.descending else "min"
        value = f"{least}({_comparable(writer, f'{far}.id', specs()[relation.target].columns['id'].wire_type)})"
        return f"(SELECT {value} " + from_hop(writer, relation, alias, far, [writer.hop_scope(relation, far)]) + ")"
    if leaf.kind == "tags":
        return _tag_value(writer, alias, key)
    assert leaf.column is not None
    column = f"{alias}.{quoted(leaf.column.column)}"
    if leaf.keys:
        return _json_value(writer, column, key)
    if any(step.many for step in key.steps):
        column = _comparable(writer, column, leaf.kind)
    if leaf.kind == "boolean" and writer.vendor == "postgresql":
        return Sql(f"{column}::int")
    return Sql(dialect.ordered_text(column) if leaf.kind in TEXT else column)


def _comparable(writer: Writer, column: str, kind: str) -> str:
    """A column as an argument of min(): PostgreSQL has no min(uuid)."""
    uuid_there = kind == "uuid" and writer.vendor == "postgresql"
    return writer.dialect.ordered_text(f"({column}::text)") if uuid_there else column


def _tag_value(writer: Writer, alias: str, key: Key) -> Sql:
    spec = writer.rows[alias]
    if not spec.has_tags:
        return Sql("NULL")
    least = "max" if key.descending else "min"
    return f"(SELECT {least}({writer.dialect.ordered_text('t.name')}) " + from_tags(writer, spec, alias) + ")"


def _json_value(writer: Writer, column: str, key: Key) -> Sql:
    place = "e.value" if key.leaf.rows else column
    value = _in_json(writer, place, key.leaf)
    if not key.leaf.rows:
        return Sql(value)
    least = "max" if key.descending else "min"
    return Sql(f"(SELECT {least}({value}) FROM {writer.dialect.rows_of(column)})")


def _in_json(writer: Writer, place: str, leaf: Leaf) -> str:
    """What is sorted by: a number, or a text if the key asks for texts."""
    dialect = writer.dialect
    if leaf.quantity:
        return f"COALESCE({','.join([*quantity_values(writer, place, leaf), 'NULL'])})"
    if leaf.kind == "json_time":
        return dialect.ordered_text(time_value(writer, place, leaf))
    value = dialect.path(place, leaf.keys)
    if leaf.kind != "json_text":
        return dialect.json_number(value)
    return dialect.ordered_text(f"COALESCE({dialect.json_text(value)},{dialect.json_boolean(value)})")


def order_of(keys: tuple[Key, ...], alias: str = "a") -> str:
    """The order of a page, by its sort values ``k0``, ``k1``, ... and the ids of its rows."""
    parts = [f"k{number} {'DESC' if key.descending else 'ASC'} NULLS LAST" for number, key in enumerate(keys)]
    return ",".join([*parts, f"{alias}.id" if alias else "id"])


def after_cursor(writer: Writer, keys: list[Sql], sorts: tuple[Key, ...]) -> Sql:
    """Rows after the cursor in the total order; nulls are last, ids ascend."""
    id_type = writer.rows["a"].columns["id"].wire_type
    cases = []
    for number in range(len(keys) + 1):
        same = [_same(writer, keys[place], sorts[place], place) for place in range(number)]
        if number == len(keys):
            cases.append(all_of([*same, Sql(f"a.id > {writer.dialect.cast(id_type)}", (("cursor", "id"),))]))
        else:
            cases.append(all_of([*same, _beyond(writer, keys[number], sorts[number], number)]))
    return "(" + Sql(writer.dialect.cast("boolean"), (("cursor", "start"),)) + " OR " + any_of(cases) + ")"


def _place(writer: Writer, key: Key, number: int) -> Sql:
    kind = key_type(key)
    return Sql(writer.dialect.cast(kind), (("cursor", number),))


def key_type(key: Key) -> str:
    """The type of a sort key's values, which a cursor needs to read them."""
    if key.leaf.kind == "relation" and key.leaf.relation is not None:
        kind = specs()[key.leaf.relation.target].columns["id"].wire_type
        return "string" if kind == "uuid" else kind
    if key.leaf.kind == "uuid" and any(step.many for step in key.steps):
        return "string"
    return _KEY_TYPES.get(key.leaf.kind, key.leaf.kind)


_KEY_TYPES = {
    "json_path": "numeric",
    "quantity": "numeric",
    "boolean": "integer",
    "tags": "string",
    "json_text": "string",
    "json_time": "string",
    "json_person": "numeric",
}


def _same(writer: Writer, expression: Sql, key: Key, number: int) -> Sql:
    equal = " IS NOT DISTINCT FROM " if writer.vendor == "postgresql" else " IS "
    return "(" + expression + equal + _place(writer, key, number) + ")"


def _beyond(writer: Writer, expression: Sql, key: Key, number: int) -> Sql:
    sign = " < " if key.descending else " > "
    place = _place(writer, key, number)
    later = expression + sign + place
    # Greater values follow a value, then the rows without one; nothing follows those.
    return "(" + place + " IS NOT NULL AND (" + later + " OR " + expression + " IS NULL))"


__all__ = [
    "Statement",
    "after_cursor",
    "asks_for_address",
    "from_audiences",
    "key_expression",
    "key_type",
    "list_statement",
    "lists_everything",
    "order_of",
    "page_of",
    "record_statement",
    "row_conditions",
    "today_count",
    "with_nodes",
]
