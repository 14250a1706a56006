"""``brainstem-server invite``: emails people a link to register."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users import invitations
from brainstem.core.errors import Invalid
from brainstem.web.accounts.invitations import send


class Command(BaseCommand):
    """Invites people to register; the only way in where registration is by invitation."""

    help = "Email people a link to register, valid once and for two weeks: invite EMAIL..."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("emails", nargs="+", metavar="EMAIL")

    def handle(self, *_args: object, emails: list[str], **_options: object) -> None:
        """Invite each; report at the end who could not be invited."""
        refused = [text for email in emails if (text := self._invite(email))]
        if refused:
            raise CommandError("\n".join(refused))

    def _invite(self, email: str) -> str:
        try:
            invitation = invitations.invite(email)
        except Invalid as error:
            return error.errors["email"][0]
        if not send(invitation):
            return f"{invitation.email} is invited. Emails cannot be sent right now; this one follows later."
        self.stdout.write(f"{invitation.email} is invited until {invitation.ends_at:%Y-%m-%d}.")
        return ""
