"""Entries of a history as a page shows them: who, when, through what, and the values that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brainstem.core.model.registry import Spec, routes

from .. import words, zone
from ..cells import Cell, noted_cell
from ..faces import face_of
from ..gathering import Gathering, caption
from ..where import path_of
from . import lines
from .lines import Line, Told

ACTIONS: Mapping[str, str] = {
    "create": "added",
    "change": "changed",
    "delete": "deleted",
    "restore": "restored",
    "add_entry": "added an entry to",
    "change_entry": "changed an entry of",
    "remove_entry": "removed an entry of",
    "detach": "took out of a project",
}
# What undoing would do, before it is done.
AHEAD: Mapping[str, str] = {"create": "Adds", "delete": "Deletes", "restore": "Restores"}
MARKS = {"create": "add", "delete": "delete", "restore": "ok", "change": "edit"}
VIA: Mapping[str, str] = {
    "page": "on a page",
    "api": "through the API",
    "matlab": "from MATLAB",
    "python": "from Python",
    "bulk": "in bulk",
    "import": "by an import",
    "command": "by a command on the server",
    "catalogue": "with the catalogue of the server",
}
ON_SERVER = ("command", "catalogue")
Wire = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One change of one record; ``leads`` if it is the first one on the page of its event."""

    event: str
    event_url: str
    action: str
    did: str
    icon: str
    when: Cell
    ago: str
    who: str
    who_url: str
    via: str
    token: str
    client: str
    model: str
    title: str
    url: str
    lines: tuple[Line, ...]
    leads: bool

    @property
    def ahead(self) -> str:
        """What would be done, of an entry that is only tried."""
        return AHEAD.get(self.action, "Changes")

    @property
    def is_whole(self) -> bool:
        """Whether the record appeared or went, so that the lines are all of its values."""
        return self.action in ("create", "delete", "restore")


def told_by(wire: Wire, known: Mapping[str, str] | None = None) -> Told:
    """The changes of an entry; ``known`` are types of records by their id."""
    spec = spec_of(wire)
    return Told(spec, wire["changes"], (known or {}).get(str(wire["record"]), ""))


def spec_of(wire: Wire) -> Spec:
    """The model of an entry."""
    app, _, segment = str(wire["model"]).partition("/")
    return routes()[app, segment]


def ask(wires: Iterable[Wire], gathering: Gathering) -> None:
    """Say which names entries need."""
    for wire in wires:
        lines.ask(told_by(wire), gathering)
        gathering.name(spec_of(wire), [wire["record"]])


def entries_of(wires: Sequence[Wire], gathering: Gathering, known: Mapping[str, str] | None = None) -> list[Entry]:
    """Entries as they are shown, once everything has been gathered."""
    found, before = [], ""
    for wire in wires:
        found.append(_entry(wire, gathering, known, leads=wire["event"] != before))
        before = wire["event"]
    return found


def _entry(wire: Wire, gathering: Gathering, known: Mapping[str, str] | None, *, leads: bool) -> Entry:
    spec, portal, action = spec_of(wire), gathering.viewer.portal, str(wire["action"])
    told = told_by(wire, known)
    title, url = named(wire, gathering)
    return Entry(
        event=str(wire["event"]),
        event_url=f"/{portal}/history/{wire['event']}/",
        action=action,
        did=ACTIONS.get(action) or words.label_of(action).lower(),
        icon=MARKS.get(action, "edit"),
        when=noted_cell(str(wire["date_time"])),
        ago=zone.ago(str(wire["date_time"])),
        who=who(wire),
        who_url=_who_url(wire, gathering),
        via=VIA.get(str(wire["via"]), ""),
        token=str(wire["token"]),
        client=str(wire["client"]),
        model=words.model_name(spec),
        title=title,
        url=url,
        lines=tuple(lines.lines_of(told, gathering)),
        leads=leads,
    )


def named(wire: Wire, gathering: Gathering) -> tuple[str, str]:
    """What the record of an entry is called, and its address; none if it is gone."""
    spec, pk = spec_of(wire), wire["record"]
    name = gathering.caption(spec, pk)
    return (
        (name, f"{path_of(gathering.viewer.portal, spec)}{pk}/") if name else (title_then(told_by(wire), str(pk)), "")
    )


def who(wire: Wire) -> str:
    """By name; accounts that are gone have none."""
    return str(wire["user_name"]) or ("The server" if wire["via"] in ON_SERVER else "Somebody")


def _who_url(wire: Wire, gathering: Gathering) -> str:
    """Everything that this person did, as far as the viewer may see it."""
    viewer, user = gathering.viewer, wire["user"]
    mine = user == viewer.actor.user_id
    return f"/{viewer.portal}/history/?by={'me' if mine else user}" if user is not None else ""


def title_then(told: Told, record_id: str) -> str:
    """What a record that is gone was called, as far as a change tells."""
    texts = [_text(told.changes.get(name, {})) for name in face_of(told.spec).title]
    return caption(told.spec, texts, record_id)


def _text(change: Mapping[str, object]) -> str | None:
    value = change.get("to") or change.get("from")
    return value if isinstance(value, str) else None


__all__ = ["Entry", "ask", "entries_of", "spec_of", "title_then", "told_by", "who"]
