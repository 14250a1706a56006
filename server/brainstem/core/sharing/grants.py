"""The keys ``users``, ``groups`` and ``authenticated_groups`` of projects, personal attributes and groups.

Parses the maps of a payload, says which role a change requires, and applies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model

from ..access import roles
from ..access.actor import Actor
from ..access.viewer import Viewer
from ..errors import Invalid
from ..model.declare import Record
from ..model.limits import MAX_HOLDERS, check_number
from ..model.registry import Spec, group_spec, joinings_of, memberships, offer_of
from ..model.trees import Role
from ..model.values import Bad
from ..models import GroupGrant, UserGrant
from ..text.addresses import plain_address
from ..text.numbers import whole_of
from ..text.shown import shown
from . import inviting

KEYS = frozenset({"users", "groups", "authenticated_groups"})
_FLAGS = (("is_owner", Role.OWNER), ("is_manager", Role.MANAGER), ("can_change", Role.CONTRIBUTOR))


Move = tuple[Role | None, Role | None]


@dataclass
class Grants:
    """Changes to the grants of one object: holder -> (level before, level after); None means no role.

    ``invited`` are people who are not members of a group: the level they are offered, before and after.
    """

    users: dict[int, Move] = field(default_factory=dict)
    groups: dict[int, Move] = field(default_factory=dict)
    invited: dict[int, Move] = field(default_factory=dict)
    messages: dict[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.users or self.groups or self.invited)

    @property
    def size(self) -> int:
        """Number of changes."""
        return len(self.users) + len(self.groups) + len(self.invited)

    @property
    def level_needed(self) -> Role:
        """Managers may add and remove people; only owners may add, change or remove managers and owners."""
        moves = [*self.users.values(), *self.groups.values(), *self.invited.values()]
        top = max((level for move in moves for level in move if level is not None), default=Role.MEMBER)
        return Role.OWNER if top >= Role.MANAGER else Role.MANAGER

    def only_leaves(self, actor: Actor, changed: set[str]) -> bool:
        """Whether the only change is that the actor gives up their own role."""
        alone = not self.groups and not self.invited and set(self.users) == {actor.user_id} and changed == {"users"}
        return alone and all(after is None for _, after in self.users.values())


def read(spec: Spec, key: str, value: Any, record: Any, found: Grants) -> None:
    """Record what a value of one of the keys changes.

    Raises
    ------
    Bad
        If a person or group is unknown, or the map has the wrong shape.
    """
    if key == "authenticated_groups":
        _read_group_list(value, record, found)
    elif key == "users":
        _read_users(spec, value, record, found)
    else:
        _read_groups(value, record, found)


def apply(spec: Spec, record: Record, found: Grants, *, viewer: Viewer, created: bool) -> None:
    """Write the changed grants, and invite new members of a group; refuses to remove the last owner."""
    if not found:
        return
    users = {holder: after for holder, (_, after) in found.users.items()}
    groups = {holder: after for holder, (_, after) in found.groups.items()}
    if spec.tree.keeps_members:
        _apply_memberships(record, users)
        found.invited.pop(viewer.actor.user_id or 0 if created else 0, None)
        _apply_invitations(spec, record, found, viewer)
        return
    if created:
        users.pop(viewer.actor.user_id or 0, None)
    roles.grant(record.pk, users=users, groups=groups)
    if not roles.has_owner(record.pk):
        raise Invalid.at("users", f"A {spec.singular_name} must have at least one owner.")


def state(spec: Spec, record: Any) -> dict[str, Any]:
    """Who holds which role on the record, for history."""
    return roles.state(spec, record.pk)


def people_by_email(addresses: Iterable[str]) -> dict[str, Any]:
    """Lowercase address -> account, ignoring case; one query."""
    spellings = {text for one in addresses for text in (one.strip(), plain_address(one)) if "\x00" not in text}
    return {plain_address(user.email): user for user in get_user_model()._default_manager.filter(email__in=spellings)}


def _read_users(spec: Spec, value: object, record: Record | None, found: Grants) -> None:
    held = held_users(spec, record)
    entries = _entries(value, "people", len(held))
    people = people_by_email(entries)
    in_group = spec.tree.keeps_members
    outside: dict[int, tuple[object, Mapping[str, object]]] = {}
    addresses = {plain_address(email): flags for email, flags in entries.items()}
    if unknown := [email for email in addresses if email not in people]:
        raise Bad(*(f"No user has the email address {shown(email)}." for email in unknown))
    for email, flags in addresses.items():
        user = people[email]
        before, after = held.get(user.pk), _level(flags, in_group)
        if in_group and before is None:
            outside[user.pk] = (user, flags)
        elif before != after:
            found.users[user.pk] = (before, after)
    if outside:
        _read_outsiders(spec, record, outside, found)


def _read_outsiders(
    spec: Spec, record: Record | None, outside: dict[int, tuple[Any, Mapping[str, Any]]], found: Grants
) -> None:
    """People who are named but are not members: they are invited, or their invitation is withdrawn."""
    invitations, requests = _offers_to(spec)
    group_id = None if record is None else record.pk
    invited = inviting.open_offers(invitations, group_id, outside) if record is not None else {}
    asking = inviting.open_offers(requests, group_id, outside) if record is not None else {}
    for user_id, (user, flags) in outside.items():
        offer = invited.get(user_id)
        before, after = None if offer is None else inviting.level_of(invitations, offer), _level(flags, True)
        if before == after:
            continue
        if after is not None and user_id in asking:
            raise Bad(f"{user.email} has already asked to join. Accept that request instead.")
        if after is not None and not user.is_active:
            raise Bad(f"The account of {user.email} is deactivated.")
        found.invited[user_id] = (before, after)
        found.messages[user_id] = inviting.cleaned_message(invitations, flags.get("message"))


def _offers_to(spec: Spec) -> tuple[Spec, Spec]:
    """Models of invitations and join requests for a kind of group."""
    asked = {offer_of(kind).asked: kind for kind in joinings_of(spec.label)}
    return asked[False], asked[True]


def held_users(spec: Spec, record: Any) -> dict[int, Role]:
    """Person -> level granted directly on a record, or held in a group; without roles through groups."""
    if record is None:
        return {}
    if spec.tree.keeps_members:
        rows = memberships().filter(group_id=record.pk).values_list("user_id", "level")
    else:
        rows = UserGrant.objects.filter(object_id=record.pk).values_list("user_id", "level")
    return {holder: Role(level) for holder, level in rows}


def held_groups(record: Any) -> dict[int, Role]:
    """Group -> level granted on a record."""
    if record is None:
        return {}
    rows = GroupGrant.objects.filter(object_id=record.pk).values_list("group_id", "level")
    return {holder: Role(level) for holder, level in rows}


def _read_groups(value: object, record: Record | None, found: Grants) -> None:
    held = held_groups(record)
    entries = _entries(value, "groups", len(held))
    known = dict(group_spec().model._default_manager.filter(name__in=entries).values_list("name", "pk"))
    if unknown := [name for name in entries if name not in known]:
        raise Bad(*(f"No group is named {shown(name)}." for name in unknown))
    for name, flags in entries.items():
        before, after = held.get(known[name]), _level(flags, False)
        if before != after:
            found.groups[known[name]] = (before, after)


def _read_group_list(value: object, record: Record | None, found: Grants) -> None:
    if not isinstance(value, list):
        raise Bad("Expected a list of group ids.")
    held = held_groups(record)
    check_number(len(value), max(MAX_HOLDERS, len(held)), "groups")
    wanted: set[int] = set()
    for one in value:
        group_id = whole_of(one.get("id") if isinstance(one, dict) else one, below=2**31)
        if group_id is None or group_id < 0:
            raise Bad("Expected a list of group ids, such as [3, 7].")
        wanted.add(group_id)
    known = set(group_spec().model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        raise Bad(*(f"There is no group with the id {one}." for one in sorted(wanted - known)))
    for group_id in wanted - held.keys():
        found.groups.setdefault(group_id, (None, Role.CONTRIBUTOR))
    for group_id in held.keys() - wanted:
        found.groups.setdefault(group_id, (held[group_id], None))


def _entries(value: object, what: str, held: int) -> dict[str, Any]:
    if isinstance(value, dict):
        check_number(len(value), max(MAX_HOLDERS, held), what)
    if not isinstance(value, dict) or not all(isinstance(flags, dict) for flags in value.values()):
        raise Bad('Expected an object such as {"name": {"can_change": true, "is_manager": false, "is_owner": false}}.')
    if any("\x00" in name for name in value):
        raise Bad("A NUL character is not allowed.")
    return value


def level_named(flags: Mapping[str, object], spec: Spec) -> str | None:
    """The role in an entry of a map of roles, as history names it; None if the entry takes the role away.

    Raises
    ------
    Bad
        If a flag is neither true nor false.
    """
    level = _level(flags, spec.tree.keeps_members)
    return None if level is None else level.name.lower()


def _level(flags: Mapping[str, object], members_only: bool) -> Role | None:
    for name in (*flags,):
        if name in ("can_change", "is_manager", "is_owner", "remove") and not isinstance(flags[name], bool):
            raise Bad(f"'{name}' must be true or false.")
    if flags.get("remove"):
        return None
    level = next((role for name, role in _FLAGS if flags.get(name)), Role.MEMBER)
    return Role.MEMBER if members_only and level is Role.CONTRIBUTOR else level


def _apply_invitations(spec: Spec, group: Record, found: Grants, viewer: Viewer) -> None:
    invitations, _ = _offers_to(spec)
    for user_id, (before, after) in found.invited.items():
        if before is not None:
            old = inviting.open_offers(invitations, group.pk, [user_id])[user_id]
            inviting.close(old, "cancel", viewer=viewer)
        if after is not None:
            inviting.make(invitations, group, user_id, after, found.messages[user_id], viewer=viewer)


def _apply_memberships(group: Record, users: Mapping[int, Role | None]) -> None:
    if not users:
        return
    roles.lock_roles()
    lost = [user_id for user_id, level in users.items() if level is None]
    memberships().filter(group=group, user_id__in=lost).delete()
    held = memberships().model
    memberships().bulk_create(
        [held(group=group, user_id=user_id, level=int(level)) for user_id, level in users.items() if level is not None],
        update_conflicts=True,
        unique_fields=["group", "user"],
        update_fields=["level"],
    )
    if not group_has_owner(group.pk):
        raise Invalid.at("users", "A group must have at least one owner.")
    roles.flatten_group(group.pk)


def group_has_owner(group_id: int) -> bool:
    """Whether the group has an owner."""
    return bool(memberships().filter(group_id=group_id, level=int(Role.OWNER)).exists())


def give_to_founder(spec: Spec, record: Record, founder_id: int) -> None:
    """Make whoever adds a record its owner, of a group its only member."""
    if spec.tree.keeps_members:
        memberships().create(group=record, user_id=founder_id, level=int(Role.OWNER))
    else:
        roles.grant(record.pk, users={founder_id: Role.OWNER})


__all__ = [
    "KEYS",
    "Grants",
    "apply",
    "give_to_founder",
    "group_has_owner",
    "held_groups",
    "held_users",
    "level_named",
    "people_by_email",
    "read",
    "state",
]
