"""What a page of the past is narrowed to, as its address says: a field, a person, what was done, and days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import QueryError
from brainstem.core.history.asking import KINDS, Asked, asked_of
from brainstem.core.model.registry import Spec, user_spec
from brainstem.core.text.shown import shown

from .. import words, zone
from ..days import span_of
from ..gathering import Gathering
from .entries import Wire, who

ACTION, MODEL = "action", "model"
DAYS = ("since", "until")
DONE: Mapping[str, str] = {"create": "Added", "change": "Changed", "delete": "Deleted", "restore": "Restored"}
_FIRST = {"cursor": "", "page": ""}  # what says how far to read on
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """One way in which a page is narrowed, as a chip; ``without`` is the address without it."""

    label: str
    operator: str
    value: str
    without: str


@dataclass(frozen=True)
class Narrowing:
    """What an address asks for.

    Attributes
    ----------
    given : dict
        What stands in the address, as far as it says anything.
    sent : dict
        The same in the words of the API.
    """

    path: str
    given: Mapping[str, str]
    sent: Mapping[str, str]
    asked: Asked

    def address(self, **changed: str) -> str:
        """The address with other values; an empty one takes its name out. It begins with the newest changes."""
        found = {name: value for name, value in ({**self.given, **_FIRST} | changed).items() if value}
        return f"{self.path}?{urlencode(found)}" if found else self.path

    @property
    def here(self) -> str:
        """The address itself, for what leads back to it."""
        return self.address(**{name: self.given.get(name, "") for name in _FIRST})

    @property
    def api_url(self) -> str:
        """The same as a request, where the API has this history; empty for what only pages ask."""
        found = {name: value for name, value in self.sent.items() if name != "cursor"}
        return "" if self.asked.kind else f"/api{self.path}" + (f"?{urlencode(found)}" if found else "")

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for but all of it."""
        return any(name not in (*_FIRST, "limit") for name in self.given)


def narrowing_of(
    given: Mapping[str, str],
    path: str,
    *,
    viewer: Viewer,
    per: int,
    fields: Sequence[str] = (),
    usual: Mapping[str, str] = MappingProxyType({}),
    others: Collection[str] = (),
) -> Narrowing:
    """What the query string of a page asks for; ``usual`` is asked for where it says nothing else.

    ``others`` are names that the caller reads itself.

    Raises
    ------
    QueryError
        Names the parameter and what is valid.
    """
    found = {name: str(value) for name, value in given.items() if value}
    kind = found.get(ACTION, "")
    if kind and kind not in KINDS:
        raise QueryError.at(ACTION, f"Expected one of {', '.join(KINDS)}, got {shown(kind)}.")
    own = {ACTION, *others}
    sent = {name: _moment(name, value) for name, value in {**usual, **found}.items() if name not in own}
    asked = asked_of(urlencode({"limit": str(per)} | sent), actor=viewer.actor, fields=fields)
    return Narrowing(path, found, sent, replace(asked, kind=kind))


def _moment(name: str, value: str) -> str:
    """A day or time in the zone of the reader as the API reads it: the beginning of a day, or its end."""
    if name not in DAYS:
        return value
    try:
        first, last = span_of(value, ZoneInfo(zone.current()))
    except (ValueError, OverflowError):  # The API says what is wrong with it.
        return value
    return (first if name == "since" else last).replace(tzinfo=None).isoformat() + "Z"


# -- the bar above a history -------------------------------------------------------------------------------------------


def bar(
    narrowed: Narrowing,
    *,
    spec: Spec | None = None,
    fields: Iterable[str] = (),
    people: Choices = (),
    models: Choices = (),
    kinds: bool = True,
    own: str = "",
    hides: Collection[str] = (),
) -> dict[str, object]:
    """What the bar shows: chips of what was chosen, and choices without those that it ``hides``.

    ``own`` is the id of the viewer, who is "me" there.
    """
    given = {**narrowed.given}
    if own and given.get("by") == own:
        given["by"] = "me"
    named = [(key, words.field_name(spec, key)) for key in fields] if spec else []
    choices: dict[str, Choices] = {
        "field": sorted(named, key=lambda one: one[1].lower()),
        "by": people,
        MODEL: models,
        ACTION: [*DONE.items()] if kinds else [],
    }
    return {
        "path": narrowed.path,
        "chips": [*_parts(narrowed, given, choices)],
        "clear": narrowed.path,
        "choices": [
            (name, _LABELS[name][0], _ALL[name], some, given.get(name, ""))
            for name, some in choices.items()
            if some and name not in hides
        ],
        "kept": [(name, value) for name, value in narrowed.given.items() if name in _KEPT],
        "days": [(name, _LABELS[name][0], given.get(name, "")[:10]) for name in DAYS],
    }


_LABELS: Mapping[str, tuple[str, str]] = {
    "field": ("Field", "is"),
    "by": ("Person", "is"),
    MODEL: ("Kind of record", "is"),
    ACTION: ("What was done", "is"),
    "since": ("From", "day"),
    "until": ("Until", "day"),
}
_KEPT = ("search",)  # what other controls say
_ALL = {"field": "All fields", "by": "Everyone", MODEL: "All kinds", ACTION: "Everything"}


def _parts(narrowed: Narrowing, given: Mapping[str, str], choices: Mapping[str, Choices]) -> Iterable[Part]:
    for name, (label, operator) in _LABELS.items():
        value = given.get(name)
        if value:
            text = dict(choices.get(name, ())).get(value, value)
            yield Part(label, operator, text, narrowed.address(**{name: ""}))


def people_of(wires: Iterable[Wire], narrowed: Narrowing, gathering: Gathering) -> list[tuple[str, str]]:
    """Whom one can narrow to: oneself, who made what is shown, and who was chosen and has been asked for by name."""
    mine, by = gathering.viewer.actor.user_id, narrowed.asked.by
    found = {str(wire["user"]): who(wire) for wire in wires if wire["user"] not in (None, mine)}
    if by not in (None, mine) and str(by) not in found:
        found[str(by)] = gathering.caption(user_spec(), by) or "A person"
    return [("me", "Me"), *sorted(found.items(), key=lambda one: one[1].lower())]


__all__ = ["DONE", "Narrowing", "Part", "bar", "narrowing_of", "people_of"]
