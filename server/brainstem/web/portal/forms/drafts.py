"""Drafts of forms: what somebody typed and did not save.

The script of a form keeps them over the API, each opened page under a name of its own, so that two tabs cannot
overwrite each other. A page that continues a draft takes its place: once its own is kept, or the form is saved, the
other one is deleted, unless it was written again meanwhile. Nobody but the person themselves is ever shown a draft.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from brainstem.apps.users import drafts
from brainstem.apps.users.draft_models import Draft
from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.model.registry import routes
from brainstem.web import formats

from ..words import model_name
from .doors import Door
from .merging import Base
from .sent import Sent, tree_of

KEY = "form"
DRAFT, DISCARD = "_draft", "_discard"
LOST = "_lost"  # names of files that were chosen, which no draft keeps
OFFERED = 10  # drafts of one form
LISTED = 6  # drafts of all forms
MOST_MARKS = 10
# What is no content of a form.
_LEFT_OUT = frozenset({DRAFT, DISCARD, "_do", "csrfmiddlewaretoken"})
_NAME = re.compile(r"[0-9a-z]{1,40}")


@dataclass(frozen=True)
class Kept:
    """A draft: its name among those of its form, what it holds, and when that was written."""

    name: str
    version: str
    at: dt.datetime
    title: str
    pairs: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    moved: bool = False  # whether the record has changed since

    @property
    def mark(self) -> str:
        """What a form carries of it: enough to delete it, if it is still the same."""
        return f"{self.name} {self.version}"

    @property
    def when(self) -> str:
        """``at 14:02``, or ``on 2026-11-28 at 14:02``."""
        return when(self.at)

    @property
    def about(self) -> str:
        """The name that was typed, to tell several drafts of new records apart."""
        return next((text for name, text in self.pairs if name == "name" and text.strip()), "")[:80]

    @property
    def sent(self) -> Sent:
        """The controls, as the form would have sent them."""
        texts: dict[str, list[str]] = {}
        for name, text in self.pairs:
            texts.setdefault(name, []).append(text)
        lost = ((f"{LOST}.{name}", [text]) for name, text in self.files)
        return tree_of([*texts.items(), *lost, (DRAFT, [self.mark])])


@dataclass(frozen=True)
class Unfinished:
    """A form to go on with, on the start page."""

    title: str
    url: str
    at: dt.datetime

    @property
    def when(self) -> str:
        """When it was written."""
        return when(self.at)


def place_of(door: Door, *, copies: bool) -> str:
    """What the keys of all drafts of a form start with."""
    parts = [KEY, door.portal, door.spec.app, door.spec.segment]
    if door.record_id is not None:
        parts.append(str(door.record_id))
    return ".".join([*parts, "add" if door.record_id is None else "duplicate" if copies else "change"])


def offered(door: Door, place: str, version: str) -> list[Kept]:
    """The drafts of a form, last written first; ``version`` is that of the record as it is. One query."""
    found = [_opened(draft) for draft in drafts.below(_person(door), f"{place}.", most=OFFERED)]
    return [_dated(one, version) for one in found if one is not None]


def found(door: Door, place: str, name: str, version: str) -> Kept | None:
    """The draft of a form with this name, if there is one and it is the person's own; one query."""
    if not _NAME.fullmatch(name):
        return None
    try:
        kept = _opened(drafts.find(_person(door), f"{place}.{name}"))
    except Missing:
        return None
    return _dated(kept, version) if kept is not None else None


def end(door: Door, place: str, marks: Iterable[str]) -> bool:
    """Delete the drafts that a form carries marks of; whether all of them were as it knew them."""
    as_known = True
    for mark in list(dict.fromkeys(marks))[:MOST_MARKS]:
        name, _, version = mark.partition(" ")
        try:
            drafts.delete(_person(door), drafts.parse_key(f"{place}.{name}"), check=_unless_written(version))
        except Conflict:
            as_known = False
        except (Missing, Invalid):
            continue
    return as_known


def unfinished(user_id: int, portal: str) -> list[Unfinished]:
    """The forms that somebody left unfinished in a portal, last written first; one query."""
    listed = []
    for draft in drafts.below(user_id, f"{KEY}.{portal}.", most=LISTED):
        kept, (_, *place, _) = _opened(draft), draft.key.split(".")
        spec = routes().get((place[1], place[2])) if len(place) in (4, 5) else None
        if kept is None or spec is None:
            continue
        title = kept.title or f"Form of a {model_name(spec)}"
        if len(place) == 4 and kept.about:
            title = f"{title}: {kept.about}"
        listed.append(Unfinished(title, f"/{'/'.join(place)}/?{DRAFT}={kept.name}", kept.at))
    return listed


def when(at: dt.datetime) -> str:
    """A moment in the zone of the page: the time, and the day unless it is today."""
    local = timezone.localtime(at)
    time = f"at {formats.clock(local)}"
    return time if local.date() == timezone.localdate() else f"on {formats.day(local)} {time}"


def _person(door: Door) -> int:
    return door.viewer.actor.user_id or 0


def _unless_written(version: str) -> drafts.Check:
    def check(draft: Draft | None) -> None:
        if version and draft is not None and draft.version != version:
            raise Conflict("This draft was written again meanwhile.")

    return check


def _dated(kept: Kept, version: str) -> Kept:
    base = next((text for name, text in kept.pairs if name == "_base"), "")
    moved = bool(base and version) and Base.parsed(base).version != version
    return Kept(kept.name, kept.version, kept.at, kept.title, kept.pairs, kept.files, moved)


def _opened(draft: Draft) -> Kept | None:
    """A draft as a form wrote it; None for anything else that a program may have left under such a key."""
    try:
        body = json.loads(draft.content)
        pairs = tuple((str(name), str(text)) for name, text in body["pairs"] if name not in _LEFT_OUT)
        if len(pairs) > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            return None  # No form could be sent with so many.
        files = tuple((str(name), str(text)) for name, text in dict(body.get("files") or {}).items())
        title = str(body.get("title") or "")[:200]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    name = draft.key.rpartition(".")[2]
    if not _NAME.fullmatch(name):
        return None
    return Kept(name, draft.version, _written(body.get("at"), draft.updated_at), title, pairs, files)


def _written(at: object, stored: dt.datetime) -> dt.datetime:
    """When it was written, which may be long before it could be sent; clocks of browsers may be wrong."""
    if not isinstance(at, int | float) or isinstance(at, bool):
        return stored
    oldest = stored - drafts.KEPT
    try:
        return min(stored, max(oldest, dt.datetime.fromtimestamp(at / 1000, dt.UTC)))
    except (ValueError, OverflowError, OSError):
        return stored


__all__ = [
    "DISCARD",
    "DRAFT",
    "LOST",
    "MOST_MARKS",
    "Kept",
    "Unfinished",
    "end",
    "found",
    "offered",
    "place_of",
    "unfinished",
]
