"""Includes and excludes -> the tree of records in a response, or an error with the nearest valid names.

Knows the declarations of models; knows no user and writes no SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import QueryError, UnknownName
from ..model.registry import Relation, Spec, specs, through_relation
from ..text.words import nearest
from .bounds import MAX_RECORDS_SHOWN
from .syntax import Query


@dataclass(frozen=True)
class Node:
    """A model in the response, with the relations that are shown as full records."""

    spec: Spec
    children: Mapping[str, Node] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    relation: Relation | None = None
    versioned: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a record in the response, in order, except for its version."""
        return tuple(key for key in self.spec.keys if key not in self.hidden)

    def multiplies(self, lists: int = 0) -> bool:
        """Whether lists are shown within lists of records."""
        for child in self.children.values():
            found = lists + int(child.relation is not None and child.relation.many)
            if found > 1 or child.multiplies(found):
                return True
        return False


def included_names(spec: Spec) -> list[str]:
    """Relations of this model that ``include[]`` can show as records."""
    through = [name for name, computed in spec.computed.items() if computed.kind == "through"]
    return sorted([name for name in spec.relations if name in spec.keys] + through)


def nodes_of(spec: Spec, query: Query) -> Node:
    """The records of a model: which keys are shown, and which related records are included."""
    tree: dict[str, dict[str, object]] = {}
    for path in query.includes:
        at: dict[str, dict[str, object]] = tree
        for name in path:
            at = at.setdefault(name, {})  # type: ignore[assignment]
    hidden: dict[tuple[str, ...], set[str]] = {}
    for path in query.excludes:
        hidden.setdefault(path[:-1], set()).add(path[-1])
    if (shown := _count(tree)) > MAX_RECORDS_SHOWN:
        raise QueryError.at("include[]", f"At most {MAX_RECORDS_SHOWN} relations can be included, got {shown}.")
    node = _node(spec, tree, hidden, (), versioned=query.versions)
    unknown = [path for path in hidden if path and not _is_node(node, path)]
    if unknown:
        raise QueryError.at("exclude[]", f"'{'.'.join(unknown[0])}' is not included in the answer.")
    return node


def _count(tree: Mapping[str, Any]) -> int:
    return sum(1 + _count(below) for below in tree.values())


def _is_node(node: Node, path: tuple[str, ...]) -> bool:
    for name in path:
        if name not in node.children:
            return False
        node = node.children[name]
    return True


def _node(
    spec: Spec,
    tree: Mapping[str, object],
    hidden: Mapping[tuple[str, ...], set[str]],
    at: tuple[str, ...],
    relation: Relation | None = None,
    above: frozenset[str] = frozenset(),
    *,
    versioned: bool = False,
) -> Node:
    children: dict[str, Node] = {}
    valid = included_names(spec)
    above |= {spec.label}
    for name, below in tree.items():
        if name in valid:
            steps = (spec.relations[name],) if name in spec.relations else through_relation(spec, name)
            target = specs()[steps[-1].target]
            if steps[-1].many and target.label in above:
                # Every project of every session of every project ...: a short query with an endless response.
                raise QueryError.at("include[]", f"'{'.'.join((*at, name))}' leads back to where it came from.")
            known: Any = below
            children[name] = _node(target, known, hidden, (*at, name), steps[-1], above, versioned=versioned)
        elif below or name not in spec.keys:
            raise UnknownName.at(
                "include[]", f"{spec.model.__name__} has no relation '{name}' to include.{nearest(name, valid)}"
            )
    left_out = frozenset(hidden.get(at, set()))
    for name in left_out - set(spec.keys):
        raise UnknownName.at("exclude[]", f"{spec.model.__name__} has no key '{name}'.{nearest(name, spec.keys)}")
    return Node(spec, children, left_out, relation, versioned)
