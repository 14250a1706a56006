"""States of records as somebody sees them: without the links to what is hidden from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from ..access.viewer import Viewer
from ..history.recording import State
from ..model.registry import Spec, specs
from ..sql.setwise import among
from .keys import references
from .who import seen_when_deleted


class Eyes:
    """What a viewer sees of states; each record that states refer to is looked up once.

    Deleted records count as seen by those who would see them today. People are always seen: a record shows their ids
    to everyone who reads it.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer.only_asking
        self._known: dict[str, dict[str, bool]] = defaultdict(dict)

    def learn(self, label: str, states: Iterable[State | None]) -> None:
        """Look up what some states of a model refer to; a few queries per model referred to."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for state in states:
            for target, found in _referred(label, state or {}):
                wanted[target].update(found)
        for target, ids in wanted.items():
            new = ids - self._known[target].keys()
            if new:
                seen = self._seen(specs()[target], new)
                self._known[target].update({one: one in seen for one in new})

    def _seen(self, spec: Spec, ids: set[str]) -> set[str]:
        if spec.tree.is_people:
            return ids
        keys = {one: spec.parse_id(one) for one in ids}
        seen = self._viewer.seen(spec, keys.values())
        rest = set(keys.values()) - seen
        if rest:
            there = spec.model._base_manager.filter(pk__in=among(spec.model, rest)).values_list("pk", flat=True)
            seen |= seen_when_deleted(spec, rest.difference(there), viewer=self._viewer)
        return {one for one, key in keys.items() if key in seen}

    def narrowed(self, label: str, state: State) -> dict[str, Any]:
        """A state, or a part of one, without what the viewer does not see; what it refers to has been learned."""
        found = dict(state)
        for relation, key in references(label):
            if key not in found:
                continue
            known = self._known[relation.target]
            if relation.many:
                found[key] = [one for one in found[key] or () if known[str(one)]]
            elif found[key] is not None and not known[str(found[key])]:
                found[key] = None
        return found


def _referred(label: str, state: State) -> Iterator[tuple[str, list[str]]]:
    for relation, key in references(label):
        value = state.get(key)
        if value:
            yield relation.target, list(map(str, value if relation.many else [value]))


__all__ = ["Eyes"]
