"""Saving a record: only what was changed, and never over what somebody else changed meanwhile. No network here."""

from __future__ import annotations

from typing import Any

from .attached import Source
from .calls import include_of
from .contract import model_under
from .core import reached
from .editing import changes_of, differences, tag_in, tag_of
from .errors import Conflict
from .names import address
from .paging import record_of
from .record import Record, record_class
from .wire import Answer, Conversation, with_query

WAYS = ("raise", "merge")
MERGE = "merge=fields"
MOVED_ON = "Somebody else changed the same fields since you read this record: {}."


def save(record: Record, on_conflict: str = "raise") -> Conversation[Record]:
    """Save the fields of a record that were changed; see ``Record.save``.

    Where the version is not known at which it was read (a record of a list, or a server without versions), the fields
    are compared with those of the record as it is now.
    """
    if on_conflict not in WAYS:
        raise ValueError(f"on_conflict is 'raise' or 'merge', not {on_conflict!r}.")
    changes = changes_of(record)
    if not changes:
        return record
    tag = tag_of(record)
    merges = bool(tag) and on_conflict == "merge"
    tag = tag or (yield from _compared(record, changes))
    headers = {**({"If-Match": tag} if tag else {}), **({"Prefer": MERGE} if merges else {})}
    source = record._known()
    answer = yield from reached(source.core.ask("PATCH", _url(record), changes, headers=headers))
    try:
        return taken(record, answer)
    except Conflict as conflict:
        if not _is_own(answer, conflict):
            raise
    return (yield from refresh(record))


def refresh(record: Record) -> Conversation[Record]:
    """Read a record anew."""
    answer = yield from reached(record._known().core.ask("GET", _url(record)))
    return taken(record, answer)


def taken(record: Record, answer: Answer) -> Record:
    """The record as an answer has it; for users who may only propose changes, the proposal.

    Raises
    ------
    BrainstemError
        If the server refused.
    """
    source = record._known()
    key, data = record_of(answer.checked(), source.core.base)
    if key != record.singular:
        return made(type(record), answer, source)
    record._taken(data, tag_in(answer.headers))
    return record


def made(kind: type[Record], answer: Answer, source: Source) -> Record:
    """The record in an answer, which may be of another model: for users who may only propose changes, the proposal."""
    key, data = record_of(answer.checked(), source.core.base)
    if key == kind.singular:
        return kind(data, source, tag_in(answer.headers))
    model = model_under(key)
    return (record_class(model) if model else Record)(data, source.alone())  # a newer server may know other proposals


def _url(record: Record, rest: str = "") -> str:
    """The address of a record, with what was included when it was read."""
    source = record._known()
    url = address(source.core.base, source.portal, record.app, record.model, record["id"], rest)
    return with_query(url, [("include[]", include_of(source.include))])


def _compared(record: Record, changes: dict[str, Any]) -> Conversation[str]:
    """The version of the record as it is now; empty if the server has none.

    Raises
    ------
    Conflict
        If a field that was changed here is no longer as it was read.
    """
    answer = yield from reached(record._known().core.ask("GET", _url(record)))
    _, current = record_of(answer.checked(), record._known().core.base)
    changed = differences(record, changes, current)
    if changed:
        raise Conflict(MOVED_ON.format(", ".join(changed)), changed=changed, current=current)
    return tag_in(answer.headers)


def _is_own(answer: Answer, conflict: Conflict) -> bool:
    """Whether what changed meanwhile was this very request: its first answer got lost, and it was sent again."""
    yours = conflict.yours
    return answer.tries > 1 and bool(yours) and all(conflict.theirs.get(name) == yours[name] for name in yours)
