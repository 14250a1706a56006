"""Undoing an event, all or none, as a new event.

The fields of every record that it changed are put back, what it added is deleted, and what it deleted is restored.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ..access import roles
from ..access.refusals import refuse_read_only
from ..access.viewer import Viewer
from ..errors import Forbidden, Invalid, Missing
from ..history.events import IMPORT, one_event
from ..history.recording import State
from ..history.summaries import seen_and_hidden
from ..model.declare import Record
from ..model.registry import Spec, specs
from ..models import Change, Deletion, Event, TableImport
from ..sql.retry import again_after_deadlock
from ..sql.setwise import among
from ..write import saving
from .eyes import Eyes
from .kinds import refuse_kinds
from .merging import taken_back
from .payloads import past_of
from .removing import Removal
from .restoring import restore
from .rights import Rights
from .since import Since
from .trails import Key, Step, Trail, tops_of, trails_of


@dataclass(frozen=True)
class Undone:
    """How many records of each model were changed, deleted and restored."""

    event: uuid.UUID
    changed: Mapping[str, int]
    deleted: Mapping[str, int]
    restored: Mapping[str, int]


@again_after_deadlock
def undo(event_id: uuid.UUID, *, viewer: Viewer) -> Undone:
    """Undo everything that an event did, as a new event, or nothing.

    Fields that others have set back meanwhile are left; so is what was restored or deleted again.

    Raises
    ------
    Missing
        If there is no such event, or the actor may not write anything that it changed.
    Forbidden
        If the actor may write only a part of it.
    ChangedSince
        If a field has been changed again since, or something depends on what was added.
    Conflict
        If such an event is not undone, or what it deleted cannot be restored.
    Invalid
        If a state of then is no longer valid; with errors by record and field.
    """
    with transaction.atomic(), one_event():
        return _Undoing(event_id, viewer).run()


class _Undoing:
    """One event while it is undone."""

    def __init__(self, event_id: uuid.UUID, viewer: Viewer) -> None:
        self.event = Event.objects.filter(pk=event_id).first()
        self.id, self.viewer, self.eyes = event_id, viewer, Eyes(viewer)
        self.trails = trails_of(Change.objects.filter(event_id=event_id).order_by("id"))
        self._leave_out_unseen()

    def _leave_out_unseen(self) -> None:
        """Take steps that the actor does not see for not done: links to hidden records stay as they are."""
        grouped: dict[str, list[Trail]] = defaultdict(list)
        for trail in self.trails.values():
            if trail.steps:
                grouped[trail.key[0]].append(trail)
        for label, trails in grouped.items():
            parts = [one for trail in trails for one in _sides(trail.steps)]
            self.eyes.learn(label, parts)
            for trail in trails:
                was, became = (self.eyes.narrowed(label, one) for one in _sides(trail.steps))
                trail.steps = {name: Step(was[name], became[name]) for name in trail.steps if was[name] != became[name]}

    def run(self) -> Undone:
        """Refuse, or do all of it."""
        rights = Rights(self.trails, self.event, viewer=self.viewer)
        rights.refuse()
        refuse_kinds(self.trails.values())
        refuse_read_only(self.viewer.actor)
        if any(one.spec.tree.holds_roles or one.spec.tree.is_people for one in self.trails.values()):
            roles.lock_roles()
        own = [one for one in self.trails.values() if not one.spec.tree.keeps_proposals]
        changed, added = [one for one in own if not one.passing and one.steps], [one for one in own if one.appeared]
        tops = tops_of(added)
        records = _locked([*changed, *tops])
        removal = Removal([records[one.key] for one in tops if one.key in records], self.trails, viewer=self.viewer)
        since = Since(self.id, self.trails, self.eyes, viewer=self.viewer)
        since.refuse(changed, added, records, removal.in_the_way())
        removal.refuse()
        done = Undone(
            event=self.id,
            restored=self._restore(rights),
            changed=self._change(changed),
            deleted=self._remove(removal),
        )
        if self.event is not None and self.event.means == IMPORT:
            self._open_import()
        return done

    def _open_import(self) -> None:
        """Let the import that wrote it be corrected and committed again."""
        written = TableImport.objects.filter(event=self.id, state=TableImport.COMMITTED)
        written.update(state=TableImport.PLANNED, event=None, updated_at=timezone.now())

    # -- restoring -----------------------------------------------------------------------------------------------------

    def _restore(self, rights: Rights) -> dict[str, int]:
        deletions = list(Deletion.objects.filter(event=self.id, undone_at=None).select_for_update().order_by("-id"))
        if not deletions:
            return {}
        restored = restore(deletions, viewer=self.viewer)
        rights.refuse_out_of_reach(restored)
        seen, _ = seen_and_hidden(restored.keys, viewer=self.viewer)
        return _by_path({label: len(ids) for label, ids in seen.items()})

    # -- changing ------------------------------------------------------------------------------------------------------

    def _change(self, changed: list[Trail]) -> dict[str, int]:
        """Set fields back, the last change first: so every record passes through states that it had."""
        wrong: dict[str, list[str]] = {}
        done = []
        with_steps = [*changed, *(one for one in self.trails.values() if one.went and one.steps)]
        for trail in sorted(with_steps, key=lambda one: -one.changes[-1].pk):
            try:
                if self._set_back(trail):
                    done.append(trail.key[0])
            except Invalid as error:
                wrong |= {f"{trail}.{name}": texts for name, texts in error.errors.items()}
            except (Forbidden, Missing) as error:
                raise type(error)(f"{trail}: {error.message}", code=error.code) from error
        if wrong:
            raise Invalid(wrong)
        return _by_path(Counter(done))

    def _set_back(self, trail: Trail) -> bool:
        spec, record = trail.spec, trail.spec.model._default_manager.filter(pk=trail.pk).first()
        if record is None:
            return False
        now = saving.state_of(spec, record)
        self.eyes.learn(spec.label, [now])
        held = self.eyes.narrowed(spec.label, now)
        values = {name: taken_back(spec.label, name, step, held.get(name))[0] for name, step in trail.steps.items()}
        payload = past_of(spec, {name: one for name, one in values.items() if one != held.get(name)}, now)
        if not payload:
            return False
        saving.change(spec, record.pk, payload, viewer=self.viewer)
        return True

    # -- deleting ------------------------------------------------------------------------------------------------------

    def _remove(self, removal: Removal) -> dict[str, int]:
        removal.carry_out()
        return _by_path(removal.counted())


def _sides(steps: Mapping[str, Step]) -> tuple[State, State]:
    return {name: one.was for name, one in steps.items()}, {name: one.became for name, one in steps.items()}


def _locked(trails: Iterable[Trail]) -> dict[Key, Record]:
    """The records that are still there, locked in the order in which others lock them; one query per model."""
    ids: dict[Spec, list[object]] = defaultdict(list)
    for trail in trails:
        ids[trail.spec].append(trail.pk)
    found: dict[Key, Record] = {}
    for spec in specs().values():
        if spec in ids:
            rows = spec.model._default_manager.filter(pk__in=among(spec.model, ids[spec]))
            for record in rows.select_for_update(of=("self",)).order_by("pk"):
                found[spec.label, str(record.pk)] = record
    return found


def _by_path(numbers: Mapping[str, int]) -> dict[str, int]:
    """Path of a model -> number."""
    return {f"{specs()[label].app}/{specs()[label].segment}": number for label, number in sorted(numbers.items())}


__all__ = ["Undone", "undo"]
