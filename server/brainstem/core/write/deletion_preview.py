"""What a DELETE would do now, as far as the caller sees it, for callers who may delete; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..access.refusals import record_seen
from ..access.viewer import Viewer
from ..history.summaries import by_model, name_of, nothing, seen_and_hidden
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Relation, Spec, project_spec, spec_of, specs
from ..models import GroupGrant, UserGrant
from ..sql.collecting import Key, Row
from . import rules
from .deletion_plan import Plan, declared, others_listed, plan_deletion, unowned_text
from .rights import may_delete, taken_out_of


def preview_deletion(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> dict[str, object]:
    """What deleting a record would also delete, detach and clear, or what prevents it.

    Raises
    ------
    Missing
        If the actor does not see the record.
    Forbidden
        If the actor may not delete it.
    """
    viewer = viewer.only_asking
    record = record_seen(spec, record_id, viewer=viewer)
    may_delete(spec, record, viewer=viewer)
    left = taken_out_of(spec, record, viewer=viewer)
    plan = _planned(spec, record, viewer)
    if left is not None:
        return _leaving(plan, left, viewer)
    reasons = rules.objections(record, viewer.actor)
    if not plan.users and plan.leaves_unowned():
        reasons.append(unowned_text(spec))
    if plan.users or reasons:
        return refused(plan, reasons, viewer)
    return deleting(plan, viewer)


def _planned(spec: Spec, record: Record, viewer: Viewer) -> Plan:
    """What would be gone for the actor, including records that stay only in projects they do not see.

    Leaving those out would reveal which of their records are in such projects.
    """
    others = others_listed(spec, record)
    seen = viewer.seen(project_spec(), others)
    plan = plan_deletion(spec, record, projects=seen)
    if seen == others or not plan.users or plan_deletion(spec, record).users:
        return plan
    # Nothing prevents deleting the project itself; something needs what only seems to be deleted with it.
    users, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
    return plan if users else replace(plan, rows=plan.collected, users=[])


def _leaving(plan: Plan, left: set[object], viewer: Viewer) -> dict[str, object]:
    """What the preview shows for a row that stays in projects which the actor may not write.

    If they see none of these, it shows what it would if there were none: for them the row is gone.
    """
    users, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
    if users:
        return without_hidden(refused(plan, [], viewer))
    tree: Any = plan.spec.tree
    others = set(getattr(plan.record, tree.via).values_list("pk", flat=True)) - left
    if viewer.seen(project_spec(), others):
        return _detaching(plan.record, left, viewer)
    return without_hidden(deleting(replace(plan, rows=plan.collected, users=[]), viewer))


def without_hidden(told: dict[str, object]) -> dict[str, object]:
    parts = {name: part | {"hidden": False} for name, part in told.items() if isinstance(part, dict)}
    return told | parts


def _answer(outcome: str, **parts: object) -> dict[str, object]:
    whole: dict[str, object] = {"outcome": outcome, "deletes": nothing(), "detaches": nothing(), "leaves": []}
    return whole | {"clears": nothing(), "blocked_by": nothing() | {"reasons": []}} | parts


def _detaching(record: Record, left: set[object], viewer: Viewer) -> dict[str, object]:
    projects = project_spec().model._default_manager.filter(pk__in=left).order_by("name")
    leaves = [{"id": project.pk, "name": name_of(project)} for project in projects]
    return _answer(
        "detach",
        detaches=by_model([(record._meta.label, record.pk)], viewer=viewer, whose=True),
        leaves=leaves,
    )


def refused(plan: Plan, reasons: list[str], viewer: Viewer) -> dict[str, object]:
    users = by_model(plan.user_keys, viewer=viewer, whose=True)
    return _answer("refused", blocked_by=users | {"reasons": reasons})


def deleting(plan: Plan, viewer: Viewer) -> dict[str, object]:
    goes = [row.key for row in plan.rows if _told(row)]
    stays = [(child.label, pk) for child, ids in plan.sharing() for pk in ids if (child.label, pk) not in plan.gone]
    cleared: dict[Key, set[str]] = defaultdict(set)
    for key, name in (*_references(plan), *_links(plan), *_roles(plan)):
        if key not in plan.gone:
            cleared[key].add(name)
    fields = {key: {"fields": sorted(names)} for key, names in cleared.items()}
    return _answer(
        "delete",
        deletes=by_model(goes, viewer=viewer, whose=True),
        detaches=by_model(stays, viewer=viewer, whose=True),
        leaves=[{"id": plan.record.pk, "name": name_of(plan.record)}] if plan.spec.tree.is_project and stays else [],
        clears=by_model(cleared, viewer=viewer, whose=True, more=fields),
    )


def _told(row: Row) -> bool:
    """Whether a row is a record that anyone sees; expired invitations are gone for everyone."""
    if not declared(row):
        return False
    return spec_of(row.model).tree.offer is None or row["expires_at"] > timezone.now()


# -- what is cleared: (record, name of the field) ---------------------------------------------------------------------


def _references(plan: Plan) -> Iterator[tuple[Key, str]]:
    yield from ((row.key, field.name) for field, row in plan.cleared() if _told(row))


def _links(plan: Plan) -> Iterator[tuple[Key, str]]:
    """Lists of other records that lose an entry; those of projects are shown with the records removed from them."""
    links: dict[str, Relation] = {
        relation.through: relation
        for spec in specs().values()
        for relation in spec.relations.values()
        if relation.kind == "link" and relation.owned and relation.name != spec.tree.lists
    }
    for row in plan.rows:
        found = links.get(row.model._meta.db_table)
        if found is not None and not declared(row):
            yield (found.source, row[found.near]), found.name


def _roles(plan: Plan) -> Iterator[tuple[Key, str]]:
    """Projects, attributes and groups on which deleted people or groups held a role."""
    lost = {row["object_id"]: _GRANTS[row.model] for row in plan.rows if row.model in _GRANTS}
    for spec in specs().values():
        if lost and spec.tree.is_root:
            for pk in spec.model._default_manager.filter(pk__in=lost).values_list("pk", flat=True):
                yield (spec.label, pk), lost[pk]
    membership = settings.BRAINSTEM_MEMBERSHIP_MODEL
    for row in plan.rows:
        if row.label == membership:
            yield (settings.BRAINSTEM_GROUP_MODEL, row["group_id"]), "users"


_GRANTS: dict[object, str] = {UserGrant: "users", GroupGrant: "groups"}

__all__ = ["deleting", "preview_deletion", "refused", "without_hidden"]
