"""``brainstem-server init``: a new server in one command; ``brainstem.config.first_run`` writes its settings before."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from brainstem.config import administrator, catalogue, env_file, first_run

PASSWORD = "BRAINSTEM_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
WITHOUT_ADMINISTRATOR = (
    "There is no administrator yet. Run this again at a terminal, which asks for an email address and a password, or\n"
    "  brainstem-server init{folder} --email you@lab.example.org --password-stdin < FILE\n"
    f"with the password in the first line of FILE, or with the password in the variable {PASSWORD}."
)


class Command(BaseCommand):
    """Writes settings, makes the database, loads the catalogue and adds an administrator; changes nothing there is."""

    help = (
        f"Set up a new server: write {first_run.FILE} with its settings, make the database, load the catalogue, "
        "and add the first administrator. What is there already stays as it is."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, under which URL, and who administers it."""
        first_run.init_arguments(parser)

    def handle(
        self,
        *_args: object,
        folder: str | None,
        email: str | None,
        no_catalogue: bool,
        password_stdin: bool,
        **_options: object,
    ) -> None:
        """What is missing, then the commands that come next."""
        self._make_database()
        if not no_catalogue:
            self._load_catalogue()
        if administrator.exists():
            self.stdout.write("There is an administrator already.")
        else:
            self._add_administrator(email, folder, from_stdin=password_stdin)
        self.stdout.write("\nNext:")
        path = Path(os.environ.get(env_file.VARIABLE) or first_run.FILE)
        for step in first_run.next_steps(path, settings.BRAINSTEM_URL):
            self.stdout.write(f"  {step}")

    def _make_database(self) -> None:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        in_use = administrator.accounts_exist()
        if missing and in_use:
            raise CommandError(
                "The database is that of another version. Back it up, then run: brainstem-server migrate"
            )
        self._tell("Making the database, which takes up to a minute." if missing else "The database is there already.")
        if not in_use:  # whether or not tables are missing: what follows the last one may be, after an interruption
            call_command("migrate", verbosity=0)

    def _load_catalogue(self) -> None:
        if not catalogue.is_empty():
            self.stdout.write("The catalogue has entries already; `brainstem-server catalogue load` adds missing ones.")
            return
        self._tell("Loading the catalogue.")
        added = catalogue.load().added.total()
        self.stdout.write(f"The catalogue has {added} entries: species, strains, brain regions, suppliers and more.")

    def _tell(self, text: str) -> None:
        """Say at once what takes a while."""
        self.stdout.write(text)
        self.stdout.flush()

    # -- the first administrator ---------------------------------------------------------------------------------------

    def _add_administrator(self, email: str | None, folder: str | None, *, from_stdin: bool) -> None:
        password = os.environ.get(PASSWORD, "")
        if from_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        try:
            if not from_stdin and sys.stdin.isatty():
                email = administrator.checked_email(email) if email else self._asked_email()
                password = password or self._asked_password(email)
            if not email or not password:
                raise CommandError(WITHOUT_ADMINISTRATOR.format(folder=f" {shlex.quote(folder)}" if folder else ""))
            added = administrator.create(email, password)
        except ValidationError as error:
            raise CommandError(f"No administrator was added: {' '.join(error.messages)}") from error
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError("No administrator was added. Run this again to go on.") from error
        self.stdout.write(f"{added} is the administrator.")

    def _asked_email(self) -> str:
        self._tell("The first administrator signs in with an email address and a password.")
        while True:
            try:
                return administrator.checked_email(input("Email address: "))
            except ValidationError as error:
                self._tell(" ".join(error.messages))

    def _asked_password(self, email: str) -> str:
        while True:
            password = getpass("Password: ")
            try:
                administrator.check_password(password, email)
            except ValidationError as error:
                self._tell(" ".join(error.messages))
                continue
            if getpass("The same again: ") == password:
                return password
            self._tell("The two differ.")
