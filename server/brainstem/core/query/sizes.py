"""Plan + view -> SQL for a lower bound of the size of a response, without building it.

Counts the records that ``include[]`` would add through to-many relations, each at its minimum size: its keys and the
shortest values. Only what the caller sees is counted, so whether a response fits says nothing about hidden records.
Counting stops at the limit: the rows of a page are counted together, and the database stops at the record that would
exceed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from django.conf import settings

from ..access.scope import Portal, View, visible
from ..model.registry import Relation, Spec, specs, through_relation
from ..sql.fragment import Sql, all_of, join, slot
from .comparisons import Writer
from .nodes import Node
from .plan import Plan
from .sources import hop
from .sql import Statement, page_of

LEAST = {"uuid": 38, "datetime": 22, "date": 12, "duration": 10, "boolean": 4, "integer": 1, "positive_integer": 1,
         "number": 1}  # fmt: skip
Steps = tuple[Relation, ...]


def page_size_statement(
    plan: Plan, view: View, vendor: str, *, within: Relation | None = None, offered: bool = False
) -> Statement:
    """One row: a lower bound of the bytes of a page."""
    writer = Writer(vendor, view)
    page = page_of(writer, plan, within=within, offered=offered)
    writer.rows["b"] = plan.spec
    found = "WITH b AS (" + page + ") SELECT " + _included(writer, plan.node, "b", of_page=True)
    return Statement(found.text, found.slots)


def record_size_statement(plan: Plan, view: View, vendor: str) -> Statement:
    """One row: a lower bound of the bytes of the record whose id is bound to the slot "id"."""
    writer = Writer(vendor, view)
    writer.rows["a"] = plan.spec
    where = all_of([Sql("a.id = ") + slot("id"), visible(plan.spec, "a", view)])
    found = "SELECT " + _included(writer, plan.node, "a") + f" FROM {plan.spec.table} a WHERE " + where
    return Statement(found.text, found.slots)


def _included(writer: Writer, node: Node, alias: str, *, of_page: bool = False) -> Sql:
    """Minimum bytes of what is included in the row ``alias``, or in all rows of the page of that name."""
    parts = []
    for steps, below in _below(node, ()):
        if any(step.many for step in steps):
            least = least_size(below.spec, below.hidden, writer.view.way_in)
            # One more than would fit: counting further would not change the result.
            most = int(settings.BRAINSTEM_MAX_ANSWER_BYTES) // least + 1
            parts.append(_number(writer, steps, alias, most=most, of_page=of_page) + f"*{least}")
    return join("+", [Sql("0"), *parts])


def _below(node: Node, before: Steps) -> Iterator[tuple[Steps, Node]]:
    """Every included node, with the relations that lead to it from the root."""
    for key, child in node.children.items():
        steps = through_relation(node.spec, key) if key not in node.spec.relations else (node.spec.relations[key],)
        yield (*before, *steps), child
        yield from _below(child, (*before, *steps))


def _number(writer: Writer, steps: Steps, alias: str, *, most: int, of_page: bool) -> Sql:
    """How many records the steps lead to, counted no further than ``most``."""
    sources, conditions = [alias] if of_page else [], []
    for step in steps:
        far = writer.alias(specs()[step.target])
        source, joined = hop(step, alias, far)
        sources.append(source)
        conditions += [joined, writer.hop_scope(step, far)]
        alias = far
    rows = f"SELECT 1 FROM {','.join(sources)} WHERE " + all_of(conditions) + f" LIMIT {most}"
    return "(SELECT count(*) FROM (" + rows + ") z)"


@cache
def least_size(spec: Spec, hidden: frozenset[str], portal: Portal) -> int:
    """Bytes of the shortest record that a model can have, without some of its keys."""
    shown = [key for key in spec.keys if key not in hidden]
    return 2 + sum(len(json.dumps(key)) + 2 + _least_value(spec, key, portal) for key in shown)


def _least_value(spec: Spec, key: str, portal: Portal) -> int:
    if portal.hides(spec, key):
        return len("null")
    if key in spec.columns:
        column = spec.columns[key]
        least = LEAST.get(column.wire_type, 2)
        return min(least, len("null")) if column.nullable else least
    if key in spec.relations and not spec.relations[key].many:
        return 1 if specs()[spec.relations[key].target].columns["id"].wire_type != "uuid" else len("null")
    return 2


__all__ = ["least_size", "page_size_statement", "record_size_statement"]
