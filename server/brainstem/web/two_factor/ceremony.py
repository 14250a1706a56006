"""Passkey challenges for browsers, and checks that their responses belong to those challenges.

A challenge is for one purpose and one person, in one browser session, and can be used once. Without the purpose, the
challenge for the second step of a sign-in, which only takes the touch of a key, could open the account by itself.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from fido2.webauthn import AuthenticatorData, ResidentKeyRequirement, UserVerificationRequirement

from brainstem.apps.users.allauth_internals import (
    EXTENSIONS,
    build_user_payload,
    get_authenticator_by_credential_id,
    get_credentials,
    get_server,
    parse_authentication_response,
    parse_registration_response,
)
from brainstem.apps.users.models import User

from .lasting import LIFETIME_SECONDS

ASKED = "passkey_questions"
NOT_ASKED = "No passkey was requested, or it took too long."


class Purpose(StrEnum):
    """What a passkey is used for. Resetting a password by email asks for none: the sign-in that follows does."""

    REGISTER = "register"
    SECOND_FACTOR = "second factor"
    SIGN_IN = "sign in"
    CONFIRM = "confirm"


# A passkey that signs in alone is both factors, so its device must have checked who holds it (PIN, fingerprint).
# One that confirms an identity replaces the password after a complete sign-in.
_ALONE = frozenset({Purpose.SIGN_IN})


def ask_to_register(request: HttpRequest, user: User) -> dict[str, object]:
    """The options for a browser that creates a passkey.

    Asks for a passkey that can sign in alone, or a plain second factor if the device cannot; allauth asks for either
    one or the other.
    """
    options, state = get_server().register_begin(
        user=build_user_payload(user),
        credentials=get_credentials(user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions=EXTENSIONS,
    )
    _keep(request, Purpose.REGISTER, user, state)
    return dict(options)


def ask(request: HttpRequest, purpose: Purpose, user: Any = None) -> dict[str, object]:
    """The challenge for the browser to sign; without a person, any passkey of this server is accepted."""
    wanted = UserVerificationRequirement
    options, state = get_server().authenticate_begin(
        credentials=get_credentials(user) if user is not None else [],
        user_verification=wanted.REQUIRED if purpose in _ALONE else wanted.PREFERRED,
    )
    _keep(request, purpose, user, state)
    return dict(options)


def registered(request: HttpRequest, user: Any, credential: object) -> None:
    """Accept the response to :func:`ask_to_register`.

    Raises
    ------
    ValidationError
        If it does not belong to a challenge for this person. Malformed responses raise errors of fido2.
    """
    state = _take(request, Purpose.REGISTER, user)
    parse_registration_response(credential)
    get_server().register_complete(state, credential)


def signed(request: HttpRequest, purpose: Purpose, user: Any, credential: object) -> Authenticator:
    """The passkey of a person that signed the challenge of :func:`ask`.

    Raises
    ------
    ValidationError
        If it does not belong to a challenge for this purpose, or the device did not check who holds it although the
        passkey signs in alone. Malformed responses raise errors of fido2.
    """
    state = _take(request, purpose, None if purpose in _ALONE else user)
    answer = parse_authentication_response(credential)
    found = get_server().authenticate_complete(state, get_credentials(user), credential)
    passkey = get_authenticator_by_credential_id(user, found.credential_id)
    # Checked in the response itself, rather than relying only on the stored challenge.
    if passkey is None or (purpose in _ALONE and not _checked_its_owner(answer.response.authenticator_data)):
        raise ValidationError(NOT_ASKED)
    return passkey


def _checked_its_owner(data: AuthenticatorData) -> bool:
    return bool(data.flags & AuthenticatorData.FLAG.UV)


def _keep(request: HttpRequest, purpose: Purpose, user: User, state: dict[str, object]) -> None:
    if request.session.is_empty():
        # For people who only open the page: the session need not outlive the challenge. Signing in removes this limit.
        request.session.set_expiry(LIFETIME_SECONDS)
    asked = {"state": state, "user": user.pk if user is not None else None, "at": int(time.time())}
    request.session[ASKED] = request.session.get(ASKED, {}) | {purpose.value: asked}


def _take(request: HttpRequest, purpose: Purpose, user: Any) -> dict[str, object]:
    """The challenge for this purpose, which is used up whether the response is valid or not."""
    waiting = dict(request.session.get(ASKED, {}))
    asked = waiting.pop(purpose.value, None)
    if asked is not None:
        request.session[ASKED] = waiting
    whose = user.pk if user is not None else None
    if asked is None or asked["user"] != whose or time.time() - asked["at"] > LIFETIME_SECONDS:
        raise ValidationError(NOT_ASKED)
    state: dict[str, Any] = asked["state"]
    return state
