"""Deleting a record with all that hangs below it, so that it can be put back."""

from __future__ import annotations

from typing import Any

from django.db import models

from . import grants
from .access import audience, counters, roles
from .access.actor import Actor
from .access.trees import Groups, Root
from .deletion_plan import Key, Plan, declared, key_of, plan_deletion, unowned_text
from .errors import Conflict, Invalid
from .history import note, plain, raw_row, snapshot
from .ids import uuid7
from .models import Deletion, GroupGrant, UserGrant
from .registry import Spec, spec_of, specs
from .summaries import seen_and_hidden


def delete_with_history(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Delete a record; one line of history for every record that goes with it, and the rows to undo it.

    Raises
    ------
    Conflict
        Something that stays refers to it; the message names what.
    """
    plan, event = plan_deletion(spec, record), uuid7()
    if plan.users:
        seen, _ = seen_and_hidden(map(key_of, plan.users), actor=actor, portal=portal)
        raise Conflict(_refusal(spec, seen))
    _keep(plan, event)
    for row in plan.rows:
        if declared(row):
            before = snapshot(row) | (grants.state(spec_of(row), row) if _has_people(row) else {})
            note("delete", row, actor=actor, portal=portal, event=event, before=before, after=None)
    shared = plan.sharing(hold=True)
    if plan.takes_roles:
        roles.lock_roles()
        if plan.leaves_unowned():
            raise Invalid.whole(unowned_text(spec))
    counters.hold(_counted(plan))
    plan.collector.delete()
    roles.forget(plan.objects)
    roles.flatten(plan.elsewhere)
    for child, ids in shared:
        for row in child.model._default_manager.filter(pk__in=ids):
            audience.refresh(child, row)


def refuse_what_is_needed(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Refuse to take a record away from those who see what needs it; what the actor does not see has no say.

    Raises
    ------
    Conflict
        As a deletion that takes the record itself.
    """
    plan = plan_deletion(spec, record)
    seen, _ = seen_and_hidden(map(key_of, plan.users), actor=actor, portal=portal)
    if seen:
        raise Conflict(_refusal(spec, seen))


def _keep(plan: Plan, event: Any) -> None:
    """Write down all that goes, and what is cleared, to put it back."""
    held = {"object_id__in": plan.objects}
    lost = [*UserGrant.objects.filter(**held), *GroupGrant.objects.filter(**held)]
    Deletion.objects.create(
        event=event,
        model=plan.spec.label,
        record_id=str(plan.record.pk),
        rows=[raw_row(row) for row in (*_in_order(plan.rows), *lost)],
        detached=[
            {"model": row._meta.label, "pk": plain(row.pk), "column": field.attname,
             "value": plain(getattr(row, field.attname))}
            for field, row in plan.cleared()
        ],
    )  # fmt: skip


def _counted(plan: Plan) -> list[tuple[str, int]]:
    """(model, audience) of the rows that carry an audience."""
    rows: list[Any] = [row for row in plan.rows if declared(row) and spec_of(row).in_project_tree]
    return [(row._meta.label, row.audience_id) for row in rows]


def _has_people(row: models.Model) -> bool:
    return isinstance(spec_of(row).tree, Root | Groups)


def _in_order(rows: list[models.Model]) -> list[models.Model]:
    """Rows so that what is referred to comes before what refers to it."""
    remaining = {key_of(row): row for row in rows}
    ordered: list[models.Model] = []
    while remaining:
        ready = [key for key, row in remaining.items() if not _waits_for(row, remaining)]
        for key in ready or list(remaining):  # A circle (a subject and its breeding) is left to deferred checks.
            ordered.append(remaining.pop(key))
    return ordered


def _waits_for(row: models.Model, remaining: dict[Key, models.Model]) -> bool:
    for field in row._meta.concrete_fields:
        if field.is_relation and field.related_model is not None:
            key = (field.related_model._meta.label, getattr(row, field.attname))
            if key in remaining and remaining[key] is not row:
                return True
    return False


def _refusal(spec: Spec, seen: dict[str, list[Any]]) -> str:
    """What keeps the record, counted as far as the actor sees it."""
    listed = [f"{len(ids)} {specs()[label].singular_name}" for label, ids in seen.items()]
    # Where something that is seen explains the refusal, it is not told that there is more.
    users = ", ".join(listed or ["records that you cannot see"])
    return f"This {spec.singular_name} cannot be deleted while it is used by: {users}."


__all__ = ["delete_with_history", "refuse_what_is_needed"]
