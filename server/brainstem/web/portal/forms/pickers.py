"""Which records a form offers: the first ones that the person may refer to, narrowed by what was chosen before.

Asks the same as ``options/`` of the API; the chosen records are always named, whether they are offered or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import QueryError
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.choices import code_fields, codes, context_of, contexts, narrowed
from brainstem.core.query.run import Page, fetch_page
from brainstem.core.query.syntax import Filter, Query
from brainstem.core.write.rights import open_places

from ..naming import name_of, query_of, titles_of
from ..words import label_of, models_name
from .leaves import Option
from .relations import Many, One

SHOWN = 200
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Narrow:
    """A select that narrows another one, and is not part of the record."""

    name: str
    options: tuple[Option, ...]
    chosen: str
    of_records: bool = False

    @property
    def label(self) -> str:
        """Its label."""
        return label_of(self.name)


@dataclass(frozen=True)
class Picker:
    """The records offered in one control, and the chosen ones; only those to which one may add, if ``own``."""

    offered: tuple[Option, ...] = ()
    chosen: tuple[Option, ...] = ()
    total: int = 0
    search: str = ""
    by: tuple[str, ...] = ()
    narrows: tuple[Narrow, ...] = ()
    can_narrow: bool = False
    lifted: bool = False
    own: bool = False
    contexts: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether everything is offered, so that nobody needs to search."""
        return self.total <= len(self.offered) and not self.search

    @property
    def is_plain(self) -> bool:
        """Whether it needs neither a search nor a button that narrows it."""
        return self.is_short and not self.can_narrow and bool(self.offered or self.chosen)

    @property
    def narrowed_by(self) -> str:
        """What narrowed it, in words."""
        return ", ".join(label_of(name).lower() for name in self.by)


@dataclass
class Pickers:
    """The pickers of one form.

    ``given`` is what was chosen in it, by name; ``searches`` the words typed to search in a control; ``lifted`` are the
    controls that show all that the person may use.
    """

    spec: Spec
    viewer: Viewer
    base: str
    given: Mapping[str, str]
    searches: Mapping[str, str] = field(default_factory=dict)
    lifted: frozenset[str] = frozenset()
    _people: dict[str, Picker] = field(default_factory=dict)

    def of(self, node: One | Many, chosen: Iterable[str]) -> Picker:
        """The picker of a field of the record."""
        name = node.key
        if name not in self.spec.relations:
            return self.plain(node.target, chosen)
        target = specs()[self.spec.relations[name].target]
        search = self.searches.get(name, "")[:LONGEST_SEARCH].replace("\x00", " ")
        own = name == self.spec.tree.place  # A record can only be put where its writer may write.
        query = replace(query_of(target.label), limit=SHOWN, search=tuple(search.split()[:10]))
        page, by = self.found(name, replace(query, titles=titles_of(target.label), typed=" ".join(search.split())))
        offered = tuple(_option(target, record) for record in page.records)
        narrows = tuple(self._narrow(name, one) for one in self.narrowing(name))
        chosen_ones = self._named(target, offered, chosen)
        known = tuple(contexts(self.spec, name))
        narrowable = bool({*known} & {*self.spec.columns, *self.spec.relations, "type"} or narrows)
        return Picker(
            offered, chosen_ones, page.count, search, by, narrows, narrowable, self.is_lifted(name), own, known
        )

    def found(self, name: str, query: Query) -> tuple[Page, tuple[str, ...]]:
        """The records offered for a field of the record that a query finds, and the names of what narrowed them."""
        target = specs()[self.spec.relations[name].target]
        if name == self.spec.tree.place:
            places = open_places(self.spec)
            query = replace(query, writable=places.writable, level=places.level)
        given = self.given_for(name) if not self.is_lifted(name) else {}
        for by in (given, {}) if given else ({},):
            try:
                asked = narrowed(self.spec, name, query, by, viewer=self.viewer)
                return fetch_page(target, asked, viewer=self.viewer, base=self.base, offered=True), tuple(by)
            except QueryError:
                continue  # What was chosen is not valid; its own control says so.
        return Page([], 0), ()

    def given_for(self, name: str) -> dict[str, str]:
        """What was chosen that narrows a field."""
        return {one: self.given[one] for one in contexts(self.spec, name) if self.given.get(one)}

    def is_lifted(self, name: str) -> bool:
        """Whether something would narrow a field, and the person wants to see all the same."""
        return name in self.lifted and bool(self.given_for(name))

    def narrowed_in_words(self, name: str) -> str:
        """What narrows a field, in words: "Only consumable stocks of this inventory, for this type"."""
        given = self.given_for(name)
        if not given:
            return ""
        records = models_name(specs()[self.spec.relations[name].target])
        words = f"Only {records[:1].lower()}{records[1:]}"
        if places := " and ".join(f"this {label_of(one).lower()}" for one in given if one != "type"):
            words += f" of {places}"
        return f"{words} for this type" if "type" in given else words

    def plain(self, label: str, chosen: Iterable[str]) -> Picker:
        """The picker of records of a model in a table, such as people; asked once for all rows."""
        wanted = [one for one in chosen if one]
        if label not in self._people:
            found = self._page(specs()[label], replace(query_of(label), limit=SHOWN))
            self._people[label] = Picker(found[0], (), found[1])
        kept = self._people[label]
        known = {option.text for option in (*kept.offered, *kept.chosen)}
        if set(wanted) - known:
            more = self._named(specs()[label], kept.offered, wanted)
            kept = self._people[label] = replace(kept, chosen=(*kept.chosen, *more))
        return replace(kept, chosen=tuple(one for one in (*kept.offered, *kept.chosen) if one.text in wanted))

    def narrowing(self, name: str) -> list[str]:
        """Names of the selects beside a control that narrow it."""
        extra = (*self.spec.resource.form_keys, *self.spec.computed)
        return [
            one
            for one in contexts(self.spec, name)
            if one in extra and one not in self.spec.columns and context_of(self.spec, name, one) is not None
        ]

    def codes(self, name: str) -> set[str]:
        """The codes that fit what was chosen, for a type or coordinate system."""
        if name not in code_fields(self.spec):
            return set()
        given = {one: value for one, value in self.given.items() if one != name}
        try:
            return {one.value for one in codes(self.spec, name, Query(), given)}
        except QueryError:
            return set()

    def _page(self, target: Spec, query: Query) -> tuple[tuple[Option, ...], int]:
        page = fetch_page(target, query, viewer=self.viewer, base=self.base, offered=True)
        return tuple(_option(target, record) for record in page.records), page.count

    def _named(self, target: Spec, offered: tuple[Option, ...], chosen: Iterable[str]) -> tuple[Option, ...]:
        """The chosen records in their order; one that cannot be read is shown as its id."""
        wanted = [one for one in dict.fromkeys(chosen) if one]
        known = {option.text: option for option in offered}
        missing = [one for one in wanted if one not in known and _is_id(target, one)]
        if missing:
            among = Filter(("id", "in"), False, ",".join(missing))
            query = replace(query_of(target.label), filters=(among,), limit=len(missing))
            known |= {option.text: option for option in self._page(target, query)[0]}
        return tuple(known.get(one, Option(one, one)) for one in wanted)

    def _narrow(self, field_name: str, name: str) -> Narrow:
        leaf, chosen = context_of(self.spec, field_name, name), self.given.get(name, "")
        if leaf is not None and leaf.relation is not None:
            target = specs()[leaf.relation.target]
            options, _ = self._page(target, replace(query_of(target.label), limit=SHOWN))
            return Narrow(name, options, chosen, of_records=True)
        pairs: Any = (leaf.column.field.choices if leaf is not None and leaf.column is not None else None) or ()
        return Narrow(name, tuple(Option(str(value), str(label)) for value, label in pairs), chosen)


def _option(target: Spec, record: str) -> Option:
    found = json.loads(record)
    return Option(str(found["id"]), name_of(target.label, found))


def _is_id(target: Spec, text: str) -> bool:
    return "," not in text and target.is_id(text)
