"""Deactivating the account of someone who leaves, and reactivating it.

Everything the person created, owns or is named in stays as it is; only their ways of signing in end.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.signals import pre_save

from brainstem.core.access.actor import Actor
from brainstem.core.access.refusals import locked, refuse_read_only
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Forbidden, Invalid
from brainstem.core.history.recording import note, snapshot
from brainstem.core.mail.sending import send_later
from brainstem.core.model.registry import project_spec, spec_of
from brainstem.core.model.trees import Role
from brainstem.core.models import ObjectRole
from brainstem.core.sql.retry import again_after_deadlock

from . import events, two_factor
from .models import User
from .token_models import Token
from .tokens import revoke


@again_after_deadlock
def deactivate(user_id: int, *, viewer: Viewer) -> None:
    """Deactivate someone's account as an administrator.

    Raises
    ------
    Forbidden
        The actor is not an administrator.
    Invalid
        The account is their own.
    """
    with transaction.atomic():
        _hold_administrators()
        user = _account(user_id, viewer)
        if user.pk == viewer.actor.user_id:
            raise Invalid.whole("You cannot deactivate your own account. Ask another administrator.")
        switch(user, active=False, viewer=viewer)


@again_after_deadlock
def activate(user_id: int, *, viewer: Viewer) -> None:
    """Reactivate someone's account as an administrator; they have to sign in again."""
    with transaction.atomic():
        switch(_account(user_id, viewer), active=True, viewer=viewer)


@again_after_deadlock
def reset_two_factor(user_id: int, *, viewer: Viewer) -> list[two_factor.Method]:
    """Remove all second factors of somebody who has lost them, as an administrator; returns which there were.

    Raises
    ------
    Forbidden
        The actor is not an administrator.
    Invalid
        The account is their own, whose methods are removed on the page of second factors.
    """
    with transaction.atomic():
        user = _account(user_id, viewer)
        if user.pk == viewer.actor.user_id:
            raise Invalid.whole("Remove your own methods under Two-factor in your settings.")
        methods = two_factor.reset(user)
        about = f"All methods and backup codes, by {viewer.actor.email}"
        events.record(user, events.Kind.METHOD_REMOVED if methods else events.Kind.SESSION_ENDED, about=about)
    return methods


@again_after_deadlock
def confirm_address(user_id: int, *, viewer: Viewer) -> bool:
    """Confirm somebody's email address as an administrator who knows that it is theirs; returns whether it was not.

    Raises
    ------
    Forbidden
        The actor is not an administrator.
    """
    with transaction.atomic():
        user = _account(user_id, viewer)
        known = EmailAddress.objects.filter(user=user, email__iexact=user.email)
        if known.filter(verified=True).exists():
            return False
        if not known.update(verified=True, primary=True):
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        events.record(user, events.Kind.ADDRESS_CONFIRMED, about=f"{user.email}, by {viewer.actor.email}")
    return True


@again_after_deadlock
def switch_by_email(email: str, *, active: bool) -> bool:
    """Deactivate or activate the account with this email, for the command line; returns whether anything changed.

    Raises
    ------
    User.DoesNotExist
        No account has this address.
    """
    with transaction.atomic():
        _hold_administrators()
        user = User.objects.at_address(email).select_for_update().get()
        return switch(user, active=active, viewer=Viewer(Actor(via="command"), ""))


@again_after_deadlock
def leave(user_id: int, *, actor: Actor, address: str = "", agent: str = "") -> None:
    """Close one's own account; its owner is notified by email, in case someone else was at their browser.

    Raises
    ------
    Invalid
        No administrator would be left.
    """
    with transaction.atomic():
        _hold_administrators()
        user = User.objects.select_for_update().get(pk=user_id)
        switch(user, active=False, viewer=Viewer(actor, "private"), address=address, agent=agent)
        send_later("users/account_closed", {"email": user.email, "address": address, "agent": agent}, [user.email])


def left_without_owner(user_id: int, *, actor: Actor) -> list[object]:
    """Projects that would have no owner able to sign in if this account were closed."""
    spec, owners = project_spec(), ObjectRole.objects.filter(level=int(Role.OWNER))
    mine = owners.filter(user_id=user_id).values_list("object_id", flat=True)
    seen = Viewer(actor, "private").seen(spec, mine)
    others = owners.filter(object_id=OuterRef("pk"), user__is_active=True).exclude(user_id=user_id)
    return list(spec.model._default_manager.filter(~Exists(others), pk__in=seen).order_by("name", "pk"))


def switch(user: User, *, active: bool, viewer: Viewer, address: str = "", agent: str = "") -> bool:
    """Deactivate or activate an account whose row is locked; returns whether anything changed. The log says who did it.

    Raises
    ------
    Invalid
        No administrator would be left.
    """
    if user.is_active == active:
        return False
    before = snapshot(user)
    user.is_active = active
    # Activating ends them too: a sign-in that was in progress while the account was closed must not survive.
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])  # not updated_at: the record as served is unchanged
    revoke(Token.objects.filter(user_id=user.pk))
    if not User.objects.filter(is_superuser=True, is_active=True).exists() and user.is_superuser:
        raise Invalid.whole("This is the last active administrator. Appoint another one first.")
    action = "activate" if active else "deactivate"
    note(action, user, viewer=viewer, before=before, after=snapshot(user))
    kind = events.Kind.OPENED if active else events.Kind.CLOSED
    who = "the person" if viewer.actor.user_id == user.pk else viewer.actor.email or "a command on the server"
    events.record(user, kind, address=address, agent=agent, about=f"By {who}")
    return True


def connect() -> None:
    """Watch for users who are undeleted; called once, when the app is ready."""
    pre_save.connect(end_sessions_of_before, sender=User, dispatch_uid="users.end_sessions_of_before")


def end_sessions_of_before(*, instance: Any, raw: bool = False, **_: object) -> None:
    """Make restored users sign in again: a browser may still hold their old session."""
    if raw:
        instance.session_epoch += 1


def _account(user_id: int, viewer: Viewer) -> Any:
    spec = spec_of(User)
    user = locked(spec, user_id, viewer=viewer)
    refuse_read_only(viewer.actor)
    if not viewer.editable(spec, [user.pk], level=Role.OWNER):
        raise Forbidden("Only administrators can deactivate or activate accounts.")
    return user


def _hold_administrators() -> None:
    """Serialize changes to the set of administrators: of two who deactivate each other, only one succeeds."""
    list(User.objects.filter(is_superuser=True).select_for_update(no_key=True).order_by("pk").values_list("pk"))
