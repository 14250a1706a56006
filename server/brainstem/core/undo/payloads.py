"""States of the past -> payloads for the ordinary write path."""

from __future__ import annotations

from collections.abc import Mapping

from ..history.recording import State
from ..model.registry import Spec
from ..model.trees import Role
from ..write.past import Past
from .keys import ROLES, settable, wire_name

# Level of a role as history names it -> the flags of a payload.
_FLAGS: dict[str, dict[str, bool]] = {
    Role.OWNER.name.lower(): {"is_owner": True},
    Role.MANAGER.name.lower(): {"is_manager": True},
    Role.CONTRIBUTOR.name.lower(): {"can_change": True},
    Role.MEMBER.name.lower(): {},
}


def past_of(spec: Spec, values: State, now: State) -> Past:
    """The payload that gives a record some values of an earlier state; keys that follow from others are left out.

    Parameters
    ----------
    values
        By key of the state.
    now : mapping
        The present state, of which roles are compared.
    """
    found = Past()
    for key, value in values.items():
        name = wire_name(spec, key)
        if name in settable(spec):
            found[name] = _roles(value or {}, now.get(key) or {}) if key in ROLES and spec.tree.holds_roles else value
    return found


def _roles(wanted: Mapping[str, str], held: Mapping[str, str]) -> dict[str, dict[str, bool]]:
    given = {holder: _FLAGS[level] for holder, level in wanted.items() if held.get(holder) != level}
    return given | {holder: {"remove": True} for holder in held if holder not in wanted}


__all__ = ["past_of"]
