"""Tables of roles on the pages of people and groups: who is in a group, what it has, what one shares with somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, attribute_roots, group_spec, project_spec, user_spec
from brainstem.core.query.beside import Matches
from brainstem.core.query.beside_roles import GivenToGroup, GroupsWith, Members, SharedWith
from brainstem.web import formats

from .. import words
from ..cells import Cell, Chip, chips_cell, text_cell
from ..computed import level_cell
from ..fields import Group, Line
from ..gathering import Gathering
from ..navigation import sections
from ..where import Where, path_of

MOST = 200
NAME, KIND, LEVEL = "Name", "Kind", "Level"
Record = Mapping[str, object]


@dataclass(frozen=True)
class Holding:
    """A level on a record, or of a person in a group."""

    spec: Spec
    id: str
    name: str
    level: int
    is_off: bool = False


def group_parts(where: Where, pk: RecordId, _: Record) -> list[Group]:
    """The members of a group, and what it has a role on; one statement."""
    if not where.writes:
        return []
    gathering = Gathering(where.viewer)
    gathering.ask("members", Members(group_spec(), (pk,)))
    for root in _roots():
        gathering.ask(root.label, GivenToGroup(group_spec(), (pk,), root=root))
    gathering.run()
    members = [
        Holding(user_spec(), key, name or "", int(level or 0), bool(off))
        for key, (level, name, off) in gathering.told("members").items()
    ]
    has = [one for root in _roots() for one in _held(root, gathering)]
    found = [_table("Members", members, where.portal, kinds=False)] if members else []
    return [*found, *([_table("What the group has", has, where.portal)] if has else [])]


def person_parts(where: Where, pk: RecordId, _: Record) -> list[Group]:
    """Groups, projects and attributes that one shares with a person, and what they have added; one statement."""
    if not where.writes:
        return []
    gathering, is_me = Gathering(where.viewer), pk == where.viewer.actor.user_id
    gathering.ask("groups", GroupsWith(user_spec(), (pk,)))
    for root in _roots():
        gathering.ask(root.label, SharedWith(user_spec(), (pk,), root=root))
    added = _added(where)
    for spec in added:
        gathering.ask(("added", spec.label), Matches(spec, ("created_by",), str(pk)))
    gathering.run()
    groups = _held(group_spec(), gathering, key="groups")
    shared = [one for root in _roots() for one in _held(root, gathering)]
    titles = ("Your groups", "Your projects and attributes") if is_me else ("Groups", "Projects and attributes")
    if not is_me and not where.viewer.is_super:
        titles = ("Groups that you share", "Projects and attributes that you share")
    found = [_table(titles[0], groups, where.portal, kinds=False)] if groups else []
    found += [_table(titles[1], shared, where.portal)] if shared else []
    lines = tuple(_number(where, spec, pk, gathering) for spec in added)
    lines = tuple(line for line in lines if not line.cell.is_empty)
    return [*found, *([Group("Records that you see" if not is_me else "Your records", lines)] if lines else [])]


def _roots() -> tuple[Spec, ...]:
    return (project_spec(), *attribute_roots())


def _added(where: Where) -> list[Spec]:
    """Models of which one looks for what somebody has added: the projects, and what is in them or in attributes."""
    items = [item for section in sections(where.portal) for item in section.items]
    specs = [one.spec for item in items for one in (item, *item.below)]
    return [spec for spec in specs if "created_by" in spec.relations and not spec.tree.for_everyone]


def _held(spec: Spec, gathering: Gathering, *, key: str = "") -> list[Holding]:
    return [
        Holding(spec, pk, name or "", int(level or 0))
        for pk, (level, name, _) in gathering.told(key or spec.label).items()
    ]


def _table(title: str, found: Iterable[Holding], portal: str, *, kinds: bool = True) -> Group:
    # By kind in the order in which they were asked for: projects first.
    places = {spec.label: place for place, spec in enumerate(_roots())}
    ordered = sorted(found, key=lambda one: (places.get(one.spec.label, 0), -one.level, one.name.casefold(), one.id))
    rows = tuple(_row(one, portal, kinds=kinds) for one in ordered[:MOST])
    note = f"{len(ordered)}" if len(ordered) <= MOST else f"the first {MOST} of {len(ordered)}"
    head = (NAME, LEVEL, KIND) if kinds else (NAME, LEVEL)
    return Group(title, cell=Cell("table", head=head, rows=rows), note=note)


def _row(one: Holding, portal: str, *, kinds: bool) -> tuple[Cell, ...]:
    name = chips_cell([Chip(one.name, f"{path_of(portal, one.spec)}{one.id}/")])
    kind = (text_cell(words.sentence(words.model_name(one.spec))),) if kinds else ()
    level = (
        Cell("text", f"{level_cell(str(one.level)).text}, deactivated") if one.is_off else level_cell(str(one.level))
    )
    return (name, level, *kind)


def _number(where: Where, spec: Spec, pk: RecordId, gathering: Gathering) -> Line:
    told = gathering.told(("added", spec.label)).get("n")
    number = int(told[0] or 0) if told else 0
    url = f"{path_of(where.portal, spec)}?created_by={pk}"
    cell = Cell("link", formats.count(number), url=url) if number else Cell("none")
    return Line(spec.segment, words.models_name(spec), cell)


__all__ = ["group_parts", "person_parts"]
