"""``brainstem-server demo``: a small lab to try things out."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from brainstem.config import administrator, demo
from brainstem.config.demo.lab import exists, fixed_accounts
from brainstem.config.first_run import demo_arguments
from brainstem.config.safety import is_local
from brainstem.core.mail.sending import unsent

WARNING = (
    "This is a demo: its passwords are known to everyone, also that of the administrator. Keep nothing real in it."
)


class Command(BaseCommand):
    """Loads the demo lab once and prints the accounts that can sign in; with ``--serve``, serves it as well."""

    help = "Load a demo lab (once) and print the accounts that can sign in to it; with --serve, serve it as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Confirmation, required on production servers; and how to serve."""
        demo_arguments(parser)

    def handle(self, *_args: object, yes: bool, serve: bool, host: str, **options: object) -> None:
        """Load, then print how to sign in."""
        if serve:
            self._make_database()
        elif not settings.DEBUG and not yes:
            raise CommandError("This server runs without DEBUG. Use --yes to add demo accounts and data to it.")
        self._load(fixed_passwords=serve or settings.DEBUG)
        if serve:
            self._serve(host, {name: options[name] for name in ("port", "workers", "threads", "no_tasks")})

    def _make_database(self) -> None:
        """The tables, in a database that nobody else uses: the passwords are known."""
        if not settings.DEBUG and administrator.accounts_exist() and not exists():
            raise CommandError(
                "This database has accounts, and none of the demo lab: known passwords do not belong there. "
                "Name an empty folder: BRAINSTEM_DATA_DIR=/tmp/demo brainstem-server demo --serve"
            )
        if settings.BRAINSTEM_DATA_DIR in Path(str(connection.settings_dict["NAME"])).parents:
            self.stdout.write(f"The lab is kept in {settings.BRAINSTEM_DATA_DIR}; delete that folder to start over.")
        self.stdout.write("Making the database and filling the lab takes up to a minute the first time.")
        self.stdout.flush()
        call_command("migrate", verbosity=0)

    def _load(self, *, fixed_passwords: bool) -> None:
        with unsent():  # the people do not exist, so nobody reads their email
            made = demo.load(fixed_passwords=fixed_passwords)
        if not made:
            self.stdout.write("The demo lab already exists.")
        self.stdout.write("Accounts of the demo lab (email, password, what they show):")
        for account in made or (fixed_accounts() if fixed_passwords else []):
            self.stdout.write(f"  {account.email:<18} {account.password:<24} {account.about}")

    def _serve(self, host: str, options: dict[str, object]) -> None:
        self.stdout.write(WARNING)
        if not is_local(host):
            self.stdout.write(f"It listens on {host}: whoever reaches that address can use it.")
        call_command("serve", host=host, **options)
