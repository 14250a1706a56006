"""What we use of allauth beyond its public interface. Nothing else here imports such names.

Any release of allauth may change them: a test holds each to what is said of it below, and says what it is used for.
Each is looked up when it is first asked for, since passkeys bring along libraries that only pages need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Borrowed:
    """A name of allauth: where it is, how it is called (empty for a value), and what we use it for.

    Of a class, ``members`` are the methods that we call or replace.
    """

    module: str
    signature: str
    use: str
    members: Mapping[str, str] = field(default_factory=dict)


_LOGIN = "allauth.account.internal.flows.login"
_REAUTHENTICATION = "allauth.account.internal.flows.reauthentication"
_TOTP = "allauth.mfa.totp.internal.auth"
_WEBAUTHN = "allauth.mfa.webauthn.internal.auth"

BORROWED: dict[str, Borrowed] = {
    # -- signing in, and proving it again
    "get_authentication_records": Borrowed(
        _LOGIN,
        "(request, user=None)",
        "Tells how and when somebody signed in, for the log and for what asks for a fresh one.",
    ),
    "record_authentication": Borrowed(
        _LOGIN, "(request, user, method, **extra_data)", "Writes down that a second factor was proved, as allauth does."
    ),
    "get_reauthentication_flows": Borrowed(
        _REAUTHENTICATION, "(user)", "Tells whether somebody has anything to prove again who they are with."
    ),
    "is_reauthentication_required": Borrowed(
        _REAUTHENTICATION, "(request, *, app)", "Asks for a proof before a form whose answer is a file."
    ),
    "login_stage_required": Borrowed(
        "allauth.account.internal.decorators",
        "(stage, redirect_urlname)",
        "Lets only a sign-in that waits for its second factor see our challenge, and sets request._login_stage.",
    ),
    "AuthenticateStage": Borrowed(
        "allauth.mfa.stages",
        "(controller, request, login)",
        "The step of a sign-in that our challenge takes the place of.",
        {"handle": "(self)", "exit": "(self)", "abort": "(self)"},
    ),
    "did_use_passwordless_login": Borrowed(
        "allauth.mfa.webauthn.internal.flows",
        "(request, user)",
        "Tells that a passkey was both factors in one, so that no second one is asked for.",
    ),
    "end_sessions": Borrowed(
        "allauth.usersessions.internal.flows.sessions", "(request, sessions)", "Signs out other browsers of a person."
    ),
    # -- limits
    "respond_429": Borrowed("allauth.core.ratelimit", "(request)", "Answers who asks for passkeys too often."),
    "clear": Borrowed(
        "allauth.core.ratelimit",
        "(request, *, action, key=None, user=None)",
        "Lets somebody ask for a mail once more that could not be sent.",
    ),
    # -- authenticator apps
    "generate_totp_secret": Borrowed(_TOTP, "(length=20)", "Makes the secret of a new authenticator app."),
    "yield_hotp_counters_from_time": Borrowed(_TOTP, "()", "Gives the periods whose codes are taken now."),
    "hotp_value": Borrowed(_TOTP, "(secret, counter)", "Gives the code of a period as a number."),
    "format_hotp_value": Borrowed(_TOTP, "(value)", "Writes that number as six digits."),
    "compare_user_code": Borrowed(
        "allauth.core.internal.cryptokit",
        "(*, actual, expected)",
        "Compares a code in constant time.",
    ),
    "encrypt": Borrowed("allauth.mfa.utils", "(text)", "Seals the secret of an app, as our MFA adapter says."),
    "decrypt": Borrowed("allauth.mfa.utils", "(encrypted_text)", "Opens it again."),
    # -- passkeys
    "get_server": Borrowed(_WEBAUTHN, "()", "Gives fido2's server, with the names of this site."),
    "build_user_payload": Borrowed(_WEBAUTHN, "(user)", "Names the person to the device that makes a passkey."),
    "get_credentials": Borrowed(_WEBAUTHN, "(user)", "Lists the passkeys of a person for fido2."),
    "EXTENSIONS": Borrowed(_WEBAUTHN, "", "Asks the device to say whether its passkey can sign in alone."),
    "parse_registration_response": Borrowed(_WEBAUTHN, "(response)", "Reads what a browser sends of a new passkey."),
    "parse_authentication_response": Borrowed(_WEBAUTHN, "(response)", "Reads what a passkey signed."),
    "get_authenticator_by_credential_id": Borrowed(_WEBAUTHN, "(user, credential_id)", "Finds the row of a passkey."),
    "extract_user_from_response": Borrowed(_WEBAUTHN, "(response)", "Tells whose passkey it is that signs in alone."),
    "WebAuthn": Borrowed(_WEBAUTHN, "(instance)", "Keeps a new passkey.", {"add": "(user, name, credential)"}),
}


def __getattr__(name: str) -> Any:
    """A name of allauth.

    Raises
    ------
    AttributeError
        It is not one that we use, or allauth has it no more; says what it was used for.
    """
    if name not in BORROWED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    borrowed = BORROWED[name]
    try:
        return getattr(import_module(borrowed.module), name)
    except (ImportError, AttributeError) as error:
        raise AttributeError(f"This allauth has no {borrowed.module}.{name}. {borrowed.use}") from error


def login_stage_of(request: HttpRequest) -> Any:
    """The waiting step of a sign-in, in a view that ``login_stage_required`` stands before."""
    return request._login_stage  # type: ignore[attr-defined]
