"""Joining groups and projects: inviting, asking, answering and leaving, each in one transaction."""

from __future__ import annotations

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
from ..history.changes import note
from ..model.ids import uuid7
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
    """What the body of an invitation asks for."""

    spec: Spec
    guest: Any
    key: str
    level: Role
    message: str


# -- making ---------------------------------------------------------------------------------------------------------


@again_after_deadlock
def invite(spec: Spec, host_id: Any, body: Mapping[str, Any], *, viewer: Viewer) -> Any:
    """Invite a person or a group to a group or project; gives the invitation.

    Raises
    ------
    Forbidden
        Takes a manager; to invite managers and owners, an owner.
    Invalid
        Who is invited is unknown, is invited already, or holds as much already.
    """
    with transaction.atomic():
        host = locked(spec, host_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        wanted = _read(spec, body, viewer)
        needed = inviter_level(wanted.level)
        if not viewer.editable(spec, [host.pk], level=needed):
            raise Forbidden(f"Inviting {_article(wanted.level)} takes the role of {needed.name.lower()}.")
        _refuse_needless(spec, host, wanted)
        return inviting.make(wanted.spec, host, wanted.guest.pk, wanted.level, wanted.message, viewer=viewer)


@again_after_deadlock
def ask(spec: Spec, group_id: Any, body: Mapping[str, Any], *, viewer: Viewer) -> Any:
    """Ask to join a group; gives the request."""
    with transaction.atomic():
        group = locked(spec, group_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        requests, invitations = _kind(spec, user_spec(), asked=True), _kind(spec, user_spec())
        refuse_unknown_keys(body, ("message",), of="A request to join")
        message = _message(requests, body)
        if grants.held_users(spec, group).get(viewer.actor.user_id or 0):
            raise Invalid.whole("You are a member already.")
        if inviting.open_offers(requests, group.pk, [viewer.actor.user_id]):
            raise Invalid.whole("You have asked already; wait for the answer or cancel your request.")
        if inviting.open_offers(invitations, group.pk, [viewer.actor.user_id]):
            raise Invalid.whole("You are invited already: accept the invitation.")
        return inviting.make(requests, group, viewer.actor.user_id, Role.MEMBER, message, viewer=viewer)


@again_after_deadlock
def leave(spec: Spec, group_id: Any, *, viewer: Viewer) -> Any:
    """End one's own membership of a group; its last owner stays."""
    with transaction.atomic():
        group = locked(spec, group_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        if not grants.held_users(spec, group).get(viewer.actor.user_id or 0):
            raise Invalid.whole("You are not a member of this group.")
        gone = grants.Grants(users={viewer.actor.user_id or 0: (None, None)})
        _regranted(spec, group, gone, viewer=viewer)
        return group


# -- answering ------------------------------------------------------------------------------------------------------


@again_after_deadlock
def answer(spec: Spec, offer_id: Any, action: str, *, viewer: Viewer) -> None:
    """Accept, reject or withdraw an offer of membership.

    Raises
    ------
    Forbidden
        That is for the other side to do.
    Invalid
        Who invited may no longer do so.
    """
    tree = offer_of(spec)
    with transaction.atomic():
        # Before the offer's own lock, as everybody does who changes roles: nobody loses one while it is counted on.
        roles.lock_roles()
        offer = locked(spec, offer_id, viewer=viewer)
        _refuse_limited(viewer.actor)
        side = tree.maker if action == "cancel" else tree.answerer
        if not viewer.speaks_for(spec, offer.pk, side):
            raise Forbidden(f"To {action} this is for {_speaker(spec, side)}.")
        if action == "accept":
            _join(spec, offer, viewer)
        inviting.close(offer, action, viewer=viewer)
        tell_answer(spec, offer, action, viewer.actor)


def inviter_level(level: Role) -> Role:
    """What it takes to invite somebody at a level: nobody hands out more than they hold."""
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
        raise Invalid.whole("Who sent this invitation may no longer invite; ask for a new one.")
    groups = specs()[spec.relations[tree.guest].target].tree.keeps_members
    held = grants.held_groups(host) if groups else grants.held_users(host_spec, host)
    if held.get(guest_id, 0) < level:
        moves: dict[int, grants.Move] = {guest_id: (held.get(guest_id), level)}
        found = grants.Grants(groups=moves) if groups else grants.Grants(users=moves)
        _regranted(host_spec, host, found, viewer=viewer)


def _level_now(spec: Spec, host_id: Any, person: Any) -> int:
    """What a person holds on a group or project now; an administrator holds everything, an ended account nothing."""
    if person is None or not person.is_active:
        return 0
    if person.is_superuser:
        return int(Role.OWNER)
    if not spec.tree.keeps_members:
        return roles.level_of(host_id, person.pk)
    return memberships().filter(group_id=host_id, user_id=person.pk).values_list("level", flat=True).first() or 0


def _regranted(spec: Spec, host: Any, found: grants.Grants, *, viewer: Viewer) -> None:
    """Change roles on a group or project, with a line in its history."""
    before = grants.state(spec, host)
    grants.apply(spec, host, found, viewer=viewer, created=False)
    note("change", host, viewer=viewer, event=uuid7(), before=before, after=grants.state(spec, host))


# -- reading a body -------------------------------------------------------------------------------------------------


def _read(spec: Spec, body: Mapping[str, Any], viewer: Viewer) -> Wanted:
    allowed = [key for key in GUEST_KEYS if key != "group" or not spec.tree.keeps_members]
    flags = {column for kind in joinings_of(spec.label) for column, _ in offer_of(kind).flags}
    refuse_unknown_keys(body, (*allowed, *sorted(flags), "message"), of="An invitation")
    given = [key for key in allowed if body.get(key) not in (None, "")]
    if len(given) != 1:
        raise Invalid.at(allowed[0], f"Say whom you invite by one of: {', '.join(allowed)}.")
    key = given[0]
    kind = _kind(spec, group_spec() if key == "group" else user_spec())
    try:
        guest = _group(body[key]) if key == "group" else _person(key, body[key], viewer)
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
    for column, _ in offer_of(kind).flags:
        if not isinstance(body.get(column, False), bool):
            raise Invalid.at(column, "Expected true or false.")
    return next((level for column, level in offer_of(kind).flags if body.get(column)), Role.MEMBER)


def _person(key: str, value: Any, viewer: Viewer) -> Any:
    if key == "email":
        found = list(grants.people_by_email([value]).values()) if isinstance(value, str) else []
    else:
        # By address anybody is found; ids can be counted through, and answers name who is invited.
        seen = viewer.seen(user_spec(), [value]) if _whole(value) else set()
        found = list(get_user_model()._default_manager.filter(pk__in=seen))
    if not found or not found[0].is_active:
        raise Bad(f"No active user has the {'e-mail address' if key == 'email' else 'id'} {shown(value)}.")
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


# -- refusing -------------------------------------------------------------------------------------------------------


def _refuse_limited(actor: Actor) -> None:
    refuse_read_only(actor)
    if actor.project_id is not None:
        text = "A token that is bound to one project answers for nobody: use one without that limit."
        raise Forbidden(text, code=Code.PROJECT_TOKEN)


def _refuse_needless(spec: Spec, host: Any, wanted: Wanted) -> None:
    groups = wanted.key == "group"
    held = (grants.held_groups(host) if groups else grants.held_users(spec, host)).get(wanted.guest.pk)
    if held is not None and (spec.tree.keeps_members or held >= wanted.level):
        raise Invalid.at(wanted.key, f"{wanted.guest} is {_article(held)} of this {spec.singular_name} already.")
    if inviting.open_offers(wanted.spec, host.pk, [wanted.guest.pk]):
        raise Invalid.at(wanted.key, f"{wanted.guest} is invited already.")
    if spec.tree.keeps_members and inviting.open_offers(
        _kind(spec, user_spec(), asked=True), host.pk, [wanted.guest.pk]
    ):
        raise Invalid.at(wanted.key, f"{wanted.guest} has asked to join: accept that request.")


def _kind(spec: Spec, guest: Spec, *, asked: bool = False) -> Spec:
    """The model of invitations to (or requests for) a kind of host, by kind of guest."""
    for kind in joinings_of(spec.label):
        tree = offer_of(kind)
        if tree.asked == asked and specs()[kind.relations[tree.guest].target].label == guest.label:
            return kind
    raise LookupError(f"Nobody is invited to a {spec.singular_name} in this way.")


def _speaker(spec: Spec, side: str) -> str:
    target = specs()[spec.relations[side].target]
    return "the person themselves" if target.tree.is_people else f"managers and owners of the {target.singular_name}"


def _article(level: Role) -> str:
    return f"{'an' if level is Role.OWNER else 'a'} {level.name.lower()}"


__all__ = ["answer", "ask", "invite", "inviter_level", "leave"]
