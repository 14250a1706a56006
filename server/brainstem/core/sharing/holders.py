"""Who holds a role on a record itself, since when, and what that lets them see: the table that managers work with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, Sum

from ..access.viewer import Viewer
from ..model.declare import Record
from ..model.registry import Spec, attribute_roots, group_spec, memberships, project_spec, specs
from ..model.trees import Role
from ..models import AudienceCount, Change, GroupGrant
from .grants import held_groups, held_users

USER, GROUP = "user", "group"


@dataclass(frozen=True)
class Through:
    """A group that gives a person a role, beside or instead of their own."""

    id: int
    name: str
    level: Role


@dataclass(frozen=True)
class Holder:
    """A person or group with a role on a record.

    ``level`` is their own role, None for people who come through groups alone. ``since`` is when they got a role of
    their own, None if the history no longer says. ``members`` is the number of people of a group.
    """

    kind: str
    id: int
    name: str
    email: str = ""
    level: Role | None = None
    since: dt.datetime | None = None
    through: tuple[Through, ...] = ()
    members: int = 0
    is_active: bool = True
    is_last_owner: bool = False

    @property
    def key(self) -> str:
        """Its name in forms: ``user-12``."""
        return f"{self.kind}-{self.id}"

    @property
    def highest(self) -> Role:
        """The role that counts."""
        return max([*([self.level] if self.level else []), *(one.level for one in self.through)])


def holders_of(spec: Spec, record: Record) -> list[Holder]:
    """People and groups with a role on a record, the highest first; five queries, however many they are."""
    users = held_users(spec, record)
    groups = {} if spec.tree.keeps_members else held_groups(record)
    members = _members(groups)
    named = group_spec().model._default_manager.in_bulk(groups)
    through: dict[int, list[Through]] = defaultdict(list)
    for group_id, ids in members.items():
        for user_id in ids:
            through[user_id].append(Through(group_id, str(named[group_id]), groups[group_id]))
    people = get_user_model()._default_manager.in_bulk({*users, *through})
    since = _since(spec, record)
    last = _last_owner(users, groups, members)
    found = [
        Holder(
            GROUP,
            group_id,
            str(named[group_id]),
            level=level,
            since=since.get(("groups", str(named[group_id]))),
            members=len(members.get(group_id, ())),
            is_last_owner=last == (GROUP, group_id),
        )
        for group_id, level in groups.items()
    ]
    found += [_person(user, users, through, since, last) for user in people.values()]
    return sorted(found, key=lambda one: (-one.highest, one.kind == GROUP, one.name.casefold(), one.id))


def _person(
    user: Any,
    users: Mapping[int, Role],
    through: Mapping[int, list[Through]],
    since: Mapping[tuple[str, str], dt.datetime],
    last: tuple[str, int] | None,
) -> Holder:
    return Holder(
        USER,
        user.pk,
        user.get_full_name() or user.email,
        email=user.email,
        level=users.get(user.pk),
        since=since.get(("users", user.email)) if user.pk in users else None,
        through=tuple(sorted(through.get(user.pk, ()), key=lambda one: (-one.level, one.name))),
        is_active=user.is_active,
        is_last_owner=last == (USER, user.pk),
    )


def _members(group_ids: Mapping[int, Role]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for group_id, user_id in memberships().filter(group_id__in=list(group_ids)).values_list("group_id", "user_id"):
        found[group_id].append(user_id)
    return found


def _last_owner(
    users: Mapping[int, Role], groups: Mapping[int, Role], members: Mapping[int, list[int]]
) -> tuple[str, int] | None:
    """The one who may not go: without them, nobody would own the record."""
    owners = [(USER, pk) for pk, level in users.items() if level is Role.OWNER]
    owners += [(GROUP, pk) for pk, level in groups.items() if level is Role.OWNER and members.get(pk)]
    return owners[0] if len(owners) == 1 else None


def _since(spec: Spec, record: Record) -> dict[tuple[str, str], dt.datetime]:
    """(key, holder) -> when their role began, according to the history; one query."""
    told = Q(after__has_key="users") | Q(after__has_key="groups")
    rows = Change.objects.filter(told, model=spec.label, record_id=str(record.pk)).order_by("pk")
    found: dict[tuple[str, str], dt.datetime] = {}
    for at, after in rows.values_list("at", "after"):
        for key in ("users", "groups"):
            held = (after or {}).get(key)
            if isinstance(held, Mapping):
                gone = [one for one in found if one[0] == key and one[1] not in held]
                for one in gone:
                    del found[one]
                for name in held:
                    found.setdefault((key, name), at)
    return found


# -- what a role lets one see ------------------------------------------------------------------------------------------


def reach_of(spec: Spec, record: Record, *, viewer: Viewer) -> dict[str, int]:
    """Label of a model -> how many of its records everybody with a role on this record sees because of it.

    Of a project, what is in it; of a personal attribute, what belongs to it; of a group, the projects and attributes
    that it has a role on, as far as the viewer sees them.
    """
    if spec.tree.is_project:
        counts = AudienceCount.objects.filter(audience__projects__project_id=record.pk)
        found = dict(counts.order_by().values_list("model").annotate(Sum("n")))
    elif spec.tree.keeps_members:
        ids = list(GroupGrant.objects.filter(group_id=record.pk).values_list("object_id", flat=True))
        roots = (project_spec(), *attribute_roots())
        found = {one.label: len(viewer.seen(one, ids, hop=False)) for one in roots} if ids else {}
    else:
        found = {one.label: _below(one, record) for one in _parts_of(spec)}
    return {label: number for label, number in found.items() if number}


def _parts_of(spec: Spec) -> list[Spec]:
    """Models whose records belong to one of these."""
    return [one for one in specs().values() if one.tree.above and one.relations[one.tree.above].target == spec.label]


def _below(spec: Spec, record: Record) -> int:
    return int(spec.model._default_manager.filter(**{f"{spec.tree.above}_id": record.pk}).count())


__all__ = ["GROUP", "USER", "Holder", "Through", "holders_of", "reach_of"]
