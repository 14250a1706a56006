"""Writes as lines of a history: who did what to how many records; of a single record also what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brainstem.core.access.viewer import Viewer
from brainstem.core.history.grouped import Group, Part
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, routes
from brainstem.web import formats

from .. import words
from ..gathering import Gathering
from ..where import path_of
from .entries import ACTIONS, MARKS, Entry, Wire, ask, entries_of, named, spec_of

MOST_PARTS = 4  # models that a line names
_KINDS = ("create", "delete", "restore")


@dataclass(frozen=True)
class Write:
    """One write.

    Attributes
    ----------
    first : Entry
        Its first entry, which says who made it, when and through what.
    did : str
        What it did in numbers: "changed 12 subjects".
    named : tuple of (str, str)
        Names and addresses of the first records, if there are several.
    more : int
        How many others there are.
    revert_url : str
        Where the state after it is restored, if it changed one record that is still there and can be changed.
    """

    first: Entry
    did: str
    icon: str
    named: tuple[tuple[str, str], ...]
    more: int
    revert_url: str

    @property
    def is_single(self) -> bool:
        """Whether it made one change of one record."""
        return not self.named


def ask_for(groups: Iterable[Group], gathering: Gathering) -> None:
    """Say which names lines of several writes need."""
    for group in groups:
        if group.count == 1:
            ask(group.entries, gathering)
        for wire in group.entries:
            gathering.name(spec_of(wire), [wire["record"]])


def writes_of(groups: Sequence[Group], gathering: Gathering, types: Mapping[str, str]) -> list[Write]:
    """The lines, once everything has been gathered."""
    return [_write(group, gathering, types) for group in groups]


def single_ones(groups: Iterable[Group]) -> list[Wire]:
    """The entries of which the values are shown."""
    return [group.entries[0] for group in groups if group.count == 1]


def _write(group: Group, gathering: Gathering, types: Mapping[str, str]) -> Write:
    kinds = {part.kind for part in group.parts}
    single, wire = group.count == 1, group.entries[0]
    first = entries_of([wire if single else {**wire, "changes": {}}], gathering, types)[0]
    return Write(
        first=first,
        did=summary(group.parts),
        icon=MARKS.get(next(iter(kinds)), "edit") if len(kinds) == 1 else "edit",
        named=() if single else tuple(named(one, gathering) for one in group.entries),
        more=0 if single else group.count - len(group.entries),
        revert_url=_revert_url(wire, first, gathering.viewer) if single else "",
    )


def _revert_url(wire: Wire, entry: Entry, viewer: Viewer) -> str:
    spec = spec_of(wire)
    if not entry.url or entry.action == "delete" or "change" not in spec.resource.verbs:
        return ""
    return f"{path_of(viewer.portal, spec)}{wire['record']}/history/revert/"


# -- in words ----------------------------------------------------------------------------------------------------------


def summary(parts: Sequence[Part]) -> str:
    """What a write did in a few words: "added 40 subjects and changed 2 cohorts"."""
    shown, rest = parts[:MOST_PARTS], sum(part.count for part in parts[MOST_PARTS:])
    found: dict[str, list[str]] = {}
    for (kind, model), count in _together(shown).items():
        found.setdefault(kind, []).append(counted(model, count))
    if rest:
        texts = [f"{kind} {', '.join(some)}" for kind, some in found.items()]
        return f"{', '.join(texts)} and {formats.count(rest)} more record{'' if rest == 1 else 's'}"
    return _listed([f"{kind} {_listed(some)}" for kind, some in found.items()])


def _together(parts: Iterable[Part]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for part in parts:
        key = (verb_of(part.kind), part.model)
        found[key] = found.get(key, 0) + part.count
    return found


def verb_of(kind: str) -> str:
    """What was done, as a past tense."""
    return ACTIONS[kind] if kind in _KINDS else "changed"


def counted(model: str, number: int) -> str:
    """A number of records of a model, by its path: "12 subjects"."""
    app, _, segment = model.partition("/")
    return words.counted(routes()[app, segment], number)


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


# -- types -------------------------------------------------------------------------------------------------------------


def types_of(wires: Iterable[Wire]) -> dict[str, str]:
    """Types of the records of entries that do not tell them themselves; one statement for each model with types."""
    ids: dict[Spec, set[RecordId]] = {}
    for wire in wires:
        spec = spec_of(wire)
        if words.type_group(spec) and "type" not in wire["changes"]:
            ids.setdefault(spec, set()).add(wire["record"])
    return {
        str(pk): str(name)
        for spec, wanted in ids.items()
        for pk, name in spec.model._default_manager.filter(pk__in=wanted).values_list("pk", "type")
    }


__all__ = ["Write", "ask_for", "counted", "single_ones", "summary", "types_of", "verb_of", "writes_of"]
