"""Joining groups and projects: inviting, asking, responding and leaving, each in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from ..access import roles
from ..access.actor import Actor
from ..access.refusals import locked, refuse_read_only
from ..access.rows import editable_ids, speaks_for, visible_ids
from ..errors import Forbidden, Invalid
from ..history.changes import note
from ..model.ids import uuid7
from ..model.registry import Spec, group_spec, joinings_of, memberships, spec_of, specs, user_spec
from ..model.trees import Groups, Joining, People, Role
from ..model.values import Bad
from ..remarks import refuse_unknown_keys
from ..sql.retry import again_after_deadlock
from ..text.shown import shown
from . import grants, inviting
from .invitation_mails import tell_answer

GUEST_KEYS = ("email", "user", "group")


@dataclass(frozen=True)
class Wanted:
    """The parsed body of an invitation."""

    spec: Spec
    guest: Any
    key: str
    level: Role
    message: str


# -- offering -------------------------------------------------------------------------------------------------------


@again_after_deadlock
def invite(spec: Spec, host_id: Any, body: Mapping[str, Any], *, actor: Actor, portal: str) -> Any:
    """Invite a person or group to a group or project; returns the invitation.

    Raises
    ------
    Forbidden
        If the actor is not a manager; inviting managers and owners requires an owner.
    Invalid
        If the invitee is unknown, already invited, or already has that role.
    """
    with transaction.atomic():
        host = locked(spec, host_id, actor=actor, portal=portal)
        _refuse_limited(actor)
        wanted = _read(spec, body, actor, portal)
        needed = inviter_level(wanted.level)
        if not editable_ids(spec, [host.pk], actor=actor, portal=portal, level=needed):
            raise Forbidden(f"Inviting {_article(wanted.level)} requires the role of {needed.name.lower()}.")
        _refuse_needless(spec, host, wanted)
        return inviting.make(
            wanted.spec, host, wanted.guest.pk, wanted.level, wanted.message, actor=actor, portal=portal
        )


@again_after_deadlock
def ask(spec: Spec, group_id: Any, body: Mapping[str, Any], *, actor: Actor, portal: str) -> Any:
    """Ask to join a group; returns the request."""
    with transaction.atomic():
        group = locked(spec, group_id, actor=actor, portal=portal)
        _refuse_limited(actor)
        requests, invitations = _kind(spec, People, asked=True), _kind(spec, People)
        refuse_unknown_keys(body, ("message",), of="A request to join")
        message = _message(requests, body)
        if grants.held_users(spec, group).get(actor.user_id or 0):
            raise Invalid.whole("You are already a member.")
        if inviting.open_offers(requests, group.pk, [actor.user_id]):
            raise Invalid.whole("You have already asked to join. Wait for a response or cancel your request.")
        if inviting.open_offers(invitations, group.pk, [actor.user_id]):
            raise Invalid.whole("You are already invited. Accept the invitation instead.")
        return inviting.make(requests, group, actor.user_id, Role.MEMBER, message, actor=actor, portal=portal)


@again_after_deadlock
def leave(spec: Spec, group_id: Any, *, actor: Actor, portal: str) -> Any:
    """Leave a group; its last owner cannot."""
    with transaction.atomic():
        group = locked(spec, group_id, actor=actor, portal=portal)
        _refuse_limited(actor)
        if not grants.held_users(spec, group).get(actor.user_id or 0):
            raise Invalid.whole("You are not a member of this group.")
        gone = grants.Grants(users={actor.user_id or 0: (None, None)})
        _regranted(spec, group, gone, actor=actor, portal=portal)
        return group


# -- responding -----------------------------------------------------------------------------------------------------


@again_after_deadlock
def answer(spec: Spec, offer_id: Any, action: str, *, actor: Actor, portal: str) -> None:
    """Accept, reject or withdraw a membership offer.

    Raises
    ------
    Forbidden
        If only the other side may do this.
    Invalid
        If the sender may no longer invite.
    """
    tree: Any = spec.tree
    with transaction.atomic():
        # Locked before the offer, in the order used by everything that changes roles: no role is lost while relied on.
        roles.lock_roles()
        offer = locked(spec, offer_id, actor=actor, portal=portal)
        _refuse_limited(actor)
        side = tree.maker if action == "cancel" else tree.answerer
        if not speaks_for(spec, offer.pk, side, actor=actor, portal=portal):
            raise Forbidden(f"Only {_speaker(spec, side)} can {action} this.")
        if action == "accept":
            _join(spec, offer, actor, portal)
        inviting.close(offer, action, actor=actor, portal=portal)
        tell_answer(spec, offer, action, actor)


def inviter_level(level: Role) -> Role:
    """The role required to invite at a level: nobody can grant more than they have."""
    return Role.OWNER if level >= Role.MANAGER else Role.MANAGER


def _join(spec: Spec, offer: Any, actor: Actor, portal: str) -> None:
    tree: Any = spec.tree
    level, host, guest_id = (
        inviting.level_of(spec, offer),
        getattr(offer, tree.host),
        getattr(offer, f"{tree.guest}_id"),
    )
    host_spec = spec_of(host)
    if not tree.asked and _level_now(host_spec, host.pk, offer.created_by) < inviter_level(level):
        raise Invalid.whole("The sender of this invitation is no longer allowed to invite. Ask for a new invitation.")
    groups = isinstance(specs()[spec.relations[tree.guest].target].tree, Groups)
    held = grants.held_groups(host) if groups else grants.held_users(host_spec, host)
    if held.get(guest_id, 0) < level:
        moves: dict[int, grants.Move] = {guest_id: (held.get(guest_id), level)}
        found = grants.Grants(groups=moves) if groups else grants.Grants(users=moves)
        _regranted(host_spec, host, found, actor=actor, portal=portal)


def _level_now(spec: Spec, host_id: Any, person: Any) -> int:
    """A person's current level on a group or project; administrators have all, deactivated accounts none."""
    if person is None or not person.is_active:
        return 0
    if person.is_superuser:
        return int(Role.OWNER)
    if not isinstance(spec.tree, Groups):
        return roles.level_of(host_id, person.pk)
    return memberships().filter(group_id=host_id, user_id=person.pk).values_list("level", flat=True).first() or 0


def _regranted(spec: Spec, host: Any, found: grants.Grants, *, actor: Actor, portal: str) -> None:
    """Change roles on a group or project, and record it in its history."""
    before = grants.state(spec, host)
    grants.apply(spec, host, found, actor=actor, portal=portal, created=False)
    note("change", host, actor=actor, portal=portal, event=uuid7(), before=before, after=grants.state(spec, host))


# -- parsing a body -------------------------------------------------------------------------------------------------


def _read(spec: Spec, body: Mapping[str, Any], actor: Actor, portal: str) -> Wanted:
    allowed = [key for key in GUEST_KEYS if key != "group" or not isinstance(spec.tree, Groups)]
    flags = {column for kind in joinings_of(spec.label) for column, _ in kind.tree.flags}  # type: ignore[attr-defined]
    refuse_unknown_keys(body, (*allowed, *sorted(flags), "message"), of="An invitation")
    given = [key for key in allowed if body.get(key) not in (None, "")]
    if len(given) != 1:
        raise Invalid.at(allowed[0], f"Specify whom to invite by one of: {', '.join(allowed)}.")
    key = given[0]
    kind = _kind(spec, Groups if key == "group" else People)
    try:
        guest = _group(body[key]) if key == "group" else _person(key, body[key], actor, portal)
    except Bad as error:
        raise Invalid.at(key, str(error)) from error
    level = _level(kind, body)
    return Wanted(kind, guest, key, level, _message(kind, body))


def _message(kind: Spec, body: Mapping[str, Any]) -> str:
    try:
        return inviting.cleaned_message(kind, body.get("message"))
    except Bad as error:
        raise Invalid.at("message", str(error)) from error


def _level(kind: Spec, body: Mapping[str, Any]) -> Role:
    assert isinstance(kind.tree, Joining)
    for column, _ in kind.tree.flags:
        if not isinstance(body.get(column, False), bool):
            raise Invalid.at(column, "Expected true or false.")
    return next((level for column, level in kind.tree.flags if body.get(column)), Role.MEMBER)


def _person(key: str, value: Any, actor: Actor, portal: str) -> Any:
    if key == "email":
        found = list(grants.people_by_email([value]).values()) if isinstance(value, str) else []
    else:
        # Anyone can be found by address; ids could be enumerated, and the response names the invitee.
        seen = visible_ids(user_spec(), [value], actor=actor, portal=portal) if _whole(value) else set()
        found = list(get_user_model()._default_manager.filter(pk__in=seen))
    if not found or not found[0].is_active:
        raise Bad(f"No active user has the {'email address' if key == 'email' else 'id'} {shown(value)}.")
    return found[0]


def _group(value: Any) -> Any:
    manager = group_spec().model._default_manager
    found = None
    if isinstance(value, str) and "\x00" not in value:
        found = manager.filter(name=value).first()
    elif _whole(value):
        found = manager.filter(pk=value).first()
    if found is None:
        raise Bad(f"No group has the name or id {shown(value)}.")
    return found


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


# -- refusals -------------------------------------------------------------------------------------------------------


def _refuse_limited(actor: Actor) -> None:
    refuse_read_only(actor)
    if actor.project_id is not None:
        raise Forbidden("Tokens bound to one project cannot respond. Use one without that restriction.")


def _refuse_needless(spec: Spec, host: Any, wanted: Wanted) -> None:
    groups = wanted.key == "group"
    held = (grants.held_groups(host) if groups else grants.held_users(spec, host)).get(wanted.guest.pk)
    if held is not None and (isinstance(spec.tree, Groups) or held >= wanted.level):
        raise Invalid.at(wanted.key, f"{wanted.guest} is already {_article(held)} of this {spec.singular_name}.")
    if inviting.open_offers(wanted.spec, host.pk, [wanted.guest.pk]):
        raise Invalid.at(wanted.key, f"{wanted.guest} is already invited.")
    if isinstance(spec.tree, Groups) and inviting.open_offers(
        _kind(spec, People, asked=True), host.pk, [wanted.guest.pk]
    ):
        raise Invalid.at(wanted.key, f"{wanted.guest} has already asked to join. Accept that request instead.")


def _kind(spec: Spec, guest: type[Any], *, asked: bool = False) -> Spec:
    """The model of invitations to (or join requests for) a kind of host, by kind of guest."""
    for kind in joinings_of(spec.label):
        tree: Any = kind.tree
        if tree.asked == asked and isinstance(specs()[kind.relations[tree.guest].target].tree, guest):
            return kind
    raise LookupError(f"There are no such invitations to a {spec.singular_name}.")


def _speaker(spec: Spec, side: str) -> str:
    target = specs()[spec.relations[side].target]
    return "that person" if isinstance(target.tree, People) else f"managers and owners of the {target.singular_name}"


def _article(level: Role) -> str:
    return f"{'an' if level is Role.OWNER else 'a'} {level.name.lower()}"


__all__ = ["answer", "ask", "invite", "inviter_level", "leave"]
