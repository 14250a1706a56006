"""``brainstem-server activate``: open a closed account again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users import accounts
from brainstem.apps.users.models import User
from brainstem.core.errors import BrainstemError


class Command(BaseCommand):
    """Opens a closed account again; the person signs in anew."""

    help = "Open a closed account again: activate EMAIL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account."""
        parser.add_argument("email", help="Address with which the person signs in.")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        """Do it, or say why not."""
        try:
            changed = accounts.switch_by_email(email, active=True)
        except User.DoesNotExist as error:
            raise CommandError(f"No account has the e-mail address {email!r}.") from error
        except BrainstemError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The account {email} {'is open again' if changed else 'was open already'}.")
