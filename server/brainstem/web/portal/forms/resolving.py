"""Names that were pasted -> records: all at once, by their whole names in any case, or by their ids."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace

from brainstem.core.query.syntax import Filter

from ..faces import face_of
from ..naming import SEPARATOR, name_of, title_of
from ..words import choices_of
from .offers import Offer, Pick, offer

MOST = 500  # names at once
MOST_FOUND = 2000  # records that may have these names
_APART = re.compile(r"[\n\t;]+")


@dataclass(frozen=True)
class Several:
    """A name that more than one record has."""

    name: str
    offers: tuple[Offer, ...]


@dataclass
class Resolved:
    """What became of each name; ``left`` are those beyond the first 500, which were not looked up."""

    found: list[Offer] = field(default_factory=list)
    several: list[Several] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    narrowed: str = ""
    most: int = MOST


def names_in(text: str) -> list[str]:
    """The names in a text, between line breaks, tabs and semicolons, each once."""
    found: dict[str, str] = {}
    for part in _APART.split(text.replace("\r", "\n")):
        if name := " ".join(part.replace("\x00", " ").split()):
            found.setdefault(name.casefold(), name)
    return list(found.values())


def resolved(pick: Pick, text: str) -> Resolved:
    """The records with these names among those that the control offers; two statements at most."""
    names = names_in(text)
    made = Resolved(left=names[MOST:])
    known, by = _known(pick, names[:MOST])
    for name in names[:MOST]:
        offers = list(known.get(name.casefold(), {}).values())
        if not offers:
            made.missing.append(name)
        elif len(offers) > 1:
            made.several.append(Several(name, tuple(offers)))
        else:
            made.found.append(offers[0])
    made.found = list({one.id: one for one in made.found}.values())
    if by and made.missing:
        made.narrowed = pick.pickers.narrowed_in_words(pick.name)
    return made


def _known(pick: Pick, names: list[str]) -> tuple[dict[str, dict[str, Offer]], bool]:
    """Every text that a record may be called by, in small letters -> the records."""
    query = replace(pick.query, called=tuple(_pieces(pick, names)), limit=MOST_FOUND)
    page, by = pick.page(query)
    records = list(page.records)
    people = pick.target.tree.is_people
    if people and (emails := [name for name in names if "@" in name and "," not in name]):
        among = Filter(("email", "in"), False, ",".join(one.lower() for one in emails))
        records += pick.page(replace(pick.query, filters=(among,), limit=MOST_FOUND))[0].records
    known: dict[str, dict[str, Offer]] = defaultdict(dict)
    for record in records:
        one = offer(pick, record)
        for text in _texts(pick, record):
            known[text.casefold()][one.id] = one
    return known, bool(by)


def _pieces(pick: Pick, names: list[str]) -> dict[str, None]:
    """The names, and the parts of those that are made of several."""
    pieces = dict.fromkeys(names)
    for name in names:
        for separator in (SEPARATOR, ", ", *([" "] if pick.target.tree.is_people else [])):
            pieces |= dict.fromkeys(part.strip() for part in name.split(separator))
    return pieces


def _texts(pick: Pick, record: str) -> list[str]:
    """What a record may be called: its name, its name as a control says it, a part that names it alone, its id."""
    read, label = json.loads(record), pick.target.label
    texts = [str(read["id"]), title_of(label, read), name_of(label, read)]
    if pick.target.tree.is_people:
        texts.append(str(read.get("email") or ""))
        return texts
    for name in face_of(pick.target).title:
        if not choices_of(pick.target, name):
            value: object = read
            for key in name.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            texts.append(str(value or ""))
    return [" ".join(text.split()) for text in texts if text]


__all__ = ["MOST", "Resolved", "Several", "names_in", "resolved"]
