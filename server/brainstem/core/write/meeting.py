"""Writers who meet: a write that names the version that was read is refused if the record has changed since.

Only changes that the writer sees count: links to hidden records may come and go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson
from django.db.models import Model

from ..access.refusals import locked
from ..access.viewer import Viewer
from ..errors import Code, Invalid, MovedOn
from ..history.own_keys import Reader
from ..history.recording import State
from ..history.versions import version_of
from ..history.wire import state_key
from ..model.ids import RecordId
from ..model.registry import Spec
from ..model.values import Bad
from ..query.run import fetch_record
from ..query.syntax import Query
from ..text.shown import shown
from .merging import same
from .states import Past, past_of, state_of, states_since, wanted

Facts = dict[str, object]
_VERSION = re.compile(r'"?([0-9]{1,19})(?:-[0-9a-f]{1,64})?"?')
# Keys of a payload, and of rows of `bulk/`, that name the version that was read: it is required, or merged with.
REQUIRED, MERGED_WITH = "if_match", "_base_version"


@dataclass(frozen=True)
class Expected:
    """What a writer expects of the record.

    Attributes
    ----------
    versions : tuple of str, optional
        It is at one of these; None if it may be at any.
    refused : tuple of str
        It is at none of these.
    absent : bool
        It does not exist.
    base_url : str
        Address of the server, for URLs of files in what is shown.
    """

    versions: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()
    absent: bool = False
    base_url: str = ""


def version_named(payload: Mapping[str, object], key: str) -> str | None:
    """The version that a payload names: bare, or as the ETag of a response; None if the key is absent or null.

    Raises
    ------
    Invalid
        If it is neither.
    """
    value = payload.get(key)
    if value is None:
        return None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise Invalid.at(key, f'Expected the version that you read, such as "1234", or the ETag, got {shown(value)}.')
    return match[1]


def refuse_moved(
    spec: Spec, record_id: RecordId, expected: Expected, *, viewer: Viewer, payload: Mapping[str, object] | None = None
) -> None:
    """Lock a record, and refuse to go on if it is not as expected; ``payload`` is what would be written.

    Raises
    ------
    MovedOn
        With the record as it is, and the fields that changed.
    Missing
        If the actor does not see it.
    """
    record = locked(spec, record_id, viewer=viewer)
    version, name = version_of(spec, record.pk), spec.singular_name
    reader = Reader(spec, viewer, record.pk, expected.base_url)
    if expected.absent or version in expected.refused:
        raise _moved_on(reader, f"This {name} exists.")
    if expected.versions is None or version in expected.versions:
        return
    if not expected.versions:
        raise _moved_on(reader, "Only strong tags match here. Send the version as one, in quotes.")
    now = state_of(spec, record)
    pasts = [past for one in expected.versions if (past := past_of(spec, record, one, now)) is not None]
    if not pasts:
        raise unknown_version(reader, ", ".join(expected.versions[:3]))
    if all(_moved(reader, now, past) for past in pasts):
        changed = changed_since(reader, now, pasts[0], record=record, payload=payload or {})
        raise _moved_on(reader, f"This {name} has changed since you read it. Read it again.", changed)


def unknown_version(reader: Reader, named: str) -> MovedOn:
    """The error for a version that the record never had, as far as is known."""
    name = reader.spec.singular_name
    text = f"This {name} never was at the version {named[:100]}, or its history is gone. Read it again."
    return _moved_on(reader, text, code=Code.UNKNOWN_VERSION)


def _moved_on(reader: Reader, text: str, changed: Facts | None = None, *, code: Code | None = None) -> MovedOn:
    return MovedOn(text, facts={"current": current(reader), "changed": changed or {}}, code=code)


def current(reader: Reader) -> Any:
    """The record as the viewer sees it now."""
    found = fetch_record(reader.spec, reader.record_id, Query(), viewer=reader.viewer, base=reader.base)
    return None if found is None else orjson.loads(found.text)


def _moved(reader: Reader, now: State, past: Past) -> bool:
    """Whether anything changed that the viewer sees, even if it was changed back."""
    states = states_since(reader.spec, now, past)
    if states is None:
        return True
    told = reader.wire(states)
    return any(not same(one, after) for one, after in pairwise(told))


def changed_since(
    reader: Reader, now: State, past: Past, *, record: Model, payload: Mapping[str, object]
) -> dict[str, object]:
    """Key -> value at a version, now, and as the payload has it, for keys that differ.

    Empty for who may not change the record: only they may know what it was.
    """
    if not reader.viewer.may("change", record):
        return {}
    base, theirs = reader.wire([past.state, now])
    found: Facts = {}
    for key in dict.fromkeys([*base, *theirs]):
        if not same(base.get(key), theirs.get(key)):
            values = {"base": base.get(key), "theirs": theirs.get(key)}
            yours = {"yours": as_wanted(reader, key, record=record, payload=payload)} if key in payload else {}
            found[key] = values | yours
    return found


def as_wanted(reader: Reader, key: str, *, record: Model, payload: Mapping[str, object]) -> object:
    """The value of a payload as the record would show it; as it was sent if it cannot be read."""
    spec = reader.spec
    if key in spec.computed or not spec.writable(key):
        return payload[key]
    try:
        value = wanted(spec, key, payload[key], record=record, payload=payload)
    except Bad:
        return payload[key]
    return reader.wire([{state_key(spec, key): value}])[0].get(key, payload[key])


__all__ = [
    "MERGED_WITH",
    "REQUIRED",
    "Expected",
    "as_wanted",
    "changed_since",
    "current",
    "refuse_moved",
    "unknown_version",
    "version_named",
]
