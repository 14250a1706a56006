"""Which second factors a user has, which one is asked for first, and who must have one.

``User.two_factor_enabled`` says whether there are any; only :func:`note_methods` writes it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.signals import post_delete, post_save

from brainstem.apps.users.models import User
from brainstem.core.errors import Invalid
from brainstem.core.text.addresses import plain_address

from .two_factor_models import BackupCode, EmailCodes

ANY_DOMAIN = "*"
LAST_ONE = "Accounts of your email domain must have a second factor. Add another one before you remove this one."


class Method(StrEnum):
    """A kind of second factor. Backup codes are not one: they replace a lost one."""

    APP = "app"
    PASSKEY = "passkey"
    EMAIL = "email"


_OF_TYPE = {Authenticator.Type.TOTP: Method.APP, Authenticator.Type.WEBAUTHN: Method.PASSKEY}


def methods_of(user_id: int) -> list[Method]:
    """The methods of a user, in the order they were added; two queries."""
    since = [
        (created, _OF_TYPE[kind])
        for kind, created in Authenticator.objects.filter(user_id=user_id).values_list("type", "created_at")
        if kind in _OF_TYPE
    ]
    by_mail = EmailCodes.objects.filter(user_id=user_id, enabled_at__isnull=False)
    since += [(enabled, Method.EMAIL) for enabled in by_mail.values_list("enabled_at", flat=True) if enabled]
    return list(dict.fromkeys(method for _, method in sorted(since)))


def is_required(email: str) -> bool:
    """Whether accounts with this email address must have a second factor."""
    domains = settings.BRAINSTEM_TWO_FACTOR_DOMAINS
    return bool(domains) and (ANY_DOMAIN in domains or plain_address(email).rpartition("@")[2] in domains)


def is_missing(user: Any) -> bool:
    """Whether this user must add a second factor before doing anything else."""
    return not user.two_factor_enabled and is_required(user.email)


def hold(user_id: int) -> None:
    """Serialize changes to a user's methods."""
    list(_row(user_id).values_list("pk"))


def choose_default(user_id: int, method: str) -> bool:
    """Ask for this method first from now on; returns whether the user has it."""
    with transaction.atomic():
        hold(user_id)
        if method not in methods_of(user_id):
            return False
        return bool(_users().filter(pk=user_id).update(two_factor_default=method))


def remove(user: Any, method: Method, *, passkey: int | None = None) -> bool:
    """Remove a method, or one of the passkeys; returns whether it existed.

    Raises
    ------
    Invalid
        It is the last one, and the user must have one.
    """
    with transaction.atomic():
        hold(user.pk)
        removed = _rows(user.pk, method, passkey).delete()[0]
        if removed and is_required(user.email) and not methods_of(user.pk):
            raise Invalid.whole(LAST_ONE)
    return bool(removed)


def reset(user: User) -> list[Method]:
    """Remove all methods on behalf of an administrator; ends all browser sessions. Returns the removed methods."""
    with transaction.atomic():
        hold(user.pk)
        methods = methods_of(user.pk)
        Authenticator.objects.filter(user_id=user.pk).delete()
        EmailCodes.objects.filter(user_id=user.pk).delete()
        note_methods(user.pk)
        _users().filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    return methods


@transaction.atomic
def note_methods(user_id: int) -> None:
    """Update whether a user has a second factor, and which is asked for first.

    Adding the first method ends all browser sessions, since someone who had only the password must not stay signed in;
    the page that adds it keeps its own. Removing the last one deletes the backup codes.
    """
    kept = _row(user_id).values_list("two_factor_enabled", "two_factor_default").first()
    if kept is None:
        return
    was_on, default = kept
    methods = methods_of(user_id)
    values: dict[str, Any] = {"two_factor_enabled": bool(methods)}
    if default not in methods:
        values["two_factor_default"] = methods[0].value if methods else ""
    if methods and not was_on:
        values["session_epoch"] = F("session_epoch") + 1
    _users().filter(pk=user_id).update(**values)
    if not methods:
        BackupCode.objects.filter(user_id=user_id).delete()


def out_of_step() -> Any:
    """Accounts whose ``two_factor_enabled`` does not match their methods."""
    apps_and_keys = Authenticator.objects.filter(user=OuterRef("pk"), type__in=list(_OF_TYPE))
    by_mail = EmailCodes.objects.filter(user=OuterRef("pk"), enabled_at__isnull=False)
    has = Q(Exists(apps_and_keys)) | Q(Exists(by_mail))
    return _users().filter(Q(two_factor_enabled=False) & has | Q(two_factor_enabled=True) & ~has)


def mend() -> None:
    """Repair the flags of accounts that are out of step."""
    for user_id in out_of_step().values_list("pk", flat=True):
        note_methods(user_id)


def connect() -> None:
    """Watch the tables of methods; called once, when the app is ready."""
    for table in (Authenticator, EmailCodes):
        post_save.connect(_saved, sender=table, dispatch_uid=f"users.two_factor.saved.{table.__name__}")
        post_delete.connect(_deleted, sender=table, dispatch_uid=f"users.two_factor.deleted.{table.__name__}")


def _saved(*, instance: Any, raw: bool = False, **_: object) -> None:
    # Undeleted rows come with their user, whose flag is already right.
    if not raw:
        note_methods(instance.user_id)


def _deleted(*, instance: Any, **_: object) -> None:
    note_methods(instance.user_id)


def _rows(user_id: int, method: Method, passkey: int | None) -> Any:
    if method is Method.EMAIL:
        return EmailCodes.objects.filter(user_id=user_id, enabled_at__isnull=False)
    if method is Method.APP:
        return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP)
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN, pk=passkey)


def _users() -> Any:
    return get_user_model()._base_manager


def _row(user_id: int) -> Any:
    """The user's row, locked, so that earlier changes of other transactions are visible."""
    return _users().filter(pk=user_id).select_for_update(no_key=True)
