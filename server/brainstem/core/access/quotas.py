"""Quotas: how much a project, and the server, may hold.

The write that would exceed one is refused as a whole, at its end and within its transaction. Only growth is refused:
whatever is over its quota can be changed and deleted. Why: docs/decisions/0059-quotas.md.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from ..errors import QuotaExceeded
from ..model.registry import project_spec
from ..models import Audience, AudienceCount, AudienceProject, ProjectQuota
from ..sql.setwise import among
from .counters import rows_of_projects
from .growth import Growth
from .viewer import Viewer

# Whether any project has quotas of its own, as SQL.
ARE_SET = "EXISTS (SELECT 1 FROM core_projectquota)"
_LOCK = 7_214_059  # An arbitrary number that identifies the PostgreSQL locks of quotas.
_SERVER = "server"
_REMEDY = "Delete what is no longer needed, or ask an administrator of this server to raise the quota."


@dataclass(frozen=True)
class Used:
    """What a project, or the server, holds."""

    records: int = 0


@dataclass(frozen=True)
class Quotas:
    """The most that a project, or the server, may hold; 0 is no limit."""

    records: int = 0


def of_server() -> Quotas:
    """Those of the server as a whole."""
    return Quotas(settings.BRAINSTEM_QUOTA_RECORDS)


def of_projects(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Quotas]:
    """Those of some projects: their own, else those of the settings; one query."""
    usual = Quotas(settings.BRAINSTEM_QUOTA_PROJECT_RECORDS)
    found = dict.fromkeys(ids, usual)
    own = ProjectQuota.objects.filter(project_id__in=among(project_spec().model, found))
    for project, records in own.values_list("project_id", "records"):
        found[project] = Quotas(usual.records if records is None else records)
    return found


def used_on_server() -> Used:
    """What all projects hold, each record once however many it is in; one query."""
    return Used(int(AudienceCount.objects.aggregate(n=Sum("n"))["n"] or 0))


def used_by_projects(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Used]:
    """What some projects hold; one query."""
    wanted = list(ids)
    found = rows_of_projects(wanted)
    return {one: Used(sum(found.get(str(one), {}).values())) for one in wanted}


# -- refusing ----------------------------------------------------------------------------------------------------------


def refuse_exceeded(growth: Growth, *, are_set: bool, viewer: Viewer) -> None:
    """Refuse a write after which something would hold more than it may; ``are_set`` is the value of :data:`ARE_SET`.

    Raises
    ------
    QuotaExceeded
        If so. It names the project only to those who see it.
    """
    projects = _limited(growth) if are_set or settings.BRAINSTEM_QUOTA_PROJECT_RECORDS else {}
    most = of_server().records if growth.of_server > 0 else 0
    if not projects and not most:
        return
    _take_turns([*sorted(map(str, projects)), *([_SERVER] if most else [])])
    for project, used in used_by_projects(projects).items() if projects else ():
        if used.records > projects[project].records:
            raise QuotaExceeded(_about_project(project, used.records, projects[project].records, viewer))
    if most and used_on_server().records > most:
        raise QuotaExceeded(
            f"This server may hold {most:,} records in all projects, and has no room for this. {_REMEDY}"
        )


def _limited(growth: Growth) -> dict[uuid.UUID, Quotas]:
    """The projects that grew and may hold only so much; two queries."""
    grown = growth.grown(_projects_of(growth.audiences))
    return {one: quotas for one, quotas in of_projects(grown).items() if quotas.records} if grown else {}


def _projects_of(audiences: Iterable[int]) -> Mapping[int, set[uuid.UUID]]:
    found: dict[int, set[uuid.UUID]] = defaultdict(set)
    rows = AudienceProject.objects.filter(audience_id__in=among(Audience, audiences))
    for audience, project in rows.values_list("audience_id", "project_id"):
        found[audience].add(project)
    return found


def _take_turns(names: Iterable[str]) -> None:
    """Let one transaction at a time count and commit; others see what it added. SQLite has only one writer anyway.

    Everybody takes the locks in the same order, and last of all that they take.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, name])


def _about_project(project: uuid.UUID, number: int, most: int, viewer: Viewer) -> str:
    if not viewer.seen(project_spec(), [project], hop=False):
        return f"A project that this belongs to has no room for it: its quota of records is used up. {_REMEDY}"
    name = project_spec().model._default_manager.values_list("name", flat=True).get(pk=project)
    return f"The project {name!r} may hold {most:,} records, and would hold {number:,}. {_REMEDY}"


__all__ = [
    "ARE_SET",
    "Quotas",
    "Used",
    "of_projects",
    "of_server",
    "refuse_exceeded",
    "used_by_projects",
    "used_on_server",
]
