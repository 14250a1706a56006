"""How much a project holds of what it may: for its managers, and of all projects for administrators."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Sum

from ..access import quotas
from ..access.quotas import Quotas, Used
from ..access.refusals import record_seen
from ..access.viewer import Viewer
from ..errors import Forbidden
from ..model.ids import RecordId
from ..model.registry import Spec, project_spec
from ..model.trees import Role
from ..models import AudienceCount, ProjectQuota


def usage_of(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> dict[str, object]:
    """What a project holds, and its quotas; None where there is none.

    Raises
    ------
    Missing
        If the actor cannot see the project.
    Forbidden
        If the actor can see it, but does not manage it.
    """
    project = record_seen(spec, record_id, viewer=viewer)
    # Only a question: a read-only token may ask too.
    if not viewer.only_asking.editable(spec, [project.pk], level=Role.MANAGER):
        raise Forbidden("Only managers and owners of this project can see how much it holds.")
    used, most = quotas.used_by_projects([project.pk])[project.pk], quotas.of_projects([project.pk])[project.pk]
    return {
        "records": {"used": used.records, "quota": most.records or None},
        "file_bytes": {"used": used.bytes, "quota": most.bytes or None},
    }


@dataclass(frozen=True)
class Holding:
    """A project, or the server, with what it holds and the most that it may."""

    name: str
    used: Used
    most: Quotas
    id: uuid.UUID | None = None

    @property
    def used_mb(self) -> int:
        """Megabytes of files, rounded up."""
        return -(-self.used.bytes // quotas.MEGABYTE)

    @property
    def fullness(self) -> float:
        """The used part of its quotas, of that which is fuller; 0 where it has none."""
        pairs = ((self.used.records, self.most.records), (self.used.bytes, self.most.bytes))
        return max((used / most for used, most in pairs if most), default=0.0)


def held_by_server() -> Holding:
    """What the server holds; two queries."""
    return Holding("server", quotas.used_on_server(), quotas.of_server())


def held_by_project(project_id: uuid.UUID) -> Holding:
    """What one project holds; four queries."""
    return _holdings([project_id])[0]


def worth_knowing(number: int) -> list[Holding]:
    """The projects that hold most and those with a quota of their own, the fullest first; six queries."""
    sums = AudienceCount.objects.filter(n__gt=0).values_list("audience__projects__project_id").annotate(held=Sum("n"))
    largest = [project for project, _ in sums.exclude(audience__projects=None).order_by("-held")[:number]]
    own = ProjectQuota.objects.order_by("pk").values_list("project_id", flat=True)[:number]
    found = _holdings(list(dict.fromkeys([*largest, *own])))
    return sorted(found, key=lambda one: (-one.fullness, -one.used.records, one.name))[:number]


def _holdings(ids: list[uuid.UUID]) -> list[Holding]:
    used, most = quotas.used_by_projects(ids), quotas.of_projects(ids)
    names = dict(project_spec().model._default_manager.filter(pk__in=ids).values_list("pk", "name"))
    return [Holding(names[one], used[one], most[one], one) for one in ids]


def give_quota(project_id: uuid.UUID, **own: int | None) -> None:
    """Give a project quotas of its own: 0 is no limit, None that of the settings; others stay."""
    row, _ = ProjectQuota.objects.update_or_create(project_id=project_id, defaults=own)
    if row.is_empty:
        row.delete()


__all__ = ["Holding", "give_quota", "held_by_project", "held_by_server", "usage_of", "worth_knowing"]
