"""Conditions of a plan -> SQL. Every hop to another model is narrowed to what the caller may see there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..access.scope import readable, visible
from ..model.registry import Relation, Spec, discloses, specs
from ..sql.fragment import FALSE, TRUE, Sql, all_of, any_of, quoted
from .comparisons import Writer, compare
from .json_conditions import in_json, in_one_row
from .names import Condition, Leaf
from .operators import OPERATORS, Operator
from .sources import from_hop, from_tags
from .values import compared_type
from .worked_values import worked_condition


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
    operator = condition.operator
    if relation is None or not relation.many or not operator.positive or operator.of_record:
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
    parts = [_leaves(writer, alias, group) for group in _same_rows(branch.leaves)]
    for relation, below in branch.below.values():
        parts.append(_exists(writer, alias, relation, below))
    return all_of(parts)


def _same_rows(leaves: Sequence[Condition]) -> list[list[Condition]]:
    """The conditions; those on the same list are grouped, since they must hold for the same row of it."""
    found: dict[object, list[Condition]] = {}
    for number, one in enumerate(leaves):
        in_a_row = one.leaf.rows and one.operator.positive
        found.setdefault(one.leaf.column if in_a_row else number, []).append(one)
    return list(found.values())


def _leaves(writer: Writer, alias: str, leaves: Sequence[Condition]) -> Sql:
    first = leaves[0]
    if len(leaves) == 1:
        return leaf_condition(writer, alias, first.leaf, first.operator, first.index)
    assert first.leaf.column is not None
    return in_one_row(writer, f"{alias}.{quoted(first.leaf.column.column)}", leaves)


def _exists(writer: Writer, alias: str, relation: Relation, below: Branch) -> Sql:
    far = writer.alias(specs()[relation.target])
    known = TRUE if _asks_only_ids(below) else readable(specs()[relation.target], far, writer.view)
    inner = [writer.hop_scope(relation, far), known, _branch(writer, far, below)]
    return "EXISTS (SELECT 1 " + from_hop(writer, relation, alias, far, inner) + ")"


def _asks_only_ids(branch: Branch) -> bool:
    return not branch.below and all(one.leaf.column and one.leaf.column.name == "id" for one in branch.leaves)


def leaf_condition(writer: Writer, alias: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    """One comparison at the end of a path."""
    if leaf.worked is not None:
        return worked_condition(writer, alias, leaf, operator, index)
    if leaf.kind == "tags":
        return _tags(writer, alias, operator, index)
    if leaf.kind == "relation":
        return _relation(writer, alias, leaf, operator, index)
    assert leaf.column is not None
    column = f"{alias}.{quoted(leaf.column.column)}"
    if leaf.keys:
        return in_json(writer, column, leaf, operator, index)
    empty = {"absent": _emptiness(writer, column, leaf)} if leaf.kind in ("image", "file", "json") else {}
    return compare(writer, column, leaf.kind, operator, index, forms=empty)


def _emptiness(writer: Writer, column: str, leaf: Leaf) -> str:
    if leaf.kind == "json":
        text = f"{column}::text" if writer.vendor == "postgresql" else column
        return f"({column} IS NULL OR {text} IN ('null','{{}}','[]'))"
    return f"({column} IS NULL OR {column} = '')"


def _relation(writer: Writer, alias: str, leaf: Leaf, operator: Operator, index: int) -> Sql:
    relation = leaf.relation
    assert relation is not None
    kind = compared_type(leaf)
    target = specs()[relation.target]
    if operator.asks_absence:
        return compare(writer, "", kind, operator, index, forms={"absent": "NOT " + _reaches(writer, alias, relation)})
    known = writer.trusts(relation) or discloses(relation)
    direct = relation.kind == "fk" and (known or visible(target, "x", writer.view, hop=True) == TRUE)
    if direct and not operator.of_record:
        return compare(writer, f"{alias}.{quoted(relation.near)}", kind, operator, index)
    if operator.opposite:
        return "NOT " + _to(writer, alias, relation, kind, OPERATORS[operator.opposite], index)
    return _to(writer, alias, relation, kind, operator, index)


def _to(writer: Writer, alias: str, relation: Relation, kind: str, operator: Operator, index: int) -> Sql:
    target = specs()[relation.target]
    far = writer.alias(target)
    forms = _tree_of(writer, target) if operator.of_record else {}
    inner = [compare(writer, f"{far}.id", kind, operator, index, forms=forms), writer.hop_scope(relation, far)]
    return "EXISTS (SELECT 1 " + from_hop(writer, relation, alias, far, inner) + ")"


def _tree_of(writer: Writer, target: Spec) -> dict[str, Sql | str]:
    """The rows and columns that make records a tree, for those that form one."""
    names = [target.columns[name].column for name in target.resource.tree_of]
    rows: Sql | str = target.table
    if writer.past is not None:
        # Named, because SQLite parses nothing that is nested deeper.
        rows = writer.past.named(f"tree_{target.app}_{target.segment}", writer.past.all_rows(target, names))
    return {"table": rows} | dict(zip(("own", "parent", "scope"), map(quoted, names), strict=True))


def _reaches(writer: Writer, alias: str, relation: Relation) -> Sql:
    far = writer.alias(specs()[relation.target])
    return "EXISTS (SELECT 1 " + from_hop(writer, relation, alias, far, [writer.hop_scope(relation, far)]) + ")"


def _tags(writer: Writer, alias: str, operator: Operator, index: int) -> Sql:
    spec = writer.rows[alias]
    if not spec.has_tags:
        # Clients filter every model by tags; the records of a model without tags match no name.
        return compare(writer, "", "", operator, index, forms={"absent": "1=1"}) if operator.asks_absence else FALSE
    source = "EXISTS (SELECT 1 " + from_tags(writer, spec, alias)
    if operator.asks_absence:
        return compare(writer, "", "", operator, index, forms={"absent": "NOT " + source + ")"})
    positive = OPERATORS[operator.opposite] if operator.opposite else operator
    found = source + " AND " + compare(writer, "t.name", "string", positive, index) + ")"
    return "NOT " + found if operator.opposite else found
