"""Bringing back deleted records that somebody chose: one, or several together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from ..access.refusals import refuse_read_only
from ..access.viewer import Viewer
from ..errors import Conflict, Forbidden, Missing
from ..model.declare import Record
from ..model.registry import Spec
from ..models import Change, Deletion
from ..sql.retry import again_after_deadlock
from ..sql.setwise import among_values
from .restoring import last_deletion, restore
from .rights import refuse_out_of_reach
from .who import restorable


@again_after_deadlock
def restore_record(spec: Spec, record_id: Any, *, viewer: Viewer) -> Record:
    """Restore the record last deleted under this id, with everything deleted along with it; returns the record.

    Raises
    ------
    Missing
        If no such record was deleted that the actor could delete.
    Conflict
        If a name has been taken since, or something that it belongs to is gone.
    """
    with transaction.atomic():
        if not restorable(spec, viewer=viewer.only_asking).filter(record_id=record_id).exists():
            raise Missing(f"There is no deleted {spec.singular_name} {record_id}.")
        refuse_read_only(viewer.actor)
        restore([last_deletion(spec, record_id)], viewer=viewer)
        refuse_out_of_reach([(spec, record_id)], viewer=viewer)
        restored: Record = spec.model._default_manager.get(pk=record_id)
        return restored


@again_after_deadlock
def restore_records(spec: Spec, ids: Collection[object], *, viewer: Viewer) -> int:
    """Restore several records with everything deleted along with them, all or none; returns their number.

    Raises
    ------
    Missing
        If one of them was not deleted, or the actor could not have deleted it.
    Conflict
        If a name has been taken since, or something that they belong to is gone.
    """
    with transaction.atomic():
        wanted: set[Any] = {spec.parse_id(one) for one in ids}
        keys = among_values(Change._meta.get_field("record_id"), wanted)
        lines: Any = restorable(spec, viewer=viewer.only_asking).filter(record_id__in=keys)
        if {spec.parse_id(one) for one in lines.values_list("key", flat=True)} != wanted:
            raise Missing(f"Not every {spec.singular_name} is deleted, or you may not restore each of them.")
        refuse_read_only(viewer.actor)
        if wanted:
            restore(_last_deletions(spec, wanted), viewer=viewer)
            refuse_out_of_reach([(spec, pk) for pk in wanted], viewer=viewer)
        return len(wanted)


def _last_deletions(spec: Spec, ids: Collection[object]) -> list[Deletion]:
    """The last deletions of records that have not been undone, locked; the last one first."""
    found: dict[str, Deletion] = {}
    kept = Deletion.objects.filter(model=spec.label, record_id__in=[str(one) for one in ids], undone_at=None)
    for one in kept.select_for_update().order_by("-id"):
        found.setdefault(one.record_id, one)
    return [*found.values()]


def hindered(spec: Spec, ids: Iterable[object], *, viewer: Viewer) -> dict[object, str]:
    """Why each of some deleted records could not be restored by itself; nothing is restored."""
    found = {}
    for pk in ids:
        try:
            with transaction.atomic():
                restore_record(spec, pk, viewer=viewer)
                transaction.set_rollback(True)
        except (Conflict, Forbidden, Missing) as error:
            found[pk] = error.message
    return found


__all__ = ["hindered", "restore_record", "restore_records"]
