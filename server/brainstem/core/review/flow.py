"""Writes that may need review: non-administrators propose changes to shared catalogues, administrators decide.

The API and the pages write through :func:`create` and :func:`change`; records outside catalogues are written directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from ..access.actor import Actor
from ..access.refusals import locked, record_seen
from ..access.viewer import Viewer
from ..errors import Code, Conflict, Forbidden, Invalid, Missing, Unchanged
from ..history.recording import note, snapshot
from ..model.ids import RecordId
from ..model.registry import Spec
from ..model.trees import OPEN_STATES
from ..model.values import Bad, check_json, markup_ahead
from ..remarks import refuse_unknown_keys
from ..sql.retry import again_after_deadlock
from ..write import saving
from ..write.proposals import approvals_of, asked_for, base_of, catalogue_of, content, content_keys, fill
from ..write.rebasing import Base, rebased
from ..write.rules import Draft
from . import notices

Payload = Mapping[str, object]
MAX_COMMENT = 5000


def create(spec: Spec, payload: Payload, *, viewer: Viewer, files: Payload | None = None) -> Any:
    """Add a record; returns a proposal instead if the actor may only propose."""
    approvals = approvals_of(spec)
    if approvals is None or viewer.actor.is_admin:
        return saving.create(spec, payload, viewer=viewer, files=files)
    _may_propose(viewer.actor)
    with markup_ahead(spec, [payload]), transaction.atomic():
        draft, _ = saving.draft_new(spec, payload, viewer=viewer)
        proposal = approvals.model(action="Add", created_by_id=viewer.actor.user_id)
        return _submitted(approvals, proposal, draft, None)


def change(
    spec: Spec,
    record_id: RecordId,
    payload: Payload,
    *,
    viewer: Viewer,
    replace: bool = False,
    files: Payload | None = None,
    base: Base | None = None,
) -> Any:
    """Change a record, or propose the change; authors amend proposals this way too.

    ``base`` is the version for which the payload was written, as for :func:`.saving.change`.

    Raises
    ------
    Invalid
        With errors by field; or if nothing would change, which cannot be proposed.
    """
    if spec.tree.keeps_proposals:
        return _amend(spec, record_id, payload, viewer=viewer, replace=replace, base=base)
    approvals = approvals_of(spec)
    if approvals is None or viewer.actor.is_admin:
        return saving.change(spec, record_id, payload, viewer=viewer, replace=replace, files=files, base=base)
    _may_propose(viewer.actor)
    with markup_ahead(spec, [payload]), transaction.atomic():
        record = locked(spec, record_id, viewer=viewer)
        proposal = approvals.model(action="Change", instance_id=record.pk, created_by_id=viewer.actor.user_id)
        payload = _rebased(spec, record, payload, base=base, viewer=viewer)
        draft, proposal.base = _changed(spec, approvals, record, payload, replace=replace, viewer=viewer)
        return _submitted(approvals, proposal, draft, None)


@again_after_deadlock
def accept(approvals: Spec, proposal_id: RecordId, comment: str = "", *, viewer: Viewer) -> Any:
    """Apply a proposal to the catalogue as it is now; if that is refused, the proposal stays unchanged.

    Raises
    ------
    Conflict
        If it was already decided, or the entry to be changed is gone.
    Invalid
        With errors by field, if it is no longer valid.
    """
    with transaction.atomic():
        proposal = _to_decide(approvals, proposal_id, viewer)
        spec, payload = catalogue_of(approvals), asked_for(approvals, proposal)
        if proposal.action == "Add":
            saving.create(spec, payload, viewer=viewer, proposal=proposal)
        else:
            try:
                saving.change(spec, proposal.instance_id, payload, viewer=viewer, proposal=proposal)
            except Missing as error:
                raise Conflict(f"The {spec.singular_name} to be changed no longer exists.") from error
        return _decided(approvals, proposal, "Accepted", comment, viewer)


@again_after_deadlock
def reject(approvals: Spec, proposal_id: RecordId, comment: str = "", *, viewer: Viewer) -> Any:
    """Reject a proposal."""
    with transaction.atomic():
        proposal = _to_decide(approvals, proposal_id, viewer)
        return _decided(approvals, proposal, "Rejected", comment, viewer)


@again_after_deadlock
def request_revision(approvals: Spec, proposal_id: RecordId, comment: str = "", *, viewer: Viewer) -> Any:
    """Return a proposal to its author, saying what to revise."""
    with transaction.atomic():
        proposal = _to_decide(approvals, proposal_id, viewer)
        if not comment:
            raise Invalid.at("comment", "Say what needs to be revised.")
        return _decided(approvals, proposal, "Revision requested", comment, viewer)


DECISIONS = {"accept": accept, "reject": reject, "request_revision": request_revision}


def comment_of(payload: Payload) -> str:
    """The reviewer's comment: ``comment`` or ``comments``."""
    refuse_unknown_keys(payload, ("comment", "comments"), of="A decision")
    name = "comment" if "comment" in payload else "comments"
    text = payload.get(name)
    if text is None:
        return ""
    if not isinstance(text, str) or len(text) > MAX_COMMENT:
        raise Invalid.at(name, f"Expected a string of at most {MAX_COMMENT} characters.")
    try:
        check_json(text)
    except Bad as error:
        raise Invalid.at(name, str(error)) from error
    return text.strip()


def difference(approvals: Spec, proposal_id: RecordId, *, viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Key -> current and proposed value.

    An open proposal is compared with the entry as it is now, a decided one with the entry as it was when proposed.
    """
    proposal = record_seen(approvals, proposal_id, viewer=viewer)
    proposed = asked_for(approvals, proposal)
    before: dict[str, Any] = dict.fromkeys(proposed)
    if proposal.action == "Change":
        before = proposal.base | (_current(approvals, proposal) if proposal.status in OPEN_STATES else {})
    empty: tuple[Any, ...] = (None, "", [], {})
    return {
        key: {"from": before[key], "to": value}
        for key, value in proposed.items()
        if value != before[key] and not (value in empty and before[key] in empty)
    }


# -- proposing --------------------------------------------------------------------------------------------------------


def _may_propose(actor: Actor) -> None:
    saving.refuse_read_only(actor)
    if actor.project_id is not None:
        raise Forbidden("This token is bound to one project and can only write in it.", code=Code.PROJECT_TOKEN)


def _rebased(spec: Spec, record: Model, payload: Payload, *, base: Base | None, viewer: Viewer) -> Payload:
    if base is None:
        return payload
    return rebased(spec, record, payload, base=base, now=snapshot(record), viewer=viewer, files={})


def _changed(
    spec: Spec, approvals: Spec, record: Any, payload: Payload, *, replace: bool, viewer: Viewer
) -> tuple[Draft, dict[str, object]]:
    """The record as it would be, and the current values of the keys that change."""
    before = snapshot(record)
    given = saving.read_change(spec, record, payload, viewer=viewer, replace=replace)
    if not given.differs:
        given.raise_errors()
        raise Unchanged.whole(f"This would not change the {spec.singular_name}.")
    draft = saving.draft_change(spec, record, given, viewer=viewer)
    return draft, base_of(approvals, before, given.changed)


def _amend(
    approvals: Spec, proposal_id: RecordId, payload: Payload, *, viewer: Viewer, replace: bool, base: Base | None
) -> Any:
    """Amend a proposal, checked like a new one; one returned for revision becomes pending again."""
    with markup_ahead(approvals, [payload]), transaction.atomic():
        proposal = locked(approvals, proposal_id, viewer=viewer)
        _refuse_decided(proposal)
        saving.may_edit(approvals, proposal, viewer=viewer)
        payload = _rebased(approvals, proposal, payload, base=base, viewer=viewer)
        given = saving.read_change(approvals, proposal, payload, viewer=viewer, replace=replace)
        if not given.differs:
            given.raise_errors()
            return proposal
        if not replace:  # Values that the payload merely repeats are not part of the amendment.
            touched = given.changed | (given.errors.keys() & payload.keys())
            payload = asked_for(approvals, proposal) | {key: payload[key] for key in touched}
        else:
            payload = {key: payload[key] for key in content_keys(approvals) if key in payload}
        spec, before = catalogue_of(approvals), snapshot(proposal)
        if proposal.action == "Add":
            draft, _ = saving.draft_new(spec, payload, viewer=viewer)
        else:
            record = _target(spec, proposal, viewer)
            draft, proposal.base = _changed(spec, approvals, record, payload, replace=replace, viewer=viewer)
        given.raise_errors()  # Errors of the proposal itself.
        return _submitted(approvals, proposal, draft, before)


def _target(spec: Spec, proposal: Any, viewer: Viewer) -> Any:
    try:
        return locked(spec, proposal.instance_id, viewer=viewer)
    except Missing as error:
        raise Conflict(f"The {spec.singular_name} to be changed no longer exists.") from error


def _submitted(approvals: Spec, proposal: Any, draft: Draft, before: dict[str, Any] | None) -> Any:
    proposal.status = "Pending"
    fill(approvals, proposal, draft)
    after = snapshot(proposal)
    action = "create" if before is None else "change"
    note(action, proposal, viewer=draft.viewer, before=before, after=after)
    if before is None or before["status"] != "Pending":
        notices.tell_administrators(approvals, proposal, draft.viewer.actor)
    return proposal


def _current(approvals: Spec, proposal: Any) -> dict[str, object]:
    record = catalogue_of(approvals).model._default_manager.filter(pk=proposal.instance_id).first()
    return {} if record is None else content(approvals, snapshot(record))


# -- deciding ---------------------------------------------------------------------------------------------------------


def _refuse_decided(proposal: Any) -> None:
    if proposal.status not in OPEN_STATES:
        raise Conflict(f"This proposal is already {proposal.status.lower()}.")


def _to_decide(approvals: Spec, proposal_id: RecordId, viewer: Viewer) -> Any:
    proposal = locked(approvals, proposal_id, viewer=viewer)
    saving.refuse_read_only(viewer.actor)
    if not viewer.actor.is_admin or viewer.actor.project_id is not None:
        raise Forbidden("Only administrators can decide on proposals.")
    _refuse_decided(proposal)
    return proposal


def _decided(approvals: Spec, proposal: Any, status: str, comment: str, viewer: Viewer) -> Any:
    before = snapshot(proposal)
    proposal.status, proposal.reviewer_id, proposal.review_comment = status, viewer.actor.user_id, comment
    proposal.save(update_fields=["status", "reviewer", "review_comment", "updated_at"])
    note(_WORDS[status], proposal, viewer=viewer, before=before, after=snapshot(proposal))
    notices.tell_author(approvals, proposal, viewer.actor)
    return proposal


# State after a decision -> its action in the history.
_WORDS = {"Accepted": "accept", "Rejected": "reject", "Revision requested": "request_revision"}
