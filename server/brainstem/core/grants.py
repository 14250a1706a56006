"""The keys ``users``, ``groups`` and ``authenticated_groups`` of projects, personal attributes and groups.

Reads the maps of a payload, says which role a change of them takes, and applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model

from .access import roles
from .access.actor import Actor
from .access.trees import Groups, Role
from .errors import Invalid
from .models import GroupGrant, UserGrant
from .payload import Bad
from .registry import Spec

KEYS = frozenset({"users", "groups", "authenticated_groups"})
_FLAGS = (("is_owner", Role.OWNER), ("is_manager", Role.MANAGER), ("can_change", Role.CONTRIBUTOR))


@dataclass
class Grants:
    """What of the grants of one object changes: holder -> (level before, level after); None is no role."""

    users: dict[int, tuple[Role | None, Role | None]] = field(default_factory=dict)
    groups: dict[int, tuple[Role | None, Role | None]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.users or self.groups)

    @property
    def level_needed(self) -> Role:
        """Managers add and remove people; only owners make, change or remove managers and owners."""
        moves = [*self.users.values(), *self.groups.values()]
        top = max((level for move in moves for level in move if level is not None), default=Role.MEMBER)
        return Role.OWNER if top >= Role.MANAGER else Role.MANAGER

    def only_leaves(self, actor: Actor, changed: set[str]) -> bool:
        """Whether all that changes is that the actor gives up their own role."""
        alone = not self.groups and set(self.users) == {actor.user_id} and changed == {"users"}
        return alone and all(after is None for _, after in self.users.values())


def read(spec: Spec, key: str, value: Any, record: Any, found: Grants) -> None:
    """Note what a value of one of the keys changes.

    Raises
    ------
    Bad
        An unknown person or group, or a map of the wrong shape.
    """
    if key == "authenticated_groups":
        _read_group_list(value, record, found)
    elif key == "users":
        _read_users(spec, value, record, found)
    else:
        _read_groups(value, record, found)


def apply(spec: Spec, record: Any, found: Grants, *, actor: Actor, created: bool) -> None:
    """Write the changed grants; the last owner stays."""
    if not found:
        return
    users = {holder: after for holder, (_, after) in found.users.items()}
    groups = {holder: after for holder, (_, after) in found.groups.items()}
    if isinstance(spec.tree, Groups):
        _apply_memberships(record, users)
        return
    if created:
        users.pop(actor.user_id or 0, None)
    roles.grant(record.pk, users=users, groups=groups)
    if not roles.has_owner(record.pk):
        raise Invalid.at("users", f"A {spec.singular_name} always keeps at least one owner.")


def state(spec: Spec, record: Any) -> dict[str, Any]:
    """Who holds what on the record, for history."""
    if isinstance(spec.tree, Groups):
        rows = _memberships().filter(group_id=record.pk).values_list("user__email", "level")
        return {"users": {email: Role(level).name.lower() for email, level in rows}}
    users = UserGrant.objects.filter(object_id=record.pk).values_list("user__email", "level")
    groups = GroupGrant.objects.filter(object_id=record.pk).values_list("group__name", "level")
    return {
        "users": {email: Role(level).name.lower() for email, level in users},
        "groups": {name: Role(level).name.lower() for name, level in groups},
    }


def _groups() -> Any:
    return apps.get_model(settings.BRAINSTEM_GROUP_MODEL)._default_manager


def _memberships() -> Any:
    return apps.get_model(settings.BRAINSTEM_MEMBERSHIP_MODEL)._default_manager


def _read_users(spec: Spec, value: Any, record: Any, found: Grants) -> None:
    entries = _entries(value)
    wanted = {email.strip().lower(): flags for email, flags in entries.items()}
    people = {user.email.lower(): user for user in get_user_model().objects.filter(email__in=_spellings(entries))}
    held = _held_users(spec, record)
    members_only = isinstance(spec.tree, Groups)
    for email, flags in wanted.items():
        if email not in people:
            raise Bad(f"No user has the e-mail address {email!r}.")
        user = people[email]
        before, after = held.get(user.pk), _level(flags, members_only)
        if members_only and before is None and after is not None and record is not None:
            raise Bad(f"{email} is not a member; new members are invited, which this server does not offer yet.")
        if before != after:
            found.users[user.pk] = (before, after)


def _spellings(entries: Mapping[str, Any]) -> set[str]:
    return {text for email in entries for text in (email.strip(), email.strip().lower())}


def _held_users(spec: Spec, record: Any) -> dict[int, Role]:
    if record is None:
        return {}
    if isinstance(spec.tree, Groups):
        rows = _memberships().filter(group_id=record.pk).values_list("user_id", "level")
    else:
        rows = UserGrant.objects.filter(object_id=record.pk).values_list("user_id", "level")
    return {holder: Role(level) for holder, level in rows}


def _held_groups(record: Any) -> dict[int, Role]:
    if record is None:
        return {}
    rows = GroupGrant.objects.filter(object_id=record.pk).values_list("group_id", "level")
    return {holder: Role(level) for holder, level in rows}


def _read_groups(value: Any, record: Any, found: Grants) -> None:
    entries = _entries(value)
    known = dict(_groups().filter(name__in=entries).values_list("name", "pk"))
    held = _held_groups(record)
    for name, flags in entries.items():
        if name not in known:
            raise Bad(f"No group is called {name!r}.")
        before, after = held.get(known[name]), _level(flags, False)
        if before != after:
            found.groups[known[name]] = (before, after)


def _read_group_list(value: Any, record: Any, found: Grants) -> None:
    if not isinstance(value, list):
        raise Bad("Expected a list of ids of groups.")
    try:
        wanted = {int(one["id"] if isinstance(one, dict) else one) for one in value}
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise Bad("Expected a list of ids of groups.") from error
    if any(not 0 <= one < 2**31 for one in wanted):
        raise Bad("Expected a list of ids of groups.")
    known = set(_groups().filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        raise Bad(f"There is no group with the id {min(wanted - known)}.")
    held = _held_groups(record)
    for group_id in wanted - held.keys():
        found.groups.setdefault(group_id, (None, Role.CONTRIBUTOR))
    for group_id in held.keys() - wanted:
        found.groups.setdefault(group_id, (held[group_id], None))


def _entries(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(flags, dict) for flags in value.values()):
        raise Bad('Expected an object such as {"name": {"can_change": true, "is_manager": false, "is_owner": false}}.')
    if any("\x00" in name for name in value):
        raise Bad("A NUL character is not allowed.")
    return value


def _level(flags: Mapping[str, Any], members_only: bool) -> Role | None:
    for name in (*flags,):
        if name in ("can_change", "is_manager", "is_owner", "remove") and not isinstance(flags[name], bool):
            raise Bad(f"'{name}' is either true or false.")
    if flags.get("remove"):
        return None
    level = next((role for name, role in _FLAGS if flags.get(name)), Role.MEMBER)
    return Role.MEMBER if members_only and level is Role.CONTRIBUTOR else level


def _apply_memberships(group: Any, users: Mapping[int, Role | None]) -> None:
    roles.lock_roles()
    for user_id, level in users.items():
        if level is None:
            _memberships().filter(group=group, user_id=user_id).delete()
        else:
            _memberships().update_or_create(group=group, user_id=user_id, defaults={"level": int(level)})
    if not group_has_owner(group.pk):
        raise Invalid.at("users", "A group always keeps at least one owner.")
    roles.flatten_group(group.pk)


def group_has_owner(group_id: int) -> bool:
    """Whether somebody owns the group."""
    return bool(_memberships().filter(group_id=group_id, level=int(Role.OWNER)).exists())


def found_group(group: Any, owner_id: int) -> None:
    """Make the founder of a group its owner and only member."""
    _memberships().create(group=group, user_id=owner_id, level=int(Role.OWNER))


__all__ = ["KEYS", "Grants", "apply", "found_group", "group_has_owner", "read", "state"]
