"""``brainstem-server reset-two-factor``: restore access for someone who has lost every second factor."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users import events, two_factor
from brainstem.apps.users.models import User
from brainstem.web.two_factor.mails import tell_of_reset

ABOUT = "All methods and backup codes, by an administrator"


class Command(BaseCommand):
    """Removes all methods and backup codes of one person, ends their browser sessions and notifies them."""

    help = "Remove all two-factor methods of someone who has lost them: reset-two-factor EMAIL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The account."""
        parser.add_argument("email", help="Email address of the account.")

    def handle(self, *_args: object, email: str, **_options: object) -> None:
        """Remove the methods, or report why not."""
        try:
            user: Any = User.objects.at_address(email).get()
        except User.DoesNotExist as error:
            raise CommandError(f"No account has the email address {email!r}.") from error
        if not two_factor.reset(user):
            self.stdout.write(f"The account {email} has no two-factor methods. Its browser sessions have been ended.")
            return
        events.record(user, events.Kind.METHOD_REMOVED, about=ABOUT)
        tell_of_reset(user)
        self.stdout.write(
            f"The account {email} has no two-factor methods any more. Its browser sessions have been ended."
        )
