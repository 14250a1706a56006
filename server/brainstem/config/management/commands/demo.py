"""``brainstem-server demo``: a small lab to try things out."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brainstem.config import demo
from brainstem.config.demo.lab import fixed_accounts
from brainstem.core.mail.sending import unsent


class Command(BaseCommand):
    """Loads the demo lab once and prints the accounts that can sign in."""

    help = "Load a demo lab (once) and print the accounts that can sign in to it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Confirmation, required on production servers."""
        parser.add_argument(
            "--yes", action="store_true", help="Allow it on a server without DEBUG; passwords are random."
        )

    def handle(self, *_args: object, yes: bool, **_options: object) -> None:
        """Load, then print how to sign in."""
        if not settings.DEBUG and not yes:
            raise CommandError("This server runs without DEBUG. Use --yes to add demo accounts and data to it.")
        with unsent():  # the people do not exist, so nobody reads their email
            made = demo.load(fixed_passwords=settings.DEBUG)
        if not made:
            self.stdout.write("The demo lab already exists.")
        self.stdout.write("Accounts of the demo lab (email, password, what they show):")
        for account in made or (fixed_accounts() if settings.DEBUG else []):
            self.stdout.write(f"  {account.email:<18} {account.password:<24} {account.about}")
