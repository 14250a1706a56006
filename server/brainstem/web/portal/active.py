"""The projects that a person works on: lists and numbers are of these, unless an address names projects itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from brainstem.core.model.registry import Spec, above
from brainstem.core.query.syntax import Filter, Query

ACTIVE, OFF = "active", "off"  # ?active=off lifts the limit


@cache
def project_path(spec: Spec) -> tuple[str, ...]:
    """The relations that lead from a record to its projects; none for what belongs to no project, and for projects."""
    found: list[str] = []
    while spec.in_project_tree and not spec.tree.is_project:
        found.append(spec.tree.place)
        spec = above(spec)
    return tuple(found)


def active_filter(spec: Spec, active: Sequence[str]) -> Filter | None:
    """The condition that records belong to one of these projects."""
    path = project_path(spec)
    return Filter((*path, "in"), False, ",".join(active)) if path and active else None


def active_query(spec: Spec, active: Sequence[str]) -> Query:
    """All records of a model, within these projects."""
    found = active_filter(spec, active)
    return Query(filters=(found,)) if found is not None else Query()


__all__ = ["ACTIVE", "OFF", "active_filter", "active_query", "project_path"]
