"""A payload that was written for an earlier version of a record -> one for the record as it is now.

What the payload merely repeats gives way to what others have changed since; what only the payload changes stays in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Model

from ..access.viewer import Viewer
from ..errors import EditConflict
from ..history.own_keys import Reader
from ..history.recording import State
from ..history.wire import state_key
from ..model.registry import Spec
from ..remarks import Remark, tell
from . import merging
from .meeting import as_wanted, current, unknown_version
from .merging import ABSENT, Clash
from .rebasing_parts import Meeting, meet, meet_files, meet_others
from .rules import prepared
from .states import past_of

MERGED = "merged"
Payload = Mapping[str, object]


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Base:
    """The version that a writer has read.

    Attributes
    ----------
    version : str
        Its number.
    base_url : str
        Address of the server, for URLs of files in what is shown.
    unchanged : callable
        Whether the whole response that the writer has read would be the same now; False if that is not known. It also
        shows lists of other records, of which a version knows nothing.
    """

    version: str
    base_url: str = ""
    unchanged: Callable[[], bool] = _never


def rebased(
    spec: Spec, record: Model, payload: Payload, *, base: Base, now: State, viewer: Viewer, files: Payload
) -> Payload:
    """The payload as it applies to the record now; tells which fields were merged from others.

    Parameters
    ----------
    now : mapping
        The record's present state, with its roles.

    Raises
    ------
    EditConflict
        If others changed the same fields to other values.
    MovedOn
        If the record never was at this version.
    """
    meeting = met(spec, record, payload, base=base, now=now, viewer=viewer, files=files)
    reader = Reader(spec, viewer, record.pk, base.base_url)
    if meeting.clashes:
        facts = _facts(meeting, reader, prepared(spec.model, payload))
        raise EditConflict(_text(spec, meeting.clashes), facts=facts)
    _tell(reader, meeting, base.version)
    return meeting.payload


def met(
    spec: Spec, record: Model, payload: Payload, *, base: Base, now: State, viewer: Viewer, files: Payload
) -> Meeting:
    """The payload merged with what others have changed, and where it clashes with that; nothing is told or refused.

    Raises
    ------
    MovedOn
        If the record never was at this version.
    """
    asked = dict(prepared(spec.model, payload))
    past = past_of(spec, record, base.version, now)
    if past is None:
        raise unknown_version(Reader(spec, viewer, record.pk, base.base_url), base.version)
    meeting = Meeting(spec, record, viewer, dict(asked), past.state, now)
    for name in asked:
        if name in spec.keys and spec.writable(name):
            meet(meeting, name)
            if name in spec.relations and not spec.relations[name].owned:
                meet_others(meeting, name, int(base.version), unchanged=base.unchanged)
    meet_files(meeting, files)
    return meeting


def _text(spec: Spec, clashes: Iterable[str]) -> str:
    names = ", ".join(list(clashes)[:10])
    return f"Others have changed the same fields of this {spec.singular_name} since you read it: {names}."


def _facts(meeting: Meeting, reader: Reader, asked: Payload) -> dict[str, object]:
    """The record as it is, and the three values of each clash; what was read only for who may know it."""
    tells = reader.viewer.may("change", meeting.record)
    found = {}
    for place, clash in meeting.clashes.items():
        values = _of_key(meeting, reader, place, asked) if _is_key(meeting.spec, place) else values_of(clash)
        found[place] = values if tells else values | {"base": None}
    return {"current": current(reader), "conflicts": found}


def _is_key(spec: Spec, place: str) -> bool:
    """Whether a clash is about a whole key that states have in another form than the API."""
    return place in spec.keys and place not in spec.computed and state_key(spec, place) != ""


def _of_key(meeting: Meeting, reader: Reader, key: str, asked: Payload) -> dict[str, object]:
    base, theirs = (state.get(key) for state in reader.wire([meeting.base, meeting.theirs]))
    mine = as_wanted(reader, key, record=meeting.record, payload=asked) if key in asked else meeting.clashes[key].mine
    return {"base": base, "theirs": theirs, "yours": mine}


def values_of(clash: Clash) -> dict[str, object]:
    """The three values of a clash as they are shown; null for what is not there."""
    values = {"base": clash.base, "theirs": clash.theirs, "yours": clash.mine}
    return {key: None if value is ABSENT else value for key, value in values.items()}


def _tell(reader: Reader, meeting: Meeting, version: str) -> None:
    """Say which keys hold what others have written since, as far as the writer sees them."""
    base, theirs = reader.wire([meeting.base, meeting.theirs])
    for name in theirs:
        if not merging.same(base.get(name), theirs[name]):
            text = f"Others have changed {name} since the version {version}; their changes are kept."
            tell(Remark(MERGED, name, text))


__all__ = ["MERGED", "Base", "met", "rebased", "values_of"]
