"""Putting the fields of a record back to the state right after an event, as a new change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from ..access.refusals import locked, refuse_read_only
from ..access.viewer import Viewer
from ..errors import Invalid
from ..history.events import one_event
from ..history.recording import DERIVED, State
from ..history.rewinding import rewound
from ..model.ids import RecordId, uuid_of
from ..model.registry import Spec
from ..models import Change
from ..remarks import refuse_unknown_keys
from ..review import flow
from ..sql.retry import again_after_deadlock
from ..text.shown import shown
from ..write.proposals import approvals_of
from ..write.rights import may_edit
from ..write.saving import state_of
from .eyes import Eyes
from .payloads import past_of
from .trails import trails_of

TO = "to"


@again_after_deadlock
def revert(spec: Spec, record_id: RecordId, body: Mapping[str, object], *, viewer: Viewer) -> Any:
    """Give a record the fields that it had right after the event ``to``; returns the record, or a proposal.

    It is written like any change: with the same rights, rules and reviews. Links to records that the actor does not see
    stay as they are.

    Raises
    ------
    Missing
        If the actor does not see the record.
    Forbidden
        If the actor may not change it.
    Invalid
        If the record did not change in that event, or its state of then is no longer valid; with errors by field.
    """
    refuse_unknown_keys(body, (TO,), of="A revert")
    with transaction.atomic(), one_event():
        record = locked(spec, record_id, viewer=viewer)
        refuse_read_only(viewer.actor)
        if approvals_of(spec) is None or viewer.actor.is_admin:
            may_edit(spec, record, viewer=viewer)
        now = state_of(spec, record)
        then, eyes = _then(spec, record.pk, now, body, viewer)
        eyes.learn(spec.label, [now, then])
        was, held = eyes.narrowed(spec.label, then), eyes.narrowed(spec.label, now)
        values = {key: value for key, value in was.items() if key not in DERIVED and value != held.get(key)}
        payload = past_of(spec, values, now)
        return flow.change(spec, record.pk, payload, viewer=viewer) if payload else record


def _then(spec: Spec, pk: Any, now: State, body: Mapping[str, object], viewer: Viewer) -> tuple[State, Eyes]:
    """The state right after the event that the body names."""
    event = _event_of(body)
    changes = list(
        Change.objects.filter(model=spec.label, record_id=pk, id__gte=_first(spec, pk, event)).order_by("id")
    )
    mine = [one for one in changes if one.event_id == event]
    eyes = Eyes(viewer)
    if not mine or not _shown(spec, mine, eyes):
        text = (
            f"This {spec.singular_name} did not change in the event {event}. Its history lists those in which it did."
        )
        raise Invalid.at(TO, text)
    then = rewound(spec.label, now, [one for one in changes if one.pk > mine[-1].pk])
    if then is None:
        text = f"This {spec.singular_name} was deleted in the event {event}. Choose an event after which it existed."
        raise Invalid.at(TO, text)
    return then, eyes


def _first(spec: Spec, pk: Any, event: uuid.UUID) -> int:
    """The number of the first change of a record in an event; beyond all numbers if there is none."""
    found = Change.objects.filter(model=spec.label, record_id=pk, event_id=event).order_by("id")
    return found.values_list("id", flat=True).first() or 2**63 - 1


def _event_of(body: Mapping[str, object]) -> uuid.UUID:
    value = body.get(TO)
    if value is None:
        text = "This field is required: the event after which the record was as it shall be, from its history."
        raise Invalid.at(TO, text)
    event = uuid_of(value)
    if event is None:
        raise Invalid.at(
            TO, f"Expected the id of an event, such as 0198c5a2-7a9c-7d3e-9f6b-3f1f6c0a1b2d, got {_kind(value)}."
        )
    return event


def _kind(value: object) -> str:
    return shown(value) if isinstance(value, str) else type(value).__name__


def _shown(spec: Spec, changes: Sequence[Change], eyes: Eyes) -> bool:
    """Whether the viewer sees any of the changes; what was only done with hidden links is no event to them."""
    trail = next(iter(trails_of(changes).values()), None)
    if trail is None or trail.passing:
        return trail is not None
    steps = trail.steps | trail.passive
    was, became = ({key: getattr(one, side) for key, one in steps.items()} for side in ("was", "became"))
    eyes.learn(spec.label, [was, became])
    return eyes.narrowed(spec.label, was) != eyes.narrowed(spec.label, became)


__all__ = ["revert"]
