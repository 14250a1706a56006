"""Records the signals of allauth and Django about an account in its security log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.socialaccount import signals as social
from allauth.socialaccount.models import SocialApp
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from brainstem.apps.users import events
from brainstem.apps.users.allauth_internals import get_authentication_records
from brainstem.apps.users.models import User
from brainstem.core.access.caller import caller_of

from . import invitations

Kind = events.Kind
WORDS = {
    "password": "password",
    "mfa": "second factor",
    "code": "code",
    "password_reset": "new password",
    "app": "authenticator app",
    "email": "code by email",
    "passkey": "passkey",
    "webauthn": "passkey",
    "backup": "backup code",
}


def connect() -> None:
    """Connect the signals; called once, when the pages are ready."""
    account.user_logged_in.connect(signed_in, dispatch_uid="web.log.signed_in")
    user_logged_out.connect(signed_out, dispatch_uid="web.log.signed_out")
    account.user_signed_up.connect(registered, dispatch_uid="web.log.registered")
    account.user_signed_up.connect(invitations.used, dispatch_uid="web.invitations.used")
    account.email_confirmed.connect(invitations.confirmed, dispatch_uid="web.invitations.confirmed")
    account.user_signed_up.connect(_remember_orcid, dispatch_uid="web.social.remember_orcid")
    social.social_account_added.connect(_remember_orcid, dispatch_uid="web.social.remember_orcid")
    account.password_changed.connect(password_changed, dispatch_uid="web.log.password_changed")
    account.password_set.connect(password_changed, dispatch_uid="web.log.password_set")
    account.password_reset.connect(password_reset, dispatch_uid="web.log.password_reset")
    social.social_account_added.connect(connected, dispatch_uid="web.log.connected")
    social.social_account_removed.connect(disconnected, dispatch_uid="web.log.disconnected")


def _remember_orcid(**told: Any) -> None:
    from .social import remember_orcid  # noqa: PLC0415 - only pages register people, and it brings an HTTP client along

    remember_orcid(**told)


def write(request: HttpRequest, user: Any, kind: str, about: str = "") -> None:
    """Log an event of an account, with its origin."""
    events.record(user, kind, **caller_of(request.META), about=about)


def signed_in(*, request: HttpRequest, user: User, sociallogin: object = None, **_: object) -> None:
    """Log a sign-in with its methods: password, passkey, another account, second factor."""
    ways = [_way(record, sociallogin) for record in get_authentication_records(request, user)]
    write(request, user, Kind.SIGNED_IN, "With " + " and ".join(dict.fromkeys(ways)) if ways else "")
    events.forget_old(user)


def signed_out(*, request: HttpRequest, user: User, **_: object) -> None:
    """Log a sign-out, if someone was signed in."""
    if user is not None and user.pk is not None:
        write(request, user, Kind.SIGNED_OUT)


def registered(*, request: HttpRequest, user: Any, **more: Any) -> None:
    """Log a registration, with a password or through another account."""
    login = more.get("sociallogin")
    write(request, user, Kind.REGISTERED, f"Through {provider_name(login.account)}" if login else user.email)


def password_changed(*, request: HttpRequest, user: User, **_: object) -> None:
    """Log a password change by someone who knew the old one."""
    write(request, user, Kind.PASSWORD_CHANGED)


def password_reset(*, request: HttpRequest, user: User, **_: object) -> None:
    """Log a password reset with a link in an email."""
    write(request, user, Kind.PASSWORD_RESET)


def connected(*, request: HttpRequest, sociallogin: Any, **_: object) -> None:
    """Log that another account was connected."""
    write(request, sociallogin.user, Kind.CONNECTION_ADDED, _named(sociallogin.account))


def disconnected(*, request: HttpRequest, socialaccount: Any, **_: object) -> None:
    """Log that another account was disconnected."""
    write(request, socialaccount.user, Kind.CONNECTION_REMOVED, _named(socialaccount))


def provider_name(connection: Any) -> str:
    """Name of the provider: "ORCID" or the configured name; its id if it is no longer set up."""
    try:
        provider = connection.get_provider()
    except SocialApp.DoesNotExist:
        return str(connection.provider)
    return str(provider.app.name or provider.name)


def _named(connection: Any) -> str:
    return f"{provider_name(connection)}: {connection.uid}"


def _way(record: dict[str, Any], login: Any) -> str:
    if login and record.get("provider"):
        return provider_name(login.account)
    found = record.get("provider") or WORDS.get(record.get("type", "")) or WORDS.get(record["method"])
    return str(found or record["method"])
