"""Tables of logs: each row may add an entry to the log of its subject, or procedure, and type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from brainstem.core.imports.entries import Entries, Entry, rows_are_entries
from brainstem.core.text.times import moment_of

from .entries import add_entries
from .log_entries import EntryKind, kind_of
from .models.logs import ProcedureLog, SubjectLog

# As the released templates have it, for intervals whose end is left out.
USUAL_LENGTH = dt.timedelta(hours=1)


def _complete(model: str) -> Callable[[Mapping[str, object], Entry], Entry]:
    def complete(log: Mapping[str, object], entry: Entry) -> Entry:
        """With the time under the key of this type of log, and the end of an interval."""
        kind = kind_of(model, str(log.get("type") or ""))
        times = [entry.get(name) for name in ("start_date_time", "date_time")]
        time = next((one for one in (times if kind.end else reversed(times)) if one), None)
        if time is None:
            # Without a time there is no entry, unless something of one is told: then its time is missing.
            return {**entry} if entry else {}
        found = {name: entry[name] for name in ("notes", "details") if name in entry} | {kind.time: time}
        if kind.end:
            found[kind.end] = entry.get("end_date_time") or _later(time)
        elif entry.get("end_date_time"):
            found["end_date_time"] = entry["end_date_time"]  # which the log refuses, with the reason
        return found

    return complete


def _later(time: str) -> str | None:
    moment = moment_of(time)
    return None if moment is None else (moment + USUAL_LENGTH).isoformat().replace("+00:00", "Z")


def _has(model: str) -> Any:
    def has(log: Mapping[str, Any], entry: Entry) -> bool:
        kind: EntryKind = kind_of(model, str(log.get("type") or ""))
        wanted = moment_of(str(entry.get(kind.time)))
        held = log.get("entries") or []
        return wanted is not None and any(moment_of(str(one.get(kind.time))) == wanted for one in held)

    return has


_PARTS = {
    "date_time": "datetime",
    "start_date_time": "datetime",
    "end_date_time": "datetime",
    "notes": "string",
    "details": "json",
}
for _model, _above in ((SubjectLog, "subject"), (ProcedureLog, "procedure")):
    rows_are_entries(
        _model,
        Entries("entries", (_above, "type"), _PARTS, _complete(_model.__name__), _has(_model.__name__), add_entries),
    )
