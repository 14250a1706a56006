"""The entries of a log in a form -> the entries to add, change and remove. Pure: no database, no request.

Entries are known by their time, each with a digest of what the form showed, so that people who write into one log at
the same time do not get into each other's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from brainstem.web import formats

from .description import Entries
from .moves import next_number
from .nodes import ABSENT, WAS, Group
from .reading import Conflict, Outcome, takes_theirs
from .sent import Sent, one

Entry = Mapping[str, object]  # by time, or by mark

ADD, CHANGE, REMOVE = "add_entry", "change_entry", "remove_entry"
BACK = "Somebody else changed an entry that you removed. It is in the table again; remove it if it should still go."
SHOWN = 50


@dataclass(frozen=True)
class Act:
    """One entry to write; ``at`` is the name of its row, for errors."""

    action: str
    body: dict[str, object]
    at: str = ""


def acts_of(
    node: Entries, sent: Sent, stored: list[object], outcome: Outcome, *, before: Iterable[object] = ()
) -> list[Act]:
    """What to write: what is removed first, so that a time is free again.

    Parameters
    ----------
    sent
        The whole form.
    outcome
        Gets the errors of rows, and a conflict for each entry that somebody else changed too.
    before : list
        The entries as they were when the form was drawn, as far as history tells.
    """
    log = sent.at(node.key)
    if not log.is_there:
        return []
    now = _by_time(node, stored)
    acts = list(_removals(node, log, now, outcome))
    were = {node.mark(0, entry): entry for entry in before if isinstance(entry, dict)}
    keys = {id(row): key for key, row in log.parts.items()}
    for number, row in enumerate(node.filled(log)):
        if not takes_theirs(sent, (node.key, keys[id(row)]), node.row):
            acts += _row(node, row, now, were, number=number, outcome=outcome)
    order = (REMOVE, CHANGE, ADD)
    return sorted(acts, key=lambda act: order.index(act.action))


def settled(node: Entries, sent: Sent, stored: object) -> Sent:
    """The rows of a form, with the stored entry where somebody takes the other side."""
    log, now = sent.at(node.key), _by_time(node, stored)
    parts = dict(log.parts)
    for key, row in log.parts.items():
        if key.isdecimal() and takes_theirs(sent, (node.key, key), node.row):
            entry = now.get(_time_of(row.at(WAS).text))
            if entry is None:
                del parts[key]
            else:
                parts[key] = _drawn(node, entry)
    return Sent(log.texts, parts)


def brought_up(node: Entries, sent: Sent, stored: object) -> Sent:
    """The rows of a form for the log as it is now.

    Rows in which nothing was typed show the entry that there is; the others stand for that entry, or for a new one if
    it is gone. Entries that were removed here and changed elsewhere are back.
    """
    log, now = settled(node, sent, stored), _by_time(node, stored)
    if not log.is_there:
        return log
    left = {row.at(WAS).text for row in log.rows()}
    parts = {key: _row_now(node, row, now) if key.isdecimal() else row for key, row in log.parts.items()}
    marks = []
    for mark in log.text.split():
        entry = now.get(_time_of(mark))
        if entry is None:
            continue
        marks.append(node.mark(0, entry))
        if mark not in left and mark != marks[-1]:
            parts[str(next_number(log.parts) + len(marks))] = _drawn(node, entry)
    return Sent([" ".join(marks)], {key: part for key, part in parts.items() if part is not None})


def _row_now(node: Entries, row: Sent, now: Mapping[str, object]) -> Sent | None:
    mark = row.at(WAS).text
    if not mark:
        return row
    entry, is_typed = now.get(_time_of(mark)), node.row.digest(row) != mark.rpartition("~")[2]
    rest = {key: part for key, part in row.parts.items() if key != WAS}
    if entry is None:
        return Sent(row.texts, rest) if is_typed else None
    return Sent(row.texts, {WAS: one(node.mark(0, entry)), **rest}) if is_typed else _drawn(node, entry)


def _drawn(node: Entries, entry: object) -> Sent:
    drawn = node.row.draw(entry)
    return Sent(drawn.texts, {WAS: one(node.mark(0, entry)), **drawn.parts})


def _by_time(node: Entries, stored: object) -> dict[str, object]:
    entries = stored if isinstance(stored, list) else []
    return {str(entry.get(node.time)): entry for entry in entries if isinstance(entry, dict)}


def _time_of(mark: str) -> str:
    return mark.rpartition("~")[0]


def _removals(node: Entries, log: Sent, now: Mapping[str, object], outcome: Outcome) -> Iterator[Act]:
    left = {row.at(WAS).text for row in log.rows()}
    for mark in log.text.split():
        time = _time_of(mark)
        if mark in left or time not in now:
            continue
        if node.mark(0, now[time]) != mark:
            outcome.reading.error(node.key, BACK)
        yield Act(REMOVE, {node.time: time})


def _row(node: Entries, row: Sent, now: Entry, were: Entry, *, number: int, outcome: Outcome) -> Iterator[Act]:
    mark, at = row.at(WAS).text, f"{node.key}.{number}"
    if not mark:
        yield Act(ADD, _body(node, node.row.read(row, ABSENT, at=at, reading=outcome.reading)), at)
        return
    time, _, digest = mark.rpartition("~")
    if node.row.digest(row) == digest:
        return
    if time not in now or node.mark(0, now[time]) != mark:
        outcome.conflicts.append(_conflict(node, row, now.get(time), were.get(mark), number))
        return
    body = _body(node, node.row.read(row, now[time], at=at, reading=outcome.reading))
    if body.get(node.time) == time:
        yield Act(CHANGE, body, at)
    else:
        yield Act(REMOVE, {node.time: time}, at)
        yield Act(ADD, body, at)


def _conflict(node: Entries, row: Sent, entry: object, was: object, number: int) -> Conflict:
    """An entry that somebody else changed too, or removed; ``was`` is what the form showed, None if nobody knows it."""
    before = None if was is None else node.row.draw(was)
    theirs = Sent() if entry is None else node.row.draw(entry)
    when = (theirs if entry is not None else row).at(node.time).text
    named: Group = replace(node.row, label=f"Entry of {formats.moment_in(when)}")
    path = (node.key, str(number))
    return Conflict(path, named, theirs, row, before, control=f"{'.'.join(path)}.{node.time}")


def _body(node: Entries, entry: object) -> dict[str, object]:
    """The complete entry: what is left out would stay as it was."""
    nothing: dict[str, object] = {"details": node.row_details(), "notes": None, "performed_by": None}
    if node.end:
        nothing[node.end] = None
    return nothing | (entry if isinstance(entry, dict) else {})
