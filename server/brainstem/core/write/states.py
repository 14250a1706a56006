"""States of a record, as history keeps them: now, at an earlier version, and as a payload would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Model

from ..history.recording import State, plain, snapshot
from ..history.rewinding import rewound
from ..history.versions import NONE, changes_from
from ..model.fields import DetailsField, TypeField
from ..model.registry import Spec
from ..model.values import Bad, clean
from ..models import Change
from ..sharing import grants
from ..text.numbers import whole_of
from .details import checked
from .payload import ids_in
from .tags import words_of

MOST_CHANGES = 100  # that are looked at one by one


@dataclass(frozen=True)
class Past:
    """A record as it was at a version, and its changes since, oldest first."""

    state: State
    changes: Sequence[Change]


def state_of(spec: Spec, record: Any, *, kept: State = MappingProxyType({})) -> dict[str, Any]:
    """The present state of a record, with the roles that are held on it.

    ``kept`` are links and roles that are known already.
    """
    state = snapshot(record, kept=kept)
    if spec.tree.holds_roles:
        state |= {key: kept[key] for key in grants.KEYS & kept.keys()} or grants.state(spec, record)
    return state


def past_of(spec: Spec, record: Model, version: str, now: State) -> Past | None:
    """The record as it was at a version; None if it never was at that version, or history no longer knows."""
    number = whole_of(version, below=2**63)
    if number is None or number < 0:
        return None
    changes = changes_from(spec, record.pk, number)
    if number != int(NONE):
        if not changes or changes[0].pk != number:
            return None
        del changes[0]
    state = rewound(spec.label, now, changes)
    return None if state is None else Past(state, changes)


def states_since(spec: Spec, now: State, past: Past) -> list[State] | None:
    """The states of a record from a version until now; None if they are many, or it was deleted in between."""
    if len(past.changes) > MOST_CHANGES:
        return None
    found = [now]
    for change in reversed(past.changes):
        before = rewound(spec.label, found[-1], [change])
        if before is None:
            return None
        found.append(before)
    return found[::-1]


def wanted(spec: Spec, name: str, value: object, *, record: Model, payload: Any) -> Any:
    """What a value of a payload would be in the state of its record.

    Raises
    ------
    Bad
        If it cannot be read.
    """
    if name == "tags" and spec.has_tags:
        return sorted(words_of(value))
    if name in spec.relations:
        return _ids(spec, name, value)
    column = spec.columns[name]
    found = clean(column, value)
    if isinstance(column.field, DetailsField):
        found, _ = checked(*_type_of(spec, column.field.selector, record, payload), found)
    return plain({name: found})[name]


def _ids(spec: Spec, name: str, value: Any) -> Any:
    relation = spec.relations[name]
    if relation.many:
        if not isinstance(value, list | None):
            raise Bad("Expected a list of ids.")
        ids = ids_in(relation, value or [])
        if len(ids) != len(value or []):
            raise Bad("Expected a list of ids.")
        return list(dict.fromkeys(map(str, ids)))
    if value in (None, ""):
        return None
    found = ids_in(relation, value)
    if not found:
        raise Bad("Expected an id.")
    return plain({name: found[0]})[name]


def _type_of(spec: Spec, selector: str, record: Model, payload: Any) -> tuple[str, str]:
    """Group and type whose schema details follow once the payload is written."""
    column = spec.columns.get(selector)
    field = None if column is None else column.field
    named = payload.get(selector, getattr(record, selector, ""))
    return (field.schema_group if isinstance(field, TypeField) else ""), str(named or "")


__all__ = ["Past", "past_of", "state_of", "states_since", "wanted"]
