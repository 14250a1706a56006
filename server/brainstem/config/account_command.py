"""What the commands ``activate`` and ``deactivate`` have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import ClassVar

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users import accounts
from brainstem.apps.users.models import User
from brainstem.core.errors import BrainstemError


class AccountCommand(BaseCommand):
    """Activates or deactivates the account with an email address.

    ``done`` and ``done_before`` describe its resulting state.
    """

    active: ClassVar[bool]
    done: ClassVar[str]
    done_before: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The account."""
        parser.add_argument("email", help="Email address of the account.")

    def handle(self, *_args: object, email: str, **_options: object) -> None:
        """Change the account, or report why not."""
        try:
            changed = accounts.switch_by_email(email, active=self.active)
        except User.DoesNotExist as error:
            raise CommandError(f"No account has the email address {email!r}.") from error
        except BrainstemError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The account {email} {self.done if changed else self.done_before}.")
