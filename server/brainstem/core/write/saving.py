"""Payload -> checks -> rules -> save + history, in one transaction.

Every write goes through here. Knows declarations and scopes; knows no request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction

from ..access import audience
from ..access.memory import FORGETFUL, Memory
from ..access.refusals import locked, refuse_bound, refuse_read_only, seen
from ..access.viewer import Viewer
from ..errors import BrainstemError, Forbidden, Invalid
from ..history.events import one_event
from ..history.recording import State, note
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec
from ..model.values import markup_ahead
from ..sharing import grants
from ..sql.retry import again_after_deadlock
from ..sql.setwise import replace_links
from ..steps import staged, step
from . import rules
from .checks import check_draft, check_required, required_names
from .deletion import Outdated, delete_with_history, found_out_ahead, refuse_what_is_needed
from .links import owners_noted, set_links
from .payload import Given, read_payload
from .proposals import leave_trail
from .rebasing import Base, rebased
from .rights import may_add, may_add_to_parent, may_change, may_delete, may_edit, may_move, taken_out_of
from .rules import Draft
from .states import state_of
from .tags import tag_ids, tags_of

T = TypeVar("T")
TRIES_AHEAD = 2  # attempts to delete with a plan made before the transaction


@again_after_deadlock
def create(
    spec: Spec,
    payload: Mapping[str, object],
    *,
    viewer: Viewer,
    files: Mapping[str, object] | None = None,
    proposal: Any = None,
) -> Any:
    """Add a record; ``proposal`` is the accepted proposal for it, whose author becomes the record's creator.

    Raises
    ------
    Forbidden
        The actor may not add such records there.
    Invalid
        What is wrong, by field.
    """
    refuse_read_only(viewer.actor)
    with markup_ahead(spec, [payload]), transaction.atomic(), one_event():
        may_add(spec, viewer)
        with step("checks"):
            draft, given = draft_new(spec, payload, viewer=viewer, files=files)
        record = draft.record
        if proposal is not None:
            record.created_by_id = proposal.created_by_id
        with owners_noted([record], viewer=viewer):
            _save_new(spec, record, given)
        _after_save(spec, draft, given, created=True)
        note("create", record, viewer=viewer, before=None, after=state_of(spec, record))
        if proposal is None:
            leave_trail(spec, draft, None, given.changed)
        return record


def draft_new(
    spec: Spec, payload: Mapping[str, object], *, viewer: Viewer, files: Mapping[str, object] | None = None
) -> tuple[Draft, Given]:
    """A new record from a payload: checked as if it were added, but not saved.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    draft, given = read_new(spec, payload, viewer=viewer, files=files)
    check_draft(spec, draft)
    return draft, given


def read_new(
    spec: Spec, payload: Mapping[str, object], *, viewer: Viewer, files: Mapping[str, object] | None = None
) -> tuple[Draft, Given]:
    """As :func:`draft_new`, if it may be added there; not yet checked by the rules and against other records.

    Errors in the values are collected in the draft.

    Raises
    ------
    Forbidden
        The actor may not add such records there.
    """
    record = spec.model()
    given = read_payload(spec, payload, record=None, viewer=viewer, files=files or {})
    check_required(spec, given)
    for name, value in given.values.items():
        setattr(record, name, value)
    if hasattr(record, "created_by_id"):
        record.created_by_id = viewer.actor.user_id
    placed = _placed(spec, given, record, viewer)
    return _draft(record, given, creating=True, viewer=viewer, placed=placed), given


def _draft(record: Record, given: Given, *, creating: bool, viewer: Viewer, **more: Any) -> Draft:
    """A draft of a record with the values of a payload, whose errors it collects."""
    draft = Draft(
        record,
        creating,
        viewer,
        given=set(given.names if creating else given.changed),
        links=dict(given.links),
        unreadable=frozenset(given.errors),
        tags=given.tags if "tags" in given.changed else None,
        **more,
    )
    draft.errors.update(given.errors)
    return draft


def _placed(spec: Spec, given: Given, record: Record, viewer: Viewer) -> bool:
    """Whether a new row may go there; False if that is unknown because the place is wrong or missing.

    Raises
    ------
    Forbidden
        If it may not go there, and nothing else is wrong with it.
    Invalid
        If it may not go there, and there are errors in its values.
    """
    if spec.tree.place in given.errors:
        return False
    with _what_is_wrong_first(given):
        may_add_to_parent(spec, given, record, viewer)
    return True


@contextmanager
def _what_is_wrong_first(given: Given) -> Iterator[None]:
    """Report errors in the values rather than that the row may not go there."""
    try:
        yield
    except Forbidden:
        given.raise_errors()
        raise


@again_after_deadlock
def change(
    spec: Spec,
    record_id: Any,
    payload: Mapping[str, object],
    *,
    viewer: Viewer,
    replace: bool = False,
    files: Mapping[str, object] | None = None,
    proposal: object = None,
    base: Base | None = None,
) -> Any:
    """Change a record; with ``replace``, writable fields that are left out are reset to their defaults.

    What the actor cannot see of it stays as it is. Nothing is written if nothing differs. ``proposal`` is the accepted
    proposal for the change. ``base`` is the version for which the payload was written: changes made since are kept.

    Raises
    ------
    EditConflict
        If others changed the same fields since ``base``.
    """
    with markup_ahead(spec, [payload]), transaction.atomic(), one_event():
        record = locked(spec, record_id, viewer=viewer)
        refuse_read_only(viewer.actor)
        if rules.takes_other_forms(spec.model):  # Not even read for actors who may not write.
            may_edit(spec, record, viewer=viewer)
        before = state_of(spec, record)
        if base is not None:
            payload = rebased(spec, record, payload, base=base, now=before, viewer=viewer, files=files or {})
        with step("checks"):
            given = read_change(spec, record, payload, viewer=viewer, replace=replace, files=files)
        may_change(spec, record, given, viewer)
        if not given.differs:
            given.raise_errors()
            return record
        with step("checks"):
            draft = draft_change(spec, record, given, viewer=viewer)
        if says_the_same(spec, draft, given):
            return record
        with step("save"), owners_noted([record], was=draft.old, viewer=viewer):
            guarded(spec, record.save)
        _after_save(spec, draft, given, created=False)
        note(
            "change",
            record,
            viewer=viewer,
            before=before,
            after=state_of(spec, record, kept=_kept(spec, given, before)),
        )
        if proposal is None:
            leave_trail(spec, draft, before, given.changed)
        return record


def read_change(
    spec: Spec,
    record: Record,
    payload: Mapping[str, object],
    *,
    viewer: Viewer,
    replace: bool = False,
    files: Mapping[str, object] | None = None,
) -> Given:
    """What a payload would change in a record; errors are in the result."""
    given = read_payload(spec, payload, record=record, viewer=viewer, files=files or {}, replace=replace)
    if replace:
        check_required(spec, given)
    return given


def draft_change(spec: Spec, record: Record, given: Given, *, viewer: Viewer) -> Draft:
    """The record with the new values set: checked as if it were changed, but not saved.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    draft = with_values(spec, record, given, viewer=viewer)
    check_draft(spec, draft)
    return draft


def with_values(spec: Spec, record: Record, given: Given, *, viewer: Viewer) -> Draft:
    """As :func:`draft_change`, not yet checked by the rules and against other records."""
    old = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
    for name, value in given.values.items():
        setattr(record, name, value)
    with _what_is_wrong_first(given):
        may_move(spec, given, record, old, viewer)
    return _draft(record, given, creating=False, viewer=viewer, old=old)


@again_after_deadlock
def delete(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> None:
    """Delete a record with everything below it; the history keeps all of it.

    A row that is also in projects which the actor may not write is only removed from those that they may.
    """
    with transaction.atomic():
        record = locked(spec, record_id, viewer=viewer)
        left = _taken_out_of(spec, record, viewer)
        if left is not None:
            _detach(spec, record, left, viewer)
            return
        rules.run_guards(record, viewer.actor)
        delete_with_history(spec, record, viewer=viewer)


def delete_ahead(spec: Spec, record_id: RecordId, delete: Callable[[], T], *, viewer: Viewer) -> T:
    """Run ``delete``, which deletes the record in a transaction, with a plan made before the transaction begins.

    On SQLite the transaction blocks all other writers. If others keep changing what is deleted, the plan is finally
    made within the transaction. An actor who may not delete the record is refused by the deletion itself.
    """
    for _ in range(TRIES_AHEAD if connection.vendor == "sqlite" else 0):
        ahead: AbstractContextManager[None] = nullcontext()
        with suppress(BrainstemError):
            record = seen(spec, record_id, viewer=viewer)
            if _taken_out_of(spec, record, viewer) is None:
                ahead = found_out_ahead(spec, record)
        with suppress(Outdated), ahead:
            return delete()
    return delete()


def _taken_out_of(spec: Spec, record: Record, viewer: Viewer) -> set[object] | None:
    """As :func:`taken_out_of`, if the actor may do that or delete the record."""
    refuse_read_only(viewer.actor)
    if spec.tree.is_root:
        refuse_bound(viewer.actor, f"Deleting a {spec.singular_name}")
    may_delete(spec, record, viewer=viewer)
    return taken_out_of(spec, record, viewer=viewer)


def _detach(spec: Spec, record: Record, projects: set[object], viewer: Viewer) -> None:
    refuse_what_is_needed(spec, record, viewer=viewer)
    before = state_of(spec, record)
    getattr(record, spec.tree.lists).remove(*projects)
    audience.refresh(spec, record)
    note("detach", record, viewer=viewer, before=before, after=state_of(spec, record))


def says_the_same(spec: Spec, draft: Draft, given: Given) -> bool:
    """Whether all values given are stored already; checks may have normalised them, such as ``300 nL``."""
    columns = [spec.columns[name].field.attname for name in given.changed if name in spec.columns]
    same = all(getattr(draft.record, name) == draft.old[name] for name in columns)
    return len(columns) == len(given.changed) and same


# -- saving -----------------------------------------------------------------------------------------------------------


@staged("save")
def _save_new(spec: Spec, record: Record, given: Given) -> None:
    give_audience(spec, record, given)
    guarded(spec, lambda: record.save(force_insert=True))


def give_audience(spec: Spec, record: Any, given: Given, *, memory: Memory = FORGETFUL) -> None:
    """Set the audience of a new row from its projects; a row below another one already has its audience."""
    name = spec.tree.lists
    if name:
        linked = given.links.get(name)
        projects = linked if linked is not None else [getattr(record, f"{name}_id")]
        record.audience_id = audience.audience_of(projects, memory=memory)


def guarded(spec: Spec, save: Callable[..., object]) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        raise Invalid.whole(f"This {spec.singular_name} conflicts with a record that was just saved.") from error


@staged("save")
def _after_save(spec: Spec, draft: Draft, given: Given, *, created: bool) -> None:
    record, founder = draft.record, draft.viewer.actor.user_id
    for name, ids in given.links.items():
        set_links(record, spec.relations[name], ids, viewer=draft.viewer)
    if given.tags is not None:
        replace_links(record, tags_of(spec), list(tag_ids(given.tags).values()))
    if created and spec.tree.holds_roles and founder is not None:
        grants.give_to_founder(spec, record, founder)
    grants.apply(spec, record, given.grants, viewer=draft.viewer, created=created)
    if not created and spec.in_project_tree:
        if spec.tree.above in given.changed:
            record.refresh_from_db(fields=[spec.tree.above])
        audience.refresh(spec, record)
    rules.run_follows(draft)


def _kept(spec: Spec, given: Given, before: State) -> State:
    """What a write leaves of a record's links and roles as it was, so that it need not be read again."""
    links = {link.name for link in spec.model._meta.many_to_many} - given.links.keys()
    names = links - ({"tags"} if given.tags is not None else set()) | (set() if given.grants else grants.KEYS)
    return {name: before[name] for name in names & before.keys()}


__all__ = [
    "change",
    "create",
    "delete",
    "delete_ahead",
    "draft_change",
    "draft_new",
    "give_audience",
    "guarded",
    "may_edit",
    "read_change",
    "read_new",
    "refuse_read_only",
    "required_names",
    "says_the_same",
    "state_of",
    "with_values",
]
