"""``brainstem-server demo``: a small lab to try things with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brainstem.config import demo
from brainstem.config.demo.lab import fixed_accounts
from brainstem.core.mail.sending import unsent


class Command(BaseCommand):
    """Loads the demo lab once, and prints who can sign in to it."""

    help = "Load a demo lab (once) and print the accounts that can sign in to it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word of consent, for servers that are not for development."""
        parser.add_argument("--yes", action="store_true", help="Also on a server without DEBUG; passwords are made up.")

    def handle(self, *_args: Any, yes: bool, **_options: Any) -> None:
        """Load, then say how to get in."""
        if not settings.DEBUG and not yes:
            raise CommandError("This server runs without DEBUG. Say --yes to put demo accounts and data into it.")
        with unsent():  # nobody reads the mail of people who do not exist
            made = demo.load(fixed_passwords=settings.DEBUG)
        if not made:
            self.stdout.write("The demo lab is there already.")
        self.stdout.write("Accounts of the demo lab (e-mail, password, what they show):")
        for account in made or (fixed_accounts() if settings.DEBUG else []):
            self.stdout.write(f"  {account.email:<18} {account.password:<24} {account.about}")
