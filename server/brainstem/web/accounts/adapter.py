"""How accounts behave here, where it differs from allauth's ways."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from brainstem.apps.users import signin
from brainstem.core.access.caller import address_of, agent_of, caller_of
from brainstem.core.errors import Throttled
from brainstem.core.text.addresses import plain_address
from brainstem.web.mail import MailMixin
from brainstem.web.two_factor.steps import TwoFactorSteps
from brainstem.web.waiting import try_again

from . import browsers, invitations

# Where a server behind a socket is told no address at all; the table of sessions wants one.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (nothing listens there)


class Adapter(TwoFactorSteps, MailMixin, DefaultAccountAdapter):
    """Accounts by e-mail address, which is kept in small letters; limits and logs as for programs."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "No active account matches this email and password.",
        "email_taken": "There is already an account with this e-mail address.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "invalid_password_reset": "This link has been used already or has expired.",
        "rate_limited": "Too many requests. Wait a moment and try again.",
        "too_many_login_attempts": "Too many sign-in attempts. Wait a moment and try again.",
    }

    def clean_email(self, email: str) -> str:
        """The address as it is kept."""
        return plain_address(super().clean_email(email))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anybody may register, or this browser was invited to."""
        return settings.BRAINSTEM_REGISTRATION == "open" or invitations.accepted(request) is not None

    def is_safe_url(self, url: str) -> bool:
        """Whether a page may lead there: to this server, under the name by which it was asked, and nowhere else."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    # --- where from --------------------------------------------------------------------------------------------

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address of the caller, as the API sees it."""
        return address_of(request.META) or NO_ADDRESS

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """What the browser calls itself."""
        return agent_of(request.META)

    # --- signing in: the limits and the log of programs -----------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse when it was tried too often."""
        try:
            email = plain_address(credentials.get("email", ""))
            self._tried = signin.admit(email, address=address_of(request.META), cookie=browsers.cookie_of(request))
        except Throttled as error:
            told = f"Too many sign-in attempts. {try_again(error.seconds)}"
            raise ValidationError(told, code="throttled") from error

    def authenticate(self, request: HttpRequest, **credentials: object) -> AbstractBaseUser | None:
        """The person with these credentials; a closed account is refused like a wrong password."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count it, and tell the account's owner."""
        email = plain_address(credentials.get("email", ""))
        signin.count_failure(email, self._tried, cookie=browsers.cookie_of(request), **caller_of(request.META))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: object) -> HttpResponse:
        """Remember the browser, in which its owner cannot be locked out from now on."""
        answer: HttpResponse = super().post_login(request, user, **hints)
        browsers.remember(request, answer, user)
        return answer

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell who registers anew that there is an account."""
        links = {"password_reset_url": absolute(reverse("account_reset_password"))}
        self.send_mail("account/email/account_already_exists", email, links)


def absolute(path: str) -> str:
    """The address of a page for a mail."""
    return f"{settings.BRAINSTEM_URL}{path}"
