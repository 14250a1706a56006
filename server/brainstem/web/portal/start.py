"""The start page of a portal: what is here, in numbers, and what the viewer last worked on."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.apps.users.signed_in import active_projects
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.beside import total_of
from brainstem.core.query.syntax import Filter, Query, Sort
from brainstem.web import formats

from . import pins, recents, words
from .active import active_filter
from .cells import Cell, column_cell
from .chips import Link
from .columns import column_of
from .faces import face_of
from .forms.drafts import unfinished
from .gathering import Gathering
from .navigation import Section, sections
from .rows import ask, fetch, title_of
from .where import answered, can_add, path_of, viewer_in

RECENT = 6
# What people work on day by day, in the order of the cards.
WORK = ("stem.Session", "stem.Subject", "modules.Procedure", "stem.Project")
PUBLIC_WORK = ("stem.Project", "stem.Session", "stem.Subject")


@dataclass(frozen=True)
class Recent:
    """A recent record."""

    title: str
    url: str
    when: Cell


@dataclass(frozen=True)
class Card:
    """The newest records of a model."""

    label: str
    icon: str
    url: str
    add: str
    records: tuple[Recent, ...]
    count: int


@dataclass(frozen=True)
class Numbers:
    """How many records there are of the models of a group."""

    title: str
    links: tuple[Link, ...]


def start(request: HttpRequest, portal: str) -> HttpResponse:
    """The start page of a portal."""
    return answered(request, lambda: _start(request, viewer_in(request, portal)))


def _start(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    labels = WORK if viewer.portal != "public" else PUBLIC_WORK
    gathering = Gathering(viewer)
    active = active_projects(request.user) if viewer.portal == "private" else []
    shown = sections(viewer.portal)
    for section in shown:
        for item in section.items:
            for one in (item, *item.below):
                gathering.ask(("total", one.spec.label), total_of(one.spec, active_filter(one.spec, active)))
    whose = viewer.actor.user_id if viewer.portal == "private" else None
    found = [(specs()[label], _newest(specs()[label], viewer, active, of=whose)) for label in labels]
    has_own = whose is not None and any(count for _, (_, count) in found)
    if whose is not None and not has_own:
        found = [(specs()[label], _newest(specs()[label], viewer, active)) for label in labels]
    for spec, (records, _) in found:
        ask(records, spec, (), gathering)
    pins.ask(request, gathering)
    if viewer.portal == pins.PORTAL:
        recents.ask(request.user, gathering)
    gathering.run()
    pins.told(request, gathering)
    context = {
        "portal": viewer.portal,
        "viewer": viewer,
        "cards": [_card(spec, records, count, gathering, own=has_own) for spec, (records, count) in found],
        "opened": recents.shown(request.user, gathering) if viewer.portal == pins.PORTAL else [],
        "numbers": [_numbers(section, gathering) for section in shown],
        "drafts": unfinished(viewer.actor.user_id or 0, viewer.portal) if viewer.portal != "public" else [],
        "is_new": whose is not None and not any(count for _, (_, count) in found),
        "has_own": has_own,
    }
    return render(request, "portal/start.html", context)


def _newest(spec: Spec, viewer: Viewer, active: list[str], *, of: object = None) -> tuple[list[dict[str, object]], int]:
    """The records that were changed last: those that somebody added, or all that the viewer sees."""
    filters: tuple[Filter, ...] = (Filter(("created_by",), False, str(of)),) if of is not None else ()
    limit = active_filter(spec, active)
    filters += (limit,) if limit is not None else ()
    query = Query(filters=filters, sorts=(Sort(("updated_at",), True),), limit=RECENT)
    changed = column_of(spec, "updated_at", viewer.view)
    records, count = fetch(spec, query, (changed,) if changed else (), viewer=viewer)
    return [dict(record) for record in records], count


def _card(spec: Spec, records: list[dict[str, object]], count: int, gathering: Gathering, *, own: bool) -> Card:
    viewer = gathering.viewer
    path = path_of(viewer.portal, spec)
    rows = tuple(
        Recent(
            title_of(spec, record, gathering),
            f"{path}{record['id']}/",
            column_cell(spec, spec.columns["updated_at"], record["updated_at"]),
        )
        for record in records
    )
    adds = viewer.portal != "public" and can_add(spec, viewer)
    where = f"{path}?view=mine" if own else path
    return Card(words.models_name(spec), face_of(spec).icon, where, f"{path}add/" if adds else "", rows, count)


def _numbers(section: Section, gathering: Gathering) -> Numbers:
    links = []
    for item in section.items:
        for one in (item, *item.below):
            found = gathering.told(("total", one.spec.label)).get("n")
            links.append(
                Link(one.label, one.url, number=formats.count(int(found[0] or 0) if found else 0), icon=one.icon)
            )
    return Numbers(section.title, tuple(links))


__all__ = ["start"]
