"""When a second factor is requested: after the password, and before dangerous actions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from brainstem.apps.users import email_codes
from brainstem.apps.users.allauth_internals import AuthenticateStage, did_use_passwordless_login
from brainstem.apps.users.models import User
from brainstem.apps.users.two_factor import Method
from brainstem.core.errors import Throttled

from .factors import factors_of
from .mails import Unsent, send_code

_THEIRS = f"{AuthenticateStage.__module__}.{AuthenticateStage.__qualname__}"
_OURS = f"{__name__}.ChallengeStage"
FIRST_FACTOR = "reauthenticate"  # allauth's name for confirming with it


class ChallengeStage(AuthenticateStage):
    """The step of a sign-in that asks for the second factor, after a password or another account."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Redirect to the challenge, unless there is none or a passkey was both factors in one."""
        user: Any = self.login.user
        factors = factors_of(user) if user else []
        if not factors or did_use_passwordless_login(self.request, user):
            return None, True
        self.state["session"] = user.get_session_auth_hash()
        if factors[0].key == Method.EMAIL:
            self._send_code(user)
        return redirect("mfa_authenticate"), True

    def is_stale(self) -> bool:
        """Whether the password was changed, or the account deactivated, since the first step."""
        user: Any = self.login.user
        kept = str(self.state.get("session", ""))
        return not user.is_active or not constant_time_compare(kept, user.get_session_auth_hash())

    def _send_code(self, user: User) -> None:
        try:
            send_code(self.request, user, purpose=email_codes.TO_SIGN_IN)
        except Throttled:
            # The page says when the next one can be sent, or when codes are accepted again.
            return
        except Unsent as error:
            messages.error(self.request, error.message)


class TwoFactorSteps:
    """The part of the account adapter about second factors; precedes allauth's own adapter."""

    def get_login_stages(self) -> list[str]:
        """The steps of a sign-in, with our challenge instead of allauth's."""
        stages: list[str] = super().get_login_stages()  # type: ignore[misc]
        return [_OURS if stage == _THEIRS else stage for stage in stages]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How people can confirm their identity: with the password, or with any second factor."""
        if not user.is_authenticated:
            return []
        found = []
        if user.has_usable_password():
            url = reverse("account_reauthenticate")
            found.append({"id": FIRST_FACTOR, "description": "Use your password", "url": url})
        for factor in factors_of(user):
            url = reverse("two_factor_reauthenticate", args=[factor.key])
            found.append({"id": f"mfa_reauthenticate:{factor.key}", "description": factor.label, "url": url})
        return found
