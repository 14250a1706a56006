"""Emails about accounts: allauth decides when, this server writes them, and no page waits for the mail server."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.urls import reverse

from brainstem.apps.users.allauth_internals import clear as clear_limit
from brainstem.core.mail import quota
from brainstem.core.mail.message import Message, Piece, compose, message_of
from brainstem.core.mail.sending import deliver, probe
from brainstem.core.text.lines import one_line

SORRY = (
    "The email could not be sent yet, because the mail server does not respond. It will be sent as soon as it does; "
    "if nothing arrives, tell the administrators of this server."
)
DAY = 86_400
# Anyone can have these sent to any address.
BY_ANYBODY = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "password_reset_key",
        "unknown_account",
    )
)
SENT = "account/messages/email_confirmation_sent.txt"


class MailMixin(DefaultAccountAdapter):
    """Emails of allauth in this server's words and look; from ``mails/account/x.txt`` for ``account/email/x``."""

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, object],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """The email in both forms."""
        to = [email] if isinstance(email, str) else email
        try:
            message = compose(template_prefix.replace("/email/", "/"), context)
        except TemplateDoesNotExist:  # An email that only a newer allauth sends: its words, our look.
            message = _borrowed(super().render_mail(template_prefix, to, context))
        return message.to(*to, headers=headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue it, and apologise to a person who is waiting for it if emails cannot be sent.

        Emails that strangers can cause are limited per address, known or not. This is not reported: the person who
        requests one may not be the owner of the address.
        """
        limits = (quota.BY_ANYBODY, quota.BY_ANYBODY_A_DAY)
        if template_prefix in BY_ANYBODY and not quota.spend_all(limits, email.lower()):
            return
        mail = self.render_mail(template_prefix, email, self._about(email) | context)
        # Without an account no email is sent, but the work and the failures are the same.
        sent = _pretend(mail) if _is_for_nobody(context) else deliver(mail)
        # Nobody waits for a notice of what they did themselves, nor at a command.
        if not sent and "timestamp" not in context and current.request is not None:
            current.request.mail_failed = True
            messages.error(current.request, SORRY)
            clear_limit(current.request, action="confirm_email", key=email.lower())  # it can be requested again

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: object, **more: object
    ) -> None:
        """Add no message that an email was sent, since it may not have been."""
        if not (getattr(request, "mail_failed", False) and message_template == SENT):
            super().add_message(request, level, message_template, *rest, **more)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:  # noqa: ARG002
        """A link to the server's own URL, whatever host the request named."""
        return _absolute("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Likewise."""
        uid, _, secret = key.partition("-")
        return _absolute("account_reset_password_from_key", uid, secret)

    def _about(self, email: str) -> dict[str, object]:
        return {
            "request": current.request,
            "email": email,
            "current_site": get_current_site(current.request) if current.request else None,
            "confirmation_days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
            "reset_days": settings.PASSWORD_RESET_TIMEOUT // DAY,
        }


def _is_for_nobody(context: dict[str, Any]) -> bool:
    """Whether the account of an email is a stand-in for one that does not exist."""
    user = context.get("user")
    return user is not None and user._state.adding


def _pretend(mail: EmailMessage) -> bool:
    """Do the work of sending an email without sending it; False if it could not have been sent."""
    mail.message().as_bytes()
    return probe()


def _absolute(name: str, *parts: str) -> str:
    return f"{settings.BRAINSTEM_URL}{reverse(name, args=parts)}"


def _borrowed(mail: EmailMessage) -> Message:
    paragraphs = [Piece("p", one_line(block)) for block in str(mail.body).split("\n\n") if block.strip()]
    return message_of([Piece("subject", one_line(str(mail.subject))), *paragraphs])
