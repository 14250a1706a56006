"""States of the past: a state of a record with changes taken back.

Keys whose lists have no order of their own (:func:`.recording.element_keys`) are compared element by element, since a
change may hold only what it removed and added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..models import Change
from ..text.elements import with_elements
from .recording import State, element_keys


def rewound(label: str, state: State | None, changes: Sequence[Change]) -> dict[str, Any] | None:
    """The state before some changes, given the one after them.

    Parameters
    ----------
    state : mapping or None
        As :func:`.recording.snapshot` gives it; None if the record does not exist.
    changes
        All changes of the record between the two states, oldest first.
    """
    found = None if state is None else dict(state)
    for change in reversed(changes):
        if change.before is None:
            found = None
        elif change.after is None or found is None:
            found = dict(change.before)
        else:
            _take_back(label, found, change)
    return found


def _take_back(label: str, state: dict[str, Any], change: Change) -> None:
    elements = element_keys(label)
    before, after = change.before or {}, change.after or {}
    for key, was in before.items():
        state[key] = with_elements(state.get(key) or [], was or [], after.get(key) or []) if key in elements else was


__all__ = ["rewound"]
