"""Roles on projects and personal attributes: the grants, and the resulting role of every person.

``core_role`` holds the highest level of each person on each object. Only this module writes it, in the transaction that
changes a grant or a membership.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from ..model.registry import Spec, memberships
from ..model.trees import Role
from ..models import GroupGrant, ObjectRole, UserGrant

_ROLE_LOCK = 7_214_031  # An arbitrary number that identifies the PostgreSQL lock which serialises changes of roles.


def lock_roles() -> None:
    """Let one transaction at a time change roles, so that none flattens grants that another is changing.

    SQLite has only one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROLE_LOCK])


def grant(
    object_id: uuid.UUID,
    *,
    users: Mapping[int, Role | None] | None = None,
    groups: Mapping[int, Role | None] | None = None,
) -> None:
    """Grant people and groups a role on an object (None removes it), and flatten."""
    lock_roles()
    _regrant(UserGrant, "user_id", object_id, users or {})
    _regrant(GroupGrant, "group_id", object_id, groups or {})
    flatten([object_id])


def _regrant(model: Any, column: str, object_id: uuid.UUID, levels: Mapping[int, Role | None]) -> None:
    """Save the new and removed grants of people or of groups; two statements for a few hundred of them."""
    lost = [holder for holder, level in levels.items() if level is None]
    if lost:
        model.objects.filter(object_id=object_id, **{f"{column}__in": lost}).delete()
    model.objects.bulk_create(
        [
            model(object_id=object_id, level=int(level), **{column: holder})
            for holder, level in sorted(levels.items())
            if level is not None
        ],
        update_conflicts=True,
        unique_fields=["object_id", column.removesuffix("_id")],
        update_fields=["level"],
    )


def forget(object_ids: Iterable[uuid.UUID]) -> None:
    """Delete all roles on objects that are gone."""
    ids = list(object_ids)
    for model in (UserGrant, GroupGrant, ObjectRole):
        model.objects.filter(object_id__in=ids).delete()


def flatten(object_ids: Iterable[uuid.UUID]) -> None:
    """Derive the flattened roles on these objects again from grants and memberships."""
    ids = set(object_ids)
    if not ids:
        return
    wanted = derived_roles(ids)
    held = {(row.object_id, row.user_id): row for row in ObjectRole.objects.filter(object_id__in=ids)}
    ObjectRole.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    changed = []
    for key, row in held.items():
        if key in wanted and row.level != wanted[key]:
            row.level = wanted[key]
            changed.append(row)
    ObjectRole.objects.bulk_update(changed, ["level"])
    ObjectRole.objects.bulk_create(
        ObjectRole(object_id=object_id, user_id=user_id, level=level)
        for (object_id, user_id), level in sorted(wanted.items())
        if (object_id, user_id) not in held
    )


def flatten_group(group_id: int) -> None:
    """Derive the roles again on everything that a group holds a grant on, after its members have changed."""
    lock_roles()
    flatten(GroupGrant.objects.filter(group_id=group_id).values_list("object_id", flat=True))


def derived_roles(object_ids: Iterable[uuid.UUID] | None = None) -> dict[tuple[uuid.UUID, int], int]:
    """(object, user) -> level that follows from the grants, for these objects or all; three queries."""
    about = {} if object_ids is None else {"object_id__in": list(object_ids)}
    levels: dict[tuple[uuid.UUID, int], int] = defaultdict(int)
    for object_id, user_id, level in UserGrant.objects.filter(**about).values_list("object_id", "user_id", "level"):
        levels[object_id, user_id] = max(levels[object_id, user_id], level)
    grants = list(GroupGrant.objects.filter(**about).values_list("object_id", "group_id", "level"))
    members: dict[int, list[int]] = defaultdict(list)
    membership = apps.get_model(settings.BRAINSTEM_MEMBERSHIP_MODEL)
    of = {} if object_ids is None else {"group_id__in": {group_id for _, group_id, _ in grants}}
    for group_id, user_id in membership._default_manager.filter(**of).values_list("group_id", "user_id"):
        members[group_id].append(user_id)
    for object_id, group_id, level in grants:
        for user_id in members[group_id]:
            levels[object_id, user_id] = max(levels[object_id, user_id], level)
    return dict(levels)


def level_of(object_id: uuid.UUID, user_id: int | None) -> int:
    """The level that a person holds on an object, 0 for none; one query."""
    if user_id is None:
        return 0
    found = ObjectRole.objects.filter(object_id=object_id, user_id=user_id).values_list("level", flat=True).first()
    return found or 0


def owners_of(object_id: uuid.UUID) -> list[int]:
    """Ids of the people who own the object, directly or through a group."""
    rows = ObjectRole.objects.filter(object_id=object_id, level=int(Role.OWNER))
    return sorted(rows.values_list("user_id", flat=True))


def state(spec: Spec, pk: Any) -> dict[str, Any]:
    """Who holds which role on a record, as history keeps it."""
    if spec.tree.keeps_members:
        rows = memberships().filter(group_id=pk).values_list("user__email", "level")
        return {"users": {email: Role(level).name.lower() for email, level in rows}}
    users = UserGrant.objects.filter(object_id=pk).values_list("user__email", "level")
    groups = GroupGrant.objects.filter(object_id=pk).values_list("group__name", "level")
    return {
        "users": {email: Role(level).name.lower() for email, level in users},
        "groups": {name: Role(level).name.lower() for name, level in groups},
    }


def has_owner(object_id: uuid.UUID) -> bool:
    """Whether anyone owns the object, directly or through a group."""
    return ObjectRole.objects.filter(object_id=object_id, level=int(Role.OWNER)).exists()
