"""``history``, ``undo``, ``deleted``, ``restore``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import past
from ..entries import Entry
from ..errors import BrainstemError
from ..paging import Pages
from ..record import record_named
from ..wire import EVENT
from .connection import server_of
from .output import write
from .terminal import clean, cut, notice, paint

if TYPE_CHECKING:
    from .connection import Server

SHOWN = 60  # characters of a value
DELETED = "deleted records"


def history(arguments: argparse.Namespace) -> int:
    """Show the changes of a record, newest first."""
    with server_of(arguments) as server:
        kind = record_named(arguments.model)
        url = f"{server.url(arguments.model, arguments.id)}history/"
        entries = [Entry.of(row) for row in _rows(server, Pages(url, [], limit=arguments.limit), "history")]
    if arguments.output == "json":
        print(json.dumps([one.data for one in entries], indent=2))
    elif not entries:
        print(f"Nothing is known of earlier changes of this {kind.singular.replace('_', ' ')}.")
    for entry in entries if arguments.output != "json" else ():
        _show(entry)
    return 0


def undo(arguments: argparse.Namespace) -> int:
    """Take back one write, or several, the newest first."""
    events = sorted({past.event_of(one) for one in arguments.events}, reverse=True)  # events sort by their time
    with server_of(arguments) as server:
        for number, event in enumerate(events):
            try:
                again = server.transport.run(past.undo(server.core, event))
            except BrainstemError:
                if number:
                    notice(arguments, f"Undone before that: {' '.join(events[:number])}")
                raise
            print(f"Undone: {event}" + (f" (brainstem undo {again} brings it back)" if again else ""))
    return 0


def deleted(arguments: argparse.Namespace) -> int:
    """List the deleted records of a model that can be restored."""
    with server_of(arguments) as server:
        url = f"{server.url(arguments.model)}deleted/"
        rows = list(_rows(server, past.by_offset(url, limit=arguments.limit), DELETED))
    if arguments.output == "json":
        print(json.dumps(rows, indent=2))
    else:
        write([rows], arguments)
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Restore a deleted record with everything that was deleted along with it."""
    with server_of(arguments) as server:
        kind = record_named(arguments.model)
        answer = server.transport.run(past.restoration(server.core, server.portal, kind, arguments.id))
        answer.checked()
        event = answer.headers.get(EVENT, "")
    print(
        f"Restored: {arguments.model} {arguments.id}" + (f" (brainstem undo {event} deletes it again)" if event else "")
    )
    return 0


def _rows(server: Server, pages: Pages, what: str) -> Iterator[dict[str, Any]]:
    """The rows of a list of the past, from all of its pages."""
    reading = past.PagesOf(server.core, pages, dict, what)
    while not reading.done:
        yield from server.transport.run(reading.next())


def _show(entry: Entry) -> None:
    moment = entry.date_time
    when = moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %z") if isinstance(moment, datetime) else clean(str(moment))
    print(f"{when}  {paint(clean(entry.action), 'bold')}  {clean(entry.user_name) or '-'} ({clean(entry.via)})")
    print(f"  event {clean(entry.event)}")
    for name, values in entry.changes.items():
        print(f"  {clean(name)}: {_short(values.before)} -> {_short(values.after)}")


def _short(value: object) -> str:
    return cut(clean(json.dumps(value, ensure_ascii=False)), SHOWN)
