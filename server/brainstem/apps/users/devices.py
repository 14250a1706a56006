"""The device flow (RFC 8628): a program asks, someone decides in a browser, the program collects a token.

Knows no HTTP: the program's side is served by the API, the user's side by the pages.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from brainstem.apps.users.models import User
from brainstem.core.access.caller import network_of
from brainstem.core.text.lines import one_line

from . import events, throttle, tokens
from .device_models import DeviceRequest
from .device_text import code_of, digest_of, new_secret, parse_code

LIFETIME_SECONDS = 900
POLL_SECONDS = 5
FORGOTTEN_AFTER = dt.timedelta(hours=1)

# A computer shared by a hundred people is one address; a guess only succeeds against a pending code.
STARTS = throttle.Limit("device starts", tries=200, seconds=900)
TYPED_HERE = throttle.Limit("device codes by user and address", tries=20, seconds=900)
TYPED = throttle.Limit("device codes by user", tries=50, seconds=3600)
TYPED_BY_ALL = throttle.Limit("device codes", tries=2000, seconds=3600)
TOO_MANY = "Too many codes were entered."

PENDING, SUCCESS = "authorization_pending", "success"
DENIED, EXPIRED, USED = "access_denied", "expired_token", "already_used"
OPEN = DeviceRequest.Outcome.OPEN


# --- the program's side --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Started:
    """The answer to a program that asks; none of it is stored."""

    session_id: str
    device_code: str
    user_code: str


@dataclass(frozen=True)
class Polled:
    """The state of a request; ``token`` is given once."""

    outcome: str
    token: str = ""


def start(*, client_name: str, address: str, agent: str) -> Started:
    """Register a request of a program; deletes long expired ones.

    Raises
    ------
    Throttled
        If too many started from this network.
    """
    throttle.spend({STARTS: network_of(address)}, "Too many sign-in requests from this network.")
    now = timezone.now()
    DeviceRequest.objects.filter(expires_at__lt=now - FORGOTTEN_AFTER).delete()
    about = {"client_name": one_line(client_name, 100), "address": address, "agent": one_line(agent, events.LONGEST)}
    until = now + dt.timedelta(seconds=LIFETIME_SECONDS)
    while True:
        started = _new()
        digests = {
            "device_digest": digest_of("device", started.device_code),
            "session_digest": digest_of("session", started.session_id),
        }
        _, is_new = DeviceRequest.objects.get_or_create(
            code_digest=digest_of("code", started.user_code), defaults={"expires_at": until} | about | digests
        )
        # Retry in the rare case that another pending request has the same short code, since people type it.
        if is_new:
            return started


def _new() -> Started:
    session_id = new_secret()
    return Started(session_id, new_secret(), code_of(session_id))


def poll(device_code: str, *, address: str, agent: str) -> Polled:
    """The state of a request; one SQL statement while it is pending.

    An unknown code is reported as expired, since expired requests are deleted after a while.
    """
    asked = DeviceRequest.objects.filter(device_digest=digest_of("device", device_code)).first()
    if asked is None:
        return Polled(EXPIRED)
    if asked.collected_at:
        return Polled(USED)
    if asked.outcome == DeviceRequest.Outcome.DENIED:
        return Polled(DENIED)
    if asked.expires_at <= timezone.now():
        return Polled(EXPIRED)
    return _collect(asked, address, agent) if asked.outcome == DeviceRequest.Outcome.APPROVED else Polled(PENDING)


@transaction.atomic
def _collect(asked: DeviceRequest, address: str, agent: str) -> Polled:
    """Create the approved token, once."""
    user = (
        get_user_model()
        ._default_manager.filter(pk=asked.user_id, is_active=True)
        .select_for_update(no_key=True)
        .first()
    )
    if user is None or asked.seal != _seal(user):
        return Polled(DENIED)
    # Of two polls at once, one finds it uncollected.
    if not DeviceRequest.objects.filter(pk=asked.pk, collected_at=None).update(collected_at=timezone.now()):
        return Polled(USED)
    issued = tokens.create_personal(
        user, name=asked.token_name, address=address, agent=agent, read_only=asked.read_only
    )
    return Polled(SUCCESS, issued.raw)


# --- the user's side -----------------------------------------------------------------------------------------------


def by_session(session_id: str) -> DeviceRequest | None:
    """The request whose page was opened by a program."""
    return DeviceRequest.objects.filter(session_digest=digest_of("session", session_id)).first()


def by_code(typed: str, *, user: Any, address: str) -> DeviceRequest | None:
    """The request whose code someone typed.

    Raises
    ------
    Throttled
        If this user, here or anywhere, entered too many codes; every entry counts, right or wrong.
    """
    code = parse_code(typed)
    if code is None:
        return None
    here = f"{user.pk} {network_of(address)}"
    limits = {TYPED_HERE: here, TYPED: str(user.pk), TYPED_BY_ALL: ""}
    throttle.spend(limits, TOO_MANY)
    return DeviceRequest.objects.filter(code_digest=digest_of("code", code)).first()


def state_of(asked: DeviceRequest) -> str:
    """``open``, ``approved``, ``denied``, ``used`` or ``expired``."""
    if asked.collected_at:
        return "used"
    if asked.outcome == OPEN and asked.expires_at <= timezone.now():
        return "expired"
    return asked.outcome or "open"


def approve(asked: DeviceRequest, *, user: Any, name: str, read_only: bool, address: str, agent: str) -> bool:
    """Let a program collect a token; False if the request was already decided or has expired."""
    values = {"token_name": name, "read_only": read_only, "seal": _seal(user)}
    outcome, kind = DeviceRequest.Outcome.APPROVED, events.Kind.DEVICE_APPROVED
    return _decide(asked, user, outcome, kind, address=address, agent=agent, **values)


def deny(asked: DeviceRequest, *, user: Any, address: str, agent: str) -> bool:
    """Deny a program; False if the request was already decided or has expired."""
    outcome, kind = DeviceRequest.Outcome.DENIED, events.Kind.DEVICE_DENIED
    return _decide(asked, user, outcome, kind, address=address, agent=agent)


@transaction.atomic
def _decide(
    asked: DeviceRequest, user: User, outcome: str, kind: str, *, address: str, agent: str, **values: object
) -> bool:
    now = timezone.now()
    waiting = DeviceRequest.objects.filter(pk=asked.pk, outcome=OPEN, expires_at__gt=now)
    if not waiting.update(outcome=outcome, decided_at=now, user=user, **values):
        return False
    about = f"{asked.client_name or 'A program'} at {asked.address}"
    events.record(user, kind, address=address, agent=agent, about=about)
    return True


def _seal(user: User) -> str:
    """Changes with the password, and when the account is deactivated or activated."""
    return str(user.get_session_auth_hash())
