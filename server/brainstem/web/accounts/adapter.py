"""How accounts differ from allauth's defaults."""

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

# For a server behind a socket that gets no address at all; the table of sessions requires one.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (nothing listens there)


class Adapter(TwoFactorSteps, MailMixin, DefaultAccountAdapter):
    """Accounts by email address, stored in lower case; with the limits and logs of programs."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "No active account matches this email and password.",
        "email_taken": "There is already an account with this email address.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "invalid_password_reset": "This link has already been used or has expired.",
        "rate_limited": "Too many requests. Wait a moment and try again.",
        "too_many_login_attempts": "Too many sign-in attempts. Wait a moment and try again.",
    }

    def clean_email(self, email: str) -> str:
        """The address as it is stored."""
        return plain_address(super().clean_email(email))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anyone may register, or this browser has an invitation."""
        return settings.BRAINSTEM_REGISTRATION == "open" or invitations.accepted(request) is not None

    def is_safe_url(self, url: str) -> bool:
        """Whether a page may redirect there: only to this server, under the requested host name."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    # --- where from --------------------------------------------------------------------------------------------

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address of the caller, as the API sees it."""
        return address_of(request.META) or NO_ADDRESS

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """The User-Agent of the browser."""
        return agent_of(request.META)

    # --- signing in: the limits and the log of programs -----------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse after too many attempts."""
        try:
            email = plain_address(credentials.get("email", ""))
            self._tried = signin.admit(email, address=address_of(request.META), cookie=browsers.cookie_of(request))
        except Throttled as error:
            told = f"Too many sign-in attempts. {try_again(error.seconds)}"
            raise ValidationError(told, code="throttled") from error

    def authenticate(self, request: HttpRequest, **credentials: object) -> AbstractBaseUser | None:
        """The person with these credentials; a deactivated account is refused like a wrong password."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure, and notify the account's owner."""
        email = plain_address(credentials.get("email", ""))
        signin.count_failure(email, self._tried, cookie=browsers.cookie_of(request), **caller_of(request.META))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: object) -> HttpResponse:
        """Remember the browser, so that others cannot lock its owner out of it."""
        answer: HttpResponse = super().post_login(request, user, **hints)
        browsers.remember(request, answer, user)
        return answer

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell people who register again that they have an account."""
        links = {"password_reset_url": absolute(reverse("account_reset_password"))}
        self.send_mail("account/email/account_already_exists", email, links)


def absolute(path: str) -> str:
    """The URL of a page, for an email."""
    return f"{settings.BRAINSTEM_URL}{path}"
