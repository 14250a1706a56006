"""``brainstem-server deactivate``: close the account of somebody who leaves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users import accounts
from brainstem.apps.users.models import User
from brainstem.core.errors import BrainstemError


class Command(BaseCommand):
    """Ends tokens, browser sessions and sign-ins of one person; what the person made stays."""

    help = "Close the account of somebody who leaves: deactivate EMAIL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account."""
        parser.add_argument("email", help="Address with which the person signs in.")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        """Do it, or say why not."""
        try:
            changed = accounts.switch_by_email(email, active=False)
        except User.DoesNotExist as error:
            raise CommandError(f"No account has the e-mail address {email!r}.") from error
        except BrainstemError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The account {email} {'is closed' if changed else 'was closed already'}.")
