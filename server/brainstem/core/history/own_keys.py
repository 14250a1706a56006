"""States of a record as history keeps them -> the values that the API shows for them today.

Only a record's own keys: fields, references, links, tags and roles. What refers to records that the viewer does not see
is left out or null, as in details.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..access.viewer import Viewer
from ..model.ids import RecordId
from ..model.registry import TAIL_KEYS, Relation, Spec, discloses, specs
from ..model.trees import Role
from .recording import State
from .wire import ROLES, references, told_keys, wire_value

# Key of a state -> the least role of each flag, in the order of the API.
_FLAGS = {"can_change": Role.CONTRIBUTOR, "is_manager": Role.MANAGER, "is_owner": Role.OWNER}
_DERIVED_KEYS = frozenset({*TAIL_KEYS, "id"})


@dataclass(frozen=True)
class Reader:
    """Shows the states of one record to a viewer; ``base`` is the server's public address."""

    spec: Spec
    viewer: Viewer
    record_id: RecordId
    base: str = ""

    def wire(self, states: Sequence[State]) -> list[dict[str, Any]]:
        """The own keys of each state in wire form; one query for each model that they refer to."""
        seen = self._seen(states)
        return [self._shown(state, seen) for state in states]

    def _shown(self, state: State, seen: Mapping[str, set[Any]]) -> dict[str, Any]:
        told = {name: at for at, name in told_keys(self.spec).items() if at in state and name not in _DERIVED_KEYS}
        shown = (name for name in self.spec.keys if name in told and self.viewer.shows(self.spec, name))
        return {name: self._value(name, state[told[name]], seen) for name in shown}

    def _value(self, key: str, value: Any, seen: Mapping[str, set[Any]]) -> object:
        spec = self.spec
        if key in spec.relations:
            return wire_value(spec, key, value, seen={spec.relations[key].target: seen[key]})
        if key in ROLES and key in spec.computed:
            return {name: self._flags(level) for name, level in sorted((value or {}).items())}
        if key in spec.columns and spec.columns[key].wire_type in ("image", "file"):
            path = f"/api/{self.viewer.portal}/{spec.app}/{spec.segment}/{self.record_id}/{key}/"
            return self.base + path if value else None
        return wire_value(spec, key, value, seen={})

    def _flags(self, level: str) -> dict[str, bool]:
        members = self.spec.tree.keeps_members
        held = Role[level.upper()]
        return {flag: held >= least for flag, least in _FLAGS.items() if not (members and flag == "can_change")}

    # -- what is seen -------------------------------------------------------------------------------------------------

    def _seen(self, states: Sequence[State]) -> dict[str, set[Any]]:
        """Key of a relation -> ids that are shown."""
        spec, found, limited = self.spec, dict[str, set[Any]](), defaultdict[str, set[Any]](set)
        for at, name in told_keys(spec).items():
            if (relation := spec.relations.get(name)) is not None:
                ids = references(spec, [(name, state.get(at)) for state in states])
                found[name] = ids.get(relation.target, set())
                if not _is_always_shown(relation):
                    limited[relation.target] |= found[name]
        hidden = {label: ids - self.viewer.seen(specs()[label], ids) for label, ids in limited.items() if ids}
        for name in found:
            if not _is_always_shown(spec.relations[name]):
                found[name] = found[name] - hidden.get(spec.relations[name].target, set())
        return found


def _is_always_shown(relation: Relation) -> bool:
    # Everyone who sees a record sees who is named in it.
    return discloses(relation) or specs()[relation.target].tree.is_people


__all__ = ["Reader"]
