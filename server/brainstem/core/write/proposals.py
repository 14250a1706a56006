"""Proposals to a catalogue as data: which model stores them, what they ask for, and the record of direct writes.

Does not know the workflow: :mod:`brainstem.core.review.flow` proposes and decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..history.recording import note, snapshot
from ..model.registry import TAIL_KEYS, Spec, routes
from .rules import Draft

SUFFIX = "approval"
FLOW_KEYS = ("instance_id", "action", "reviewer", "status")
_NO_CONTENT = frozenset({"id", *FLOW_KEYS, *TAIL_KEYS})


def approvals_of(spec: Spec) -> Spec | None:
    """The model that stores proposals to a catalogue; None if it takes none."""
    found = routes().get((spec.app, spec.segment + SUFFIX))
    return found if found is not None and found.tree.keeps_proposals else None


def catalogue_of(approvals: Spec) -> Spec:
    """The catalogue that proposals of this model are for."""
    return routes()[approvals.app, approvals.segment.removesuffix(SUFFIX)]


def content_keys(approvals: Spec) -> list[str]:
    """The keys of the catalogue that can be proposed."""
    return [key for key in approvals.keys if key not in _NO_CONTENT]


def content(approvals: Spec, state: Mapping[str, object]) -> dict[str, object]:
    """The values of an entry by key, from the snapshot of a record or of a proposal."""
    found = {}
    for key in content_keys(approvals):
        relation = approvals.relations.get(key)
        found[key] = state[relation.field.attname if relation is not None and not relation.many else key]
    return found


def asked_for(approvals: Spec, proposal: Any) -> dict[str, object]:
    """The payload that carries out a proposal; for a change, only the keys that change."""
    proposed = content(approvals, snapshot(proposal))
    if proposal.action == "Add":
        return proposed
    return {key: value for key, value in proposed.items() if key in proposal.base}


def fill(approvals: Spec, proposal: Any, draft: Draft) -> None:
    """Save a proposal with the values of a drafted record."""
    many = {}
    for key in content_keys(approvals):
        relation = approvals.relations.get(key)
        if relation is not None and relation.many:
            many[key] = draft.linked(key)
        else:
            name = key if relation is None else relation.field.attname
            setattr(proposal, name, getattr(draft.record, name))
    proposal.save()
    for key, ids in many.items():
        getattr(proposal, key).set(ids)


def base_of(approvals: Spec, before: Mapping[str, object] | None, changed: Iterable[str]) -> dict[str, object]:
    """The previous values of the changed keys of a record; empty for a new one."""
    if before is None:
        return {}
    names = set(changed)
    return {key: value for key, value in content(approvals, before).items() if key in names}


def leave_trail(
    spec: Spec, draft: Draft, before: Mapping[str, object] | None, changed: Iterable[str]
) -> None:
    """Record an administrator's write to a catalogue as a proposal that they accepted themselves."""
    approvals = approvals_of(spec)
    if approvals is None or draft.viewer.actor.user_id is None:
        return
    proposal = approvals.model(
        action="Add" if before is None else "Change",
        instance_id=None if before is None else draft.record.pk,
        status="Accepted",
        reviewer_id=draft.viewer.actor.user_id,
        created_by_id=draft.viewer.actor.user_id,
        base=base_of(approvals, before, changed),
    )
    fill(approvals, proposal, draft)
    note("create", proposal, viewer=draft.viewer, before=None, after=snapshot(proposal))
