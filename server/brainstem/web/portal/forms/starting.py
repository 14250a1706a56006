"""What a new form chooses by itself: the projects of what it is about, or the only project that there is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.run import fetch_page, fetch_record
from brainstem.core.query.syntax import Filter, Query
from brainstem.core.write.rights import open_places

from .doors import Door

Pairs = list[tuple[str, list[str]]]


def projects_of(door: Door, given: Mapping[str, list[str]]) -> Pairs:
    """Projects for a record that lists them, where the address names none; people can choose others.

    A pup belongs to the projects of its breeding, and who works in one project never has to choose it. Two statements
    at most.
    """
    place = door.spec.tree.lists
    if not place or given.get(place) or not door.spec.writable(place):
        return []
    relation = door.spec.relations[place]
    of_parents = next((ids for ids in _of_parents(door, given) if ids), [])
    found = _writable(door, specs()[relation.target], of_parents)
    if not of_parents and len(found) != 1:
        return []
    return [(place, found if relation.many else found[:1])]


def _of_parents(door: Door, given: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The projects of the records that the address names."""
    for name, ids in given.items():
        relation = door.spec.relations.get(name)
        above = specs()[relation.target] if relation is not None else None
        if above is None or not ids or not above.tree.lists:
            continue
        try:
            record_id: UUID = above.parse_id(ids[0])  # type: ignore[assignment]
            shown = fetch_record(above, record_id, Query(), viewer=door.viewer, base="")
        except ValueError:
            continue
        value = json.loads(shown.text).get(above.tree.lists) if shown else None
        yield [str(one) for one in (value if isinstance(value, list) else [value] if value else [])]


def _writable(door: Door, projects: Spec, ids: list[str]) -> list[str]:
    """Those of the projects, or the first two of all, to which the person may add such a record."""
    among = (Filter(("id", "in"), False, ",".join(ids)),) if ids else ()
    query = replace(open_places(door.spec), filters=among, limit=len(ids) or 2)
    page = fetch_page(projects, query, viewer=door.viewer, base="")
    return [str(json.loads(one)["id"]) for one in page.records]


__all__ = ["projects_of"]
