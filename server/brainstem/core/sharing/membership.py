"""Joining groups and projects: inviting, asking, responding and leaving, each in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from ..access import roles
from ..access.actor import Actor
from ..access.refusals import locked, refuse_read_only
from ..access.viewer import Viewer
from ..errors import Code, Forbidden, Invalid
from ..history.recording import note
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, group_spec, joinings_of, memberships, offer_of, spec_of, specs, user_spec
from ..model.trees import Role
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
def invite(
    spec: Spec,
    host_id: RecordId | str,
    body: Mapping[str, object],
    *,
    viewer: Viewer,
    life: dt.timedelta = inviting.LIFE,
) -> Record:
    """Invite a person or group to a group or project; returns the invitation, which is open for ``life``.

    Raises
    ------
    Forbidden
        If the actor is not a manager; inviting managers and owners requires an owner.
    Invalid
        If the invitee is unknown, already invited, or already has that role.
    """
    with transaction.atomic():
        host = locked(spec, host_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        wanted = _read(spec, body, viewer)
        needed = inviter_level(wanted.level)
        if not viewer.editable(spec, [host.pk], level=needed):
            raise Forbidden(f"Inviting {_article(wanted.level)} requires the role of {needed.name.lower()}.")
        _refuse_needless(spec, host, wanted)
        return inviting.make(wanted.spec, host, wanted.guest.pk, wanted.level, wanted.message, viewer=viewer, life=life)


@again_after_deadlock
def renew(spec: Spec, offer_id: RecordId, *, viewer: Viewer) -> object:
    """Make an open invitation again, with its full time from now on; returns the new one.

    Raises
    ------
    Forbidden
        If the actor may not invite at this level.
    """
    tree = offer_of(spec)
    with transaction.atomic():
        roles.lock_roles()
        offer = locked(spec, offer_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        if not viewer.speaks_for(spec, offer.pk, tree.maker):
            raise Forbidden(f"Only {_speaker(spec, tree.maker)} can send this again.")
        level, host = inviting.level_of(spec, offer), getattr(offer, tree.host)
        needed = inviter_level(level)
        if not tree.asked and not viewer.editable(spec_of(host), [host.pk], level=needed):
            raise Forbidden(f"Inviting {_article(level)} requires the role of {needed.name.lower()}.")
        guest_id = getattr(offer, f"{tree.guest}_id")
        return inviting.make(spec, host, guest_id, level, offer.message, viewer=viewer)


@again_after_deadlock
def ask(spec: Spec, group_id: RecordId, body: Mapping[str, object], *, viewer: Viewer) -> Record:
    """Ask to join a group; returns the request."""
    with transaction.atomic():
        group = locked(spec, group_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        requests, invitations = _kind(spec, user_spec(), asked=True), _kind(spec, user_spec())
        refuse_unknown_keys(body, ("message",), of="A request to join")
        message = _message(requests, body)
        if grants.held_users(spec, group).get(viewer.actor.user_id or 0):
            raise Invalid.whole("You are already a member.")
        if inviting.open_offers(requests, group.pk, [viewer.actor.user_id]):
            raise Invalid.whole("You have already asked to join. Wait for a response or cancel your request.")
        if inviting.open_offers(invitations, group.pk, [viewer.actor.user_id]):
            raise Invalid.whole("You are already invited. Accept the invitation instead.")
        return inviting.make(requests, group, viewer.actor.user_id, Role.MEMBER, message, viewer=viewer)


@again_after_deadlock
def leave(spec: Spec, group_id: RecordId, *, viewer: Viewer) -> Any:
    """Leave a group; its last owner cannot."""
    with transaction.atomic():
        group = locked(spec, group_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        if not grants.held_users(spec, group).get(viewer.actor.user_id or 0):
            raise Invalid.whole("You are not a member of this group.")
        gone = grants.Grants(users={viewer.actor.user_id or 0: (None, None)})
        _regranted(spec, group, gone, viewer=viewer)
        return group


# -- responding -----------------------------------------------------------------------------------------------------


@again_after_deadlock
def answer(spec: Spec, offer_id: RecordId, action: str, *, viewer: Viewer) -> None:
    """Accept, reject or withdraw a membership offer.

    Raises
    ------
    Forbidden
        If only the other side may do this.
    Invalid
        If the sender may no longer invite.
    """
    tree = offer_of(spec)
    with transaction.atomic():
        # Locked before the offer, in the order used by everything that changes roles: no role is lost while relied on.
        roles.lock_roles()
        offer = locked(spec, offer_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        side = tree.maker if action == "cancel" else tree.answerer
        if not viewer.speaks_for(spec, offer.pk, side):
            raise Forbidden(f"Only {_speaker(spec, side)} can {action} this.")
        if action == "accept":
            _join(spec, offer, viewer)
        inviting.close(offer, action, viewer=viewer)
        tell_answer(spec, offer, action, viewer.actor)


def inviter_level(level: Role) -> Role:
    """The role required to invite at a level: nobody can grant more than they have."""
    return Role.OWNER if level >= Role.MANAGER else Role.MANAGER


def _join(spec: Spec, offer: Any, viewer: Viewer) -> None:
    tree = offer_of(spec)
    level, host, guest_id = (
        inviting.level_of(spec, offer),
        getattr(offer, tree.host),
        getattr(offer, f"{tree.guest}_id"),
    )
    host_spec = spec_of(host)
    if not tree.asked and _level_now(host_spec, host.pk, offer.created_by) < inviter_level(level):
        raise Invalid.whole("The sender of this invitation is no longer allowed to invite. Ask for a new invitation.")
    groups = specs()[spec.relations[tree.guest].target].tree.keeps_members
    held = grants.held_groups(host) if groups else grants.held_users(host_spec, host)
    if held.get(guest_id, 0) < level:
        moves: dict[int, grants.Move] = {guest_id: (held.get(guest_id), level)}
        found = grants.Grants(groups=moves) if groups else grants.Grants(users=moves)
        _regranted(host_spec, host, found, viewer=viewer)


def _level_now(spec: Spec, host_id: Any, person: Any) -> int:
    """A person's current level on a group or project; administrators have all, deactivated accounts none."""
    if person is None or not person.is_active:
        return 0
    if person.is_superuser:
        return int(Role.OWNER)
    if not spec.tree.keeps_members:
        return roles.level_of(host_id, person.pk)
    return memberships().filter(group_id=host_id, user_id=person.pk).values_list("level", flat=True).first() or 0


def _regranted(spec: Spec, host: Record, found: grants.Grants, *, viewer: Viewer) -> None:
    """Change roles on a group or project, and record it in its history."""
    before = grants.state(spec, host)
    grants.apply(spec, host, found, viewer=viewer, created=False)
    note("change", host, viewer=viewer, before=before, after=grants.state(spec, host))


# -- parsing a body -------------------------------------------------------------------------------------------------


def _read(spec: Spec, body: Mapping[str, object], viewer: Viewer) -> Wanted:
    allowed = [key for key in GUEST_KEYS if key != "group" or not spec.tree.keeps_members]
    flags = {column for kind in joinings_of(spec.label) for column, _ in offer_of(kind).flags}
    refuse_unknown_keys(body, (*allowed, *sorted(flags), "message"), of="An invitation")
    given = [key for key in allowed if body.get(key) not in (None, "")]
    if len(given) != 1:
        raise Invalid.at(allowed[0], f"Specify whom to invite by one of: {', '.join(allowed)}.")
    key = given[0]
    kind = _kind(spec, group_spec() if key == "group" else user_spec())
    try:
        guest = _group(body[key]) if key == "group" else _person(key, body[key], viewer)
    except Bad as error:
        raise Invalid.at(key, str(error)) from error
    level = _level(kind, body)
    return Wanted(kind, guest, key, level, _message(kind, body))


def _message(kind: Spec, body: Mapping[str, object]) -> str:
    try:
        return inviting.cleaned_message(kind, body.get("message"))
    except Bad as error:
        raise Invalid.at("message", str(error)) from error


def _level(kind: Spec, body: Mapping[str, object]) -> Role:
    for column, _ in offer_of(kind).flags:
        if not isinstance(body.get(column, False), bool):
            raise Invalid.at(column, "Expected true or false.")
    return next((level for column, level in offer_of(kind).flags if body.get(column)), Role.MEMBER)


def _person(key: str, value: object, viewer: Viewer) -> Any:
    if key == "email":
        found = list(grants.people_by_email([value]).values()) if isinstance(value, str) else []
    else:
        # Anyone can be found by address; ids could be enumerated, and the response names the invitee.
        seen = viewer.seen(user_spec(), [value]) if _whole(value) else set()
        found = list(get_user_model()._default_manager.filter(pk__in=seen))
    if not found or not found[0].is_active:
        raise Bad(f"No active user has the {'email address' if key == 'email' else 'id'} {shown(value)}.")
    return found[0]


def _group(value: object) -> Any:
    manager = group_spec().model._default_manager
    found = None
    if isinstance(value, str) and "\x00" not in value:
        found = manager.filter(name=value).first()
    elif _whole(value):
        found = manager.filter(pk=value).first()
    if found is None:
        raise Bad(f"No group has the name or id {shown(value)}.")
    return found


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


# -- refusals -------------------------------------------------------------------------------------------------------


def _refuse_limited(actor: Actor) -> None:
    refuse_read_only(actor)
    if actor.project_id is not None:
        text = "Tokens bound to one project cannot respond. Use one without that restriction."
        raise Forbidden(text, code=Code.PROJECT_TOKEN)


def _refuse_needless(spec: Spec, host: Record, wanted: Wanted) -> None:
    groups = wanted.key == "group"
    held = (grants.held_groups(host) if groups else grants.held_users(spec, host)).get(wanted.guest.pk)
    if held is not None and (spec.tree.keeps_members or held >= wanted.level):
        raise Invalid.at(wanted.key, f"{wanted.guest} is already {_article(held)} of this {spec.singular_name}.")
    if inviting.open_offers(wanted.spec, host.pk, [wanted.guest.pk]):
        raise Invalid.at(wanted.key, f"{wanted.guest} is already invited.")
    if spec.tree.keeps_members and inviting.open_offers(
        _kind(spec, user_spec(), asked=True), host.pk, [wanted.guest.pk]
    ):
        raise Invalid.at(wanted.key, f"{wanted.guest} has already asked to join. Accept that request instead.")


def _kind(spec: Spec, guest: Spec, *, asked: bool = False) -> Spec:
    """The model of invitations to (or join requests for) a kind of host, by kind of guest."""
    for kind in joinings_of(spec.label):
        tree = offer_of(kind)
        if tree.asked == asked and specs()[kind.relations[tree.guest].target].label == guest.label:
            return kind
    raise LookupError(f"There are no such invitations to a {spec.singular_name}.")


def invitation_kind(spec: Spec, guest: Spec) -> Spec | None:
    """The model of invitations of a kind of guest to a kind of host; None if they are not invited, but added."""
    try:
        return _kind(spec, guest)
    except LookupError:
        return None


def _speaker(spec: Spec, side: str) -> str:
    target = specs()[spec.relations[side].target]
    return "that person" if target.tree.is_people else f"managers and owners of the {target.singular_name}"


def _article(level: Role) -> str:
    return f"{'an' if level is Role.OWNER else 'a'} {level.name.lower()}"


__all__ = ["answer", "ask", "invitation_kind", "invite", "inviter_level", "leave", "renew"]
