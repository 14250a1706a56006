"""What history has to be able to tell: the states of all records, and those that it gives for an earlier moment."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from brainstem.core.access import roles
from brainstem.core.history.recording import element_keys, snapshot
from brainstem.core.history.rewinding import rewound
from brainstem.core.model.registry import specs
from brainstem.core.models import Change

# Follows from the projects of a record, which may not even be its own.
DERIVED = ("audience_id", "updated_at")
States = dict[tuple[str, str], dict[str, Any]]


def states() -> States:
    """Every record as history describes it, by model and id."""
    found = {}
    for spec in specs().values():
        for record in spec.model._base_manager.all():
            held = roles.state(spec, record.pk) if spec.tree.holds_roles else {}
            found[spec.label, str(record.pk)] = told(spec.label, snapshot(record) | held)
    return found


def told(label: str, state: dict[str, Any]) -> dict[str, Any]:
    """A state in a form that can be compared: what has no order of its own is sorted."""
    shown = {key: value for key, value in state.items() if key not in DERIVED}
    return shown | {key: sorted(map(str, shown[key])) for key in element_keys(label) & shown.keys()}


def last_change() -> int:
    """The id of the last change of all."""
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def states_after(change_id: int) -> States:
    """What history tells of all records right after some change: the present, with all later changes taken back."""
    later = defaultdict(list)
    for line in Change.objects.filter(id__gt=change_id).order_by("id"):
        later[line.model, line.record_id].append(line)
    found = {}
    now = states()
    for label, pk in {*now, *later}:
        state = rewound(label, now.get((label, pk)), later[label, pk])
        if state is not None:
            found[label, pk] = told(label, state)
    return found
