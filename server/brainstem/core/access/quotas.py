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
from django.db.models import QuerySet, Sum

from ..errors import QuotaExceeded
from ..model.registry import project_spec
from ..models import Audience, AudienceCount, AudienceProject, ProjectQuota, StoredFile
from ..sql.setwise import among
from .counters import rows_of_projects
from .growth import Growth
from .viewer import Viewer

# Whether any project has quotas of its own, as SQL.
ARE_SET = "EXISTS (SELECT 1 FROM core_projectquota)"
_LOCK = 7_214_059  # An arbitrary number that identifies the PostgreSQL locks of quotas.
_SERVER = "server"
# Of records, and of files, those of deleted records included.
_REMEDIES = (
    "Delete what is no longer needed, or ask an administrator of this server to raise the quota.",
    "Remove files or replace them by smaller ones, or ask an administrator of this server to raise the quota.",
)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Used:
    """What a project, or the server, holds."""

    records: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Quotas:
    """The most that a project, or the server, may hold; 0 is no limit."""

    records: int = 0
    files_mb: int = 0

    @property
    def bytes(self) -> int:
        """The most bytes of files."""
        return self.files_mb * MEGABYTE

    def __bool__(self) -> bool:
        return bool(self.records or self.files_mb)


def of_server() -> Quotas:
    """Those of the server as a whole."""
    return Quotas(settings.BRAINSTEM_QUOTA_RECORDS, settings.BRAINSTEM_QUOTA_FILES_MB)


def usual() -> Quotas:
    """Those of projects that have none of their own."""
    return Quotas(settings.BRAINSTEM_QUOTA_PROJECT_RECORDS, settings.BRAINSTEM_QUOTA_PROJECT_FILES_MB)


def of_projects(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Quotas]:
    """Those of some projects: their own, else those of the settings; one query."""
    found, default = dict.fromkeys(ids, usual()), usual()
    own = ProjectQuota.objects.filter(project_id__in=among(project_spec().model, found))
    for project, records, files_mb in own.values_list("project_id", "records", "files_mb"):
        found[project] = Quotas(
            default.records if records is None else records, default.files_mb if files_mb is None else files_mb
        )
    return found


def used_on_server() -> Used:
    """What the server holds, each record of a project once however many it is in; two queries."""
    records = AudienceCount.objects.aggregate(n=Sum("n"))["n"]
    return Used(int(records or 0), int(_counted().aggregate(n=Sum("bytes"))["n"] or 0))


def used_by_projects(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Used]:
    """What some projects hold; two queries."""
    wanted = list(ids)
    records = rows_of_projects(wanted)
    of_them = _counted().filter(audience__projects__project_id__in=wanted).order_by()
    sizes = dict(of_them.values_list("audience__projects__project_id").annotate(Sum("bytes")))
    return {one: Used(sum(records.get(str(one), {}).values()), int(sizes.get(one, 0))) for one in wanted}


def _counted() -> QuerySet[StoredFile]:
    """The files that count: of records that are there, and of those that can be restored."""
    return StoredFile.objects.filter(is_replaced=False)


# -- refusing ----------------------------------------------------------------------------------------------------------


def refuse_exceeded(growth: Growth, *, are_set: bool, viewer: Viewer) -> None:
    """Refuse a write after which something would hold more than it may; ``are_set`` is the value of :data:`ARE_SET`.

    Raises
    ------
    QuotaExceeded
        If so. It names the project only to those who see it.
    """
    projects, most = _limited(growth) if are_set or usual() else {}, _limits_of_server(growth)
    if not projects and not most:
        return
    _take_turns([*sorted(map(str, projects)), *([_SERVER] if most else [])])
    for project, used in used_by_projects(projects).items() if projects else ():
        if exceeded := _exceeded(used, projects[project]):
            raise QuotaExceeded(_about_project(project, *exceeded, viewer))
    if exceeded := _exceeded(used_on_server(), most) if most else None:
        room, _, remedy = exceeded
        raise QuotaExceeded(f"This server may hold {room} in all, and has no room for this. {remedy}")


def _limited(growth: Growth) -> dict[uuid.UUID, Quotas]:
    """The projects that grew and may hold only so much of that; two queries."""
    projects = _projects_of(growth.audiences)
    records, files = growth.with_more_records(projects), growth.with_more_bytes(projects)
    found = of_projects(records | files) if records | files else {}
    limited = {
        one: Quotas(most.records if one in records else 0, most.files_mb if one in files else 0)
        for one, most in found.items()
    }
    return {one: most for one, most in limited.items() if most}


def _limits_of_server(growth: Growth) -> Quotas:
    """Those of the server, as far as it grew."""
    most = of_server()
    return Quotas(most.records if growth.records.total() > 0 else 0, most.files_mb if growth.bytes.total() > 0 else 0)


def _exceeded(used: Used, most: Quotas) -> tuple[str, str, str] | None:
    """A quota that is exceeded, what would be held of that, and what helps; None if none is."""
    if most.records and used.records > most.records:
        return f"{most.records:,} records", f"{used.records:,}", _REMEDIES[0]
    if most.bytes and used.bytes > most.bytes:
        return f"{most.files_mb:,} MB of files", f"{used.bytes / MEGABYTE:,.1f} MB", _REMEDIES[1]
    return None


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


def _about_project(project: uuid.UUID, most: str, used: str, remedy: str, viewer: Viewer) -> str:
    if not viewer.seen(project_spec(), [project], hop=False):
        return f"A project that this belongs to has no room for it: its quota is used up. {remedy}"
    name = project_spec().model._default_manager.values_list("name", flat=True).get(pk=project)
    return f"The project {name!r} may hold {most}, and would hold {used}. {remedy}"


__all__ = [
    "ARE_SET",
    "MEGABYTE",
    "Quotas",
    "Used",
    "of_projects",
    "of_server",
    "refuse_exceeded",
    "used_by_projects",
    "used_on_server",
    "usual",
]
