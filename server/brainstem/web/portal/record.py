"""The page of a record: what it is, what it says, what refers to it, and who wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing, QueryError
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, specs, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.query.beside import OpenProposals, Rights
from brainstem.core.query.beside_roles import Levels
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.text.numbers import whole_of
from brainstem.core.write.proposals import approvals_of
from brainstem.web import formats

from . import fields, pins, recents, tabs, words
from .asking import PER
from .cells import NONE, Cell, Chip, column_cell
from .chips import Link
from .columns import column_of
from .deleted import gone
from .faces import face_of
from .fields import Line, Record
from .forms.alone import Unit, units_of
from .fragments import FRAGMENT, is_fragment
from .gathering import Gathering
from .history.recent import recent
from .people.joining import is_joined
from .rows import ask as ask_rows
from .rows import lines_of, named_elsewhere, place_class, rows_of, title_of
from .where import Where, can_add, page, path_of

LEVELS = (("is_owner", "Owner"), ("is_manager", "Manager"), ("can_change", "Contributor"))
MOST_PEOPLE = 20


@dataclass(frozen=True)
class May:
    """What the viewer may do with a record."""

    change: bool = False
    propose: bool = False
    delete: bool = False
    explain: bool = False
    manage: bool = False
    history: bool = False
    publish: bool = False
    join: bool = False
    leave: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody with a role on a record."""

    name: str
    role: str
    url: str = ""


@page
def record(where: Where, record_id: str, tab: str = "") -> HttpResponse:
    """A record, with its fields or with the list of one of its tabs."""
    pk = where.parse_id(where_me(where, record_id))
    try:
        found = fetched(where.spec, pk, where.viewer, base=where.base)
    except Missing:
        if (deleted := gone(where, pk)) is None:
            raise
        return deleted
    open_tab = tabs.tab_named(where.spec, tab, where.portal) if tab else None
    if tab and open_tab is None:
        raise Missing
    all_tabs, others = tabs.tabs_of(where.spec, where.portal), tabs.others_of(where.spec, where.portal)
    gathering = Gathering(where.viewer)
    _ask(where, pk, found, [*all_tabs, *others], gathering)
    listed = tabs.listed(open_tab, pk, where, page=_page(where)) if open_tab else None
    if listed:
        ask_rows(listed.records, listed.tab.target, listed.columns, gathering)
    pins.ask(where.request, gathering)
    gathering.run()
    pins.told(where.request, gathering)
    if not is_fragment(where.request):  # of a page that is open already, or of a list
        recents.note(where, pk)
    rights = _rights(where, pk, gathering)
    units = _units(where, found) if rights.change and not rights.propose else {}
    context = _head(where, pk, found, gathering) | _side(where, pk, found, gathering)
    context |= {
        "where": where,
        "rights": rights,
        "can_duplicate": rights.change and can_add(where.spec, where.viewer),
        "tabs": _tabs(where, pk, all_tabs, tab, gathering),
        "named_by": _named_by(where, pk, others, gathering),
        "groups": [] if listed else [*fields.groups_of(where.spec, found, gathering, units), *_more(where, pk, found)],
        "title_units": [] if listed else _title_units(where, units),
        "tags_unit": units.get("tags"),
        "tab_unit": units.get(tab),
        "projects_unit": units.get(where.spec.tree.lists or ""),
        "frame": "portal/fragment.html" if is_fragment(where.request) else "portal/base.html",
        "wide": fields.WIDE,
        "listed": _listed(where, pk, listed, rights, gathering) if listed else None,
        "recent": recent(where, pk, viewer=gathering.knowing()) if rights.history and not listed else [],
        "tab": tab,
        "proposals": _proposals(where, gathering),
        "pin": _pin(where, pk),
    }
    response = render(where.request, "portal/record.html", context)
    patch_vary_headers(response, [FRAGMENT])
    return response


def _title_units(where: Where, units: dict[str, Unit]) -> list[Unit]:
    """What the name of the record is made of; a type stands among its fields."""
    return [units[name] for name in face_of(where.spec).title if name in units and name != "type"]


def _units(where: Where, found: Record) -> dict[str, Unit]:
    """What may be changed on the page itself."""
    return units_of(where.spec, found, portal=where.portal)


def _pin(where: Where, pk: RecordId) -> dict[str, object] | None:
    """What the form sends that pins the record, and whether it is pinned."""
    if where.portal != pins.PORTAL:
        return None
    one = pins.Pin(where.spec.label, pins.RECORD, str(pk))
    return {"pin": one, "on": one in pins.pins_of(where.request.user)}


def where_me(where: Where, record_id: str) -> str:
    """``me`` is the viewer's own account."""
    mine = where.viewer.actor.user_id
    return str(mine) if record_id == "me" and where.spec.tree.is_people and mine is not None else record_id


def fetched(spec: Spec, pk: RecordId, viewer: Viewer, *, base: str) -> Record:
    """The record, without the ids of what refers to it; one statement.

    Raises
    ------
    Missing
        If the viewer does not see it.
    """
    keys = set(fields.shown_keys(spec))
    query = Query(excludes=tuple((key,) for key in spec.keys if key not in keys))
    shown = fetch_record(spec, pk, query, viewer=viewer, base=base)
    if shown is None:
        raise Missing
    found: Record = json.loads(shown.text)
    return found


def _page(where: Where) -> int:
    text = where.request.GET.get("page", "1")
    number = whole_of(text, below=2**31)
    if number is None or number < 1:
        raise QueryError.at("page", "Expected a whole number of 1 or more.")
    return number


def _ask(where: Where, pk: RecordId, found: Record, all_tabs: list[tabs.Tab], gathering: Gathering) -> None:
    spec = where.spec
    fields.ask(spec, found, gathering)
    tabs.ask(all_tabs, pk, gathering)
    if named_elsewhere(spec):
        gathering.name(spec, [pk])
    for name in face_of(spec).facts:
        if (column := column_of(spec, name, where.viewer.view)) is not None:
            column.ask([found], gathering)
    if where.writes and (approvals := approvals_of(spec)) is not None:
        gathering.ask("proposals", OpenProposals(approvals, (pk,)))
    if where.writes and is_joined(spec):
        gathering.ask("level", Levels(spec, (pk,)))
    if where.writes:
        gathering.ask("change", Rights(spec, (pk,), level=spec.tree.change_level))
        if spec.tree.keeps_members:  # whose managers may change who is in it, and read its history
            gathering.ask("history", Rights(spec, (pk,)))
        gathering.ask("delete", Rights(spec, (pk,), level=spec.tree.delete_level))
        gathering.ask("explain", Rights(spec, (pk,), level=spec.tree.ask_level or Role.MEMBER))


def _rights(where: Where, pk: RecordId, gathering: Gathering) -> May:
    if not where.writes:
        return May()
    spec, verbs = where.spec, where.spec.resource.verbs
    held = {name: str(pk) in gathering.told(name) for name in ("change", "delete", "explain")}
    proposes = approvals_of(spec) is not None and not held["change"]
    is_member = bool(gathering.told("level").get(str(pk), (None,))[0])
    return May(
        change="change" in verbs and (held["change"] or proposes),
        propose=proposes and "change" in verbs,
        delete="delete" in verbs and held["delete"],
        history=held["change"] or str(pk) in gathering.told("history"),
        publish=spec.tree.is_project and held["delete"],  # both are for owners
        explain=spec.tree.ask_level is None or held["explain"] or where.viewer.is_super,
        manage=spec.tree.holds_roles and held["explain"],
        join=where.portal == "private" and is_joined(spec) and not is_member,
        leave=where.portal == "private" and is_joined(spec) and is_member,
    )


def _proposals(where: Where, gathering: Gathering) -> list[str]:
    """Where the open proposals to change this entry are reviewed: those of the viewer, for administrators all."""
    approvals = approvals_of(where.spec)
    if approvals is None:
        return []
    return [f"{path_of(where.portal, approvals)}{pk}/review/" for pk in sorted(gathering.told("proposals"))]


def _more(where: Where, pk: RecordId, found: Record) -> list[fields.Group]:
    """What only records of its model show."""
    more = face_of(where.spec).more
    return more(where, pk, found) if more else []


# -- head --------------------------------------------------------------------------------------------------------------


def _head(where: Where, pk: RecordId, found: Record, gathering: Gathering) -> dict[str, object]:
    spec = where.spec
    title = title_of(spec, found, gathering)
    facts = []
    for name in face_of(spec).facts:
        column = column_of(spec, name, where.viewer.view)
        cell = column.cell(found, gathering) if column is not None else None
        if (
            column is not None
            and cell is not None
            and not cell.is_empty
            and not (cell.kind == "count" and cell.text == "0")
        ):
            facts.append(Line(name, column.label, cell))
    return {
        "face": face_of(spec),
        "title": title,
        "model": words.sentence(words.model_name(spec)),
        "models": words.models_name(spec),
        "badges": badges_of(where, found),
        "facts": facts,
        "url": where.record_path(pk),
        "api_url": f"/api{where.record_path(pk)}",
    }


def badges_of(where: Where, found: Record) -> list[Cell]:
    """What a record is, in words with a mark: public, its status, deceased."""
    spec, badges = where.spec, []
    if isinstance(found.get("is_public"), bool) and where.portal != "public":
        public = bool(found["is_public"])
        badges.append(
            Cell(
                "status",
                "Public" if public else "Private",
                icon="public" if public else "lock",
                tone="public" if public else "",
            )
        )
    status = found.get("status")
    if status and "status" in spec.columns:
        cell = column_cell(spec, spec.columns["status"], status)
        badges.append(cell)
    if found.get("death_date") and status != "deceased":
        badges.append(Cell("status", "Deceased", icon="deceased", tone="deceased"))
    return badges


# -- side --------------------------------------------------------------------------------------------------------------


def _side(where: Where, pk: RecordId, found: Record, gathering: Gathering) -> dict[str, object]:
    spec, people = where.spec, user_spec()
    place = spec.tree.lists
    projects = gathering.chips(specs()[spec.relations[place].target], _list(found.get(place))) if place else []
    author = found.get("created_by")
    return {
        "id": str(pk),
        "created": _noted(spec, found, "created_at"),
        "changed": _noted(spec, found, "updated_at"),
        "created_by": gathering.chip(people, author) if author is not None else None,
        "projects": projects,
        "tags": [Chip(str(one)) for one in _list(found.get("tags"))],
        "has_tags": spec.has_tags,
        # The members of a group have a table of their own.
        "people": [*([] if spec.tree.keeps_members else _holders(found)), *_contributors(where, found)],
    }


def _noted(spec: Spec, found: Record, name: str) -> Cell:
    """A moment that the server noted itself."""
    return column_cell(spec, spec.columns[name], found.get(name)) if name in spec.columns else NONE


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _holders(found: Record) -> list[Person]:
    """Who holds which role; groups too."""
    people = []
    for key in ("users", "groups"):
        holders = found.get(key)
        if isinstance(holders, Mapping):
            people += [Person(str(name), _level(flags)) for name, flags in holders.items()]
    return people[:MOST_PEOPLE]


def _level(flags: object) -> str:
    held = flags if isinstance(flags, Mapping) else {}
    return next((label for name, label in LEVELS if held.get(name)), "Member")


def _contributors(where: Where, found: Record) -> list[Person]:
    """In the public portal, the people of a project by name."""
    rows = found.get("contributors") if where.portal == "public" else None
    shown = [row for row in _list(rows) if isinstance(row, Mapping)]
    return [
        Person(str(row.get("name") or ""), words.sentence(str(row.get("role") or "")), _orcid(row.get("orcid_id")))
        for row in shown
    ]


def _orcid(value: object) -> str:
    return f"https://orcid.org/{value}" if value else ""


def _tabs(where: Where, pk: RecordId, all_tabs: list[tabs.Tab], current: str, gathering: Gathering) -> list[Link]:
    path = where.record_path(pk)
    found = [Link("Overview", path, not current, keys="1")]
    logs = next((tab for tab in all_tabs if tab.holds_logs), None)
    for at, tab in enumerate(all_tabs, start=2):
        number = tabs.number_of(tab, pk, gathering)
        keys = " ".join([*([str(at)] if at < 10 else []), *(["l"] if tab is logs else [])])
        found.append(Link(tab.label, f"{path}{tab.name}/", tab.name == current, formats.count(number), keys=keys))
    return found if len(found) > 1 or current else []


def _named_by(where: Where, pk: RecordId, others: list[tabs.Tab], gathering: Gathering) -> list[Link]:
    path = where.record_path(pk)
    found = [(tab, tabs.number_of(tab, pk, gathering)) for tab in others]
    return [Link(tab.label, f"{path}{tab.name}/", number=formats.count(number)) for tab, number in found if number]


def _listed(where: Where, pk: RecordId, shown: tabs.Listed, rights: May, gathering: Gathering) -> dict[str, object]:
    tab, path = shown.tab, f"{where.record_path(pk)}{shown.tab.name}/"
    rows = rows_of(shown.records, tab.target, shown.columns, gathering)
    last = (shown.page - 1) * PER + len(rows)
    return {
        "tab": tab,
        "model": words.model_name(tab.target),
        "models": words.models_name(tab.target),
        "heads": [(one, place_class(number, numeric=one.numeric)) for number, one in enumerate(shown.columns)],
        "rows": lines_of(rows, shown.columns),
        "count": shown.count,
        "first": last - len(rows) + 1,
        "last": last,
        "before": f"{path}?page={shown.page - 1}" if shown.page > 1 else "",
        "after": f"{path}?page={shown.page + 1}" if last < shown.count else "",
        "list_url": tabs.list_url(tab, pk, where.portal),
        "add_url": tabs.add_url(tab, pk, where, may_change=rights.change and not rights.propose),
    }


__all__ = ["badges_of", "fetched", "record"]
