"""Log entries: what was recorded about a subject or procedure, and when.

The functions on lists are pure: they take the entries of a log and return the new ones, in order of time. An entry is
identified by its time, or by its start if it is an interval; times are stored in UTC. The end of an ongoing interval
is null until ``change_entry`` sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model

from brainstem.core.errors import Invalid
from brainstem.core.model.limits import check_json_size, in_kilobytes, json_size
from brainstem.core.model.values import Bad, check_json, moment_of
from brainstem.core.remarks import refuse_unknown_keys
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown
from brainstem.core.text.times import kept_moment
from brainstem.core.types.schemas import current
from brainstem.core.write.details import checked
from brainstem.core.write.unfamiliar import in_details

Entry = dict[str, Any]
Seen = Callable[[list[int]], set[int]]

MAX_NOTES = 500
# A weighing every five minutes for a year. All entries of a log are read and written together.
MAX_ENTRIES = 100_000
MAX_BYTES = 16 * 1024 * 1024
INTERVAL_TYPES = frozenset(
    {"Housing", "FoodDeprivation", "WaterDeprivation", "Habituation", "Handling", "TrainingSession"}
)


@dataclass(frozen=True)
class EntryKind:
    """Which keys of an entry hold its time."""

    time: str
    end: str = ""


INSTANT = EntryKind("date_time")
INTERVAL = EntryKind("start_date_time", "end_date_time")


def kind_of(model_name: str, log_type: str) -> EntryKind:
    """Whether entries of such a log are points in time or intervals; procedure logs have points."""
    return INTERVAL if model_name == "SubjectLog" and log_type in INTERVAL_TYPES else INSTANT


def add_entry(kind: EntryKind, entries: list[Entry], body: Mapping[str, object]) -> list[Entry]:
    """The entries with one added.

    Raises
    ------
    Invalid
        If the entry is incomplete, or there already is one at this time.
    """
    entry = _parsed(kind, body, old=None)
    if _position(kind, entries, entry[kind.time]) is not None:
        raise Invalid.at(kind.time, f"The log already has an entry at {entry[kind.time]}. Use change_entry.")
    return in_order(kind, [*entries, entry])


def change_entry(kind: EntryKind, entries: list[Entry], body: Mapping[str, object]) -> list[Entry]:
    """The entries with the one at this time changed; keys that are not sent keep their values."""
    position = _found(kind, entries, body)
    entry = _parsed(kind, body, old=entries[position])
    return [*entries[:position], entry, *entries[position + 1 :]]


def remove_entry(kind: EntryKind, entries: list[Entry], body: Mapping[str, object]) -> list[Entry]:
    """The entries without the one at this time."""
    position = _found(kind, entries, body)
    return [*entries[:position], *entries[position + 1 :]]


_ACTIONS: dict[str, Callable[[EntryKind, list[Entry], Mapping[str, object]], list[Entry]]] = {
    "add_entry": add_entry,
    "change_entry": change_entry,
    "remove_entry": remove_entry,
}


def apply_entry(record: Any, action: str, body: Mapping[str, object], *, seen: Seen) -> list[Entry]:
    """The new entries of a log after one of the three actions; at most one query, for ``performed_by``.

    ``seen`` returns the subset of user ids that the writer can see.
    """
    if not isinstance(body, Mapping):
        raise Invalid.whole("Expected an entry as a JSON object.")
    kind = kind_of(type(record).__name__, record.type)
    act = partial(_ACTIONS[action], kind, list(record.entries))
    # Each part on its own, so that an error in one does not hide another.
    read: dict[str, Callable[[], object]] = {}
    if action != "remove_entry":
        if (person := body.get("performed_by")) is not None:
            read["performed_by"] = partial(_person, person, record.entries, seen)
        if isinstance(details := body.get("details"), dict):
            read["details"] = partial(_typed, record, details)
    after: list[Entry]
    _, after, *values = Invalid.of_all(partial(_refuse_unknown, kind, body), partial(act, body), *read.values())
    if read:
        after = act({**body, **dict(zip(read, values, strict=True))})
    refuse_full(record.entries, after)
    return after


def _refuse_unknown(kind: EntryKind, body: Mapping[str, object]) -> None:
    keys = ("id", kind.time, *filter(None, [kind.end]), "notes", "details", "performed_by")
    refuse_unknown_keys(body, keys, of="An entry of this log")


def refuse_full(before: list[Entry], after: list[Entry]) -> None:
    """Refuse to let a log grow beyond its limit; one already beyond it can still be edited and shortened."""
    if len(after) > MAX_ENTRIES and len(after) > len(before):
        raise Invalid.whole(f"A log can hold at most {MAX_ENTRIES} entries. Start another one.")
    size = json_size(after)
    if size > MAX_BYTES and size > json_size(before):
        raise Invalid.whole(f"A log can hold at most {in_kilobytes(MAX_BYTES)} of entries. Start another one.")


def _typed(record: Any, value: dict[str, object]) -> object:
    """The details of an entry in canonical form, validated against the schema of the log's type."""
    _storable("details", value)
    details, errors = checked(type(record).__name__, record.type, value)
    if errors:
        raise Invalid({"details": errors})
    schema = current(type(record).__name__, record.type)
    if schema is not None and (beyond := in_details(schema, "details", details)):
        raise Invalid(beyond)
    return details


def _person(value: object, entries: list[Entry], seen: Seen) -> int:
    """The id of the person who performed the entry's action, from an id or email address."""
    if (user_id := whole_of(value, below=2**31)) is not None:
        ids = _by_id(user_id, entries, seen)
    elif isinstance(value, str) and "@" in value and "\x00" not in value:
        ids = list(get_user_model()._default_manager.at_address(value).values_list("pk", flat=True)[:1])
    else:
        raise Invalid.at("performed_by", "Expected the id or email address of a user.")
    if not ids:
        raise Invalid.at("performed_by", f"There is no user {shown(value)}.")
    return int(ids[0])


def _by_id(wanted: int, entries: list[Entry], seen: Seen) -> list[int]:
    # Users the log already names are known to the writer.
    named = any(entry.get("performed_by") == wanted for entry in entries)
    return [wanted] if named else list(seen([wanted]))


# -- one entry --------------------------------------------------------------------------------------------------------


def _parsed(kind: EntryKind, body: Mapping[str, object], *, old: Entry | None) -> Entry:
    """The entry as stored; missing keys come from ``old``."""
    given = {**(old or {}), **body}
    parts: dict[str, Callable[[], object]] = {kind.time: partial(_time, given, kind.time)}
    if kind.end:
        parts[kind.end] = partial(_end, given, kind)
    parts["notes"] = partial(_notes, given.get("notes"))
    parts["details"] = partial(_details, given.get("details"))
    entry: Entry = dict(zip(parts, Invalid.of_all(*parts.values()), strict=True))
    end = entry[kind.end] if kind.end else None
    if end is not None and kept_moment(end) <= kept_moment(entry[kind.time]):
        raise Invalid.at(kind.end, f"Must be later than {kind.time}, {entry[kind.time]}.")
    if given.get("performed_by") is not None:
        entry["performed_by"] = given["performed_by"]
    return entry


def _time(body: Mapping[str, object], key: str) -> str:
    if body.get(key) is None:
        raise Invalid.at(key, "This field is required.")
    try:
        moment = moment_of(body[key])
    except Bad as error:
        raise Invalid.at(key, str(error)) from error
    return moment.isoformat().replace("+00:00", "Z")


def _end(body: Mapping[str, object], kind: EntryKind) -> str | None:
    """The end of an interval; an explicit null while it is ongoing."""
    if kind.end not in body:
        raise Invalid.at(kind.end, "This field is required. Send null while the interval is ongoing.")
    return None if body[kind.end] is None else _time(body, kind.end)


def _notes(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid.at("notes", "Expected a string.")
    _storable("notes", value)
    if value is not None and len(value) > MAX_NOTES:
        raise Invalid.at("notes", f"Ensure this field has no more than {MAX_NOTES} characters (it has {len(value)}).")
    return value


def _details(value: object) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid.at("details", "Expected an object.")
    _storable("details", value)
    return value


def _storable(key: str, value: object) -> None:
    try:
        check_json_size(value)
        check_json(value)
    except Bad as error:
        raise Invalid.at(key, str(error)) from error


# -- the list ---------------------------------------------------------------------------------------------------------


def _position(kind: EntryKind, entries: list[Entry], time: str) -> int | None:
    wanted = kept_moment(time)
    return next((at for at, entry in enumerate(entries) if kept_moment(entry[kind.time]) == wanted), None)


def _found(kind: EntryKind, entries: list[Entry], body: Mapping[str, object]) -> int:
    time = _time(body, kind.time)
    position = _position(kind, entries, time)
    if position is None:
        raise Invalid.at(kind.time, f"The log has no entry at {time}.")
    return position


def in_order(kind: EntryKind, entries: list[Entry]) -> list[Entry]:
    """The entries in order of time."""
    return sorted(entries, key=lambda entry: kept_moment(entry[kind.time]))
