"""The tabs of a record: lists of what refers to it, each with its number, its own address and its own *Add*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from brainstem.core.model.registry import Relation, Spec, specs
from brainstem.core.query.beside import Matches
from brainstem.core.query.syntax import Filter, Query, Sort

from . import words
from .asking import PER, sorts_of
from .columns import Column, Values, column_of
from .faces import face_of
from .gathering import Gathering
from .rows import fetch
from .where import Where, can_add, offered, path_of

# Lists that no single relation leads to, but a condition of the other model: model -> name -> (model, condition).
THROUGH: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "stem.Subject": {"sessions": ("stem.Session", "subjects")},
    "stem.Session": {"subjects": ("stem.Subject", "sessions")},
}


@dataclass(frozen=True)
class Tab:
    """A list of related records; ``condition`` is what the list of their model is narrowed by."""

    name: str
    label: str
    target: Spec
    condition: str
    relation: Relation | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Under which its number is gathered."""
        return ("tab", self.name)

    @property
    def holds_logs(self) -> bool:
        """Whether its records are logs, to which entries are added."""
        return "add_entry" in self.target.resource.actions


@dataclass(frozen=True)
class Shown:
    """A tab as it is drawn."""

    tab: Tab
    url: str
    number: int
    current: bool


@dataclass(frozen=True)
class Listed:
    """The records of an open tab."""

    tab: Tab
    columns: tuple[Column, ...]
    records: list[Values]
    count: int
    page: int
    query: Query


def tabs_of(spec: Spec, portal: str) -> list[Tab]:
    """The tabs of the records of a model."""
    found = [_of_relation(spec, name) for name in face_of(spec).tabs or ()]
    for name, (label, condition) in THROUGH.get(spec.label, {}).items():
        found.insert(1, Tab(name, words.models_name(specs()[label]), specs()[label], condition))
    return [tab for tab in found if offered(tab.target, portal)]


def others_of(spec: Spec, portal: str) -> list[Tab]:
    """What else may refer to a record; named at its side."""
    tabs = {tab.name for tab in tabs_of(spec, portal)}
    found = [
        _of_relation(spec, name)
        for name, one in spec.relations.items()
        if one.many and not one.owned and name not in tabs and one.kind in ("reverse", "link")
    ]
    return [tab for tab in found if offered(tab.target, portal) and not _is_about_people(tab.target)]


def _is_about_people(target: Spec) -> bool:
    return target.tree.keeps_proposals or target.tree.offer is not None or target.tree.is_people


def _of_relation(spec: Spec, name: str) -> Tab:
    relation = spec.relations[name]
    target = specs()[relation.target]
    return Tab(name, words.field_name(spec, name), target, relation.reverse_name, relation)


def tab_named(spec: Spec, name: str, portal: str) -> Tab | None:
    """The tab of a name, of those drawn and of those at the side."""
    return next((tab for tab in (*tabs_of(spec, portal), *others_of(spec, portal)) if tab.name == name), None)


def ask(tabs: list[Tab], record_id: object, gathering: Gathering) -> None:
    """Say that their numbers are needed."""
    for tab in tabs:
        if tab.relation is not None:
            gathering.count(tab.relation, [record_id])
        else:
            gathering.ask(tab.key, Matches(tab.target, tuple(tab.condition.split(".")), str(record_id)))


def number_of(tab: Tab, record_id: object, gathering: Gathering) -> int:
    """How many records a tab has."""
    if tab.relation is not None:
        return gathering.number(tab.relation, record_id)
    found = gathering.told(tab.key).get("n")
    return int(found[0] or 0) if found else 0


def listed(tab: Tab, record_id: object, where: Where, *, page: int) -> Listed:
    """The records of a tab; one statement."""
    columns = [column_of(tab.target, name, where.viewer.view) for name in face_of(tab.target).columns]
    shown = tuple(one for one in columns if one is not None and one.key != tab.condition)
    query = Query(limit=PER, offset=(page - 1) * PER, sorts=_order(tab, where))
    if tab.relation is not None:
        records, count = fetch(tab.target, query, shown, viewer=where.viewer, within=tab.relation, parent_id=record_id)
    else:
        query = replace(query, filters=(Filter(tuple(tab.condition.split(".")), False, str(record_id)),))
        records, count = fetch(tab.target, query, shown, viewer=where.viewer)
    return Listed(tab, shown, records, count, page, query)


def _order(tab: Tab, where: Where) -> tuple[Sort, ...]:
    name = "order" if "order" in tab.target.columns else face_of(tab.target).sort
    return tuple(sorts_of(tab.target, where.viewer, name))


def list_url(tab: Tab, record_id: object, portal: str) -> str:
    """The list of the model, narrowed to what refers to this record."""
    return f"{path_of(portal, tab.target)}?{urlencode({tab.condition: str(record_id)})}" if tab.condition else ""


def add_url(tab: Tab, record_id: object, where: Where, *, may_change: bool) -> str:
    """The form of a new record that refers to this one; empty where the viewer may not add any here."""
    target = tab.target
    if not where.writes or not tab.condition or not can_add(target, where.viewer) or not target.writable(tab.condition):
        return ""
    here = target.tree.place == tab.condition or where.spec.in_project_tree
    if here and not may_change:
        return ""
    return f"{path_of(where.portal, target)}add/?{urlencode({tab.condition: str(record_id)})}"


__all__ = [
    "Listed",
    "Shown",
    "Tab",
    "add_url",
    "ask",
    "list_url",
    "listed",
    "number_of",
    "others_of",
    "tab_named",
    "tabs_of",
]
