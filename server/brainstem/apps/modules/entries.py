"""Writing single log entries, with the same rights, rules and history as any other write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.db import transaction

from brainstem.core.access.refusals import locked
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, EditConflict
from brainstem.core.history.own_keys import Reader
from brainstem.core.history.recording import State, note, snapshot
from brainstem.core.model.registry import Spec, user_spec
from brainstem.core.remarks import Remark, tell
from brainstem.core.sql.retry import again_after_deadlock
from brainstem.core.write import merging
from brainstem.core.write.meeting import current, unknown_version
from brainstem.core.write.rebasing import MERGED, Base, values_of
from brainstem.core.write.saving import may_edit
from brainstem.core.write.states import past_of

from .life import refuse_untimely
from .log_entries import Entry, Seen, apply_entry, in_order, kind_of, refuse_full


@again_after_deadlock
def write_entry(
    spec: Spec, record_id: Any, action: str, body: Mapping[str, Any], *, viewer: Viewer, base: Base | None = None
) -> None:
    """Add, change or remove one entry of a log record.

    Parameters
    ----------
    action : str
        "add_entry", "change_entry" or "remove_entry".
    body : mapping
        The entry; the one to change or remove is identified by its time.
    base : Base, optional
        The version of the log that the writer has read: what others have changed in it since is kept.

    Raises
    ------
    Missing, Forbidden, Invalid
    EditConflict
        If others changed the same keys of the same entry since ``base``.
    """
    with transaction.atomic():
        record = locked(spec, record_id, viewer=viewer)
        may_edit(spec, record, viewer=viewer)
        before, entries = snapshot(record), record.entries

        def seen(ids: list[int]) -> set[int]:
            return viewer.seen(user_spec(), ids)

        if base is None:
            record.entries = apply_entry(record, action, body, seen=seen)
        else:
            reader = Reader(spec, viewer, record.pk, base.base_url)
            record.entries = _rebased(reader, record, action, body, base=base, now=before, seen=seen)
        if action != "remove_entry":
            refuse_untimely(record, kind_of(type(record).__name__, record.type), body)
        record.save(update_fields=["entries", "updated_at"])
        after = snapshot(record)
        before["entries"], after["entries"] = differing(entries, record.entries)
        note(action, record, viewer=viewer, before=before, after=after)


def add_entries(
    spec: Spec, record_id: Any, entries: Sequence[Mapping[str, Any]], *, viewer: Viewer
) -> list[BrainstemError | None]:
    """Add entries to one log within the caller's transaction, as one change; for each, None or what is wrong with it.

    Raises
    ------
    Missing, Forbidden
        If the writer does not see the log, or may not change it.
    """
    record = locked(spec, record_id, viewer=viewer)
    may_edit(spec, record, viewer=viewer)
    before, held = snapshot(record), record.entries
    refused: list[BrainstemError | None] = []
    for body in entries:
        try:
            added = apply_entry(record, "add_entry", body, seen=lambda ids: viewer.seen(user_spec(), ids))
            refuse_untimely(record, kind_of(type(record).__name__, record.type), body)
        except BrainstemError as error:
            refused.append(error)
        else:
            record.entries = added
            refused.append(None)
    if record.entries != held:
        record.save(update_fields=["entries", "updated_at"])
        after = snapshot(record)
        before["entries"], after["entries"] = differing(held, record.entries)
        note("add_entry", record, viewer=viewer, before=before, after=after)
    return refused


def _rebased(
    reader: Reader, record: Any, action: str, body: Mapping[str, Any], *, base: Base, now: State, seen: Seen
) -> list[Entry]:
    """The entries after an action on those that the writer has read, with what others have changed since."""
    past = past_of(reader.spec, record, base.version, now)
    if past is None:
        raise unknown_version(reader, base.version)
    kind, then = kind_of(type(record).__name__, record.type), copy(record)
    then.entries = past.state["entries"]
    mine = apply_entry(then, action, body, seen=seen)
    merged = merging.rows(then.entries, record.entries, mine, name=lambda entry: str(entry[kind.time]))
    if merged.clashes:
        text = "Others have changed the same entry of this log since you read it."
        conflicts = {f"entries.{place}": values_of(clash) for place, clash in merged.clashes.items()}
        raise EditConflict(text, facts={"current": current(reader), "conflicts": conflicts})
    if not merging.same(then.entries, record.entries):
        text = f"Others have changed entries since the version {base.version}; their changes are kept."
        tell(Remark(MERGED, "entries", text))
    entries = in_order(kind, merged.value)
    refuse_full(record.entries, entries)
    return entries


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
