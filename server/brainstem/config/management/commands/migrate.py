"""Django's command, which does not hold up a server at work, and explains what to do when it cannot go on."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from brainstem.config.diagnosis import halfway
from brainstem.config.environment import seconds
from brainstem.core.sql.postgresql.schema import Limits, limited

from .makemigrations import Autodetector

LOCK_SECONDS, STATEMENT_SECONDS = 3.0, 60.0
TRIES, PAUSE_S, LONGEST_PAUSE_S = 20, 1.0, 15.0
_LOCK_NOT_AVAILABLE, _CANCELED, _DEADLOCK = "55P03", "57014", "40P01"
TOO_LONG = (
    "A statement took longer than {limit:g} s, during which others cannot use its table. This migration was rolled"
    " back, and all before it were applied. Run it again with --statement-timeout off at a time when nobody works."
)
BUSY = (
    "Others have used a table for too long, {tries} times in a row: this migration was rolled back, and all before it"
    " were applied. See who uses it (pg_stat_activity), and run the command again."
)


class Command(migrate.Command):
    """Create the tables, or bring them up to date.

    The migrations of the first release replace those of all development versions. If every one of those was applied,
    the new ones are marked as applied; if only some were, nothing is changed and the command says what to do.

    On PostgreSQL a migration that does not get its locks soon is rolled back and tried again, so that the server in use
    is never kept waiting for long.
    """

    autodetector = Autodetector

    def add_arguments(self, parser: CommandParser) -> None:
        """Those of Django, and the limits."""
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout", type=seconds, default=LOCK_SECONDS, metavar="SECONDS",
            help="How long a statement waits for a lock before its migration is tried again (PostgreSQL; 3; off).",
        )  # fmt: skip
        parser.add_argument(
            "--statement-timeout", type=seconds, default=STATEMENT_SECONDS, metavar="SECONDS",
            help="How long a statement may take (PostgreSQL; 60; off).",
        )  # fmt: skip

    def handle(self, *arguments: object, **options: Any) -> None:
        """Run it."""
        finding = halfway(connections[options["database"]])
        if finding is not None:
            raise CommandError(str(finding))
        limits = Limits(
            options.pop("lock_timeout", LOCK_SECONDS) or 0, options.pop("statement_timeout", STATEMENT_SECONDS) or 0
        )
        pause = PAUSE_S
        for _ in range(TRIES):
            try:
                with limited(limits):
                    super().handle(*arguments, **options)
                return
            except OperationalError as error:
                self._say_what_to_do(error, limits)
            self.stdout.write(f"\nOthers use a table that this migration changes; trying again in {pause:.0f} s.")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
        raise CommandError(BUSY.format(tries=TRIES))

    @staticmethod
    def _say_what_to_do(error: OperationalError, limits: Limits) -> None:
        """Return if trying again may help.

        Raises
        ------
        CommandError
            If a statement took too long.
        OperationalError
            If it is about something else.
        """
        code = getattr(error.__cause__, "sqlstate", None)
        if code == _CANCELED:
            raise CommandError(TOO_LONG.format(limit=limits.statement_s)) from error
        if code not in (_LOCK_NOT_AVAILABLE, _DEADLOCK):
            raise error
