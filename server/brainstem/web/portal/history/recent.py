"""The last changes of a record, for the side of its page."""

from __future__ import annotations

from dataclasses import dataclass

from brainstem.core.access.viewer import Viewer
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked
from brainstem.core.model.ids import RecordId

from .. import words, zone
from ..cells import Cell, noted_cell
from ..where import Where
from .entries import Wire, who

SHOWN = 4
NAMED = 3
ACTIONS = {
    "create": "added it",
    "delete": "deleted it",
    "restore": "restored it",
    "add_entry": "added an entry",
    "change_entry": "changed an entry",
    "remove_entry": "removed an entry",
}


@dataclass(frozen=True)
class Recent:
    """One change in a line: who did what, and when."""

    who: str
    did: str
    when: Cell
    ago: str
    undo_url: str


def recent(where: Where, pk: RecordId, *, viewer: Viewer) -> list[Recent]:
    """The newest changes of which the viewer sees something; the last can be undone, unless it added the record."""
    found = reading.of_record(where.spec, pk, Asked(limit=SHOWN), viewer=viewer, counted=False).entries
    return [_recent(where, wire, newest=not at) for at, wire in enumerate(found)]


def _recent(where: Where, wire: Wire, *, newest: bool) -> Recent:
    at = str(wire["date_time"])
    undoes = newest and wire["action"] != "create"
    return Recent(
        who=who(wire),
        did=_did(where, wire),
        when=noted_cell(at),
        ago=zone.ago(at),
        undo_url=f"/{where.portal}/history/{wire['event']}/undo/" if undoes else "",
    )


def _did(where: Where, wire: Wire) -> str:
    """In a few words: "changed sex, description and 2 more"."""
    action = str(wire["action"])
    if action != "change":
        return ACTIONS.get(action) or words.label_of(action).lower()
    names = [_in_sentence(words.field_name(where.spec, name)) for name in wire["changes"]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"changed {', '.join(names[:NAMED])}{more}"


def _in_sentence(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


__all__ = ["Recent", "recent"]
