"""Writing single log entries, with the same rights, rules and history as any other write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from brainstem.core.access.refusals import locked
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import note, snapshot
from brainstem.core.model.registry import Spec, user_spec
from brainstem.core.sql.retry import again_after_deadlock
from brainstem.core.write.saving import may_edit

from .life import refuse_untimely
from .log_entries import Entry, apply_entry, kind_of


@again_after_deadlock
def write_entry(spec: Spec, record_id: Any, action: str, body: Mapping[str, Any], *, viewer: Viewer) -> None:
    """Add, change or remove one entry of a log record.

    Parameters
    ----------
    action : str
        "add_entry", "change_entry" or "remove_entry".
    body : mapping
        The entry; the one to change or remove is identified by its time.

    Raises
    ------
    Missing, Forbidden, Invalid
    """
    with transaction.atomic():
        record = locked(spec, record_id, viewer=viewer)
        may_edit(spec, record, viewer=viewer)
        before, entries = snapshot(record), record.entries

        def seen(ids: list[int]) -> set[int]:
            return viewer.seen(user_spec(), ids)

        record.entries = apply_entry(record, action, body, seen=seen)
        if action != "remove_entry":
            refuse_untimely(record, kind_of(type(record).__name__, record.type), body)
        record.save(update_fields=["entries", "updated_at"])
        after = snapshot(record)
        before["entries"], after["entries"] = differing(entries, record.entries)
        note(action, record, viewer=viewer, before=before, after=after)


def differing(before: list[Entry], after: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that were removed from a log, and those that were added.

    History stores these instead of all entries: ten thousand weighings, each stored with all previous ones, would
    fill a disk.
    """
    start, least = 0, min(len(before), len(after))
    while start < least and before[start] == after[start]:
        start += 1
    end = 0
    while end < least - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]
