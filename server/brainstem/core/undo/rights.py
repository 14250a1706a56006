"""Who may undo an event: those who may write every record that it changed, added or deleted by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ..access.viewer import Viewer
from ..errors import Forbidden, Missing
from ..model.ids import RecordId
from ..model.registry import Spec
from ..models import Event
from .kept_rows import Restored
from .trails import Key, Trail, roots_of
from .who import writable_when_deleted

MOST_NAMED = 10


class Rights:
    """The rights of a viewer on what an event did; questions are asked for all records of a model at once."""

    def __init__(self, trails: Mapping[Key, Trail], event: Event | None, *, viewer: Viewer) -> None:
        self._event, self._viewer = event, viewer
        own = [one for one in trails.values() if not (one.spec.tree.offer or one.spec.tree.keeps_proposals)]
        self._went = roots_of(one for one in own if one.went)
        roots = [*self._went, *roots_of(one for one in own if one.appeared)]
        self._direct = [*(one for one in own if not one.passing and one.steps), *roots]

    def refuse(self) -> None:
        """Refuse an actor who may not undo all of it.

        Raises
        ------
        Missing
            If the actor may write nothing of it.
        Forbidden
            If the actor may write only a part; the message names it.
        """
        mine = _writable(self._direct, self._viewer.only_asking)
        if not mine and not self._is_known:
            raise Missing("There is no such event in the history of records that you may change.")
        if len(mine) < len(self._direct):
            raise Forbidden(_part(mine))

    @property
    def _is_known(self) -> bool:
        """Whether nothing has to be hidden: people know what they did themselves, if nothing else is part of it."""
        known = self._event is not None and self._event.actor_id == self._viewer.actor.user_id
        return bool(self._event is not None and not self._direct and (known or self._viewer.is_super))

    def refuse_out_of_reach(self, restored: Restored) -> None:
        """Refuse if restored records are now where the actor may not write, because what they belong to has moved."""
        back = [one for one in self._went if (one.key[0], one.pk) in restored.keys]
        refuse_out_of_reach(((one.spec, one.pk) for one in back), viewer=self._viewer)


def refuse_out_of_reach(records: Iterable[tuple[Spec, RecordId]], *, viewer: Viewer) -> None:
    """Refuse to restore records to where the actor may not write; a query per model."""
    ids: dict[Spec, set[object]] = defaultdict(set)
    for spec, pk in records:
        ids[spec].add(pk)
    for spec, wanted in ids.items():
        if viewer.editable(spec, wanted) != wanted:
            raise Forbidden(f"The {spec.singular_name} would come back to where you may not write.")


def _writable(trails: Iterable[Trail], viewer: Viewer) -> list[Trail]:
    grouped: dict[Spec, list[Trail]] = defaultdict(list)
    for one in trails:
        grouped[one.spec].append(one)
    found: list[Trail] = []
    for spec, some in grouped.items():
        ids = {one.pk for one in some}
        there = viewer.editable(spec, ids)
        there |= writable_when_deleted(spec, ids - there, viewer=viewer)
        found += [one for one in some if one.pk in there]
    return found


def _part(mine: list[Trail]) -> str:
    named = ", ".join(map(str, mine[:MOST_NAMED])) + (
        f" and {len(mine) - MOST_NAMED} more" if len(mine) > MOST_NAMED else ""
    )
    return f"This event also did what you may not undo. You may only undo it for: {named}. Revert them one by one."


__all__ = ["Rights", "refuse_out_of_reach"]
