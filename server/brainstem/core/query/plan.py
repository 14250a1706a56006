"""Query + declarations -> :class:`Plan`: every name resolved to a column or relation, or an error.

:mod:`.names` resolves those of filters and sorts, :mod:`.nodes` those of includes. Knows no user and writes no SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model.registry import Relation, Spec, specs
from ..model.trees import Role
from .bounds import Allowance, lists_on
from .names import Asked, Condition, Hides, Key, Leaf, alternatives, hides_nothing, keys_of, settled_types
from .nodes import Node, nodes_of
from .syntax import Query


@dataclass(frozen=True)
class Plan:
    """A query with all names resolved.

    ``conditions`` are ANDed; each is a tuple of alternatives, any of which may hold.
    """

    spec: Spec
    node: Node
    conditions: tuple[tuple[Condition, ...], ...] = ()
    keys: tuple[Key, ...] = ()
    search_terms: int = 0
    writable: bool = False
    level: Role | None = None
    named: tuple[tuple[str, ...], ...] = ()
    called: bool = False
    titles: tuple[tuple[str, ...], ...] = ()
    cursor: bool = False


def plan(query: Query, spec: Spec, hides: Hides = hides_nothing) -> Plan:
    """Resolve every name of a query.

    Parameters
    ----------
    hides : callable
        Whether a key of a model is hidden from this caller; using it is refused as if it did not exist.

    Raises
    ------
    QueryError
        Names the parameter, what is unknown in it, and the nearest valid names.
    """
    asked = Asked(hides, settled_types(query))
    conditions = tuple(alternatives(spec, one, index, asked) for index, one in enumerate(query.filters))
    keys = tuple(key for sort in query.sorts for key in keys_of(spec, sort, asked))
    _within_bounds(query, conditions, keys)
    return Plan(
        spec=spec,
        node=nodes_of(spec, query),
        conditions=conditions,
        keys=keys,
        search_terms=len(query.search),
        writable=query.writable,
        level=query.level,
        named=tuple(path for path in query.named if not _is_hidden(spec, path, hides)),
        called=bool(query.called),
        titles=tuple(path for path in query.titles if not _is_hidden(spec, path, hides)) if query.typed else (),
        cursor=query.cursor is not None,
    )


def _is_hidden(spec: Spec, path: tuple[str, ...], hides: Hides) -> bool:
    """Whether a path names a key that is hidden from the caller."""
    for name in path[:-1]:
        if hides(spec, name):
            return True
        spec = specs()[spec.relations[name].target]
    return hides(spec, path[-1])


def _within_bounds(query: Query, conditions: tuple[tuple[Condition, ...], ...], keys: tuple[Key, ...]) -> None:
    """Refuse filters and sorts that together go through too many lists."""
    allowance = Allowance()
    for one, group in zip(query.filters, conditions, strict=True):
        allowance.take(one.written, sum(_lists(condition.steps, condition.leaf) for condition in group))
    for key in keys:
        allowance.take("sort[]", _lists(key.steps, key.leaf))


def _lists(steps: tuple[Relation, ...], leaf: Leaf) -> int:
    counts = leaf.worked is not None and leaf.worked.relation is not None
    ends_in_list = counts or leaf.kind == "tags" or (leaf.relation is not None and leaf.relation.many)
    return lists_on(steps) + ends_in_list


__all__ = ["Plan", "plan"]
