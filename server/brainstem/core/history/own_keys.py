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
from ..text.times import kept_moment
from .recording import State
from .wire import wire_moment, wire_span

# Key of a state -> the least role of each flag, in the order of the API.
_FLAGS = {"can_change": Role.CONTRIBUTOR, "is_manager": Role.MANAGER, "is_owner": Role.OWNER}
ROLES = ("users", "groups")
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

    def _shown(self, state: State, seen: Mapping[str, set[str]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self.spec.keys:
            at = state_key(self.spec, key)
            if at and at in state and key not in _DERIVED_KEYS and self.viewer.shows(self.spec, key):
                found[key] = self._value(key, state[at], seen)
        return found

    def _value(self, key: str, value: Any, seen: Mapping[str, set[str]]) -> Any:
        spec = self.spec
        if key in spec.relations:
            return _referred(spec.relations[key], value, seen.get(key))
        if key in ROLES and key in spec.computed:
            return {name: self._flags(level) for name, level in sorted((value or {}).items())}
        if key in spec.columns:
            return self._column(key, value)
        return value

    def _flags(self, level: str) -> dict[str, bool]:
        members = self.spec.tree.keeps_members
        held = Role[level.upper()]
        return {flag: held >= least for flag, least in _FLAGS.items() if not (members and flag == "can_change")}

    def _column(self, key: str, value: Any) -> Any:
        column = self.spec.columns[key]
        if column.wire_type in ("image", "file"):
            path = f"/api/{self.viewer.portal}/{self.spec.app}/{self.spec.segment}/{self.record_id}/{key}/"
            return self.base + path if value else None
        if isinstance(value, str) and column.wire_type == "datetime":
            return wire_moment(kept_moment(value))
        if isinstance(value, str) and column.wire_type == "duration":
            return wire_span(value)
        return value

    # -- what is seen -------------------------------------------------------------------------------------------------

    def _seen(self, states: Sequence[State]) -> dict[str, set[str]]:
        """Key of a relation -> ids that the viewer sees, as text; absent if its targets are always shown."""
        wanted: dict[str, set[str]] = defaultdict(set)
        named = {key: one for key in self.spec.keys if (one := self._limited(key)) is not None}
        for key, relation in named.items():
            for state in states:
                wanted[relation.target].update(_ids(state.get(state_key(self.spec, key))))
        seen = {label: self._those(specs()[label], ids) for label, ids in wanted.items()}
        return {key: seen[relation.target] for key, relation in named.items()}

    def _limited(self, key: str) -> Relation | None:
        relation = self.spec.relations.get(key)
        if relation is None or not state_key(self.spec, key) or discloses(relation):
            return None
        # Everyone who sees a record sees who is named in it.
        return None if specs()[relation.target].tree.is_people else relation

    def _those(self, target: Spec, ids: set[str]) -> set[str]:
        parsed = [target.parse_id(one) for one in sorted(ids)]
        return {str(one) for one in self.viewer.seen(target, parsed)} if parsed else set()


def state_key(spec: Spec, key: str) -> str:
    """The key of a state that holds the value of a key of the API; empty if none does."""
    relation = spec.relations.get(key)
    if relation is not None:
        if not relation.owned:
            return ""
        return relation.name if relation.many else str(relation.field.attname)
    if key in spec.computed:
        return key if key in ROLES and spec.tree.holds_roles else ""
    return key


def _referred(relation: Relation, value: Any, seen: set[str] | None) -> Any:
    whole = specs()[relation.target].columns["id"].wire_type != "uuid"

    def shown(one: object) -> Any:
        return int(str(one)) if whole else str(one)

    if not relation.many:
        return None if value is None or (seen is not None and str(value) not in seen) else shown(value)
    ids = [shown(one) for one in value or () if seen is None or str(one) in seen]
    return ids if relation.order else sorted(ids)


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


__all__ = ["ROLES", "Reader", "state_key"]
