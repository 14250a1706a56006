"""Deleting a record with all that hangs below it, so that it can be put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from . import grants
from .access import audience, counters, roles
from .access.actor import Actor
from .access.rows import visible_ids
from .access.trees import Groups, InProjects, Root
from .errors import Conflict, Invalid
from .history import note, plain, raw_row, snapshot
from .ids import uuid7
from .models import Deletion, GroupGrant, ObjectRole, UserGrant
from .registry import Spec, spec_of, specs

# Derived, and made again when a deletion is undone.
_DERIVED = (ObjectRole,)


def delete_with_history(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Delete a record; one line of history for every record that goes with it, and the rows to undo it.

    Raises
    ------
    Conflict
        Something that stays refers to it; the message names what.
    """
    event = uuid7()
    roots = [record, *_left_without_project(spec, record)]
    collector = Collector(using=connection.alias, origin=record)
    try:
        for root in roots:
            # Only at the end is it known whether what restricts a deletion goes as well.
            collector.collect([root], fail_on_restricted=root is roots[-1])
    except (ProtectedError, RestrictedError) as error:
        raise Conflict(_used_by(spec, _users(error))) from error
    rows = _collected(collector)
    objects = [row.pk for row in rows if _holds_roles(row)]
    grants_of = [*UserGrant.objects.filter(object_id__in=objects), *GroupGrant.objects.filter(object_id__in=objects)]
    Deletion.objects.create(
        event=event,
        model=spec.label,
        record_id=str(record.pk),
        rows=[raw_row(row) for row in (*_in_order(rows), *grants_of)],
        detached=_detached(collector),
    )
    for row in rows:
        if hasattr(type(row), "resource"):
            before = snapshot(row) | (grants.state(spec_of(row), row) if _has_people(row) else {})
            note("delete", row, actor=actor, portal=portal, event=event, before=before, after=None)
    shared = _shared_rows(spec, record)
    left = _groups_left(rows)
    elsewhere = {row.object_id for row in rows if isinstance(row, UserGrant | GroupGrant)} - set(objects)
    elsewhere |= set(GroupGrant.objects.filter(group_id__in=left).values_list("object_id", flat=True)) - set(objects)
    owned = [one for one in elsewhere if roles.has_owner(one)]
    led = [one for one in left if grants.group_has_owner(one)]
    counters.hold(_counted(rows))
    collector.delete()
    roles.forget(objects)
    roles.lock_roles()
    roles.flatten(elsewhere)
    if not all([*map(roles.has_owner, owned), *map(grants.group_has_owner, led)]):
        raise Invalid.whole(f"This {spec.singular_name} is the only owner of something; give it another owner first.")
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
    try:
        Collector(using=connection.alias, origin=record).collect([record])
    except (ProtectedError, RestrictedError) as error:
        rows = [row for row in _users(error) if visible_ids(spec_of(row), [row.pk], actor=actor, portal=portal)]
        if rows:
            raise Conflict(_used_by(spec, rows)) from error


def _groups_left(rows: list[models.Model]) -> set[Any]:
    """Groups that stay and lose a member."""
    memberships: Any = [row for row in rows if row._meta.label == settings.BRAINSTEM_MEMBERSHIP_MODEL]
    gone = {row.pk for row in rows if row._meta.label == settings.BRAINSTEM_GROUP_MODEL}
    return {row.group_id for row in memberships} - gone


def _holds_roles(row: models.Model) -> bool:
    return hasattr(type(row), "resource") and isinstance(spec_of(row).tree, Root)


def _counted(rows: Iterable[Any]) -> list[tuple[str, int]]:
    """(model, audience) of the rows that carry an audience."""
    declared = [row for row in rows if hasattr(type(row), "resource")]
    return [(row._meta.label, row.audience_id) for row in declared if spec_of(row).in_project_tree]


def _has_people(row: models.Model) -> bool:
    return isinstance(spec_of(row).tree, Root | Groups)


def _listing_specs(spec: Spec) -> list[Spec]:
    """Models whose rows list projects, when a project is what is deleted."""
    if not (isinstance(spec.tree, Root) and spec.tree.project):
        return []
    return [s for s in specs().values() if isinstance(s.tree, InProjects) and s.relations[s.tree.via].many]


def _left_without_project(spec: Spec, record: Any) -> list[Any]:
    """Rows that are in no other project than the one that goes: they go with it."""
    found: list[Any] = []
    for child in _listing_specs(spec):
        assert isinstance(child.tree, InProjects)
        via = child.tree.via
        rows = child.model._default_manager.filter(**{via: record})
        found += [row for row in rows if getattr(row, via).count() == 1]
    return found


def _shared_rows(spec: Spec, record: Any) -> list[tuple[Spec, list[Any]]]:
    """Rows that are in other projects too: they stay, for a smaller audience."""
    found = []
    for child in _listing_specs(spec):
        assert isinstance(child.tree, InProjects)
        rows = child.model._default_manager.filter(**{child.tree.via: record}).order_by("pk")
        # Held, so that nobody changes their projects between the deletion and their new audience.
        found.append((child, list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))))
    return found


def _collected(collector: Collector) -> list[models.Model]:
    rows: dict[tuple[str, Any], models.Model] = {}
    for instances in collector.data.values():
        rows |= {(type(row)._meta.label, row.pk): row for row in instances}
    for queryset in collector.fast_deletes:
        rows |= {(type(row)._meta.label, row.pk): row for row in queryset}
    return [row for row in rows.values() if not isinstance(row, _DERIVED) and getattr(row, "comes_back", True)]


def _in_order(rows: list[models.Model]) -> list[models.Model]:
    """Rows so that what is referred to comes before what refers to it."""
    remaining = {(type(row)._meta.label, row.pk): row for row in rows}
    ordered: list[models.Model] = []
    while remaining:
        ready = [key for key, row in remaining.items() if not _waits_for(row, remaining)]
        for key in ready or list(remaining):  # A circle (a subject and its breeding) is left to deferred checks.
            ordered.append(remaining.pop(key))
    return ordered


def _waits_for(row: models.Model, remaining: dict[tuple[str, Any], models.Model]) -> bool:
    for field in row._meta.concrete_fields:
        if field.is_relation and field.related_model is not None:
            key = (field.related_model._meta.label, getattr(row, field.attname))
            if key in remaining and remaining[key] is not row:
                return True
    return False


def _detached(collector: Collector) -> list[dict[str, Any]]:
    """Nullable references that are about to be cleared."""
    found = []
    updates: dict[Any, Any] = dict(collector.field_updates)
    for (field, value), groups in updates.items():
        if value is None:
            for instances in groups:
                found += [
                    {"model": type(row)._meta.label, "pk": plain(row.pk), "column": field.attname,
                     "value": plain(getattr(row, field.attname))}
                    for row in instances
                ]  # fmt: skip
    return found


def _users(error: ProtectedError | RestrictedError) -> Any:
    return getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", set())


def _used_by(spec: Spec, users: Iterable[models.Model]) -> str:
    counts: dict[str, int] = {}
    for row in users:
        name = str(row._meta.verbose_name)
        counts[name] = counts.get(name, 0) + 1
    listed = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
    return f"This {spec.singular_name} cannot be deleted while it is used by: {listed}."


__all__ = ["delete_with_history", "refuse_what_is_needed"]
