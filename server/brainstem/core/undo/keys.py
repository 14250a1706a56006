"""The keys of a model's states: what they refer to, their names in payloads, and which follow from others."""

from __future__ import annotations

from functools import cache

from ..history.recording import DERIVED
from ..model.registry import Relation, Spec, entry_keys, specs

# Keys that say who holds a role on a record; groups have only the first one.
ROLES = ("users", "groups")


@cache
def references(label: str) -> tuple[tuple[Relation, str], ...]:
    """(relation, key of the state) of what a record itself refers to."""
    own = [one for one in specs()[label].relations.values() if one.owned]
    return tuple((one, one.name if one.many else one.field.attname) for one in own)


def wire_name(spec: Spec, key: str) -> str:
    """The key of a payload for a key of a state: ``strain`` for ``strain_id``."""
    return _wire_names(spec).get(key, key)


@cache
def _wire_names(spec: Spec) -> dict[str, str]:
    return {key: relation.name for relation, key in references(spec.label)}


@cache
def settable(spec: Spec) -> frozenset[str]:
    """Keys of a payload with which values of the past are set."""
    own = {name for name in spec.keys if spec.writable(name)} - set(spec.resource.create_only)
    return frozenset(own | entry_keys(spec))


def is_derived(spec: Spec, key: str) -> bool:
    """Whether a key of a state follows from others, or only changes when what it names is deleted."""
    if key in DERIVED or key in ("audience_id", "created_by_id"):
        return True
    name = wire_name(spec, key)
    return name in spec.resource.read_only and name not in entry_keys(spec)


__all__ = ["ROLES", "is_derived", "references", "settable", "wire_name"]
