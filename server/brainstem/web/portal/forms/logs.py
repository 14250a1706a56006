"""The entries of a log in a form -> the entries to add, change and remove. Pure: no database, no request.

Entries are known by their time, each with a digest of what the form showed, so that people who write into one log at
the same time do not get into each other's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .description import Entries
from .nodes import ABSENT, WAS, Reading
from .sent import Sent

ADD, CHANGE, REMOVE = "add_entry", "change_entry", "remove_entry"
GONE = "Somebody else removed this entry meanwhile. Remove it here too, or add it again as a new row."
MOVED = "Somebody else changed this entry meanwhile: {}. Reload the page to see it."
SHOWN = 50


@dataclass(frozen=True)
class Act:
    """One entry to write; ``at`` is the name of its row, for errors."""

    action: str
    body: dict[str, object]
    at: str = ""


def acts_of(node: Entries, sent: Sent, stored: list[object], reading: Reading) -> list[Act]:
    """What to write: what is removed first, so that a time is free again."""
    if not sent.is_there:
        return []
    now = {str(entry.get(node.time)): entry for entry in stored if isinstance(entry, dict)}
    acts = list(_removals(node, sent, now, reading))
    for number, row in enumerate(node.filled(sent)):
        acts += _row(node, row, now, at=f"{node.key}.{number}", reading=reading)
    order = (REMOVE, CHANGE, ADD)
    return sorted(acts, key=lambda act: order.index(act.action))


def _removals(node: Entries, sent: Sent, now: Mapping[str, object], reading: Reading) -> Iterator[Act]:
    left = {row.at(WAS).text for row in sent.rows()}
    for mark in sent.text.split():
        time = mark.rpartition("~")[0]
        if mark in left or time not in now:
            continue
        if node.mark(0, now[time]) != mark:
            reading.error(node.key, MOVED.format(time))
        yield Act(REMOVE, {node.time: time})


def _row(node: Entries, row: Sent, now: Mapping[str, object], *, at: str, reading: Reading) -> Iterator[Act]:
    mark = row.at(WAS).text
    if not mark:
        yield Act(ADD, _body(node, node.row.read(row, ABSENT, at=at, reading=reading)), at)
        return
    time, _, digest = mark.rpartition("~")
    if node.row.digest(row) == digest:
        return
    name = f"{at}.{node.time}"
    if time not in now:
        reading.error(name, GONE)
    elif node.mark(0, now[time]) != mark:
        reading.error(name, MOVED.format(time))
    else:
        body = _body(node, node.row.read(row, now[time], at=at, reading=reading))
        if body.get(node.time) == time:
            yield Act(CHANGE, body, at)
        else:
            yield Act(REMOVE, {node.time: time}, at)
            yield Act(ADD, body, at)


def _body(node: Entries, entry: object) -> dict[str, object]:
    """The complete entry: what is left out would stay as it was."""
    nothing: dict[str, object] = {"details": node.row_details(), "notes": None, "performed_by": None}
    if node.end:
        nothing[node.end] = None
    return nothing | (entry if isinstance(entry, dict) else {})
