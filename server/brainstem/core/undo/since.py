"""What has happened since an event to the records that it changed or added, and so prevents undoing it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..access.viewer import Viewer
from ..errors import ChangedSince
from ..history.recording import IN_PART, State
from ..history.rewinding import rewound
from ..history.summaries import by_model
from ..model.declare import Record
from ..models import Change
from ..sql.collecting import Key as RowKey
from ..sql.setwise import among_values
from ..write.merging import Clash
from ..write.rebasing import values_of
from ..write.saving import state_of
from .eyes import Eyes
from .keys import is_derived, references, wire_name
from .merging import taken_back
from .trails import Key, Trail

Fields = dict[str, dict[str, dict[str, object]]]
MOST_NAMED = 5


class Since:
    """Later changes of the records of an event, as far as the viewer sees them."""

    def __init__(self, event: uuid.UUID, trails: Mapping[Key, Trail], eyes: Eyes, *, viewer: Viewer) -> None:
        self._eyes, self._viewer, self._trails = eyes, viewer, trails
        self._later = _later(event, trails)

    def refuse(
        self, changed: Sequence[Trail], added: Sequence[Trail], records: Mapping[Key, Record], in_the_way: list[RowKey]
    ) -> None:
        """Refuse if fields have been changed again, or records depend on what was added.

        Raises
        ------
        ChangedSince
            With three values of each field, and the records.
        """
        found: dict[Key, dict[str, Clash]] = defaultdict(dict)
        for trail in changed:
            found[trail.key] |= self._of_changed(trail, records.get(trail.key))
        for trail in added:
            found[trail.key] |= self._of_added(trail)
        for trail in self._trails.values():
            found[trail.key] |= self._of_cleared(trail)
        fields = {str(self._trails[key]): _told(self._trails[key], one) for key, one in found.items() if one}
        if fields or in_the_way:
            depending = by_model(in_the_way, viewer=self._viewer)
            raise ChangedSince(_sentence(fields, depending), fields=fields, in_the_way=depending)

    def _of_changed(self, trail: Trail, record: Record | None) -> dict[str, Clash]:
        if record is None:
            return {name: Clash(step.became, None, step.was) for name, step in trail.steps.items()}
        if trail.key not in self._later:
            return {}
        now = self._narrowed(trail, state_of(trail.spec, record))
        clashes = {name: taken_back(trail.key[0], name, step, now.get(name))[1] for name, step in trail.steps.items()}
        return {name: clash for name, clash in clashes.items() if clash is not None}

    def _of_added(self, trail: Trail) -> dict[str, Clash]:
        """What was changed of a record that the event added: deleting it would lose that."""
        later = self._later.get(trail.key)
        record = trail.spec.model._default_manager.filter(pk=trail.pk).first() if later else None
        if not later or record is None:
            return {}
        state = state_of(trail.spec, record)
        left = self._narrowed(trail, rewound(trail.key[0], state, later) or {})
        now = self._narrowed(trail, state)
        names = {name for one in later for name in one.before or ()} - {IN_PART}
        names = {name for name in names if not is_derived(trail.spec, name)}
        return {
            name: Clash(left.get(name), now[name], None) for name in sorted(names) if left.get(name) != now.get(name)
        }

    def _of_cleared(self, trail: Trail) -> dict[str, Clash]:
        """References that the event's deletions cleared, and that lead elsewhere now."""
        single = {key for relation, key in references(trail.key[0]) if not relation.many}
        names = [key for key, step in trail.passive.items() if key in single and step.became is None]
        if not names or trail.key not in self._later or not self._viewer.seen(trail.spec, [trail.pk]):
            return {}
        row = trail.spec.model._default_manager.filter(pk=trail.pk).values(*names).first()
        if row is None:
            return {}
        now = self._narrowed(trail, {name: None if value is None else str(value) for name, value in row.items()})
        was = {name: str(trail.passive[name].was) for name in names}
        return {name: Clash(None, now[name], was[name]) for name in names if now[name] not in (None, was[name])}

    def _narrowed(self, trail: Trail, state: State) -> State:
        self._eyes.learn(trail.key[0], [state])
        return self._eyes.narrowed(trail.key[0], state)


def _later(event: uuid.UUID, trails: Mapping[Key, Trail]) -> dict[Key, list[Change]]:
    """The changes of the event's records after it, oldest first; a query per model."""
    ids: dict[str, list[str]] = defaultdict(list)
    for label, pk in trails:
        ids[label].append(pk)
    found: dict[Key, list[Change]] = defaultdict(list)
    first = min((one.changes[0].pk for one in trails.values()), default=0)
    for label, wanted in ids.items():
        at = among_values(Change._meta.get_field("record_id"), wanted)
        changes = Change.objects.filter(model=label, record_id__in=at, id__gt=first).exclude(event_id=event)
        for change in changes.order_by("id"):
            found[label, change.record_id].append(change)
    return found


def _told(trail: Trail, clashes: Mapping[str, Clash]) -> dict[str, dict[str, object]]:
    return {wire_name(trail.spec, name): values_of(clash) for name, clash in clashes.items()}


def _sentence(fields: Fields, depending: Mapping[str, Any]) -> str:
    """What moved on, in a sentence; of records that the caller does not see only that there are some."""
    parts = [f"{record}: {', '.join(some)}" for record, some in list(fields.items())[:MOST_NAMED]]
    text = f" Changed again since: {'; '.join(parts)}." if parts else ""
    users = [f"{one['count']} {one['model']}" for one in depending["models"]]
    if users or depending["hidden"]:
        text += f" What was added is used by {', '.join(users) or 'records that you cannot see'}."
    return f"Cannot undo this event.{text}"


__all__ = ["Since"]
