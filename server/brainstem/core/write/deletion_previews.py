"""What deleting several records at once would do, as far as the caller sees it; changes nothing.

The number of statements depends on the models below the records, not on how many records there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q

from ..access.viewer import Viewer
from ..history.summaries import by_model, seen_and_hidden
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, above, lists_projects, project_spec
from ..model.trees import Role
from ..sql.collecting import collect
from . import rules
from .deletion_plan import Plan, comes_back, listing_specs, unowned_text
from .deletion_preview import deleting, refused, without_hidden


def not_deletable(spec: Spec, ids: Collection[RecordId], *, viewer: Viewer) -> set[RecordId]:
    """Which of these records the actor may not delete."""
    return set(ids) - viewer.only_asking.editable(spec, ids, level=spec.tree.delete_level)


def preview_deletions(spec: Spec, ids: Sequence[RecordId], *, viewer: Viewer) -> dict[str, object]:
    """What deleting these records would also delete and clear, or what prevents it.

    The answer is that for a single record (:func:`.preview_deletion`); ``detaches`` are the records that are only
    taken out of the actor's projects, because they are in others as well. The actor may delete all of them.
    """
    viewer = viewer.only_asking
    leaving, elsewhere = _leaving(spec, ids, viewer)
    gone = [pk for pk in ids if pk not in leaving]
    records = list(spec.model._default_manager.filter(pk__in=ids))
    plan = _planned(spec, records, gone, viewer)
    if (elsewhere or spec.tree.is_project) and not seen_and_hidden(plan.user_keys, viewer=viewer)[0]:
        # What seems to be gone is only taken out of the actor's projects: nothing hidden prevents that.
        plan = replace(plan, rows=plan.collected, users=[])
    told = _told(plan, records, viewer)
    if leaving and told["outcome"] == "delete":
        told["detaches"] = by_model([(spec.label, pk) for pk in leaving], viewer=viewer, whose=True)
    return without_hidden(told) if elsewhere else told


def _told(plan: Plan, records: Sequence[Record], viewer: Viewer) -> dict[str, object]:
    reasons = sorted({text for record in records for text in rules.objections(record, viewer.actor)})
    if not plan.users and plan.takes_roles and plan.leaves_unowned():
        reasons.append(unowned_text(plan.spec))
    return refused(plan, reasons, viewer) if plan.users or reasons else deleting(plan, viewer)


def _leaving(spec: Spec, ids: Sequence[RecordId], viewer: Viewer) -> tuple[set[object], bool]:
    """Records that stay in projects which the actor sees but may not write; and whether others stay unseen."""
    if not lists_projects(spec):
        return set(), False
    rows = spec.model._default_manager.filter(pk__in=ids).values_list("pk", spec.tree.lists)
    pairs = {(pk, project) for pk, project in rows if project is not None}
    projects = {project for _, project in pairs}
    mine = viewer.editable(above(spec), projects, level=Role.CONTRIBUTOR)
    others = viewer.seen(project_spec(), projects - mine)
    return {pk for pk, project in pairs if project in others}, bool(projects - mine - others)


def _planned(spec: Spec, records: Sequence[Any], gone: Sequence[RecordId], viewer: Viewer) -> Plan:
    listed: dict[str, list[object]] = {}
    roots: dict[Any, list[object]] = {spec.model: list(gone)}
    for child, via in listing_specs(spec):
        rows = child.model._default_manager
        within = rows.filter(pk__in=rows.filter(**{f"{via}__in": gone}).values("pk"))
        listed[child.label] = list(within.order_by("pk").values_list("pk", flat=True))
        # Projects that the actor does not see keep nothing for them: see :func:`.preview_deletion`.
        others = viewer.seen(project_spec(), set(within.values_list(via, flat=True)) - set(gone))
        held = Count(via, filter=Q(**{f"{via}__in": others}))
        roots[child.model] = list(within.annotate(held=held).filter(held=0).values_list("pk", flat=True))
    found = collect(roots)
    users, rows_gone = found.staying(found.users()), [row for row in found.rows() if comes_back(row)]
    return Plan(spec, records[0], found, [] if users else rows_gone, users, rows_gone, listed)


__all__ = ["not_deletable", "preview_deletions"]
