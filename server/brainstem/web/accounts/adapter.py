"""How accounts behave here, where it differs from allauth's ways."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from brainstem.core.addresses import plain_address
from brainstem.web.mail import MailMixin


class Adapter(MailMixin, DefaultAccountAdapter):
    """Accounts by e-mail address, which is kept in small letters."""

    def clean_email(self, email: str) -> str:
        """The address as it is kept."""
        return plain_address(super().clean_email(email))

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Whether anybody may register."""
        return not settings.BRAINSTEM_INVITATION_ONLY
