"""Records as they are offered in a list to choose from: name, a line below it, and what matched.

One statement, as ``options/`` of the API, and one more for each record that narrows them, which must be seen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from brainstem.core.model.registry import Spec
from brainstem.core.query.choices import context_of
from brainstem.core.query.run import Page, fetch_page
from brainstem.core.query.syntax import Filter, Query
from brainstem.web.shell import offered

from ..faces import face_of
from ..naming import context_of as line_of
from ..naming import name_of, named_by, query_of, title_of, titles_of
from ..where import can_add, path_of
from ..words import model_name
from .doors import Door
from .pickers import Pickers

SHOWN = 20
MOST_WORDS = 10


@dataclass(frozen=True)
class Pick:
    """A control in which records are chosen: of which form, under which name, of which model."""

    door: Door
    pickers: Pickers
    name: str
    target: Spec

    @property
    def is_narrowed(self) -> bool:
        """Whether it is a field of the record itself, which what was chosen before can narrow."""
        return self.name in self.door.spec.relations

    @property
    def query(self) -> Query:
        """What has to be read of the records."""
        more = (*face_of(self.target).context, *(f"{path}.id" for path in self.fills.values()))
        return replace(query_of(self.target.label, more), limit=SHOWN, named=named_by(self.target.label))

    @property
    def fills(self) -> dict[str, str]:
        """Names of the selects beside it -> the relation of the records that they choose by."""
        if not self.is_narrowed:
            return {}
        spec = self.door.spec
        found = {one: context_of(spec, self.name, one) for one in self.pickers.narrowing(self.name)}
        return {
            name: leaf.relation.name
            for name, leaf in found.items()
            if leaf is not None and leaf.relation is not None and not leaf.relation.many
        }

    def page(self, query: Query) -> tuple[Page, tuple[str, ...]]:
        """The records that a query finds, and the names of what narrowed them."""
        if self.is_narrowed:
            return self.pickers.found(self.name, query)
        viewer, base = self.door.viewer, self.pickers.base
        return fetch_page(self.target, query, viewer=viewer, base=base, offered=True), ()


@dataclass(frozen=True)
class Offer:
    """A record to choose; ``label`` is what the control says then, ``fills`` what it chooses in others."""

    id: str
    title: str
    label: str
    context: str
    fills: str = ""
    words: tuple[str, ...] = ()

    @property
    def marked(self) -> SafeString:
        """Its name, with what was searched for."""
        return _marked(self.title, self.words)

    @property
    def line(self) -> SafeString:
        """The line below, with what was searched for."""
        return _marked(self.context, self.words)


@dataclass(frozen=True)
class Offers:
    """What a list to choose from shows; ``new_named`` is the field that what was typed becomes the name of."""

    offers: tuple[Offer, ...]
    total: int
    narrowed: str
    is_lifted: bool
    new_url: str
    new_named: str
    new_label: str

    @property
    def more(self) -> int:
        """How many there are beyond those that are shown."""
        return self.total - len(self.offers)


def found(pick: Pick, search: str) -> Offers:
    """The first records that hold these words."""
    search = " ".join(search.replace("\x00", " ").split())
    words = tuple(word for word in re.split(r"[\s,·]+", search) if word)[:MOST_WORDS]
    page, by = pick.page(_searched(pick, words, search))
    shown = tuple(offer(pick, record, words) for record in page.records)
    narrowed = pick.pickers.narrowed_in_words(pick.name) if pick.is_narrowed else ""
    is_lifted = pick.is_narrowed and pick.pickers.is_lifted(pick.name)
    url, named = _new_url(pick), _name_of(pick.target)
    label = f"New {model_name(pick.target)}{f' “{search}”' if search and named else ''}" if url else ""
    return Offers(shown, page.count, narrowed if by or is_lifted else "", is_lifted, url, named, label)


def _searched(pick: Pick, words: tuple[str, ...], search: str) -> Query:
    if pick.target.tree.is_people and "@" in search:
        # Somebody whom one does not know is found by the whole address, as through the API.
        return replace(pick.query, filters=(Filter(("email",), False, search),), sorts=())
    return replace(pick.query, search=words, titles=titles_of(pick.target.label), typed=search)


def offer(pick: Pick, record: str, words: tuple[str, ...] = ()) -> Offer:
    """A record of a page of records."""
    read, label = json.loads(record), pick.target.label
    fills = {name: _id_in(read, relation) for name, relation in pick.fills.items()}
    return Offer(
        str(read["id"]),
        title_of(label, read),
        name_of(label, read),
        line_of(label, read),
        urlencode({name: one for name, one in fills.items() if one}),
        words,
    )


def _id_in(record: dict[str, object], relation: str) -> str:
    value = record.get(relation)
    if isinstance(value, dict):
        value = value.get("id")
    return str(value) if value is not None else ""


def _new_url(pick: Pick) -> str:
    """The form for a record that is not there yet, with what was chosen; empty for those who may add none."""
    target, door = pick.target, pick.door
    if not offered(target, door.portal) or not can_add(target, door.viewer):
        return ""
    pairs = []
    if pick.is_narrowed:
        for name, value in pick.pickers.given_for(pick.name).items():
            leaf = context_of(door.spec, pick.name, name)
            if leaf is not None and leaf.relation is not None and target.writable(leaf.relation.name):
                pairs.append((leaf.relation.name, value))
    return f"{path_of(door.portal, target)}add/?{urlencode(pairs)}"


def _name_of(target: Spec) -> str:
    """The column that holds the name of a record, if its name is one column."""
    title = face_of(target).title
    return title[0] if len(title) == 1 and title[0] in target.columns and target.writable(title[0]) else ""


def _marked(text: str, words: tuple[str, ...]) -> SafeString:
    """A text with the words in it marked; escaped piece by piece."""
    if not words or not text:
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    made, at = "", 0
    for match in pattern.finditer(text):
        made += f"{escape(text[at : match.start()])}<mark>{escape(match[0])}</mark>"
        at = match.end()
    return mark_safe(made + escape(text[at:]))  # noqa: S308 - escaped above


__all__ = ["Offer", "Offers", "Pick", "found", "offer"]
